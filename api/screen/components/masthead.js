import { picture, view } from "picture";
import { Mark } from "marks";
import { clock, dateOf, secondsOf, span, weekdayOf } from "clock";
import { kiosk } from "kiosk";
import { speak, t } from "language";
import Turning from "turning";
import UserMenu from "user_menu";

// The pages that find room stand in a row, the rest behind "Thêm"; a phone has all of them behind one button.
export default {
  components: { Mark, Turning, UserMenu },
  template: `
    <header class="masthead">
      <a class="skip" href="#content" @click.prevent="skip">{{ t("Đến nội dung") }}</a>
      <h1 :title="name"><b>{{ name }}</b><span v-if="more"> · {{ more }}</span></h1>
      <Turning v-if="kiosk.on" :page="pages.find(({ path }) => path === here)"/>
      <nav v-else ref="nav" :aria-label="t('Các trang')" @keydown.esc="opened = false">
        <a v-for="page in pages.slice(0, room)" :key="page.path" :href="page.path" data-page="1" :aria-current="page.path === here ? 'page' : null">{{ t(page.title) }}</a>
        <div v-if="room < pages.length" class="further" :class="{ current: rest.some(({ path }) => path === here) }" @focusout="left">
          <button type="button" :aria-expanded="opened" aria-controls="further-pages" @click="opened = !opened">{{ named }}<Mark name="down"/></button>
          <ul v-show="opened" id="further-pages">
            <li v-for="page in rest" :key="page.path"><a :href="page.path" data-page="1" :aria-current="page.path === here ? 'page' : null" @click="opened = false">{{ t(page.title) }}</a></li>
          </ul>
        </div>
      </nav>
      <div class="watch">
        <time class="now">{{ time }}</time>
        <span class="fresh">{{ day }} · {{ newest }}</span>
      </div>
      <div v-if="!kiosk.on" class="own">
        <button type="button" class="tongue" :lang="other" @click="speak(other)" :title="other === 'en' ? 'English' : 'Tiếng Việt'">{{ other.toUpperCase() }}</button>
        <button type="button" @click="turn" :aria-label="t('Đổi nền sáng, tối')" :title="t('Đổi nền sáng, tối')"><Mark name="theme"/></button>
        <UserMenu :who="who"/>
      </div>
    </header>`,
  props: { pages: Array, here: String, who: String },
  setup: () => ({ t, speak, kiosk }),
  data: () => ({ room: 0, opened: false }),
  mounted() {
    if (kiosk.on) return;
    this.ruler = document.createElement("canvas").getContext("2d");
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.$refs.nav);
    document.fonts?.ready.then(() => this.measure());
  },
  beforeUnmount() {
    this.observer?.disconnect();
  },
  computed: {
    name() {
      return "IOC " + (picture.commune.name || t("mã") + " " + picture.commune.code).toUpperCase();
    },
    more() {
      const { name, code, province, simulated } = picture.commune;
      return [name && `${t("mã")} ${code}`, province, simulated && t("mô phỏng")].filter(Boolean).join(" · ");
    },
    rest() {
      return this.pages.slice(this.room);
    },
    named() {
      const here = this.rest.find(({ path }) => path === this.here);
      return here ? t(here.title) : t(this.room ? "Thêm" : "Các trang");
    },
    other: () => (view.language === "en" ? "vi" : "en"),
    time: () => secondsOf(clock.now),
    day: () => `${weekdayOf(clock.now)} ${dateOf(clock.now)}`,
    newest: () =>
      picture.newest === null ? t("chưa có dữ liệu") : t("dữ liệu mới nhất {age} trước", { age: span(clock.now - picture.newest) }),
  },
  watch: {
    here() {
      this.opened = false;
    },
  },
  methods: {
    measure() {
      const { nav } = this.$refs;
      if (matchMedia("(max-width: 900px)").matches) return (this.room = 0);
      const style = getComputedStyle(nav);
      this.ruler.font = `600 ${style.fontSize} ${style.fontFamily}`;
      const gap = parseFloat(style.columnGap) || 0;
      const widths = this.pages.map(({ title }) => this.ruler.measureText(t(title)).width + gap + 2);
      const wide = nav.clientWidth;
      if (widths.reduce((sum, one) => sum + one, 0) <= wide) return (this.room = this.pages.length);
      const longest = Math.max(...widths) + parseFloat(style.fontSize) * 2; // the button may carry any page's name
      let [used, room] = [longest, 0];
      while (room < widths.length && used + widths[room] <= wide) used += widths[room++];
      return (this.room = room);
    },
    left(event) {
      if (!event.currentTarget.contains(event.relatedTarget)) this.opened = false;
    },
    skip() {
      const content = document.querySelector(".screen main");
      content?.setAttribute("tabindex", "-1");
      content?.focus();
    },
    turn() {
      const root = document.documentElement;
      root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
      localStorage.setItem("theme", root.dataset.theme);
    },
  },
};
