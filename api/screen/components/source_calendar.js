// What a source owes, period by period: when it was due, when it came, what is still missing and of whom.
import { get } from "ask";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark } from "marks";
import { everyOf, owedMark, owedTone, periodOf, when, whenExact, whyOf } from "source_words";

const COLUMNS = ["Kỳ", "Hạn", "Trạng thái", "Nhận", "Người nộp", "Còn thiếu"];
const FIRST = 8;

export default {
  components: { Mark },
  template: `
    <section class="panel owed-list"><h2>{{ t("Lịch nộp số liệu") }} <span class="count">{{ rows.length }}</span></h2>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <div class="grid" role="region" tabindex="0" :aria-label="t('Lịch nộp số liệu')"><table>
        <thead><tr><th v-for="title in columns" :key="title" scope="col"><span>{{ t(title) }}</span></th></tr></thead>
        <tbody><tr v-for="one in shown" :key="one.every + one.period_start">
          <td :data-title="t('Kỳ')"><span>{{ periodOf(one) }}<small>{{ everyOf(one.every) }}</small></span></td>
          <td :data-title="t('Hạn')"><span :title="whenExact(one.due_at)">{{ when(one.due_at) }}</span></td>
          <td :data-title="t('Trạng thái')" :class="owedTone(one.state)"><span><Mark :name="owedMark(one.state)"/> {{ t(one.state_vi) }}</span></td>
          <td :data-title="t('Nhận')"><span>{{ one.received_at ? when(one.received_at) : "—" }}<small v-if="one.revision > 1">{{ t("bản sửa {n}, {at}", { n: one.revision, at: when(one.revised_at) }) }}</small></span></td>
          <td :data-title="t('Người nộp')"><span>{{ one.owner ? t(one.owner) : "—" }}</span></td>
          <td :data-title="t('Còn thiếu')"><span>{{ (!["not_due", "not_owed"].includes(one.state) && lacks(one)) || "—" }}</span></td>
        </tr></tbody></table></div>
      <button v-if="rows.length > shown.length" type="button" class="button" @click="opened = true">{{ t("Xem thêm {n} dòng", { n: rows.length - shown.length }) }}</button>
    </section>`,
  props: { name: String },
  setup: (props) => ({
    its: useFresh(() => get(`sources/${encodeURIComponent(props.name)}/expected`), [], 60),
    t, columns: COLUMNS, everyOf, owedMark, owedTone, periodOf, when, whenExact,
  }),
  data: () => ({ opened: false }),
  computed: {
    rows() {
      return [...(this.its.value?.items ?? [])].sort((a, b) => b.due_at.localeCompare(a.due_at));
    },
    shown() {
      return this.opened ? this.rows : this.rows.slice(0, FIRST);
    },
  },
  methods: {
    lacks: (one) => [...one.why.map(whyOf), one.missing_indicators.length ? t("chỉ tiêu: {names}", { names: one.missing_indicators.join(", ") }) : "", one.missing_units.length ? t("đơn vị: {names}", { names: one.missing_units.join(", ") }) : ""].filter(Boolean).join("; "),
  },
};
