// Loudspeakers: a day's programme, which cluster really played what, its alarms, and the numbers of many days.
import { all, get } from "ask";
import { clock, dateOf, sinceOf, span, weekdayOf } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark } from "marks";
import { may, picture } from "picture";
import { choose, route } from "route";
import { figure } from "chart";
import { OUTCOMES, PRIORITIES, STATES, seconds } from "broadcast_words";
import Board from "board";
import BroadcastDay from "broadcast_day";
import BroadcastMatrix from "broadcast_matrix";
import BroadcastPlans from "broadcast_plans";
import DayField from "day_field";
import Grid from "grid";
import IncidentList from "incident_list";

const DAY = 86400;
const TOGETHER = 600; // seconds within which one programme on several clusters is one
const SPANS = [["month", "30 ngày"], ["year", "12 tháng"]];
const iso = (at) => new Date((at + 7 * 3600) * 1000).toISOString().slice(0, 10);
const today = () => iso(clock.now);
const chosenDay = () => (/^\d{4}-\d\d-\d\d$/.test(route.query.day ?? "") && !Number.isNaN(Date.parse(route.query.day)) ? route.query.day : today());
const chosenSpan = () => route.query.span ?? "month";
const beginOf = (day) => Date.parse(`${day}T00:00:00+07:00`) / 1000;

// Everything of a day at once, so that no part of the page speaks of another day than its heading.
async function read() {
  const [unit, day] = [picture.commune.code, chosenDay()];
  const asked = { unit, start: day, stop: iso(beginOf(day) + DAY) };
  const [rows, played, totals, hours, alarms, single] = await Promise.all([
    all("broadcasts", asked), all("broadcasts/played", asked), get("broadcasts/played/totals", asked), get("broadcasts/hours", { unit, day }),
    get("incidents", { ...asked, subject_kind: "broadcast", limit: 200 }), get("broadcasts/played/totals", { ...asked, by: "broadcast", limit: 500 }),
  ]);
  return { day, rows, played, total: totals.items[0] ?? null, hours, alarms: alarms.items, single: single.items };
}

export default {
  components: { Board, BroadcastDay, BroadcastMatrix, BroadcastPlans, DayField, Grid, IncidentList, Mark },
  template: `
    <main class="sheet" id="content">
      <div class="head"><h1>{{ t(page.title) }}</h1>
        <div class="days-choice"><button type="button" class="button" :aria-label="t('Ngày trước')" @click="turn(-1)">‹</button>
          <label class="field"><span>{{ weekday }}</span><DayField :model-value="day" :aria-label="t('Ngày')" @update:model-value="choose({ day: $event })"/></label>
          <button type="button" class="button" :aria-label="t('Ngày sau')" @click="turn(1)">›</button><button v-if="day !== today()" type="button" class="button" @click="choose({ day: '' })">{{ t("Hôm nay") }}</button></div>
        <button v-if="may('operator')" type="button" class="button main" @click="$refs.plans.begin()">{{ t("Lập lịch phát") }}</button>
        <a class="button" :href="'/api/v1/export/played.xlsx?' + asked" download>{{ t("Tải Excel") }}</a>
        <a class="button" :href="'/api/v1/export/played.csv?' + asked" download>{{ t("Tải CSV") }}</a>
      </div>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <template v-if="its.value">
        <section class="panel" :aria-label="t('Trong ngày')">
          <h2>{{ t("Trong ngày {day}", { day: dateOf(begin) }) }}<span class="count" :title="its.value.hours.source">{{ allowed }}</span></h2>
          <p class="verdict-line"><template v-if="total"><b class="big">{{ total.rate === null ? "—" : figure(total.rate, 1) + " %" }}</b>
            <span>{{ total.denominator ? t("phát đúng lịch: {n} trong {m} lượt được tính", { n: total.numerator, m: total.denominator }) : t("chưa lượt nào được tính") }}</span>
            <span v-for="one in counts" :key="one.state" class="outcome" :class="one.tone"><Mark v-if="one.mark" :name="one.mark"/><span>{{ t(one.word) }} <b>{{ one.count }}</b></span></span></template>
            <span v-else>{{ t(its.value.rows.some(({ kind, state }) => kind === "planned" && state === "planned") ? "Có lịch phát, nhưng lúc đó chưa có cụm loa nào trong sổ thiết bị." : "Trung tâm không có lịch phát của ngày này.") }}</span></p>
          <BroadcastDay :rows="its.value.rows" :windows="its.value.hours.windows" :begin="begin"/>
          <p class="muted fine">{{ t("Mỗi cụm loa là một lượt; đúng lịch là bắt đầu lệch không quá {n} phút. Không quan sát được, bảo trì và chưa đến giờ thì không tính.", { n: 5 }) }}</p>
        </section>
        <section v-if="its.value.alarms.length" class="panel listed" :aria-label="t('Cảnh báo trong ngày')"><h2>{{ t("Cảnh báo trong ngày") }}<span class="count">{{ its.value.alarms.length }}</span></h2><IncidentList :incidents="its.value.alarms" chosen=""/></section>
        <p v-else class="muted">{{ t("Không có cảnh báo nào về phát thanh trong ngày.") }}</p>
        <section v-if="its.value.played.length" class="panel" :aria-label="t('Cụm loa nào đã phát gì')"><h2>{{ t("Cụm loa nào đã phát gì") }}<span class="count">{{ t("{n} lượt", { n: its.value.played.length }) }}</span></h2><BroadcastMatrix :played="its.value.played"/></section>
        <section class="panel" :aria-label="t('Chương trình')"><h2>{{ t("Chương trình") }}<span class="count"><a :href="'/api/v1/export/broadcasts.xlsx?' + asked" download>{{ t("Tải Excel") }}</a></span></h2><Grid :table="table" :label="t('Chương trình')"/></section>
      </template>
      <p v-else-if="its.loading" class="nothing" role="status">{{ t("Đang tải…") }}</p>
      <BroadcastPlans ref="plans"/>
      <div class="head"><h2>{{ t("Nhiều ngày") }}</h2>
        <div class="choice" role="group" :aria-label="t('Khoảng thời gian')"><button v-for="[key, title] in spans" :key="key" type="button" :aria-pressed="key === span" @click="choose({ span: key })">{{ t(title) }}</button></div>
        <a class="button" :href="'/screen/boards/' + page.board + '.xlsx?span=' + span" download>{{ t("Tải Excel") }}</a></div>
      <p v-if="numbers.error" class="refused" role="alert">{{ numbers.error }}</p>
      <Board v-if="numbers.value" :board="numbers.value"/>
    </main>`,
  props: { page: Object, below: Array },
  setup(props) {
    return {
      its: useFresh(read, ["broadcast", "incident"], 60), numbers: useFresh(() => get(`/screen/boards/${props.page.board}`, { span: chosenSpan() }), [], 60),
      t, may, choose, dateOf, figure, today, spans: SPANS, outcomes: OUTCOMES,
    };
  },
  computed: {
    day: () => chosenDay(),
    span: () => chosenSpan(),
    begin() {
      return beginOf(this.its.value?.day ?? this.day);
    },
    weekday() {
      return weekdayOf(beginOf(this.day));
    },
    asked() {
      return new URLSearchParams({ unit: picture.commune.code, start: this.day, stop: iso(beginOf(this.day) + DAY) });
    },
    total() {
      return this.its.value.total;
    },
    counts() {
      return Object.entries(OUTCOMES).map(([state, [word, mark, tone]]) => ({ state, word, mark, tone, count: this.total[state] })).filter(({ state, count }) => count && state !== "played");
    },
    allowed() {
      const { windows, longest_s: longest } = this.its.value.hours;
      const hour = (second) => `${String(Math.floor(second / 3600)).padStart(2, "0")}:${String(Math.floor((second % 3600) / 60)).padStart(2, "0")}`;
      const hours = windows.map(({ start, stop }) => `${hour(start)}–${hour(stop)}`).join(", ");
      return [hours ? t("khung giờ {hours}", { hours }) : t("không giới hạn khung giờ"), longest && t("mỗi lần không quá {time}", { time: span(longest) })].filter(Boolean).join(" · ");
    },
    // What several clusters played at a time is one row.
    programmes() {
      const found = [];
      for (const one of [...this.its.value.rows].sort((a, b) => seconds(a.starts_at) - seconds(b.starts_at))) {
        const same = found.find((its) => ["kind", "programme", "state", "priority"].every((key) => its[key] === one[key]) && seconds(one.starts_at) - seconds(its.starts_at) <= TOGETHER && its.devices.length && one.device);
        if (same) same.devices.push(one.device);
        else found.push({ ...one, devices: one.device ? [one.device] : [] });
      }
      return found;
    },
    table() {
      const sums = new Map(this.its.value.single.map((one) => [`${one.starts_at} ${one.programme}`, one]));
      const title = (device) => picture.devices[`loudspeaker/${device}`]?.title ?? device;
      const heard = (one) => {
        const sum = one.kind === "planned" && one.state === "planned" && sums.get(`${one.starts_at} ${one.programme}`);
        return sum ? { text: sum.denominator ? t("{n} trong {m} cụm đúng lịch", { n: sum.numerator, m: sum.denominator }) : t("chưa tính"), sort: sum.rate ?? -1, tone: sum.not_heard ? "critical" : "" } : "—";
      };
      const where = ({ devices }) => (devices.length > 1 ? { text: t("{n} cụm loa", { n: devices.length }), hint: devices.map(title).join("\n") } : devices.length ? { text: title(devices[0]), href: `/thiet-bi/loudspeaker/${encodeURIComponent(devices[0])}` } : t("tất cả"));
      const at = (text) => ({ text: sinceOf(seconds(text), this.begin), sort: seconds(text) });
      return {
        columns: ["Bắt đầu", "Kết thúc", "Chương trình", "Cụm loa", "Mức ưu tiên", "Trạng thái", "Đã nghe"].map((title) => ({ title: t(title) })),
        rows: this.programmes.map((one) => [
          at(one.starts_at), one.ends_at ? at(one.ends_at) : one.state === "playing" ? t("đang phát") : t("chưa rõ"), one.programme, where(one),
          { text: t(PRIORITIES[one.priority]), tone: one.priority === "emergency" ? "warning" : "" }, { text: t(STATES[one.state]), tone: { failed: "warning", cancelled: "quietly" }[one.state] }, heard(one),
        ]),
        nothing: t("Không có chương trình nào trong ngày."),
      };
    },
  },
  watch: {
    day() {
      this.its.again();
    },
    span() {
      this.numbers.again();
    },
  },
  methods: {
    turn(by) {
      choose({ day: iso(beginOf(this.day) + by * DAY) });
    },
  },
};
