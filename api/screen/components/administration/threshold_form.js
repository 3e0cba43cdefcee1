// A rule's figures to be changed from a day on, with a reason; what somebody else changed meanwhile stands beside.
import { get, put } from "ask";
import { clock, dateOf, timeOf } from "clock";
import { SEVERITIES } from "incident_words";
import { t } from "language";
import { view } from "picture";
import { lasting } from "threshold_words";
import DayField from "day_field";
import ThresholdFigure from "threshold_figure";
import { draftOf, fieldsOf, nameOf, same, wantsOf } from "threshold_fields";

const BOUNDS = { above: "trên", at_least: "từ", below: "dưới" };
const today = () => new Date((clock.now + 7 * 3600) * 1000).toISOString().slice(0, 10);
const seconds = (text) => Date.parse(text) / 1000;

export default {
  components: { DayField, ThresholdFigure },
  template: `
    <div class="one-device threshold-form"><form :aria-label="t('Sửa ngưỡng')" @submit.prevent="save">
      <div class="device-fields"><ThresholdFigure v-for="field in fields" :key="field.place" v-model="draft[field.place]" :field="field" :configured="configured[field.place]" :amiss="amissAt(field.place)"/></div>
      <fieldset class="steps"><legend>{{ t("Nâng mức") }}</legend>
        <div v-for="(step, n) in draft.escalate" :key="n" class="step">
          <ThresholdFigure v-if="step.by === 'after'" v-model="step.after" :field="{ kind: 'duration', label: t('Sau') }" :configured="step.after" :amiss="amissAt('escalate.' + n)"/>
          <ThresholdFigure v-else v-model="step.value" :field="{ kind: 'number', label: t('Khi giá trị {bound}', { bound: t(bounds[step.by]) }) }" :configured="step.value" :amiss="amissAt('escalate.' + n)"/>
          <ThresholdFigure v-model="step.severity" :field="{ kind: 'choice', label: t('Thành mức'), choices: severities }" :configured="step.severity"/>
          <button type="button" class="button" @click="draft.escalate.splice(n, 1)">{{ t("Bỏ bậc này") }}</button></div>
        <p v-if="amissAt('escalate')" class="refused" role="alert">{{ amissAt("escalate") }}</p>
        <div class="actions"><button type="button" class="button" @click="draft.escalate.push({ by: 'after', after: { n: 30, size: 'm' }, severity: 'critical' })">{{ t("Thêm bậc theo thời gian") }}</button><button v-if="!sameSteps" type="button" class="quiet" @click="draft.escalate = copy(configured.escalate)">{{ t("Đặt lại bậc nâng mức theo cấu hình") }}</button></div>
      </fieldset>
      <div class="device-fields"><label><span>{{ t("Có hiệu lực từ ngày") }}</span><DayField v-model="day" :min="today()" required :aria-invalid="Boolean(amissAt('valid_from'))"/><span class="fine">{{ day === today() ? t("ngay khi lưu") : t("từ 0 giờ ngày đó") }}</span><span v-if="amissAt('valid_from')" class="refused" role="alert">{{ amissAt("valid_from") }}</span></label>
        <label class="broad-field"><span>{{ t("Lý do") }}</span><input v-model="reason" maxlength="500" required autocomplete="off" :placeholder="t('văn bản, kết luận giao ban…')"/></label></div>
      <div v-if="first" class="conflict" role="alert"><p><b>{{ t("{who} đã sửa quy tắc này trước, lúc {time} {day}:", first) }}</b></p>
        <ul><li v-for="[place, [old, fresh]] in Object.entries(first.fields)" :key="place">{{ nameOf(place) }}: {{ shown(old) }} → <b>{{ shown(fresh) }}</b></li></ul>
        <p v-if="first.from">{{ t("Thay đổi đó có hiệu lực từ {day}.", { day: first.from }) }}</p><p>{{ t("Những gì bạn nhập vẫn còn. Lưu lại lần nữa chỉ ghi các mục bạn đã đổi.") }}</p></div>
      <p v-if="refused" class="refused" role="alert">{{ refused }}</p>
      <div class="actions"><button type="submit" class="button main" :disabled="busy || !dirty">{{ t("Lưu ngưỡng") }}</button><button type="button" class="button" @click="reset" :disabled="busy || asConfigured">{{ t("Đặt lại tất cả theo cấu hình") }}</button><button type="button" class="button" @click="$emit('close')">{{ t("Thôi") }}</button></div>
    </form></div>`,
  props: { rule: Object },
  emits: ["saved", "close"],
  setup: () => ({ t, today, nameOf, bounds: BOUNDS, severities: SEVERITIES }),
  data() {
    return { ...taken(this.rule), day: today(), reason: "", amiss: {}, refused: "", first: null, busy: false };
  },
  computed: {
    fields: ({ its }) => fieldsOf(its.configured),
    kinds: ({ fields }) => [...fields.map(({ place, kind }) => [place, kind]), ["escalate", "steps"]],
    mine() {
      return this.kinds.filter(([place, kind]) => !same(kind, this.draft[place], this.base[place])).map(([place]) => place);
    },
    dirty() {
      return this.mine.length > 0 || this.day !== today();
    },
    sameSteps() {
      return same("steps", this.draft.escalate, this.configured.escalate);
    },
    asConfigured() {
      return this.kinds.every(([place, kind]) => same(kind, this.draft[place], this.configured[place]));
    },
  },
  mounted() {
    this.$el.querySelector("input, select").focus();
  },
  methods: {
    copy: (value) => JSON.parse(JSON.stringify(value)),
    shown: (value) => (typeof value === "string" ? (/^(\d+[dhms] ?)+$/.test(value) ? lasting(value) : t(SEVERITIES[value] ?? value)) : value === true ? t("có") : value === false ? t("không") : value ?? "—"),
    amissAt(place) {
      const its = Object.entries(this.amiss).filter(([key]) => key === place || (key.startsWith(place + ".") && place !== "escalate" && !place.startsWith("when.any.")));
      const percent = this.fields.some((field) => field.place === place && field.kind === "share"); // shown as percent, kept as a part of one
      return its.map(([, said]) => (percent ? said.replace(/\d+([.,]\d+)?/g, (part) => `${+(Number(part.replace(",", ".")) * 100).toFixed(4)} %`) : said)).join("; ");
    },
    reset() {
      this.draft = this.copy(this.configured);
    },
    async save() {
      Object.assign(this, { busy: true, amiss: {}, refused: "" });
      try {
        const { key, unit, version } = this.its;
        this.$emit("saved", await put(`rules/${key}`, { unit, wants: wantsOf(this.draft, this.its.configured), valid_from: this.day === today() ? null : this.day, reason: this.reason, version }));
      } catch (error) {
        if (error.status === 409 && error.problem?.fields) await this.told(error.problem);
        else this.refuse(error);
      }
      this.busy = false;
    },
    // What is wrong stands at its field; what has none stands below.
    refuse(error) {
      const places = new Set([...this.kinds.map(([place]) => place), "valid_from"]);
      const left = [];
      for (const { place, reason, vi } of error.problem?.reasons ?? []) {
        const said = view.language === "en" ? reason : vi || reason;
        const at = place.replace(/^body\.(wants\.)?/, "");
        const known = [...places].find((one) => at === one || at.startsWith(one + "."));
        if (known) this.amiss[at] = [this.amiss[at], said].filter(Boolean).join("; ");
        else left.push(said);
      }
      this.refused = Object.keys(this.amiss).length ? [t("Chưa lưu: sửa các ô được đánh dấu."), ...left].join(" ") : left.length ? `${left.join("; ")}.` : error.message;
    },
    // Somebody was first: theirs stands beside, ours stays typed, and figures that only they changed are theirs.
    async told(problem) {
      const at = seconds(problem.at);
      const from = seconds(`${problem.valid_from}T00:00:00+07:00`);
      this.first = { who: problem.by, time: timeOf(at), day: dateOf(at), fields: problem.fields, from: from > at ? dateOf(from) : "" };
      const typed = Object.fromEntries(this.mine.map((place) => [place, this.draft[place]]));
      const fresh = (await get("rules", { unit: this.its.unit })).items.find(({ key }) => key === this.its.key);
      const next = taken(fresh);
      Object.assign(this, { ...next, draft: { ...next.draft, ...typed } });
    },
  },
};

function taken(its) {
  return { its, base: draftOf(its.now), draft: draftOf(its.now), configured: draftOf(its.configured) };
}
