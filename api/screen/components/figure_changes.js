// Figures of a file beside what is stored: what changes, what is new; what stays the same comes last.
import { t, locale } from "language";
import { figure } from "chart";

const CHANGES = { changed: "khác trước", new: "mới", same: "như cũ" };
const COLUMNS = [["", ""], ["Chỉ tiêu", ""], ["Kỳ", ""], ["Đang lưu", "right"], ["Trong tệp", "right"], ["Chênh lệch", "right"]];
const FIRST = 50;
const day = (text) => text.split("-").map(Number).reverse().join("/");

const said = (value, numerator, denominator, stated) =>
  value !== null ? figure(value) : numerator !== null && denominator !== null ? `${figure(numerator)} / ${figure(denominator)}` : figure(stated);

export default {
  template: `
    <div class="grid changes" role="region" tabindex="0" :aria-label="t('So với số liệu đang lưu')"><table>
      <thead><tr><th v-for="[title, side] in columns" :key="title" :class="side" scope="col"><span>{{ title && t(title) }}</span></th></tr></thead>
      <tbody><tr v-for="(one, n) in shown" :key="n" :class="one.change">
        <td data-title=""><b>{{ t(words[one.change]) }}</b></td>
        <td :data-title="t('Chỉ tiêu')"><span>{{ named(one) }}<small>{{ detail(one) }}</small></span></td>
        <td :data-title="t('Kỳ')"><span>{{ one.cumulative ? t("lũy kế đến {day}", { day: day(one.period_end) }) : day(one.period_start) + " – " + day(one.period_end) }}</span></td>
        <td :data-title="t('Đang lưu')" class="right"><span>{{ one.change === "new" ? t("chưa có dữ liệu") : said(one.old_value, one.old_numerator, one.old_denominator, one.old_stated) }}</span></td>
        <td :data-title="t('Trong tệp')" class="right"><span>{{ said(one.value, one.numerator, one.denominator, one.stated) }}</span></td>
        <td :data-title="t('Chênh lệch')" class="right"><span>{{ differs(one) }}</span></td>
      </tr></tbody></table>
      <button v-if="figures.length > shown.length" type="button" class="more" @click="opened = true">{{ t("Xem thêm {n} dòng", { n: figures.length - shown.length }) }}</button>
      <p v-if="opened && count > figures.length" class="muted">{{ t("và {n} số liệu khác", { n: figure(count - figures.length) }) }}</p>
    </div>`,
  props: { figures: Array, count: Number },
  setup: () => ({ t, columns: COLUMNS, words: CHANGES, figure, day, said }),
  data: () => ({ opened: false }),
  computed: {
    shown() {
      return this.opened ? this.figures : this.figures.slice(0, FIRST);
    },
  },
  methods: {
    named: (one) => (locale() === "vi-VN" ? one.title : one.title_en) || one.indicator,
    detail: (one) => [one.indicator, one.scope, ...Object.values(one.dims)].filter(Boolean).join(" · "),
    differs(one) {
      if (one.change !== "changed" || one.value === null || one.old_value === null) return "";
      const by = one.value - one.old_value;
      return by ? (by > 0 ? "+" : "−") + figure(Math.abs(by)) : "";
    },
  },
};
