export default {
  template: `
    <main class="door">
      <form @submit.prevent="enter">
        <h1>Trung tâm giám sát, điều hành thông minh</h1>
        <label for="username">Tên đăng nhập</label>
        <input id="username" v-model="username" name="username" autocomplete="username" autocapitalize="none" required autofocus/>
        <label for="password">Mật khẩu</label>
        <input id="password" v-model="password" name="password" type="password" autocomplete="current-password" required/>
        <p class="refused" role="alert">{{ refused }}</p>
        <button type="submit" :disabled="busy">{{ busy ? "Đang kiểm tra…" : "Đăng nhập" }}</button>
      </form>
    </main>`,
  data: () => ({ username: "", password: "", refused: "", busy: false }),
  methods: {
    async enter() {
      this.busy = true;
      this.refused = "";
      const body = JSON.stringify({ username: this.username, password: this.password });
      try {
        const answer = await fetch("/api/v1/session", { method: "POST", headers: { "Content-Type": "application/json" }, body });
        if (answer.ok) return location.assign("/");
        const wait = Number(answer.headers.get("Retry-After")) || 60;
        this.refused =
          answer.status === 429
            ? `Sai quá nhiều lần. Thử lại sau ${wait < 60 ? wait + " giây" : Math.ceil(wait / 60) + " phút"}.`
            : answer.status >= 500
              ? "Máy chủ chưa sẵn sàng. Thử lại sau ít phút."
              : "Tên đăng nhập hoặc mật khẩu không đúng.";
      } catch {
        this.refused = "Không kết nối được với máy chủ.";
      }
      this.busy = false;
      return undefined;
    },
  },
};
