// One source: how it is, what came by the minute, what is due when, what was refused, its files and imports.
import { get } from "ask";
import { clock, span, spanExact } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark } from "marks";
import { may } from "picture";
import { choose, route } from "route";
import { FEED_MARKS, FEED_TONES, ageOf, everyOf, feedOf, nextDue, periodOf, seconds, stateOf, wayOf, when, whenExact } from "source_words";
import Chart, { figure } from "chart";
import SourceCalendar from "source_calendar";
import SourceImports from "source_imports";
import SourceRejections from "source_rejections";
import SourceUpload from "source_upload";

// How far back, and how wide a bar is, in seconds.
const SPANS = [["1", "1 giờ", 60], ["24", "24 giờ", 900], ["168", "7 ngày", 3600], ["720", "30 ngày", 21600]];
const BEGIN = Date.parse("2000-01-01T00:00:00+07:00") / 1000; // where buckets begin
const KINDS = [["stored", "Lưu", "--series-1"], ["duplicate", "Trùng", "--dot"], ["rejected", "Từ chối", "--warning"]];

export default {
  components: { Chart, Mark, SourceCalendar, SourceImports, SourceRejections, SourceUpload },
  template: `
    <div class="source-sheet">
      <div class="head"><a class="up" href="/nguon-du-lieu" data-page="1">← {{ t("Nguồn dữ liệu") }}</a>
        <h1>{{ it?.title || name }}</h1></div>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <template v-if="it">
        <section class="panel about" :class="tones[it.state]">
          <p class="state"><Mark :name="marks[it.state] ?? 'dot'"/><b>{{ stateOf(it.state) }}</b><span>{{ ageOf(it.last_message_at) }}</span></p>
          <p v-if="it.error" class="fault"><b>{{ t("Lỗi gần nhất") }}</b> <span v-if="it.error_since" class="muted">{{ t("từ {since}", { since: when(it.error_since) }) }} ({{ lasting(it.error_since) }})</span><br>{{ it.error }}</p>
          <p v-else-if="hint">{{ hint }}</p>
          <dl class="pairs">
            <dt>{{ t("Mã nguồn") }}</dt><dd>{{ it.name }}</dd>
            <dt>{{ t("Lĩnh vực") }}</dt><dd>{{ feedOf(it.feed) }}</dd>
            <dt>{{ t("Bộ kết nối") }}</dt><dd>{{ it.connector }}</dd>
            <dt>{{ t("Cách nhận") }}</dt><dd>{{ wayOf(it.transport) }}{{ schedule }}</dd>
            <dt>{{ t("Bản tin mới nhất") }}</dt><dd :title="whenExact(it.last_message_at)">{{ it.last_message_at ? when(it.last_message_at) : t("chưa có dữ liệu") }}</dd>
            <dt>{{ t("Lưu lần cuối") }}</dt><dd :title="whenExact(it.last_stored_at)">{{ it.last_stored_at ? when(it.last_stored_at) : t("chưa có dữ liệu") }}</dd>
            <dt>{{ t("Coi là trễ sau") }}</dt><dd>{{ spanExact(it.stale_after_s) }}</dd>
            <dt>{{ t("Hạn tới") }}</dt><dd>{{ due ? when(due.due_at) + " · " + periodOf(due) + (due.owner ? " · " + t(due.owner) : "") : "—" }}</dd>
          </dl>
          <dl class="tally">
            <div v-for="[title, amount, tone] in tally" :key="title"><dt>{{ t(title) }}</dt><dd :class="tone">{{ figure(amount) }}</dd></div>
          </dl>
          <details v-if="it.cursors.length" class="members"><summary>{{ t("Đã đọc đến đâu") }} ({{ it.cursors.length }})</summary>
            <dl class="pairs"><template v-for="one in it.cursors" :key="one.name"><dt>{{ one.name || t("cả nguồn") }}</dt><dd>{{ one.value }} <span class="muted">({{ when(one.moved_at) }})</span></dd></template></dl></details>
        </section>
        <section class="panel part counted"><h2><span>{{ t("Bản tin theo thời gian") }}</span>
            <span class="choice" role="group" :aria-label="t('Khoảng thời gian')"><button v-for="[key, title] in spans" :key="key" type="button" :aria-pressed="key === hours" @click="choose({ hours: key })">{{ t(title) }}</button></span></h2>
          <Chart v-if="drawn.series.length" :drawn="drawn"/><p v-else class="nothing">{{ t("Không có bản tin nào trong khoảng này.") }}</p>
          <footer class="told"><span class="period">{{ when(iso(drawn.from)) }} – {{ when(iso(drawn.to)) }} · {{ t("bản tin mỗi {step}", { step: span(width) }) }}</span><span class="source">{{ t("Bộ đếm của nguồn") }}</span><span class="age">{{ ageOf(it.last_message_at) }}</span></footer></section>
        <SourceUpload v-if="it.files.length && may('operator')" :source="it" @taken="taken"/>
        <SourceRejections v-if="may('technician')" :name="name" :files="it.files.length > 0" @retried="taken"/>
        <SourceImports v-if="it.files.length || it.transport === 'received'" ref="imports" :name="name" @undone="its.again"/>
        <SourceCalendar v-if="it.owes_since" :name="name"/>
      </template>
      <p v-else-if="its.loading" class="nothing" role="status">{{ t("Đang tải…") }}</p>
    </div>`,
  props: { name: String },
  setup(props) {
    const read = async () => {
      const [, , width] = SPANS.find(([key]) => key === (route.query.hours ?? "24")) ?? SPANS[1];
      const to = clock.now;
      const from = to - Number(route.query.hours ?? 24) * 3600;
      const base = `sources/${encodeURIComponent(props.name)}`;
      const [source, minutes] = await Promise.all([get(base), get(`${base}/minutes`, { start: iso(from), stop: iso(to), step: `PT${width}S` })]);
      return { source, minutes: minutes.items, from, to, width };
    };
    return { its: useFresh(read, [], 10), t, may, choose, spans: SPANS, marks: FEED_MARKS, tones: FEED_TONES, figure, stateOf, feedOf, wayOf, ageOf, periodOf, when, whenExact, span, spanExact };
  },
  computed: {
    it() {
      return this.its.value?.source;
    },
    hours: () => route.query.hours ?? "24",
    width() {
      return this.its.value.width;
    },
    due() {
      return nextDue(this.it);
    },
    hint() {
      if (this.it.state === "stale") return t("Quá {age} chưa có gì mới. Kiểm tra thiết bị hoặc bên gửi, đường truyền, rồi máy chủ truyền tin.", { age: span(this.it.stale_after_s) });
      if (this.it.state === "never") return t("Chưa nhận bản tin nào. Kiểm tra địa chỉ, tài khoản và lịch gửi của bên gửi.");
      if (this.it.state === "paused") return t("Nguồn không còn trong cấu hình; số liệu cũ vẫn giữ.");
      return this.it.state === "error" ? t("Bộ thu của nguồn không báo về. Kiểm tra dịch vụ thu thập có đang chạy.") : "";
    },
    schedule() {
      if (this.it.cron) return ` · ${t("lịch {cron}", { cron: this.it.cron })}`;
      return this.it.every_s ? ` · ${t("mỗi {age}", { age: span(this.it.every_s) })}` : "";
    },
    tally() {
      const { it } = this;
      return [["Đã nhận", it.received], ["Lưu", it.stored], ["Trùng", it.duplicate], ["Từ chối", it.rejected, it.rejected ? "warning" : ""], ["Đang chờ lưu", it.queued]];
    },
    drawn() {
      const { minutes, from, to } = this.its.value;
      const said = new Map(minutes.map((one) => [seconds(one.at), one]));
      const instants = [];
      for (let at = BEGIN + Math.floor((from - BEGIN) / this.width) * this.width; at < to; at += this.width) instants.push(at);
      const kinds = KINDS.filter(([key]) => minutes.some((one) => one[key]));
      // Where a bucket is not told, nothing came: the counter itself says so.
      const series = kinds.map(([key, title, ink]) => ({ name: t(title), ink, points: instants.map((at) => [at, said.get(at)?.[key] ?? 0]) }));
      return { form: "stack", title: t("Bản tin theo thời gian"), word: t("bản tin"), unit: "message", whole: true, series, from, to, still: true };
    },
  },
  watch: {
    hours() {
      this.its.again();
    },
  },
  methods: {
    iso,
    everyOf,
    lasting: (text) => spanExact(clock.now - seconds(text)),
    taken() {
      this.its.again();
      this.$refs.imports?.again();
    },
  },
};

function iso(at) {
  return new Date(at * 1000).toISOString();
}
