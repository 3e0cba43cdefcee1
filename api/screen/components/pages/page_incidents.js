// Incidents: what is open or was, one in full beside the list, and the handover of a shift.
import { get } from "ask";
import { useFresh } from "fresh";
import { t } from "language";
import { picture } from "picture";
import { choose, route } from "route";
import Handover from "handover";
import IncidentList from "incident_list";
import IncidentSheet from "incident_sheet";

const VIEWS = [["active", "Cần xử lý"], ["all", "Tất cả"], ["handover", "Bàn giao ca"]];
const SEVERITY = [["", "mọi mức"], ["emergency", "Khẩn cấp"], ["critical", "Nghiêm trọng"], ["warning", "Cảnh báo"], ["info", "Thông tin"]];
const WEIGHT = ["emergency", "critical", "warning", "info"];

export default {
  components: { Handover, IncidentList, IncidentSheet },
  template: `
    <main class="sheet" id="content" :class="{ single: chosen }">
      <div class="head"><h1>{{ t(page.title) }}</h1>
        <div class="choice" role="group" :aria-label="t('Danh sách')">
          <button v-for="[key, title] in views" :key="key" type="button" :aria-pressed="key === view" @click="choose({ view: key })">{{ t(title) }}</button></div>
        <label v-if="view !== 'handover'" class="field"><span>{{ t("Mức") }}</span><select :value="route.query.severity ?? ''" @change="choose({ severity: $event.target.value })"><option v-for="[key, title] in severities" :key="key" :value="key">{{ t(title) }}</option></select></label>
        <a class="button" :href="'/api/v1/export/incidents.xlsx?' + asked" download>{{ t("Tải Excel") }}</a>
        <a class="button" :href="'/api/v1/export/incidents.csv?' + asked" download>{{ t("Tải CSV") }}</a>
      </div>
      <Handover v-if="view === 'handover' && !chosen"/>
      <div v-else class="beside">
        <section class="panel listed" :aria-label="t('Danh sách')">
          <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
          <IncidentList v-if="its.value" :incidents="rows" :chosen="chosen" :search="search"/>
          <button v-if="its.value?.next" type="button" class="button" @click="more">{{ t("Xem cũ hơn") }}</button>
        </section>
        <div class="shown">
          <a v-if="chosen" class="back" :href="'/su-co' + search" data-page="1">← {{ t("Danh sách") }}</a>
          <IncidentSheet v-if="chosen" :key="chosen" :id="chosen"/>
          <p v-else class="nothing">{{ t("Chọn một sự cố để xem bằng chứng và xử lý.") }}</p>
        </div>
      </div>
    </main>`,
  props: { page: Object, below: Array },
  setup() {
    const wanted = () => ({
      unit: picture.commune.code, state: (route.query.view ?? "active") === "active" ? "active" : "", severity: route.query.severity ?? "", limit: 200,
    });
    return { its: useFresh(() => get("incidents", wanted()), ["incident"]), t, choose, route, views: VIEWS, severities: SEVERITY, wanted };
  },
  data: () => ({ older: [] }),
  computed: {
    chosen() {
      return this.below[0] ?? "";
    },
    view: () => route.query.view ?? "active",
    search() {
      const kept = new URLSearchParams(route.query).toString();
      return kept && "?" + kept;
    },
    asked() {
      const { unit, state, severity } = this.wanted();
      return new URLSearchParams(Object.entries({ unit, state, severity }).filter(([, value]) => value));
    },
    // What needs doing comes worst first, history comes latest first.
    rows() {
      const rows = [...this.its.value.items, ...this.older];
      return this.view === "active" ? rows.sort((a, b) => WEIGHT.indexOf(a.severity) - WEIGHT.indexOf(b.severity)) : rows;
    },
    filters: () => `${route.query.view ?? ""}/${route.query.severity ?? ""}`,
  },
  watch: {
    filters() {
      this.older = [];
      this.its.again();
    },
  },
  methods: {
    async more() {
      const page = await get("incidents", { ...this.wanted(), cursor: this.its.value.next });
      this.older.push(...page.items);
      this.its.value.next = page.next;
    },
  },
};
