// Who is signed in: their role, their password, the way out.
import { put } from "ask";
import { roleOf } from "account_words";
import { t } from "language";
import { Mark } from "marks";
import { view } from "picture";
import Box from "dialog";

export default {
  components: { Box, Mark },
  template: `
    <div class="who" @keydown.esc="opened = false" @focusout="left">
      <button type="button" :aria-expanded="opened" aria-controls="who-menu" :aria-label="t('Tài khoản {who}', { who })" @click="opened = !opened"><span>{{ who }}</span><Mark name="down"/></button>
      <div v-show="opened" id="who-menu" class="menu">
        <p><b>{{ who }}</b><br>{{ t(roleOf(view.role)) }}</p>
        <button v-if="!program" type="button" @click="begin">{{ t("Đổi mật khẩu") }}</button>
        <button type="button" class="leave" @click="leave">{{ t("Đăng xuất") }}</button>
      </div>
      <Box v-if="changing" :title="t('Đổi mật khẩu')" @close="changing = false">
        <form v-if="!done" @submit.prevent="change">
          <input type="text" name="username" autocomplete="username" :value="who" hidden/>
          <label>{{ t("Mật khẩu hiện tại") }}<input v-model="old" type="password" autocomplete="current-password" required autofocus/></label>
          <label>{{ t("Mật khẩu mới (ít nhất 8 ký tự)") }}<input v-model="fresh" type="password" autocomplete="new-password" minlength="8" required/></label>
          <label>{{ t("Nhập lại mật khẩu mới") }}<input v-model="again" type="password" autocomplete="new-password" required/></label>
          <p class="refused" role="alert">{{ refused }}</p>
          <p class="muted">{{ t("Các nơi khác đang đăng nhập bằng tài khoản này sẽ phải đăng nhập lại.") }}</p>
          <div class="actions"><button type="submit" class="button main" :disabled="busy">{{ t("Đổi mật khẩu") }}</button></div>
        </form>
        <p v-else role="status">{{ t("Đã đổi mật khẩu.") }}</p>
      </Box>
    </div>`,
  props: { who: String },
  setup: () => ({ t, view, roleOf }),
  data: () => ({ opened: false, changing: false, done: false, busy: false, old: "", fresh: "", again: "", refused: "" }),
  computed: {
    program() {
      return this.who.startsWith("token:");
    },
  },
  methods: {
    begin() {
      Object.assign(this, { opened: false, changing: true, done: false, old: "", fresh: "", again: "", refused: "" });
    },
    async change() {
      this.refused = this.fresh === this.again ? "" : t("Hai lần nhập mật khẩu mới không giống nhau.");
      if (this.refused) return;
      this.busy = true;
      try {
        await put("session/password", { old: this.old, new: this.fresh });
        this.done = true;
      } catch (error) {
        this.refused = error.message;
      }
      this.busy = false;
    },
    left(event) {
      if (!event.currentTarget.contains(event.relatedTarget)) this.opened = false;
    },
    async leave() {
      await fetch("/api/v1/session", { method: "DELETE" });
      location.assign("/sign-in");
    },
  },
};
