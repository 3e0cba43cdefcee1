// Devices: the wall of those that a choice leaves, the same as a table, and one in full.
import { all } from "ask";
import { clock, sinceOf, span } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark, STATE_MARKS } from "marks";
import { byName, picture, view } from "picture";
import { choose, route } from "route";
import { KINDS, STATES, addressOf, kindOf, stateOf } from "device_words";
import DeviceSheet from "device_sheet";
import Grid from "grid";

const TILES = 600; // more would only be a carpet; the table has them all
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
const seconds = (text) => (text ? Date.parse(text) / 1000 : null);

export default {
  components: { DeviceSheet, Grid, Mark },
  template: `
    <main class="sheet" id="content">
      <DeviceSheet v-if="below.length === 2" :key="below.join('/')" :kind="below[0]" :name="below[1]"/>
      <template v-else>
        <div class="head"><h1>{{ t(page.title) }}</h1>
          <div class="choice" role="group" :aria-label="t('Cách xem')"><button type="button" :aria-pressed="!tabled" @click="choose({ view: '' })">{{ t("Bảng màu") }}</button><button type="button" :aria-pressed="tabled" @click="choose({ view: 'table' })">{{ t("Danh sách") }}</button></div>
          <a class="button" :href="'/api/v1/export/devices.xlsx?' + asked" download>{{ t("Tải Excel") }}</a>
          <a class="button" :href="'/api/v1/export/devices.csv?' + asked" download>{{ t("Tải CSV") }}</a>
        </div>
        <div class="filters">
          <label class="field"><span>{{ t("Thôn") }}</span><select :value="route.query.hamlet ?? ''" @change="choose({ hamlet: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="name in hamlets" :key="name" :value="name">{{ name || t("Chưa rõ thôn") }}</option></select></label>
          <label class="field"><span>{{ t("Loại") }}</span><select :value="route.query.kind ?? ''" @change="choose({ kind: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="kind in kinds" :key="kind" :value="kind">{{ kindOf(kind) }}</option></select></label>
          <label class="field"><span>{{ t("Đơn vị quản lý") }}</span><select :value="route.query.owner ?? ''" @change="choose({ owner: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="owner in owners" :key="owner">{{ owner }}</option></select></label>
          <label class="field"><span>{{ t("Tìm") }}</span><input type="search" :value="route.query.q ?? ''" @input="choose({ q: $event.target.value })" :placeholder="t('tên, mã')"/></label>
        </div>
        <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
        <div class="counts" role="group" :aria-label="t('Trạng thái')">
          <button v-for="one in counts" :key="one.state" type="button" :class="one.state" :aria-pressed="route.query.state === one.state" @click="choose({ state: route.query.state === one.state ? '' : one.state })"><Mark v-if="marks[one.state]" :name="marks[one.state]"/>{{ stateOf(one.state) }} <b>{{ one.count }}</b></button>
        </div>
        <Grid v-if="tabled && its.value" :table="table" :label="t(page.title)"/>
        <div v-else-if="its.value" class="wall close">
          <p v-if="!shown.length" class="nothing">{{ t("Không có thiết bị nào như vậy.") }}</p>
          <section v-for="[name, devices] in rows" :key="name" class="row"><h2 class="place" :title="name">{{ name || t("Chưa rõ thôn") }}</h2>
            <ul><li v-for="device in devices" :key="device.ref"><a class="tile" :class="device.state" :href="addressOf(device)" data-page="1" :title="hint(device)" :aria-label="hint(device)"><Mark :name="device.kind"/><span>{{ device.id }}</span><Mark v-if="marks[device.state]" :name="marks[device.state]" class="state"/></a></li></ul></section>
          <p v-if="shown.length > most" class="muted">{{ t("{n} thiết bị khác: xem ở Danh sách, hoặc chọn hẹp hơn.", { n: shown.length - most }) }}</p>
        </div>
        <p v-else class="nothing" role="status">{{ t("Đang tải…") }}</p>
      </template>
    </main>`,
  props: { page: Object, below: Array },
  setup: () => ({
    its: useFresh(() => all("devices", { unit: picture.commune.code }), ["device"], 30),
    t, choose, route, marks: STATE_MARKS, stateOf, kindOf, addressOf, most: TILES,
  }),
  computed: {
    known() {
      return (this.its.value ?? []).filter(({ lifecycle }) => lifecycle !== "retired");
    },
    tabled: () => route.query.view === "table",
    hamlets() {
      return [...new Set(this.known.map(({ hamlet }) => hamlet))].sort(byName.compare);
    },
    kinds() {
      const kinds = new Set(this.known.map(({ kind }) => kind));
      return [...KINDS.filter((kind) => kinds.has(kind)), ...[...kinds].filter((kind) => !KINDS.includes(kind))];
    },
    owners() {
      return [...new Set(this.known.map(({ owner }) => owner).filter(Boolean))].sort(byName.compare);
    },
    // All but the state, so that the counts beside it stand.
    matching() {
      const { hamlet, kind, owner, q } = route.query;
      const words = plain(q ?? "");
      return this.known.filter(
        (one) => (hamlet === undefined || one.hamlet === hamlet) && (!kind || one.kind === kind) && (!owner || one.owner === owner) && (!words || plain(`${one.name} ${one.id}`).includes(words)),
      );
    },
    shown() {
      return route.query.state ? this.matching.filter(({ state }) => state === route.query.state) : this.matching;
    },
    counts() {
      return STATES.map((state) => ({ state, count: this.matching.filter((one) => one.state === state).length })).filter(({ state, count }) => count || state === route.query.state);
    },
    rows() {
      const rows = new Map();
      const order = (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || byName.compare(a.id, b.id);
      for (const one of [...this.shown].sort(order).slice(0, TILES)) rows.set(one.hamlet, [...(rows.get(one.hamlet) ?? []), one]);
      return [...rows].sort(([a], [b]) => byName.compare(a, b));
    },
    table() {
      return {
        columns: ["Tên", "Loại", "Thôn", "Trạng thái", "Từ", "Bản tin mới nhất", "Đơn vị quản lý", "Mã"].map((title) => ({ title: t(title) })),
        rows: this.shown.map((one) => [
          { text: one.name, href: addressOf(one) }, kindOf(one.kind), one.hamlet || "—", { text: stateOf(one.state), tone: { offline: "critical", fault: "warning", degraded: "warning" }[one.state], sort: STATES.indexOf(one.state) },
          { text: sinceOf(seconds(one.since), clock.now), sort: seconds(one.since) }, one.last_seen ? { text: t("{age} trước", { age: span(clock.now - seconds(one.last_seen)) }), sort: -seconds(one.last_seen) } : "—", one.owner || "—", one.ref,
        ]),
        nothing: t("Không có thiết bị nào như vậy."),
      };
    },
    asked: () => new URLSearchParams(Object.entries({ unit: picture.commune.code, kind: route.query.kind, hamlet: route.query.hamlet, state: route.query.state, q: route.query.q }).filter(([, value]) => value)),
  },
  methods: {
    hint: (device) => `${device.name}: ${t(view.words.reported[device.reported] && device.state !== "unknown" && device.state !== "offline" ? view.words.reported[device.reported] : view.words.states[device.state])}`,
  },
};
