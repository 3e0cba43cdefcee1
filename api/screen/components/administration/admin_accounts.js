// Accounts: who may come in and how far; a password that was made is shown this once.
import { get, patch, post } from "ask";
import { ROLES, roleOf } from "account_words";
import { clock, dateOf, sinceOf } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { view } from "picture";
import Box from "dialog";
import Secret from "secret";

const seconds = (text) => Date.parse(text) / 1000;

export default {
  components: { Box, Secret },
  template: `
    <section class="panel" :aria-label="t('Tài khoản')">
      <h2><span>{{ t("Tài khoản") }} <span class="count">{{ its.value?.items.length }}</span></span><button type="button" class="button main" @click="begin('add')">{{ t("Thêm tài khoản") }}</button></h2>
      <p v-if="its.error || refused && !asked" class="refused" role="alert">{{ refused || its.error }}</p>
      <div v-if="its.value" class="grid" tabindex="0" role="region" :aria-label="t('Tài khoản')"><table>
        <thead><tr><th v-for="title in ['Tên đăng nhập', 'Vai trò', 'Tình trạng', 'Dùng lần cuối', 'Tạo ngày', '']" :key="title" scope="col">{{ title && t(title) }}</th></tr></thead>
        <tbody><tr v-for="it in its.value.items" :key="it.name" :class="{ quietly: it.disabled }">
          <td :data-title="t('Tên đăng nhập')"><b>{{ it.name }}</b><span v-if="it.name === view.who" class="muted"> ({{ t("bạn") }})</span></td>
          <td :data-title="t('Vai trò')">{{ t(roleOf(it.role)) }}</td>
          <td :data-title="t('Tình trạng')">{{ it.disabled ? t("đã khóa") : it.sessions ? t("đang đăng nhập ({n} nơi)", { n: it.sessions }) : t("đang mở") }}</td>
          <td :data-title="t('Dùng lần cuối')">{{ it.used_at ? when(it.used_at) : t("chưa lần nào") }}</td>
          <td :data-title="t('Tạo ngày')">{{ day(it.created_at) }}</td>
          <td class="doings"><button type="button" class="button" @click="begin('role', it)">{{ t("Vai trò") }}</button><button type="button" class="button" @click="begin('password', it)">{{ t("Mật khẩu") }}</button><button type="button" class="button" @click="begin('shut', it)">{{ it.disabled ? t("Mở lại") : t("Khóa") }}</button></td>
        </tr></tbody>
      </table></div>
      <Box v-if="asked" :title="title" @close="asked = ''">
        <Secret v-if="secret" :secret="secret" :told="t('Mật khẩu của {name}, chỉ hiện một lần này:', { name })"/>
        <form v-else @submit.prevent="send">
          <template v-if="asked === 'shut'"><p>{{ it.disabled ? t("Tài khoản {name} lại đăng nhập được bằng mật khẩu cũ.", { name }) : t("Tài khoản {name} không đăng nhập được nữa; nơi nào đang mở sẽ bị đưa ra ngoài.", { name }) }}</p></template>
          <label v-if="asked === 'add'">{{ t("Tên đăng nhập") }}<input v-model.trim="name" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="64" pattern="[a-z0-9][a-z0-9._\\-]*" :title="t('chữ thường không dấu, số, dấu chấm, gạch dưới, gạch ngang')" required autofocus/></label>
          <fieldset v-if="asked === 'add' || asked === 'role'"><legend>{{ t("Vai trò") }}</legend>
            <label v-for="(words, key) in roles" :key="key" class="one"><input v-model="role" type="radio" name="role" :value="key" required/><span><b>{{ t(words[0]) }}</b> <span class="muted">{{ t(words[1]) }}</span></span></label></fieldset>
          <template v-if="asked === 'add' || asked === 'password'">
            <label class="one"><input v-model="made" type="checkbox"/><span>{{ t("Tạo mật khẩu ngẫu nhiên và hiện một lần") }}</span></label>
            <label v-if="!made">{{ t("Mật khẩu (ít nhất 8 ký tự)") }}<input v-model="password" type="password" autocomplete="new-password" minlength="8" required/></label>
            <p v-if="asked === 'password'" class="muted">{{ t("Mọi nơi đang đăng nhập bằng tài khoản này sẽ phải đăng nhập lại.") }}</p>
          </template>
          <p class="refused" role="alert">{{ refused }}</p>
          <div class="actions"><button type="submit" class="button" :class="asked === 'shut' && !it.disabled ? 'grave' : 'main'" :disabled="busy">{{ title }}</button></div>
        </form>
      </Box>
    </section>`,
  setup: () => ({ its: useFresh(() => get("accounts"), [], 30), t, view, roles: ROLES, roleOf }),
  data: () => ({ asked: "", it: null, name: "", role: "viewer", made: true, password: "", secret: "", refused: "", busy: false }),
  computed: {
    title() {
      const titles = { add: "Thêm tài khoản", role: "Đổi vai trò", password: "Đặt mật khẩu", shut: this.it?.disabled ? "Mở lại" : "Khóa tài khoản" };
      return [t(titles[this.asked]), this.it?.name].filter(Boolean).join(": ");
    },
  },
  methods: {
    when: (text) => sinceOf(seconds(text), clock.now),
    day: (text) => dateOf(seconds(text)),
    begin(asked, it = null) {
      Object.assign(this, { asked, it, name: it?.name ?? "", role: it?.role ?? "viewer", made: true, password: "", secret: "", refused: "" });
    },
    async send() {
      this.busy = true;
      this.refused = "";
      const { name, role } = this;
      const version = this.it?.version;
      const password = this.made ? undefined : this.password;
      const body = { role: { role, version }, password: { password, new_password: this.made, version }, shut: { disabled: !this.it?.disabled, version } }[this.asked];
      try {
        const said = this.asked === "add" ? await post("accounts", { name, role, password }) : await patch(`accounts/${encodeURIComponent(name)}`, body);
        this.secret = said.password ?? "";
        if (!this.secret) this.asked = "";
      } catch (error) {
        this.refused = error.message; // what was typed stays; the newest is beneath
      }
      await this.its.again();
      if (this.it) this.it = this.its.value.items.find((one) => one.name === this.it.name) ?? this.it;
      this.busy = false;
    },
  },
};
