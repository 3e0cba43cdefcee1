// The register of devices: found, opened to be changed, added one by one, imported and exported as a list.
import { all, post } from "ask";
import { KINDS, kindOf } from "device_words";
import { useFresh } from "fresh";
import { t } from "language";
import { byName, picture } from "picture";
import { choose, go, route } from "route";
import AdminDevice from "admin_device";
import AdminRoster from "admin_roster";
import Box from "dialog";
import DeviceFields, { LIFECYCLES, changedOf, formOf } from "device_fields";
import Grid from "grid";

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();

export default {
  components: { AdminDevice, AdminRoster, Box, DeviceFields, Grid },
  template: `
    <AdminDevice v-if="below.length === 2" :key="below.join('/')" :unit="unit" :kind="below[0]" :name="below[1]" :hamlets="hamlets" :path="path" :search="search" @changed="its.again"/>
    <template v-else>
      <div class="filters">
        <label class="field"><span>{{ t("Tìm") }}</span><input type="search" :value="route.query.q ?? ''" @input="choose({ q: $event.target.value })" :placeholder="t('mã, tên, vị trí')"/></label>
        <label class="field"><span>{{ t("Loại") }}</span><select :value="route.query.kind ?? ''" @change="choose({ kind: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="kind in kinds" :key="kind" :value="kind">{{ kindOf(kind) }}</option></select></label>
        <label class="field"><span>{{ t("Thôn") }}</span><select :value="route.query.hamlet ?? ''" @change="choose({ hamlet: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="name in hamlets" :key="name" :value="name">{{ name }}</option></select></label>
        <label class="field"><span>{{ t("Tình trạng") }}</span><select :value="route.query.lifecycle ?? ''" @change="choose({ lifecycle: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="(word, key) in lifecycles" :key="key" :value="key">{{ t(word) }}</option><option value="unconfirmed">{{ t("chưa xác nhận") }}</option></select></label>
        <span class="actions"><button type="button" class="button main" @click="begin">{{ t("Thêm thiết bị") }}</button><button type="button" class="button" @click="listed = true">{{ t("Nhập danh sách") }}</button>
          <a class="button" :href="'/api/v1/export/devices.xlsx?unit=' + unit" download>{{ t("Tải Excel") }}</a><a class="button" :href="'/api/v1/export/devices.csv?unit=' + unit" download>{{ t("Tải CSV") }}</a></span>
      </div>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <section class="panel" :aria-label="t('Sổ thiết bị')"><h2><span>{{ t("Sổ thiết bị") }}</span><span v-if="its.value" class="count">{{ t("{n} trong {all}", { n: rows.length, all: its.value.length }) }}</span></h2>
        <Grid v-if="its.value" :table="table" :label="t('Sổ thiết bị')"/><p v-else class="nothing" role="status">{{ t("Đang tải…") }}</p></section>
      <AdminRoster v-if="listed" :unit="unit" @close="listed = false" @changed="its.again"/>
      <Box v-if="form" :title="t('Thêm thiết bị')" broad @close="form = null">
        <form @submit.prevent="add">
          <div class="device-fields"><label>{{ t("Mã thiết bị") }}<input v-model.trim="name" pattern="[a-z0-9\\-]{1,64}" :title="t('chữ thường không dấu, số, gạch ngang')" required autofocus autocomplete="off" spellcheck="false"/></label>
          <label>{{ t("Loại") }}<select v-model="kind"><option v-for="one in kinds" :key="one" :value="one">{{ kindOf(one) }}</option></select></label></div>
          <DeviceFields :form="form" :kind="kind" :hamlets="hamlets"/>
          <p class="refused" role="alert">{{ refused }}</p>
          <div class="actions"><button type="submit" class="button main" :disabled="busy">{{ t("Thêm thiết bị") }}</button></div>
        </form>
      </Box>
    </template>`,
  props: { below: Array, path: String },
  setup: () => ({ its: useFresh(() => all("devices", { unit: picture.commune.code }, 20000), [], 120), t, choose, route, kinds: KINDS, kindOf, lifecycles: LIFECYCLES }),
  data: () => ({ listed: false, form: null, name: "", kind: "camera", refused: "", busy: false }),
  computed: {
    unit: () => picture.commune.code,
    search() {
      const kept = new URLSearchParams(route.query).toString();
      return kept && "?" + kept;
    },
    hamlets() {
      return [...new Set((this.its.value ?? []).map(({ hamlet }) => hamlet))].filter(Boolean).sort(byName.compare);
    },
    rows() {
      const { kind, hamlet, lifecycle, q = "" } = route.query;
      const words = plain(q).split(/\s+/).filter(Boolean);
      return this.its.value.filter((it) => {
        if ((kind && it.kind !== kind) || (hamlet && it.hamlet !== hamlet) || (lifecycle && it.lifecycle !== lifecycle)) return false;
        const text = plain([it.id, it.name, it.hamlet, it.owner, it.upstream].join(" "));
        return words.every((word) => text.includes(word));
      });
    },
    table() {
      const titles = ["Mã", "Tên thiết bị", "Loại", "Thôn", "Đơn vị quản lý", "Đường truyền", "Tọa độ", "Chu kỳ báo (giây)", "Tình trạng"];
      return {
        columns: titles.map((title, n) => ({ title: t(title), right: n === 7 })),
        nothing: t("Không có thiết bị nào khớp."),
        rows: this.rows.map((it) => ({
          tone: it.lifecycle === "retired" ? "quietly" : "",
          cells: [
            { text: it.id, href: `${this.path}/${it.kind}/${encodeURIComponent(it.id)}${this.search}` }, it.name, kindOf(it.kind), it.hamlet || "—", it.owner || "—", it.upstream || "—",
            it.latitude === null ? "—" : `${it.latitude.toFixed(5)}, ${it.longitude.toFixed(5)}`, it.expected_every_s ?? "—", t(LIFECYCLES[it.lifecycle] ?? "chưa xác nhận"),
          ],
        })),
      };
    },
  },
  methods: {
    begin() {
      Object.assign(this, { form: formOf(), name: "", kind: "camera", refused: "" });
    },
    async add() {
      this.busy = true;
      this.refused = "";
      try {
        await post("devices", { unit: this.unit, kind: this.kind, name: this.name, ...changedOf(this.form, formOf()) });
        const where = `${this.path}/${this.kind}/${this.name}`;
        this.form = null;
        await this.its.again();
        go(where);
      } catch (error) {
        this.refused = error.message;
      }
      this.busy = false;
    },
  },
};
