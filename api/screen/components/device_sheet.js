// One device: now, its states over time, availability by day, what it measured and said, incidents, what is upstream.
import { all, get } from "ask";
import { clock, sinceOf, span, spanExact } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark, STATE_MARKS } from "marks";
import { picture, view } from "picture";
import { choose, route } from "route";
import { FACTS, addressOf, kindOf, measure, stateOf } from "device_words";
import Chart, { figure } from "chart";
import DeviceDays from "device_days";
import DeviceTimeline from "device_timeline";
import Grid from "grid";
import IncidentList from "incident_list";

const SPANS = [["1", "24 giờ"], ["7", "7 ngày"], ["30", "30 ngày"]];
const seconds = (text) => (text ? Date.parse(text) / 1000 : null);
const iso = (at) => new Date(at * 1000).toISOString();

export default {
  components: { Chart, DeviceDays, DeviceTimeline, Grid, IncidentList, Mark },
  template: `
    <div class="device-sheet">
      <div class="head"><a class="up" :href="'/thiet-bi'" data-page="1">← {{ t("Thiết bị") }}</a>
        <h1>{{ it?.name ?? name }}</h1>
        <div class="choice" role="group" :aria-label="t('Khoảng thời gian')"><button v-for="[key, title] in spans" :key="key" type="button" :aria-pressed="key === days" @click="choose({ days: key })">{{ t(title) }}</button></div>
      </div>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <template v-if="it">
        <section class="panel now" :class="it.state">
          <p class="state"><Mark v-if="marks[it.state]" :name="marks[it.state]"/><b>{{ stateOf(it.state) }}</b> <span>{{ t("từ {since}", { since: when(it.since) }) }} · {{ lasting(it.since) }}</span></p>
          <p v-if="why">{{ why }}</p>
          <dl class="pairs">
            <dt>{{ t("Loại") }}</dt><dd>{{ kindOf(it.kind) }}</dd>
            <dt>{{ t("Mã") }}</dt><dd>{{ it.ref }}</dd>
            <dt>{{ t("Thôn") }}</dt><dd>{{ it.hamlet || "—" }}</dd>
            <dt>{{ t("Bản tin mới nhất") }}</dt><dd>{{ it.last_seen ? t("{age} trước", { age: age(it.last_seen) }) : t("chưa có dữ liệu") }}</dd>
            <dt>{{ t("Đơn vị quản lý") }}</dt><dd>{{ it.owner || "—" }}</dd>
            <template v-for="key in facts" :key="key"><dt>{{ measure(key)[0] }}</dt><dd>{{ it.values[key] ? t("có") : t("không") }}</dd></template>
            <dt>{{ t("Đường truyền") }}</dt><dd><a v-if="upstream" :href="addressOf(upstream)" data-page="1">{{ upstream.name }} · {{ stateOf(upstream.state) }}</a><template v-else>{{ it.upstream || "—" }}</template></dd>
          </dl>
        </section>
        <section class="panel"><h2>{{ t("Trạng thái") }}</h2>
          <DeviceTimeline :pieces="pieces" :from="its.value.from" :to="its.value.to"/>
          <p class="sums"><span v-for="[word, amount] in sums" :key="word">{{ word }} <b>{{ amount }}</b></span></p></section>
        <section class="panel"><h2>{{ t("Tỷ lệ hoạt động từng ngày") }}</h2><DeviceDays :days="its.value.byDay"/></section>
        <section v-if="its.value.series.length" class="measures"><article v-for="one in its.value.series" :key="one.title" class="panel part"><h2><span>{{ one.title }}</span><b>{{ one.latest }}</b></h2><Chart :drawn="one"/>
          <footer class="told"><span class="period">{{ t("{n} lần đo", { n: one.series[0].points.length }) }}</span><span class="source">{{ it.labels.source ?? its.value.source }}</span></footer></article></section>
        <section class="panel"><h2>{{ t("Sự cố") }} <span class="count">{{ its.value.incidents.length }}</span></h2><IncidentList :incidents="its.value.incidents"/></section>
        <section class="panel"><h2>{{ t("Vì sao: từng khoảng và bằng chứng") }}</h2><Grid :table="reasons" :label="t('Vì sao: từng khoảng và bằng chứng')"/></section>
        <section class="panel"><h2>{{ t("Bản tin gần đây") }}</h2><Grid :table="said" :label="t('Bản tin gần đây')"/></section>
      </template>
      <p v-else-if="its.loading" class="nothing" role="status">{{ t("Đang tải…") }}</p>
    </div>`,
  props: { kind: String, name: String },
  setup(props) {
    const of = { unit: picture.commune.code, kind: props.kind };
    const base = `devices/${encodeURIComponent(props.name)}`;
    const read = async () => {
      const to = clock.now;
      const from = to - Number(route.query.days ?? 1) * 86400;
      const window = { ...of, start: iso(from), stop: iso(to) };
      const month = { ...of, start: iso(to - 30 * 86400), stop: iso(to) };
      const [device, why, uptime, byDay, reports, incidents] = await Promise.all([
        get(base, of), all(`${base}/uptime/why`, window, 2000), get(`${base}/uptime`, window), get(`${base}/uptime/days`, month),
        get(`${base}/reports`, { ...window, limit: 500 }), get("incidents", { unit: of.unit, subject: `${props.kind}/${props.name}`, limit: 50 }),
      ]);
      const upstream = device.upstream ? await get(`devices/${encodeURIComponent(device.upstream)}`, { unit: of.unit }).catch(() => null) : null;
      return { device, why, uptime, upstream, byDay: byDay.items, reports: reports.items, incidents: incidents.items, from, to, series: series(reports.items, from, to), source: reports.items[0]?.source ?? "" };
    };
    return { its: useFresh(read, ["device", "incident"], 30), t, choose, spans: SPANS, marks: STATE_MARKS, stateOf, kindOf, addressOf, measure };
  },
  computed: {
    it() {
      return this.its.value?.device;
    },
    days: () => route.query.days ?? "1",
    upstream() {
      return this.its.value.upstream;
    },
    facts() {
      return FACTS.filter((key) => key in this.it.values);
    },
    why() {
      const said = this.its.value.why.at(-1)?.reason_vi ?? "";
      return said.toLowerCase() === stateOf(this.it.state).toLowerCase() ? "" : said;
    },
    pieces() {
      return this.its.value.why.map((one) => ({ from: seconds(one.started_at), to: seconds(one.ended_at), state: shown(one), why: one.reason_vi }));
    },
    sums() {
      const { uptime } = this.its.value;
      const share = (value) => (value === null ? "—" : `${figure(value, 2)} %`);
      const parts = [["Mất kết nối", uptime.offline_s], ["Lỗi", uptime.fault_s], ["Bảo trì", uptime.maintenance_s], ["Không quan sát được", uptime.blind_s]];
      return [
        [t("Tỷ lệ hoạt động"), share(uptime.availability)], [t("Theo hợp đồng"), share(uptime.contract_availability)],
        ...parts.filter(([, amount]) => amount > 0).map(([word, amount]) => [t(word), spanExact(amount)]),
      ];
    },
    reasons() {
      const rows = [...this.its.value.why].reverse().map((one) => [
        { text: this.when(one.started_at), sort: seconds(one.started_at) }, { text: spanExact(one.duration_s), sort: one.duration_s }, stateOf(shown(one)), one.reason_vi, one.source_title || one.source || "—",
      ]);
      return { columns: ["Từ", "Kéo dài", "Trạng thái", "Vì", "Nguồn"].map((title) => ({ title: t(title) })), rows };
    },
    said() {
      const rows = this.its.value.reports.slice(0, 100).map((one) => [
        { text: this.when(one.at), sort: seconds(one.at) }, t(view.words.reported[one.state] ?? view.words.states[one.state] ?? one.state), values(one), one.source,
      ]);
      return { columns: ["Lúc", "Tự báo", "Số đo", "Nguồn"].map((title) => ({ title: t(title) })), rows, nothing: t("Không có bản tin nào trong khoảng này.") };
    },
  },
  watch: {
    days() {
      this.its.again();
    },
  },
  methods: {
    when: (text) => sinceOf(seconds(text), clock.now),
    age: (text) => span(clock.now - seconds(text)),
    lasting: (text) => spanExact(clock.now - seconds(text)),
  },
};

const shown = (piece) => ({ blind: "unknown", maintenance: "maintenance" })[piece.counted] ?? piece.state;

const values = (report) =>
  Object.entries(report.values).map(([name, value]) => [measure(name), value]).map(([[word, unit], value]) => `${word} ${figure(value)} ${unit}`.trim()).join(" · ");

// A chart for each number that it said at least twice and that moved.
function series(reports, from, to) {
  const found = new Map();
  for (const report of [...reports].reverse())
    for (const [name, value] of Object.entries(report.values)) {
      if (FACTS.includes(name) || name === "uptime_s") continue;
      found.set(name, [...(found.get(name) ?? []), [seconds(report.at), value]]);
    }
  return [...found].filter(([, points]) => points.length > 1).map(([name, points]) => {
    const [title, word] = measure(name);
    return { form: "line", title, word, unit: "", series: [{ name: title, points }], from, to, latest: `${figure(points.at(-1)[1])} ${word}` };
  });
}
