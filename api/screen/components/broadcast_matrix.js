// Which cluster really played what: a row a cluster, a column a planned bulletin, each with its mark and word.
import { timeOf } from "clock";
import { t } from "language";
import { Mark } from "marks";
import { byName } from "picture";
import { OUTCOMES, seconds } from "broadcast_words";

const keyOf = (one) => `${one.starts_at} ${one.programme}`;

export default {
  components: { Mark },
  template: `
    <div class="grid matrix" tabindex="0" role="region" :aria-label="t('Cụm loa nào đã phát gì')">
      <table>
        <thead><tr><th scope="col">{{ t("Cụm loa") }}</th>
          <th v-for="one in bulletins" :key="one.key" scope="col"><b>{{ timeOf(one.at) }}</b><span :title="one.programme">{{ one.programme }}</span></th>
          <th scope="col" class="right"><b>%</b><span>{{ t("đúng lịch") }}</span></th></tr></thead>
        <tbody><tr v-for="row in shown" :key="row.device">
          <th scope="row"><a :href="'/thiet-bi/loudspeaker/' + encodeURIComponent(row.device)" data-page="1">{{ row.name }}</a><small v-if="row.hamlet">{{ row.hamlet }}</small></th>
          <td v-for="one in bulletins" :key="one.key"><span v-for="cell in row.cells.get(one.key) ?? []" :key="cell.id" class="outcome" :class="outcomes[cell.state][2]" :title="hint(cell)"><Mark v-if="outcomes[cell.state][1]" :name="outcomes[cell.state][1]"/><span>{{ t(outcomes[cell.state][0]) }}{{ cell.state === "late" && cell.heard_at ? " " + timeOf(seconds(cell.heard_at)) : "" }}</span></span></td>
          <td class="right" :title="t('{n} trong {m} lượt được tính', { n: row.good, m: row.counted })">{{ row.counted ? Math.round((100 * row.good) / row.counted) + " %" : "—" }}<small>{{ row.good }}/{{ row.counted }}</small></td>
        </tr></tbody>
      </table>
      <button v-if="rows.length > shown.length" type="button" class="more" @click="most += 100">{{ t("Xem thêm {n} dòng", { n: rows.length - shown.length }) }}</button>
    </div>`,
  props: { played: Array },
  setup: () => ({ t, timeOf, seconds, outcomes: OUTCOMES }),
  data: () => ({ most: 100 }),
  computed: {
    bulletins() {
      const found = new Map(this.played.map((one) => [keyOf(one), { key: keyOf(one), at: seconds(one.starts_at), programme: one.programme }]));
      return [...found.values()].sort((a, b) => a.at - b.at);
    },
    // The clusters that missed most come first.
    rows() {
      const rows = new Map();
      for (const one of this.played) {
        const row = rows.get(one.device) ?? { device: one.device, name: one.name, hamlet: one.hamlet, cells: new Map(), good: 0, counted: 0, missed: 0 };
        row.cells.set(keyOf(one), [...(row.cells.get(keyOf(one)) ?? []), one]);
        row.counted += one.counted;
        row.good += one.counted && one.state === "played";
        row.missed += one.counted && one.state !== "played";
        rows.set(one.device, row);
      }
      return [...rows.values()].sort((a, b) => b.missed - a.missed || byName.compare(a.name, b.name));
    },
    shown() {
      return this.rows.slice(0, this.most);
    },
  },
  methods: {
    hint(cell) {
      if (cell.heard_at === null) return t(OUTCOMES[cell.state][0]);
      const delay = Math.round(cell.delay_s);
      return t("nghe lúc {time}, lệch {n} giây so với lịch", { time: timeOf(seconds(cell.heard_at)), n: delay });
    },
  },
};
