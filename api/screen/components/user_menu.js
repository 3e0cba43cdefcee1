// Who is signed in: their role, their password, the way out.
import { defineAsyncComponent } from "vue";
import { roleOf } from "account_words";
import { t } from "language";
import { Mark } from "marks";
import { view } from "picture";

const PasswordChange = defineAsyncComponent(() => import("password_change"));

export default {
  components: { Mark, PasswordChange },
  template: `
    <div class="who" @keydown.esc="opened = false" @focusout="left">
      <button type="button" :aria-expanded="opened" aria-controls="who-menu" :aria-label="t('Tài khoản {who}', { who })" @click="opened = !opened"><span>{{ who }}</span><Mark name="down"/></button>
      <div v-show="opened" id="who-menu" class="menu">
        <p><b>{{ who }}</b><br>{{ t(roleOf(view.role)) }}</p>
        <button v-if="!program" type="button" @click="begin">{{ t("Đổi mật khẩu") }}</button>
        <button type="button" class="leave" @click="leave">{{ t("Đăng xuất") }}</button>
      </div>
      <PasswordChange v-if="changing" :who="who" @close="changing = false"/>
    </div>`,
  props: { who: String },
  setup: () => ({ t, view, roleOf }),
  data: () => ({ opened: false, changing: false }),
  computed: {
    program() {
      return this.who.startsWith("token:");
    },
  },
  methods: {
    begin() {
      Object.assign(this, { opened: false, changing: true });
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
