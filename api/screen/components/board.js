// A board of numbers as the server draws it: tiles, charts and tables, each with unit, period, source and age.
import { clock, dateOf, span } from "clock";
import { t } from "language";
import { Mark } from "marks";
import Chart, { figure, period } from "chart";
import Figure from "figure";
import Grid from "grid";

const Part = {
  components: { Chart, Grid, Mark },
  template: `
    <section class="panel part" :class="['wide-' + part.wide, { stale: part.late, missing: part.empty, grown: part.type !== 'chart' }]" :aria-label="part.title">
      <h2><span :title="part.help">{{ part.title }}</span>
        <button v-if="part.type === 'chart' && !part.empty" type="button" class="quiet" :aria-pressed="tabled" @click="tabled = !tabled">{{ tabled ? t("Xem biểu đồ") : t("Xem bảng số") }}</button></h2>
      <p v-if="part.empty" class="nothing">{{ t("chưa có dữ liệu") }}</p>
      <Grid v-else-if="part.type !== 'chart' || tabled" :table="part.type === 'chart' ? rows : part" :label="part.title"/>
      <Chart v-else :drawn="part"/>
      <p v-if="part.without?.length" class="without"><b>{{ t("Chưa có dữ liệu") }} ({{ part.without.length }}):</b> {{ part.without.join(" · ") }}</p>
      <footer class="told"><span class="period">{{ part.period }}</span><span class="source">{{ part.source || t("chưa khai báo nguồn") }}</span><span class="age">{{ age }}</span></footer>
    </section>`,
  props: { part: Object },
  setup: () => ({ t }),
  data: () => ({ tabled: false }),
  computed: {
    age() {
      if (this.part.late) return t("trễ {age}", { age: span(clock.now - this.part.late) });
      return this.part.at ? t("{age} trước", { age: span(clock.now - this.part.at) }) : "";
    },
    rows() {
      const { part } = this;
      if (part.form === "ranking" || part.form === "shares")
        return { columns: [{ title: "" }, { title: part.word, right: true }], rows: part.series[0].points.map(([name, value]) => [name, { text: figure(value), sort: value }]) };
      const instants = [...new Set(part.series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => b - a);
      const maps = part.series.map(({ points }) => new Map(points));
      return {
        columns: [{ title: t("Thời điểm") }, ...part.series.map(({ name }) => ({ title: name, right: true }))],
        rows: instants.map((at) => [{ text: period(at, part), sort: at }, ...maps.map((map) => ({ text: figure(map.get(at)), sort: map.get(at) ?? null }))]),
      };
    },
  },
};

export default {
  components: { Figure, Part, Mark },
  template: `
    <div class="board">
      <template v-for="part in board.parts" :key="part.key">
        <section v-if="part.type === 'figures'" class="figures" :aria-label="part.title || t('Chỉ số')"><Figure v-for="tile in part.tiles" :key="tile.key" :tile="tile"/></section>
        <Part v-else :part="part"/>
      </template>
      <section v-if="board.missing.length" class="panel part grown missing wide-6" :aria-label="t('Chưa có dữ liệu')">
        <h2>{{ t("Chưa có dữ liệu trong khoảng đang xem") }}</h2>
        <ul class="missing-parts"><li v-for="one in board.missing" :key="one.title"><b>{{ one.title }}</b> <span class="muted">{{ one.source || t("chưa khai báo nguồn") }}{{ one.latest ? " · " + t("gần nhất: {period}", { period: one.latest }) : "" }}</span></li></ul>
      </section>
    </div>`,
  props: { board: Object },
  setup: () => ({ t, dateOf }),
};
