// A time of day on the clock of 24 hours (17:05), whatever language the browser speaks; v-model is "HH:MM", "" where none is given.
import { t } from "language";

const WRITTEN = /^([01]?\d|2[0-3])(?:[:hg.](?:([0-5]\d))?|([0-5]\d))?$/i;

// "17:05" of 17:05, 17h05, 17h, 1705 or 17; null where it is no time.
export function timeOf(text) {
  const [, hour, minute, close] = WRITTEN.exec(text.trim()) ?? [];
  return hour === undefined ? null : `${hour.padStart(2, "0")}:${minute ?? close ?? "00"}`;
}

export default {
  template: `<input class="time-field" :value="modelValue" inputmode="numeric" maxlength="5" autocomplete="off" :placeholder="t('giờ:phút')" @input="hear($event.target)" @change="take($event.target)"/>`,
  props: { modelValue: String },
  emits: ["update:modelValue"],
  setup: () => ({ t }),
  methods: {
    hear(field) {
      if (/^\d\d:\d\d$/.test(field.value)) this.take(field); // written to its end: what stands beside need not wait
    },
    take(field) {
      const time = field.value.trim() === "" ? "" : timeOf(field.value);
      field.setCustomValidity(time === null ? t("Ghi giờ như 17:05.") : "");
      if (time === null) return;
      field.value = time;
      this.$emit("update:modelValue", time);
    },
  },
};
