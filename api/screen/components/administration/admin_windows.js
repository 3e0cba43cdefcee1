// Maintenance windows: what is out of order on purpose does not count; planned, ended, taken back.
import { all, get, post } from "ask";
import { clock, dateOf, timeOf } from "clock";
import { KINDS, kindOf } from "device_words";
import { useFresh } from "fresh";
import { t } from "language";
import { byName, picture } from "picture";
import Box from "dialog";
import DayField from "day_field";
import TimeField from "time_field";

const seconds = (text) => Date.parse(text) / 1000;
const GROUPS = [["running", "Đang bảo trì"], ["planned", "Sắp tới"], ["over", "Đã qua"]];
const ENDS = [["from", "Từ (giờ Việt Nam)"], ["until", "Đến"]];
const SCOPES = [["commune", "Cả xã"], ["kind", "Một loại"], ["hamlet", "Một thôn"], ["device", "Một thiết bị"]];
// What is typed has no zone: it is the commune's, seven hours ahead of UTC, whatever the PC says.
function localOf(at) {
  const [day, time] = new Date((at + 7 * 3600) * 1000).toISOString().split("T");
  return { day, time: time.slice(0, 5) };
}
const instantOf = ({ day, time }) => `${day}T${time}:00+07:00`;

export default {
  components: { Box, DayField, TimeField },
  template: `
    <div class="filters"><span class="actions"><button type="button" class="button main" @click="begin">{{ t("Lập đợt bảo trì") }}</button></span></div>
    <p v-if="its.error || refused && !form" class="refused" role="alert">{{ refused || its.error }}</p>
    <template v-if="its.value"><section v-for="[key, title] in groups" :key="key" class="panel" :aria-label="t(title)">
      <h2><span>{{ t(title) }} <span class="count">{{ of(key).length }}</span></span></h2>
      <div v-if="of(key).length" class="grid" tabindex="0" role="region" :aria-label="t(title)"><table>
        <thead><tr><th v-for="head in ['Phạm vi', 'Từ', 'Đến', 'Lý do', 'Người lập', '']" :key="head" scope="col">{{ head && t(head) }}</th></tr></thead>
        <tbody><tr v-for="it in of(key)" :key="it.id" :class="{ quietly: it.state === 'cancelled' }">
          <td :data-title="t('Phạm vi')"><b>{{ scopeOf(it) }}</b></td><td :data-title="t('Từ')">{{ when(it.starts_at) }}</td>
          <td :data-title="t('Đến')">{{ when(it.ends_at) }}<span v-if="it.planned_until" class="muted"> ({{ t("dự kiến {when}", { when: when(it.planned_until) }) }})</span></td>
          <td :data-title="t('Lý do')">{{ it.reason }}</td>
          <td :data-title="t('Người lập')">{{ it.created_by }}<span v-if="it.state === 'cancelled'" class="muted"> · {{ t("{who} đã hủy", { who: it.cancelled_by }) }}</span><span v-else-if="it.ended_by" class="muted"> · {{ t("{who} kết thúc sớm", { who: it.ended_by }) }}</span></td>
          <td class="doings"><button v-if="it.state === 'running'" type="button" class="button" @click="act(it, 'end')" :disabled="busy">{{ t("Kết thúc ngay") }}</button><button v-if="it.state !== 'cancelled'" type="button" class="button" @click="act(it, 'cancel')" :disabled="busy">{{ sure === it.id ? t("Bấm lần nữa để hủy") : t("Hủy") }}</button></td>
        </tr></tbody></table></div>
      <p v-else class="nothing">{{ t("Không có đợt nào.") }}</p>
    </section></template>
    <Box v-if="form" :title="t('Lập đợt bảo trì')" @close="form = null">
      <form @submit.prevent="plan">
        <fieldset><legend>{{ t("Phạm vi") }}</legend><label v-for="[key, word] in scopes" :key="key" class="one"><input v-model="form.scope" type="radio" name="scope" :value="key"/><span>{{ t(word) }}</span></label></fieldset>
        <label v-if="form.scope === 'kind'">{{ t("Loại") }}<select v-model="form.kind" required><option v-for="kind in kinds" :key="kind" :value="kind">{{ kindOf(kind) }}</option></select></label>
        <label v-if="form.scope === 'hamlet'">{{ t("Thôn") }}<select v-model="form.hamlet" required><option v-for="name in hamlets" :key="name" :value="name">{{ name }}</option></select></label>
        <label v-if="form.scope === 'device'">{{ t("Thiết bị") }}<select v-model="form.device" required><option v-for="it in devices" :key="it.ref" :value="it.kind + '/' + it.id">{{ kindOf(it.kind) }} {{ it.id }} · {{ it.name }}</option></select></label>
        <div class="device-fields"><fieldset v-for="[key, word] in ends" :key="key" class="moment"><legend>{{ t(word) }}</legend><TimeField v-model="form[key].time" :aria-label="t('Giờ')" required/><DayField v-model="form[key].day" :aria-label="t('Ngày')" required/></fieldset></div>
        <p v-if="past" class="muted">{{ t("Bắt đầu trong quá khứ: trạng thái và tỷ lệ hoạt động từ lúc đó được tính lại.") }}</p>
        <label>{{ t("Lý do") }}<input v-model="form.reason" maxlength="500" required autocomplete="off"/></label>
        <div v-if="overlapping.length" class="conflict" role="alert"><p><b>{{ t("Trùng thời gian với {n} đợt đã lập:", { n: overlapping.length }) }}</b></p><ul><li v-for="it in overlapping" :key="it.id">{{ scopeOf(it) }}, {{ when(it.starts_at) }} – {{ when(it.ends_at) }}: {{ it.reason }}</li></ul><p>{{ t("Thời gian trùng chỉ tính một lần. Bấm lần nữa nếu vẫn cần.") }}</p></div>
        <p class="refused" role="alert">{{ refused }}</p>
        <div class="actions"><button type="submit" class="button main" :disabled="busy">{{ overlapping.length ? t("Vẫn lập") : t("Lập đợt bảo trì") }}</button></div>
      </form>
    </Box>`,
  setup() {
    const unit = () => picture.commune.code;
    const its = useFresh(() => get("maintenance", { unit: unit(), limit: 500 }), [], 30);
    return { its, unit, t, groups: GROUPS, ends: ENDS, scopes: SCOPES, kinds: KINDS, kindOf };
  },
  data: () => ({ form: null, devices: [], overlapping: [], refused: "", busy: false, sure: 0 }),
  computed: {
    hamlets() {
      return [...new Set(this.devices.map(({ hamlet }) => hamlet))].filter(Boolean).sort(byName.compare);
    },
    past() {
      return seconds(instantOf(this.form.from)) < clock.now - 60;
    },
    wish: ({ form }) => form && JSON.stringify(form),
  },
  watch: {
    wish() {
      this.overlapping = [];
    },
  },
  methods: {
    of(key) {
      const rows = this.its.value.items.filter(({ state }) => (key === "over" ? state === "over" || state === "cancelled" : state === key));
      return key === "planned" ? rows.reverse() : rows.slice(0, 100);
    },
    when: (text) => `${timeOf(seconds(text))} ${dateOf(seconds(text))}`,
    scopeOf(it) {
      const parts = [it.kind && kindOf(it.kind), it.name, it.hamlet && t("thôn {name}", { name: it.hamlet })].filter(Boolean);
      return parts.join(" ") || t("Cả xã");
    },
    async begin() {
      const next = Math.ceil(clock.now / 900) * 900;
      this.refused = "";
      this.overlapping = [];
      this.form = { scope: "device", kind: "camera", hamlet: "", device: "", from: localOf(next), until: localOf(next + 7200), reason: "" };
      try {
        this.devices = (await all("devices", { unit: this.unit() }, 20000)).filter(({ lifecycle }) => lifecycle !== "retired");
      } catch (error) {
        this.refused = error.message;
      }
    },
    narrowed() {
      const { scope, kind, hamlet, device } = this.form;
      const [its, name] = device.split("/");
      return { kind: { kind: { kind }, hamlet: { hamlet }, device: { kind: its, name } }[scope] }.kind ?? {};
    },
    async plan() {
      this.refused = "";
      const [starts_at, ends_at] = [instantOf(this.form.from), instantOf(this.form.until)];
      if (seconds(ends_at) <= seconds(starts_at)) {
        this.refused = t("Kết thúc phải sau lúc bắt đầu.");
        return;
      }
      this.busy = true;
      try {
        const where = this.narrowed();
        if (!this.overlapping.length) this.overlapping = await this.others(where, starts_at, ends_at);
        else this.overlapping = [];
        if (!this.overlapping.length) {
          await post("maintenance", { unit: this.unit(), ...where, starts_at, ends_at, reason: this.form.reason });
          this.form = null;
          await this.its.again();
        }
      } catch (error) {
        this.refused = error.message;
      }
      this.busy = false;
    },
    // Windows of the same time that speak of some of the same devices.
    async others(where, start, stop) {
      const said = await get("maintenance", { unit: this.unit(), start, stop, limit: 500 });
      const standing = this.devices.find((it) => it.id === where.name && it.kind === where.kind);
      const hamlet = where.hamlet ?? standing?.hamlet;
      return said.items.filter((it) => {
        const apart = (a, b) => a && b && a !== b;
        return it.state !== "cancelled" && !apart(it.kind, where.kind) && !apart(it.name, where.name) && !apart(it.hamlet, hamlet);
      });
    },
    async act(it, how) {
      if (how === "cancel" && this.sure !== it.id) {
        this.sure = it.id;
        return;
      }
      this.busy = true;
      this.refused = "";
      try {
        await post(`maintenance/${it.id}/${how}`);
      } catch (error) {
        this.refused = error.message;
      }
      this.sure = 0;
      await this.its.again();
      this.busy = false;
    },
  },
};
