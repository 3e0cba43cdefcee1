import { alarms, kiosk } from "kiosk";
import { may, picture, view } from "picture";
import { t } from "language";
import { Mark } from "marks";
import { clock, sinceOf, spanExact, timeOf } from "clock";

const FIRST = 6; // items of a phone's list before it is opened
const SAID = 20_000;

// One matter; incidents of one rule may stand inside it.
const Matter = {
  name: "Matter",
  components: { Mark },
  template: `
    <li :class="[item.tone, { flash: view.fresh[item.key], taken: its && its.stage > 0, loud }]" tabindex="-1">
      <Mark :name="item.mark"/>
      <div>
        <h3><a v-if="its && its.id !== null" :href="'/su-co/' + its.id" data-page="1">{{ item.title }}</a><template v-else>{{ item.title }}</template></h3>
        <p v-for="line in item.lines">{{ line }}</p>
        <details v-if="item.members"><summary :title="item.members.names">{{ item.members.count }}</summary><p>{{ item.members.names }}</p></details>
        <div class="foot">
          <div>
            <p v-if="its" class="how"><b>{{ its.severity }}</b> · {{ its.state }}{{ by }}</p>
            <p v-if="item.since" class="since"><span>{{ since }}</span><b v-if="age">{{ age }}</b></p>
          </div>
          <button v-if="takeable" type="button" class="take" :disabled="busy" :aria-label="t('Tiếp nhận') + ': ' + item.title" @click="take">{{ t("Tiếp nhận") }}</button>
        </div>
        <p v-if="said" class="said" role="alert">{{ said }}</p>
        <details v-if="item.inner" class="inner"><summary>{{ t("Xem từng sự cố") }}</summary><ul><Matter v-for="one in item.inner" :key="one.key" :item="one"/></ul></details>
      </div>
    </li>`,
  props: { item: Object },
  setup: () => ({ t, view }),
  data: () => ({ busy: false, sent: false, said: "" }),
  computed: {
    its() {
      return this.item.incident;
    },
    loud() {
      return kiosk.on && alarms().some(({ key }) => key === this.item.key || this.item.inner?.some((one) => one.key === key));
    },
    takeable() {
      return this.its && this.its.id !== null && this.its.stage === 0 && !this.sent && may("operator");
    },
    by() {
      if (!this.its.who) return "";
      return `: ${this.its.who}${this.its.at === null ? "" : ", " + sinceOf(this.its.at, clock.now)}`;
    },
    since() {
      const begun = sinceOf(this.item.since, clock.now);
      if (this.item.inner) return t("mới nhất từ {since}", { since: begun });
      if (!this.its?.until) return t("từ {since}", { since: begun });
      return t("{since} – {until}, đã hết", { since: begun, until: sinceOf(this.its.until, this.item.since) });
    },
    age() {
      if (this.item.inner && this.its.until !== null) return "";
      return spanExact((this.its?.until || clock.now) - this.item.since);
    },
  },
  watch: {
    "its.stage"() {
      this.sent = false; // it was opened again
    },
  },
  methods: {
    async take() {
      this.busy = true;
      this.said = "";
      try {
        const answer = await fetch(`/api/v1/incidents/${this.its.id}/ack`, { method: "POST" });
        if (answer.ok) {
          this.sent = true;
          this.$el.focus(); // the button goes, and the keyboard stays here
        } else if (answer.status === 401) location.assign("/sign-in?then=" + encodeURIComponent(location.pathname + location.search));
        else this.tell(answer.status === 409 ? first(await answer.json()) : refused(answer.status));
      } catch {
        this.tell(t("Chưa gửi được. Kiểm tra kết nối rồi thử lại."));
      }
      this.busy = false;
    },
    tell(text) {
      this.said = text;
      setTimeout(() => this.said === text && (this.said = ""), SAID);
    },
  },
};

const DONE = { acknowledged: "tiếp nhận", in_progress: "xử lý", resolved: "đóng", false_alarm: "đóng (báo nhầm)" };
const first = ({ state, by, at }) => t("{who} đã {what} trước, lúc {time}.", { who: by, what: t(DONE[state] ?? "thay đổi"), time: timeOf(Date.parse(at) / 1000) });
const refused = (status) => t(status === 403 ? "Tài khoản này không được tiếp nhận." : "Máy chủ chưa nhận. Thử lại sau ít phút.");

export default {
  components: { Matter },
  template: `
    <section class="panel attention" aria-labelledby="attention-title">
      <h2 id="attention-title">{{ t("Cần xử lý") }} <span class="count">{{ items.length || "" }}</span></h2>
      <ul v-if="items.length" tabindex="0">
        <Matter v-for="item in shown" :key="item.key" :item="item"/>
      </ul>
      <p v-else class="nothing">{{ picture.count ? t("Không có việc cần xử lý.") : t("Chưa có thiết bị nào.") }}</p>
      <button v-if="shown.length < items.length || opened" type="button" class="more" @click="opened = !opened">{{
        opened ? t("Thu gọn") : t("Xem thêm {n} việc", { n: items.length - shown.length }) }}</button>
    </section>`,
  setup: () => ({ t, picture }),
  data: () => ({ narrow: false, opened: false }),
  mounted() {
    this.media = matchMedia("(max-width: 900px)");
    const turn = () => (this.narrow = this.media.matches);
    this.media.addEventListener("change", turn);
    turn();
  },
  computed: {
    items: () => picture.attention.filter((item) => may(item.role)),
    shown() {
      return this.narrow && !this.opened ? this.items.slice(0, FIRST) : this.items;
    },
  },
};
