// One number for a glance: value, unit, aim or comparison, period, trend, source and age.
import { picture, view } from "picture";
import { Mark, TONE_MARKS } from "marks";
import { clock, span } from "clock";
import { t } from "language";
import { route } from "route";

const [WIDE, TALL] = [160, 40];

// A line that breaks where nothing was observed, with its aim dashed; null where there is nothing to draw.
function sparkline({ trend, aim, gap }) {
  if (trend.length < 2) return null;
  const values = trend.map(([, value]) => value);
  const reach = aim === null ? values : [...values, aim];
  let [low, high] = [Math.min(...reach), Math.max(...reach)];
  if (high === low) [low, high] = [low - 1, high + 1];
  const [first, last] = [trend[0][0], trend.at(-1)[0]];
  const x = (at) => (((at - first) / (last - first || 1)) * (WIDE - 6) + 3).toFixed(1);
  const y = (value) => (TALL - 4 - ((value - low) / (high - low)) * (TALL - 8)).toFixed(1);
  const line = trend.map(([at, value], n) => (n && !(gap && at - trend[n - 1][0] > gap) ? "L" : "M") + x(at) + " " + y(value));
  return { line: line.join(""), aim: aim === null ? null : y(aim), end: [x(last), y(values.at(-1))] };
}

export default {
  components: { Mark },
  template: `
    <article class="figure" :title="hint"
             :class="[tile.tone, { stale: tile.stale, missing: tile.value === null, flash: view.fresh[tile.key] }]">
      <h3><a v-if="tile.page && tile.page !== here" :href="tile.page" data-page="1">{{ tile.title }}</a><span v-else>{{ tile.title }}</span><Mark v-if="tile.tone" :name="marks[tile.tone]" class="level"/></h3>
      <p class="value"><b>{{ tile.value ?? "—" }}</b><span v-if="tile.value !== null">{{ tile.unit }}</span></p>
      <template v-if="tile.value === null"><p class="line"><span>{{ t("chưa có dữ liệu") }}</span></p><p class="line"></p></template>
      <template v-else>
        <p class="line"><span>{{ left }}</span><b v-if="tile.verdict" class="verdict">{{ tile.verdict }}</b><b v-else-if="right">{{ right }}</b></p>
        <p class="line"><span>{{ left === tile.period ? "" : tile.period }}</span><b v-if="tile.change" class="change">{{ tile.change }}</b></p>
      </template>
      <svg v-if="spark" class="spark" viewBox="0 0 160 40" preserveAspectRatio="none" aria-hidden="true">
        <path v-if="spark.aim !== null" class="aim" :d="'M3 ' + spark.aim + 'H157'"/>
        <path :d="spark.line"/>
      </svg>
      <span v-else class="spark"></span>
      <footer><span class="source">{{ tile.source || t("chưa khai báo nguồn") }}</span><span class="age">{{ age }}</span></footer>
    </article>`,
  props: { tile: Object },
  setup: () => ({ t, view, marks: TONE_MARKS }),
  computed: {
    here: () => route.path,
    spark() {
      return sparkline(this.tile);
    },
    left() {
      return this.tile.target || this.tile.compare || this.tile.period;
    },
    right() {
      return this.tile.amount || (this.tile.target && this.tile.compare);
    },
    age() {
      const { tile } = this;
      if (tile.late !== null) return t("trễ {age}", { age: span(clock.now - tile.late) });
      const at = tile.anyfeed ? picture.newest : tile.at;
      return at === null ? "" : span(clock.now - at);
    },
    hint() {
      return [this.tile.help, this.tile.exact, this.tile.compare, this.tile.verdict].filter(Boolean).join("\n");
    },
  },
};
