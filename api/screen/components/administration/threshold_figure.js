// One figure of a rule: its field, what the configuration says where that differs, and what is wrong with it.
import { t } from "language";
import { view } from "picture";
import { lastingOf } from "threshold_words";
import { same, secondsOf } from "threshold_fields";

const SIZES = { s: "giây", m: "phút", h: "giờ", d: "ngày" };

export default {
  template: `
    <div class="figure-field" :class="{ otherwise }">
      <label v-if="field.kind === 'truth'" class="one"><input type="checkbox" :checked="modelValue" @change="set($event.target.checked)"/><span>{{ field.label }}</span></label>
      <label v-else><span>{{ named }}</span>
        <span v-if="field.kind === 'duration'" class="span-of"><input type="number" min="0" step="1" required :value="modelValue.n" :aria-label="named" :aria-invalid="Boolean(amiss)" @input="set({ ...modelValue, n: $event.target.value })"/><select :value="modelValue.size" :aria-label="t('Đơn vị của: {name}', { name: field.label })" @change="set({ ...modelValue, size: $event.target.value })"><option v-for="(word, size) in sizes" :key="size" :value="size">{{ t(word) }}</option></select></span>
        <select v-else-if="field.kind === 'choice'" :aria-label="named" :value="modelValue" :aria-invalid="Boolean(amiss)" @change="set($event.target.value)"><option v-for="(word, key) in choices" :key="key" :value="key">{{ t(word) }}</option></select>
        <input v-else-if="field.kind === 'windows'" :aria-label="named" :value="modelValue" required spellcheck="false" autocomplete="off" placeholder="05:30-06:30, 17:00-18:00" :aria-invalid="Boolean(amiss)" @input="set($event.target.value)"/>
        <input v-else type="number" step="any" :aria-label="named" :required="!field.optional" :value="modelValue" :aria-invalid="Boolean(amiss)" @input="set($event.target.value)"/></label>
      <p v-if="otherwise" class="muted fine">{{ t("Cấu hình: {value}", { value: configuredSaid }) }} <button type="button" class="quiet" :aria-label="t('Đặt lại theo cấu hình: {name}', { name: field.label })" @click="set(configured)">{{ t("Đặt lại") }}</button></p>
      <p v-if="amiss" class="refused" role="alert">{{ amiss }}</p>
    </div>`,
  props: { field: Object, modelValue: null, configured: null, amiss: String },
  emits: ["update:modelValue"],
  setup: () => ({ t, sizes: SIZES }),
  computed: {
    named: ({ field }) => (field.suffix ? `${field.label} (${t(field.suffix)})` : field.label),
    otherwise() {
      return !same(this.field.kind, this.modelValue, this.configured);
    },
    choices() {
      const { ioc, statistics_officer, ...known } = this.field.choices;
      return known;
    },
    configuredSaid() {
      const { kind, suffix } = this.field;
      if (kind === "duration") return lastingOf(secondsOf(`${this.configured.n}${this.configured.size}`));
      if (kind === "choice") return t(this.field.choices[this.configured]);
      if (kind === "truth") return t(this.configured ? "có" : "không");
      return `${typeof this.configured === "number" ? this.configured.toLocaleString(view.language === "en" ? "en-GB" : "vi-VN") : this.configured} ${suffix ? t(suffix) : ""}`.trim();
    },
  },
  methods: {
    set(value) {
      this.$emit("update:modelValue", value);
    },
  },
};
