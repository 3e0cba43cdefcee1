// Tokens: programs that come in, and screens on walls; a secret is shown once and ended with one press.
import { get, post, remove } from "ask";
import { ROLES, roleOf } from "account_words";
import { clock, dateOf, sinceOf } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import Box from "dialog";
import Secret from "secret";

const seconds = (text) => Date.parse(text) / 1000;
const LASTING = [["", "đến khi thu hồi"], ["30", "30 ngày"], ["365", "1 năm"], ["1095", "3 năm"]];

export default {
  components: { Box, Secret },
  template: `
    <section class="panel" :aria-label="t('Mã truy cập')">
      <h2><span>{{ t("Mã truy cập") }} <span class="count">{{ living.length }}</span></span><span class="actions"><button type="button" class="button" @click="begin('wall')">{{ t("Mã cho màn hình treo tường") }}</button><button type="button" class="button main" @click="begin('add')">{{ t("Tạo mã") }}</button></span></h2>
      <p class="muted">{{ t("Dành cho chương trình và màn hình treo tường, không dành cho người. Hệ thống chỉ giữ dấu băm của mã.") }}</p>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <div v-if="its.value" class="grid" tabindex="0" role="region" :aria-label="t('Mã truy cập')"><table>
        <thead><tr><th v-for="title in ['Tên', 'Vai trò', 'Tạo lúc', 'Dùng lần cuối', 'Hiệu lực', '']" :key="title" scope="col">{{ title && t(title) }}</th></tr></thead>
        <tbody><tr v-for="it in rows" :key="it.id" :class="{ quietly: !it.in_force }">
          <td :data-title="t('Tên')"><b>{{ it.name }}</b></td>
          <td :data-title="t('Vai trò')">{{ t(roleOf(it.role)) }}</td>
          <td :data-title="t('Tạo lúc')">{{ when(it.created_at) }}</td>
          <td :data-title="t('Dùng lần cuối')">{{ it.used_at ? when(it.used_at) : t("chưa lần nào") }}</td>
          <td :data-title="t('Hiệu lực')">{{ lasts(it) }}</td>
          <td class="doings"><button v-if="it.in_force" type="button" class="button" @click="begin('end', it)">{{ t("Thu hồi") }}</button></td>
        </tr></tbody>
      </table><p v-if="!rows.length" class="nothing">{{ t("Chưa có mã nào.") }}</p></div>
      <label v-if="its.value && living.length < its.value.items.length" class="one"><input v-model="ended" type="checkbox"/><span>{{ t("Cả mã đã hết hiệu lực") }}</span></label>
      <Box v-if="asked" :title="title" @close="asked = ''">
        <template v-if="secret"><Secret :secret="secret" :told="t('Mã truy cập “{name}”, chỉ hiện một lần này:', { name })"/>
          <p v-if="asked === 'wall'">{{ t("Trên máy của màn hình, mở {address} và nhập mã này một lần.", { address }) }}</p></template>
        <form v-else @submit.prevent="send">
          <p v-if="asked === 'end'">{{ t("Chương trình hoặc màn hình dùng mã “{name}” mất quyền ngay, không lấy lại được.", { name }) }}</p>
          <template v-else>
            <label>{{ t("Tên, để biết mã dùng ở đâu") }}<input v-model.trim="name" maxlength="100" autocomplete="off" required autofocus/></label>
            <p v-if="asked === 'wall'" class="muted">{{ t("Chỉ xem, không hết hạn; thu hồi bất cứ lúc nào.") }}</p>
            <template v-else><fieldset><legend>{{ t("Vai trò") }}</legend><label v-for="(words, key) in roles" :key="key" class="one"><input v-model="role" type="radio" name="role" :value="key"/><span><b>{{ t(words[0]) }}</b> <span class="muted">{{ t(words[1]) }}</span></span></label></fieldset>
            <label>{{ t("Hiệu lực") }}<select v-model="days"><option v-for="[key, word] in lasting" :key="key" :value="key">{{ t(word) }}</option></select></label></template>
          </template>
          <p class="refused" role="alert">{{ refused }}</p>
          <div class="actions"><button type="submit" class="button" :class="asked === 'end' ? 'grave' : 'main'" :disabled="busy">{{ asked === "end" ? t("Thu hồi") : t("Tạo mã") }}</button></div>
        </form>
      </Box>
    </section>`,
  setup: () => ({ its: useFresh(() => get("tokens"), [], 30), t, roles: ROLES, roleOf, lasting: LASTING }),
  data: () => ({ asked: "", it: null, name: "", role: "viewer", days: "", ended: false, secret: "", refused: "", busy: false }),
  computed: {
    living() {
      return (this.its.value?.items ?? []).filter((it) => it.in_force);
    },
    rows() {
      return this.ended ? this.its.value.items : this.living;
    },
    address: () => location.origin + "/?kiosk=1",
    title() {
      return t({ add: "Tạo mã", wall: "Mã cho màn hình treo tường", end: "Thu hồi mã" }[this.asked]);
    },
  },
  methods: {
    when: (text) => sinceOf(seconds(text), clock.now),
    lasts(it) {
      if (it.revoked_at) return t("thu hồi {day}", { day: dateOf(seconds(it.revoked_at)) });
      if (!it.expires_at) return t("đến khi thu hồi");
      return t(it.in_force ? "đến {day}" : "hết hạn {day}", { day: dateOf(seconds(it.expires_at)) });
    },
    begin(asked, it = null) {
      const name = it?.name ?? (asked === "wall" ? t("Màn hình treo tường") : "");
      Object.assign(this, { asked, it, name, role: "viewer", days: "", secret: "", refused: "" });
    },
    async send() {
      this.busy = true;
      this.refused = "";
      try {
        if (this.asked === "end") await remove(`tokens/${this.it.id}`);
        else this.secret = (await post("tokens", { name: this.name, role: this.role, days: Number(this.days) || null })).token;
        if (!this.secret) this.asked = "";
      } catch (error) {
        this.refused = error.message;
      }
      await this.its.again();
      this.busy = false;
    },
  },
};
