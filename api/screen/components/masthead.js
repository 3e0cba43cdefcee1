import { picture } from "picture";
import { Mark } from "marks";
import { clock, dateOf, secondsOf, span, weekdayOf } from "clock";

export default {
  components: { Mark },
  template: `
    <header class="masthead">
      <h1 :title="name"><b>{{ name }}</b><span v-if="more"> · {{ more }}</span></h1>
      <nav aria-label="Các trang">
        <a v-for="page in pages" :href="page.path" :aria-current="page.path === here ? 'page' : null">{{ page.title }}</a>
      </nav>
      <div class="watch">
        <time class="now">{{ time }}</time>
        <span class="fresh">{{ day }} · {{ newest }}</span>
      </div>
      <div class="own">
        <button type="button" @click="turn" aria-label="Đổi nền sáng, tối" title="Đổi nền sáng, tối"><Mark name="theme"/></button>
        <button type="button" class="leave" @click="leave" :title="'Đang đăng nhập: ' + who">Đăng xuất</button>
      </div>
    </header>`,
  props: { pages: Array, here: String, who: String },
  computed: {
    name() {
      return "IOC " + (picture.commune.name || "mã " + picture.commune.code).toLocaleUpperCase("vi");
    },
    more() {
      const { name, code, province, simulated } = picture.commune;
      return [name && `mã ${code}`, province, simulated && "mô phỏng"].filter(Boolean).join(" · ");
    },
    time: () => secondsOf(clock.now),
    day: () => `${weekdayOf(clock.now)} ${dateOf(clock.now)}`,
    newest: () =>
      picture.newest === null ? "chưa có dữ liệu" : `dữ liệu mới nhất ${span(clock.now - picture.newest)} trước`,
  },
  methods: {
    turn() {
      const root = document.documentElement;
      root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
      localStorage.setItem("theme", root.dataset.theme);
    },
    async leave() {
      await fetch("/api/v1/session", { method: "DELETE" });
      location.assign("/sign-in");
    },
  },
};
