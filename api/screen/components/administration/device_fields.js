// The fields of a device in the register, for one that is there and for one that is added.
import { t } from "language";
import DayField from "day_field";

export const FIELDS = {
  title: "Tên thiết bị", hamlet: "Thôn", place: "Vị trí", latitude: "Vĩ độ", longitude: "Kinh độ", owner: "Đơn vị quản lý",
  upstream: "Đường truyền", expected_every_s: "Chu kỳ báo (giây)", horns: "Số loa", lifecycle: "Tình trạng", installed_on: "Ngày lắp đặt", name: "Tên trong bản tin",
};
export const NUMBERS = { latitude: [-90, 90, "any"], longitude: [-180, 180, "any"], expected_every_s: [1, 86400, "any"], horns: [0, 100, 1] };
export const LIFECYCLES = { installed: "đang dùng", pending_install: "chờ lắp đặt", disabled: "tạm ngưng", retired: "đã thu hồi" };
const EMPTY = { title: "", hamlet: "", place: "", latitude: "", longitude: "", owner: "", upstream: "", expected_every_s: "", horns: "", lifecycle: "installed", installed_on: "" };

// What the form shows of an entry: nothing is an empty field.
export const formOf = (entry = {}) => Object.fromEntries(Object.keys(EMPTY).map((key) => [key, entry[key] ?? EMPTY[key]]));

// What was typed otherwise than it stood, as the service takes it: an empty number or day is null; a place is both its numbers.
export function changedOf(form, base) {
  const read = (key) => {
    if (key !== "installed_on" && !(key in NUMBERS)) return form[key];
    if (form[key] === "" || form[key] === null) return null;
    return key in NUMBERS ? Number(form[key]) : form[key];
  };
  const keys = Object.keys(EMPTY).filter((key) => String(form[key] ?? "") !== String(base[key] ?? ""));
  if (keys.some((key) => key === "latitude" || key === "longitude")) keys.push("latitude", "longitude");
  return Object.fromEntries(keys.map((key) => [key, read(key)]));
}

export default {
  components: { DayField },
  template: `
    <div class="device-fields">
      <label v-for="(word, key) in shown" :key="key">{{ t(word) }}
        <select v-if="key === 'lifecycle'" v-model="form.lifecycle"><option v-for="(said, state) in lifecycles" :key="state" :value="state">{{ t(said) }}</option><option v-if="!(form.lifecycle in lifecycles)" :value="form.lifecycle">{{ t("chưa xác nhận") }}</option></select>
        <input v-else-if="key in numbers" v-model="form[key]" type="number" :min="numbers[key][0]" :max="numbers[key][1]" :step="numbers[key][2]" inputmode="decimal"/>
        <DayField v-else-if="key === 'installed_on'" v-model="form[key]"/>
        <input v-else v-model="form[key]" maxlength="200" :list="key === 'hamlet' ? 'known-hamlets' : null" autocomplete="off"/></label>
      <datalist id="known-hamlets"><option v-for="name in hamlets" :key="name" :value="name"></option></datalist>
    </div>`,
  props: { form: Object, kind: String, hamlets: Array },
  setup: () => ({ t, numbers: NUMBERS, lifecycles: LIFECYCLES }),
  computed: {
    shown() {
      return Object.fromEntries(Object.entries(FIELDS).filter(([key]) => key !== "name" && (key !== "horns" || this.kind === "loudspeaker")));
    },
  },
};
