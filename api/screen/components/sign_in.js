import { enterWall, givenToken } from "enter";

const ENGLISH = {}; // filled by the server, as on every page
const t = (text, filled = {}) => (ENGLISH[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => filled[name] ?? whole);

// Where the door leads: an address of this service, never another's.
function beyond() {
  const then = new URLSearchParams(location.search).get("then") ?? "/";
  const address = URL.canParse(then, location.origin) ? new URL(then, location.origin) : location;
  return address.origin === location.origin && address !== location ? address.href : "/"; // whole: a path may begin with //
}

export default {
  template: `
    <main class="door">
      <form v-if="wall" @submit.prevent="enterByToken(token)">
        <h1>{{ t("Trung tâm giám sát, điều hành thông minh") }}</h1>
        <label for="token">{{ t("Mã truy cập của màn hình treo tường") }}</label>
        <input id="token" v-model.trim="token" type="password" autocomplete="off" spellcheck="false" required autofocus/>
        <p class="refused" role="alert">{{ refused }}</p>
        <button type="submit" :disabled="busy">{{ busy ? t("Đang kiểm tra…") : t("Mở màn hình") }}</button>
        <button type="button" class="quiet" @click="change">{{ t("Đăng nhập bằng tài khoản") }}</button>
      </form>
      <form v-else @submit.prevent="enter">
        <h1>{{ t("Trung tâm giám sát, điều hành thông minh") }}</h1>
        <label for="username">{{ t("Tên đăng nhập") }}</label>
        <input id="username" v-model="username" name="username" autocomplete="username" autocapitalize="none" required autofocus/>
        <label for="password">{{ t("Mật khẩu") }}</label>
        <input id="password" v-model="password" name="password" type="password" autocomplete="current-password" required/>
        <p class="refused" role="alert">{{ refused }}</p>
        <button type="submit" :disabled="busy">{{ busy ? t("Đang kiểm tra…") : t("Đăng nhập") }}</button>
        <button v-if="kiosk" type="button" class="quiet" @click="change">{{ t("Dùng mã truy cập của màn hình") }}</button>
      </form>
    </main>`,
  props: { language: String, english: Object },
  setup: () => ({ t }),
  data: () => ({ username: "", password: "", token: "", refused: "", busy: false, kiosk: false, wall: false }),
  created() {
    Object.assign(ENGLISH, this.english);
    document.documentElement.lang = this.language;
    this.kiosk = this.wall = new URLSearchParams(beyond().split("?")[1]).get("kiosk") === "1";
    if (new URLSearchParams(location.search).has("expired")) this.refused = t("Phiên đã hết hạn. Đăng nhập lại để tiếp tục.");
    const token = givenToken();
    if (token) this.enterByToken(token);
  },
  methods: {
    change() {
      this.wall = !this.wall;
      this.refused = "";
    },
    async enterByToken(token) {
      await this.ask(async () => {
        const status = await enterWall(token);
        if (status === 200) return location.replace(beyond());
        this.token = "";
        this.refused = {
          401: t("Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi."),
          403: t("Màn hình treo tường cần mã truy cập chỉ được xem (vai trò viewer)."),
        }[status] ?? t("Máy chủ chưa sẵn sàng. Thử lại sau ít phút.");
        return undefined;
      });
    },
    async enter() {
      const body = JSON.stringify({ username: this.username, password: this.password });
      await this.ask(async () => {
        const answer = await fetch("/api/v1/session", { method: "POST", headers: { "Content-Type": "application/json" }, body });
        if (answer.ok) return location.assign(beyond());
        const wait = Number(answer.headers.get("Retry-After")) || 60;
        if (answer.status === 429)
          this.refused = wait < 60 ? t("Sai quá nhiều lần. Thử lại sau {n} giây.", { n: wait }) : t("Sai quá nhiều lần. Thử lại sau {n} phút.", { n: Math.ceil(wait / 60) });
        else this.refused = answer.status >= 500 ? t("Máy chủ chưa sẵn sàng. Thử lại sau ít phút.") : t("Tên đăng nhập hoặc mật khẩu không đúng.");
        return undefined;
      });
    },
    async ask(question) {
      this.busy = true;
      this.refused = "";
      try {
        await question();
      } catch {
        this.refused = t("Không kết nối được với máy chủ.");
      }
      this.busy = false;
    },
  },
};
