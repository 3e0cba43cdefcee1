// A new password of one's own; fetched when it is asked for.
import { put } from "ask";
import { t } from "language";
import Box from "dialog";

export default {
  components: { Box },
  template: `
    <Box :title="t('Đổi mật khẩu')" @close="$emit('close')">
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
    </Box>`,
  props: { who: String },
  emits: ["close"],
  setup: () => ({ t }),
  data: () => ({ done: false, busy: false, old: "", fresh: "", again: "", refused: "" }),
  methods: {
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
  },
};
