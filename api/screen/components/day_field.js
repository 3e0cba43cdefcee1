// A day as Vietnamese write it (31/12/2026), whatever language the browser speaks; v-model is ISO, "" where none is chosen.
import { clock } from "clock";
import { t } from "language";
import { Mark } from "marks";

const WRITTEN = /^(\d{1,2})[\/.\- ](\d{1,2})(?:[\/.\- ](\d{4}|\d{2}))?$|^(\d{2})(\d{2})(\d{4})$/;
const written = (iso) => (iso ? iso.split("-").reverse().join("/") : "");

// The ISO day of what was typed, or null where that is none; without a year it is this one.
export function dayOf(text) {
  const [, d, m, y, dd, mm, yyyy] = WRITTEN.exec(text.trim()) ?? [];
  if (!(d ?? dd)) return null;
  const thisYear = new Date((clock.now + 7 * 3600) * 1000).getUTCFullYear();
  const year = Number(yyyy ?? y ?? thisYear) + (y?.length === 2 ? 2000 : 0);
  const iso = `${year}-${(m ?? mm).padStart(2, "0")}-${(d ?? dd).padStart(2, "0")}`;
  const at = new Date(iso + "T00:00:00Z");
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === iso ? iso : null; // 31/2 rolls over otherwise
}

export default {
  components: { Mark },
  inheritAttrs: false,
  template: `
    <span class="day-field">
      <input ref="typed" v-bind="$attrs" :value="shown" :required="required" inputmode="numeric" maxlength="10" autocomplete="off" :placeholder="t('ngày/tháng/năm')" @input="hear($event.target.value)" @change="take($event.target.value)"/>
      <button type="button" class="pick" :aria-label="t('Chọn trong lịch')" :title="t('Chọn trong lịch')" @click="$refs.calendar.showPicker()"><Mark name="calendar"/></button>
      <input ref="calendar" type="date" tabindex="-1" aria-hidden="true" :value="modelValue" :min="min" @change="take(write($event.target.value))"/>
    </span>`,
  props: { modelValue: String, min: String, required: Boolean },
  emits: ["update:modelValue"],
  setup: () => ({ t, write: written }),
  computed: {
    shown: ({ modelValue }) => written(modelValue),
  },
  watch: {
    min() {
      this.judge(this.modelValue);
    },
    modelValue(day) {
      this.judge(day);
    },
  },
  methods: {
    hear(text) {
      if (/^\d\d\/\d\d\/\d{4}$/.test(text)) this.take(text); // written to its end: what stands beside need not wait
    },
    take(text) {
      const day = text.trim() === "" ? "" : dayOf(text);
      this.judge(day);
      if (day === null) return;
      if (day !== this.modelValue) this.$emit("update:modelValue", day);
      this.$nextTick(() => (this.$refs.typed.value = this.shown));
    },
    // The browser holds the form back, and says why at the field.
    judge(day) {
      const late = day && this.min && day < this.min;
      this.$refs.typed.setCustomValidity(day === null ? t("Ghi ngày như 31/12/2026.") : late ? t("Chọn từ ngày {day} trở đi.", { day: written(this.min) }) : "");
    },
  },
};
