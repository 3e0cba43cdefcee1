// A table of finished texts: sorted by a heading, numbers to the right, rows that lead somewhere, cards on a phone.
import { t } from "language";
import { Mark } from "marks";

const SHOWN = 200;

// "1.234,5 %" as a number; a text stays a text.
function weight(cell) {
  if (cell?.sort === null) return Number.NEGATIVE_INFINITY;
  const text = String(cell?.sort ?? cell?.text ?? cell ?? "");
  const number = Number(text.replace(/[\s\u00a0%]/g, "").replace(/\./g, "").replace(",", ".").replace("−", "-"));
  return cell?.sort !== undefined && typeof cell.sort === "number" ? cell.sort : text !== "" && !Number.isNaN(number) ? number : text;
}

export default {
  components: { Mark },
  template: `
    <div class="grid" tabindex="0" role="region" :aria-label="label">
      <table>
        <thead><tr><th v-for="(column, n) in table.columns" :key="n" :class="{ right: column.right }" :aria-sort="by === n ? (down ? 'descending' : 'ascending') : null" scope="col">
          <button v-if="column.title" type="button" @click="sort(n)">{{ column.title }}<span aria-hidden="true">{{ by === n ? (down ? " ▾" : " ▴") : "" }}</span></button></th></tr></thead>
        <tbody>
          <tr v-for="(row, r) in rows" :key="r" :class="row.tone">
            <td v-for="(cell, n) in row.cells ?? row" :key="n" :class="[{ right: table.columns[n]?.right }, cell?.tone]" :data-title="table.columns[n]?.title">
              <a v-if="cell?.href" :href="cell.href" data-page="1">{{ cell.text }}</a>
              <span v-else :title="cell?.hint" :style="cell?.indent ? { paddingLeft: cell.indent * 0.875 + 'rem' } : null"
                ><Mark v-if="cell?.mark" :name="cell.mark"/>{{ cell?.text ?? cell ?? "—" }}<small v-if="cell?.note"> {{ cell.note }}</small></span>
              <span v-if="cell?.bar !== undefined" class="gauge" aria-hidden="true"><i :style="{ width: Math.min(cell.bar, 100) + '%' }"></i><b v-if="cell.aim !== null" :style="{ left: cell.aim + '%' }"></b></span>
            </td>
          </tr>
        </tbody>
      </table>
      <p v-if="!table.rows.length" class="nothing">{{ table.nothing ?? t("Không có dòng nào.") }}</p>
      <button v-if="shown < table.rows.length" type="button" class="more" @click="shown += 200">{{ t("Xem thêm {n} dòng", { n: table.rows.length - shown }) }}</button>
    </div>`,
  props: { table: Object, label: String },
  setup: () => ({ t }),
  data: () => ({ by: null, down: false, shown: SHOWN }),
  computed: {
    rows() {
      const rows = [...this.table.rows];
      if (this.by !== null) {
        const collator = new Intl.Collator("vi", { numeric: true });
        const cells = (row) => row.cells ?? row;
        rows.sort((a, b) => {
          const [x, y] = [weight(cells(a)[this.by]), weight(cells(b)[this.by])];
          const order = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y));
          return this.down ? -order : order;
        });
      }
      return rows.slice(0, this.shown);
    },
  },
  methods: {
    sort(n) {
      if (this.by === n && this.down) [this.by, this.down] = [null, false];
      else if (this.by === n) this.down = true;
      else [this.by, this.down] = [n, false];
    },
  },
};
