// Field reports: what is open, by when, where; one in full; and the numbers.
import { all, get } from "ask";
import { useFresh } from "fresh";
import { t } from "language";
import { byName, picture } from "picture";
import { choose, go, route } from "route";
import { CATEGORIES, DEADLINES, SEVERITIES, STATUSES, seconds } from "case_words";
import { reports } from "map_things";
import Board from "board";
import CaseList from "case_list";
import CaseSheet from "case_sheet";
import MapStage from "map_stage";

const SPANS = [["month", "30 ngày"], ["year", "12 tháng"]];
const CHOICES = [["status", "Trạng thái", STATUSES], ["category", "Lĩnh vực", CATEGORIES], ["severity", "Mức độ", SEVERITIES], ["deadline", "Hạn", DEADLINES]];
const SHOWN = matchMedia("(max-width: 900px)").matches ? 12 : 100;
const isOpen = () => route.query.view !== "all";
const chosenSpan = () => route.query.span ?? "month";
const wanted = () => {
  const { status, category, severity, hamlet, deadline } = route.query;
  return { unit: picture.commune.code, kind: "field_report", open: isOpen() || "", status, category, severity, hamlet, deadline };
};

export default {
  components: { Board, CaseList, CaseSheet, MapStage },
  template: `
    <main class="sheet" id="content" :class="{ single: chosen }">
      <div class="head"><h1>{{ t("Phản ánh hiện trường") }}</h1>
        <div class="choice" role="group" :aria-label="t('Danh sách')"><button type="button" :aria-pressed="open" @click="choose({ view: '' })">{{ t("Đang mở") }}</button><button type="button" :aria-pressed="!open" @click="choose({ view: 'all' })">{{ t("Tất cả") }}</button></div>
        <a class="button" :href="'/api/v1/export/cases.xlsx?' + asked" download>{{ t("Tải Excel") }}</a>
        <a class="button" :href="'/api/v1/export/cases.csv?' + asked" download>{{ t("Tải CSV") }}</a>
      </div>
      <div class="filters listed">
        <label v-for="[key, title, words] in choices" :key="key" class="field"><span>{{ t(title) }}</span><select :name="key" :value="route.query[key] ?? ''" @change="choose({ [key]: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="(word, code) in words" :key="code" :value="code">{{ t(word) }}</option></select></label>
        <label class="field"><span>{{ t("Thôn") }}</span><select name="hamlet" :value="route.query.hamlet ?? ''" @change="choose({ hamlet: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="name in hamlets" :key="name">{{ name }}</option></select></label>
      </div>
      <div class="beside">
        <section class="panel listed case-listed" :aria-label="t('Danh sách')">
          <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
          <template v-if="its.value"><h2>{{ open ? t("Theo hạn, gấp nhất trước") : t("Mới nhất trước") }}<span class="count">{{ t("{n} phản ánh", { n: rows.length + (its.value.next ? "+" : "") }) }}</span></h2>
            <CaseList :cases="rows.slice(0, most)" :chosen="chosen" :search="search"/>
            <button v-if="rows.length > most" type="button" class="button" @click="most += shown">{{ t("Xem thêm {n} dòng", { n: rows.length - most }) }}</button>
            <button v-else-if="its.value.next" type="button" class="button" @click="more">{{ t("Xem cũ hơn") }}</button></template>
          <p v-else-if="its.loading" class="nothing" role="status">{{ t("Đang tải…") }}</p>
        </section>
        <div class="shown">
          <a v-if="chosen" class="back" :href="'/phan-anh' + search" data-page="1">← {{ t("Danh sách") }}</a>
          <CaseSheet v-if="chosen" :key="chosen" :id="chosen"/>
          <section v-else class="panel case-map" :aria-label="t('Bản đồ')"><MapStage :things="things" :label="t('Bản đồ phản ánh: {n} mục', { n: things.length })">
            <template #default="{ thing }"><h3>{{ thing.title }}</h3><p class="word" :class="thing.tone">{{ thing.word }}</p><p v-if="thing.hamlet" class="muted">{{ thing.hamlet }}<template v-if="thing.rough"> · {{ t("chỉ biết thôn, không có toạ độ") }}</template></p><a class="button" :href="thing.href" @click.prevent.stop="go(thing.href + search)">{{ t(thing.go) }}</a></template></MapStage></section>
        </div>
      </div>
      <template v-if="!chosen">
        <div class="head"><h2>{{ t("Chỉ số") }}</h2>
          <div class="choice" role="group" :aria-label="t('Khoảng thời gian')"><button v-for="[key, title] in spans" :key="key" type="button" :aria-pressed="key === span" @click="choose({ span: key })">{{ t(title) }}</button></div>
          <a class="button" :href="'/screen/boards/' + page.board + '.xlsx?span=' + span" download>{{ t("Tải Excel") }}</a></div>
        <p v-if="numbers.error" class="refused" role="alert">{{ numbers.error }}</p>
        <Board v-if="numbers.value" :board="numbers.value"/>
      </template>
    </main>`,
  props: { page: Object, below: Array },
  setup(props) {
    const read = async () => (isOpen() ? { items: await all("cases", wanted()), next: null } : get("cases", { ...wanted(), limit: 200 }));
    return {
      its: useFresh(read, ["case"], 60), numbers: useFresh(() => get(`/screen/boards/${props.page.board}`, { span: chosenSpan() }), ["case"], 60),
      t, go, choose, route, spans: SPANS, choices: CHOICES, shown: SHOWN,
    };
  },
  data: () => ({ older: [], most: SHOWN }),
  computed: {
    chosen() {
      return this.below.join("/");
    },
    open: () => isOpen(),
    span: () => chosenSpan(),
    search() {
      const kept = new URLSearchParams(route.query).toString();
      return kept && "?" + kept;
    },
    asked: () => new URLSearchParams(Object.entries(wanted()).filter(([, value]) => value)),
    hamlets() {
      const named = [...Object.keys(picture.outlines), ...(this.its.value?.items ?? []).map(({ hamlet }) => hamlet), route.query.hamlet];
      return [...new Set(named.filter(Boolean))].sort(byName.compare);
    },
    // What is open comes by how soon it is due; history comes latest first.
    rows() {
      const rows = [...this.its.value.items, ...this.older];
      const due = (one) => seconds(one.due) ?? Infinity;
      return this.open ? rows.sort((a, b) => due(a) - due(b) || seconds(a.opened_at) - seconds(b.opened_at)) : rows;
    },
    things() {
      return reports(this.its.value ? this.rows : []).filter(({ at }) => at);
    },
    filters: () => JSON.stringify(wanted()),
  },
  watch: {
    filters() {
      [this.older, this.most] = [[], SHOWN];
      this.its.again();
    },
    span() {
      this.numbers.again();
    },
  },
  methods: {
    async more() {
      const page = await get("cases", { ...wanted(), limit: 200, cursor: this.its.value.next });
      this.older.push(...page.items);
      this.its.value.next = page.next;
      this.most += page.items.length;
    },
  },
};
