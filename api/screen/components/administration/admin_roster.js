// A list of devices as a workbook or text: tried first, every fault by its cell, then entered whole or not at all.
import { post } from "ask";
import { t } from "language";
import Box from "dialog";
import { FIELDS, LIFECYCLES } from "device_fields";

const SHOWN = 200;
const CHANGES = { new: "thêm mới", changed: "có thay đổi", missing: "không có trong tệp, giữ nguyên" };

export default {
  components: { Box },
  template: `
    <Box :title="t('Nhập danh sách thiết bị')" broad @close="$emit('close')">
      <form @submit.prevent="enter">
        <label>{{ t("Tệp .xlsx, .xls, .ods hoặc .csv; cần cột “Mã thiết bị” và “Loại”") }}<input ref="file" type="file" accept=".xlsx,.xls,.ods,.csv" @change="tried" required/></label>
        <p class="refused" role="alert">{{ refused }}</p>
        <p v-if="busy" role="status">{{ t("Đang đọc tệp…") }}</p>
        <template v-if="said && said.faults.length">
          <p role="status"><b>{{ t("{n} lỗi; chưa ghi gì vào sổ. Sửa trong tệp rồi chọn lại.", { n: said.faults_in_all }) }}</b></p>
          <div class="grid" tabindex="0" role="region" :aria-label="t('Lỗi')"><table><thead><tr><th scope="col">{{ t("Ô") }}</th><th scope="col">{{ t("Lỗi") }}</th></tr></thead>
            <tbody><tr v-for="(fault, n) in said.faults.slice(0, shown)" :key="n"><td :data-title="t('Ô')"><code>{{ fault.place }}</code></td><td :data-title="t('Lỗi')">{{ fault.vi || fault.reason }}</td></tr></tbody></table></div>
        </template>
        <template v-else-if="said">
          <p role="status"><b>{{ done ? t("Đã ghi vào sổ:") : t("Đọc được; nếu ghi vào sổ:") }}</b> {{ t("{new} thêm mới, {changed} thay đổi, {same} như cũ, {missing} không có trong tệp (giữ nguyên).", said) }}</p>
          <div v-if="said.differences.length" class="grid" tabindex="0" role="region" :aria-label="t('Khác biệt')"><table><thead><tr><th scope="col">{{ t("Thiết bị") }}</th><th scope="col">{{ t("Việc") }}</th><th scope="col">{{ t("Khác biệt") }}</th></tr></thead>
            <tbody><tr v-for="it in said.differences.slice(0, shown)" :key="it.ref" :class="{ quietly: it.change === 'missing' }"><td :data-title="t('Thiết bị')"><code>{{ it.ref }}</code></td><td :data-title="t('Việc')">{{ t(changes[it.change]) }}</td><td :data-title="t('Khác biệt')">{{ told(it) }}</td></tr></tbody></table></div>
        </template>
        <div class="actions"><button v-if="said && !said.faults.length && !done" type="submit" class="button main" :disabled="busy || !(said.new + said.changed)">{{ t("Ghi {n} thiết bị vào sổ", { n: said.new + said.changed }) }}</button></div>
      </form>
    </Box>`,
  props: { unit: String },
  emits: ["close", "changed"],
  setup: () => ({ t, changes: CHANGES, shown: SHOWN }),
  data: () => ({ said: null, refused: "", busy: false, done: false }),
  methods: {
    told(it) {
      const word = (key) => t(FIELDS[key === "expected_every" ? "expected_every_s" : key] ?? key);
      const value = (key, one) => (key === "lifecycle" && LIFECYCLES[one] ? t(LIFECYCLES[one]) : one || "—");
      return Object.entries(it.fields).map(([key, [old, fresh]]) => (it.change === "new" ? `${word(key)}: ${value(key, fresh)}` : `${word(key)}: ${value(key, old)} → ${value(key, fresh)}`)).join("; ");
    },
    tried() {
      Object.assign(this, { said: null, done: false });
      return this.send(true);
    },
    async enter() {
      await this.send(false);
      if (!this.refused) this.done = true;
      this.$emit("changed");
    },
    async send(dry) {
      const [file] = this.$refs.file.files;
      if (!file) return;
      this.busy = true;
      this.refused = "";
      try {
        this.said = await post(`devices/import?dry_run=${dry}&unit=${this.unit}`, file);
      } catch (error) {
        this.refused = error.message;
      }
      this.busy = false;
    },
  },
};
