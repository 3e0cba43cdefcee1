// A chart of ECharts in the screen's own colours; the library is fetched with the first chart, and the same figures
// stand in a table beside it for whoever can't see a drawing.
import { t, locale } from "language";
import { dateOf, sinceOf, clock, timeOf } from "clock";

const NAMED = { first: "--series-1", second: "--series-2", critical: "--critical-ink", warning: "--warning-ink", muted: "--muted" };
const INKS = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5", "--series-6"];

export const figure = (value, places = 2) =>
  value === null || value === undefined ? "—" : value.toLocaleString(locale(), { maximumFractionDigits: places });

// Amounts of đồng as tỷ or triệu for an axis; every other unit as it is.
function short(value, unit) {
  if (unit === "vnd" && Math.abs(value) >= 1e9) return `${figure(value / 1e9, 1)} ${t("tỷ")}`;
  if (unit === "vnd" && Math.abs(value) >= 1e6) return `${figure(value / 1e6, 1)} ${t("triệu")}`;
  return figure(value, 1);
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// `drawn` is one chart as the server draws it: form, unit, word, series of {name, points: [[second, value]], dashed}, aim.
function options(drawn, rem) {
  const [text, muted, line, panel] = ["--text", "--muted", "--line", "--raised"].map(token);
  const label = { color: muted, fontSize: 0.8125 * rem, fontFamily: "Noto Sans" };
  const unit = (value) => `${figure(value)} ${drawn.word}`.trim();
  const base = {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches && !drawn.still,
    animationDuration: 300,
    aria: { enabled: false },
    textStyle: { fontFamily: "Noto Sans", color: text },
    tooltip: {
      trigger: drawn.form === "ranking" || drawn.form === "shares" ? "item" : "axis",
      backgroundColor: panel, borderColor: line, confine: true,
      textStyle: { color: text, fontSize: 0.875 * rem, fontFamily: "Noto Sans" },
      valueFormatter: (value) => (value === null || value === undefined ? t("chưa có dữ liệu") : unit(value)),
    },
    legend: drawn.series.length > 1 && drawn.form !== "ranking" && drawn.form !== "shares"
      ? { top: 0, left: 0, type: "scroll", itemWidth: 1.25 * rem, itemHeight: 0.625 * rem, pageTextStyle: { color: muted }, textStyle: { ...label, color: text } }
      : undefined,
    grid: { left: 4, right: 12, top: drawn.series.length > 1 ? 2.25 * rem : 0.75 * rem, bottom: 4, containLabel: true },
  };
  const value = {
    type: "value", min: drawn.low ?? undefined, axisLabel: { ...label, formatter: (v) => short(v, drawn.unit) },
    splitLine: { lineStyle: { color: line } }, minInterval: drawn.whole ? 1 : undefined, scale: drawn.form === "line" && drawn.unit !== "percent",
  };
  // A colour that says something is its own; the others take their turn.
  let turn = 0;
  const inks = drawn.series.map((one) => token(NAMED[one.ink] ?? (one.dashed ? "--muted" : INKS[turn++ % INKS.length])));
  const aim = drawn.aim === null || drawn.aim === undefined ? undefined : {
    silent: true, symbol: "none", data: [{ yAxis: drawn.aim }], lineStyle: { color: muted, type: "dashed", width: 1.5 },
    label: { ...label, position: "insideEndTop", textBorderColor: token("--panel"), textBorderWidth: 4, formatter: `${t("mục tiêu")} ${unit(drawn.aim)}` },
  };
  if (drawn.form === "ranking") {
    const rows = [...drawn.series[0].points].reverse();
    return {
      ...base, xAxis: { ...value, splitNumber: 3, axisLabel: { ...value.axisLabel, hideOverlap: true } }, tooltip: { ...base.tooltip }, grid: { ...base.grid, right: 4.5 * rem },
      yAxis: { type: "category", data: rows.map(([name]) => name), axisLabel: { ...label, color: text, width: 12 * rem, overflow: "truncate" }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } },
      series: [{ type: "bar", name: drawn.title, data: rows.map(([, v]) => v), itemStyle: { color: inks[0], borderRadius: 3 }, barMaxWidth: 1.5 * rem, label: { show: true, position: "right", ...label, color: text, formatter: ({ value: v }) => short(v, drawn.unit) } }],
    };
  }
  if (drawn.form === "shares") {
    const rows = drawn.series[0].points;
    return {
      ...base,
      legend: { orient: "vertical", right: 0, top: "middle", type: "scroll", textStyle: { ...label, color: text } },
      series: [{
        type: "pie", radius: ["52%", "78%"], center: ["34%", "50%"], label: { show: false },
        itemStyle: { borderColor: token("--panel"), borderWidth: 2 }, color: rows.map((_, n) => token(INKS[n % INKS.length])),
        data: rows.map(([name, v]) => ({ name, value: v })),
      }],
    };
  }
  const bars = drawn.form === "bars" || drawn.form === "stack";
  // Figures of months and years stand side by side by their names; what is counted by day stands on the axis of time.
  // A stack needs every instant in each of its series.
  const instants = [...new Set(drawn.series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const names = !bare(drawn) ? instants : null;
  return {
    ...base,
    xAxis: names ? {
      type: "category", data: names.map((at) => period(at, drawn)), axisLabel: { ...label, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false },
    } : {
      type: "time", axisLabel: { ...label, hideOverlap: true, customValues: bars ? instants.map((at) => at * 1000) : undefined, formatter: (at) => tick(at / 1000, drawn) },
      axisLine: { lineStyle: { color: line } }, splitLine: { show: false }, min: drawn.from ? drawn.from * 1000 : undefined, max: drawn.to ? drawn.to * 1000 : undefined,
    },
    yAxis: value,
    tooltip: { ...base.tooltip, formatter: undefined, axisPointer: { type: bars ? "shadow" : "line", label: { show: false } } },
    series: drawn.series.map((one, n) => ({
      name: one.name, type: bars && !one.dashed ? "bar" : "line", stack: drawn.form === "stack" && !one.dashed ? "all" : undefined,
      data: names ? instants.map((at) => valueAt(one, at)) : drawn.form === "stack" ? instants.map((at) => [at * 1000, valueAt(one, at)]) : one.points.map(([at, v]) => [at * 1000, v]), symbol: "circle", showSymbol: one.points.length < 2 || (one.points.length < 32 && !one.dashed),
      symbolSize: 0.375 * rem, connectNulls: false, barMaxWidth: 1.75 * rem, step: one.step ? "end" : undefined,
      lineStyle: { width: one.dashed ? 1.5 : 2.25, type: one.dashed ? "dashed" : "solid", color: inks[n] },
      itemStyle: { color: inks[n], borderRadius: drawn.form === "bars" ? 2 : 0 },
      markLine: n === 0 ? aim : undefined,
    })),
  };
}

function tick(at, { from, to }) {
  const days = ((to ?? at) - (from ?? at)) / 86400;
  if (days && days <= 2) return timeOf(at);
  const day = new Date(at * 1000 + 7 * 3600e3);
  return days > 200 ? `${day.getUTCMonth() + 1}/${day.getUTCFullYear()}` : `${day.getUTCDate()}/${day.getUTCMonth() + 1}`;
}

// What the server calls a bar of a month or year, else the day; of what it has no name for, its month.
export function period(at, drawn) {
  const day = new Date(at * 1000 + 7 * 3600e3);
  return bare(drawn) ? instant(at, drawn) : drawn.names[at] ?? `${day.getUTCMonth() + 1}/${day.getUTCFullYear()}`;
}

const valueAt = ({ points }, at) => points.find(([when]) => when === at)?.[1] ?? null;
const bare = ({ names }) => !names || !Object.keys(names).length;

export const instant = (at, drawn) => ((drawn.to - drawn.from) / 86400 <= 2 ? sinceOf(at, clock.now) : dateOf(at));

export default {
  template: `<div class="chart" ref="stage" role="img" :aria-label="spoken"></div>`,
  props: { drawn: Object },
  computed: {
    spoken() {
      const last = this.drawn.series.map(({ name, points }) => {
        const known = points.filter(([, value]) => value !== null);
        return known.length ? `${name}: ${figure(known.at(-1)[1])} ${this.drawn.word}` : `${name}: ${t("chưa có dữ liệu")}`;
      });
      return `${this.drawn.title}. ${last.join("; ")}`;
    },
  },
  async mounted() {
    const { echarts } = await import("nicegui-echart");
    if (!this.$refs.stage) return;
    this.chart = echarts.init(this.$refs.stage, null, { renderer: "svg" });
    this.observer = new ResizeObserver(() => this.chart.resize());
    this.observer.observe(this.$refs.stage);
    this.themed = new MutationObserver(() => this.draw());
    this.themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.draw();
  },
  beforeUnmount() {
    this.observer?.disconnect();
    this.themed?.disconnect();
    this.chart?.dispose();
  },
  watch: {
    drawn() {
      this.draw(true);
    },
  },
  methods: {
    draw(again = false) {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      this.chart?.setOption(options({ ...this.drawn, still: again }, rem), true);
    },
  },
};
