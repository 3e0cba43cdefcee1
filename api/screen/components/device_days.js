// Availability of one device day by day of a month: a day is a cell with its figure; grey is good, colour is news.
import { t } from "language";
import { figure } from "chart";
import { spanExact } from "clock";

const LOW = [[90, "critical"], [95, "warning"]]; // percent below which a day is news

export default {
  template: `
    <ol class="days" :aria-label="t('Tỷ lệ hoạt động từng ngày')">
      <li v-for="day in cells" :key="day.day" :class="day.tone" :title="day.hint" tabindex="0"><small>{{ day.label }}</small><b>{{ day.text }}</b></li>
    </ol>
    <p class="muted legend">{{ t("Tỷ lệ = hoạt động / (quan sát được − bảo trì). Ô gạch chéo: hệ thống không quan sát được.") }}</p>`,
  props: { days: Array },
  setup: () => ({ t }),
  computed: {
    cells() {
      return this.days.map((one) => {
        const [, month, day] = one.day.split("-").map(Number);
        const known = one.availability !== null;
        const tone = known ? (LOW.find(([bound]) => one.availability < bound)?.[1] ?? "") : one.maintenance_s ? "maintenance" : one.blind_s ? "unknown" : "absent";
        const parts = [["Hoạt động", one.online_s], ["Mất kết nối", one.offline_s], ["Lỗi", one.fault_s], ["Bảo trì", one.maintenance_s], ["Không quan sát được", one.blind_s]];
        const hint = parts.filter(([, seconds]) => seconds > 0).map(([word, seconds]) => `${t(word)}: ${spanExact(seconds)}`).join("\n");
        return { day: one.day, label: `${day}/${month}`, text: known ? figure(one.availability, 1) + " %" : "—", tone, hint: hint || t("chưa có dữ liệu") };
      });
    },
  },
};
