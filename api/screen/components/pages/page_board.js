// A page of numbers: its board, over a span that can be chosen.
import { get } from "ask";
import { choose, route } from "route";
import { t } from "language";
import { useFresh } from "fresh";
import Board from "board";

const SPANS = [["month", "30 ngày"], ["year", "12 tháng"], ["years", "5 năm"]];

export default {
  components: { Board },
  template: `
    <main class="sheet" id="content">
      <div class="head"><h1>{{ t(page.title) }}</h1>
        <div class="choice" role="group" :aria-label="t('Khoảng thời gian')">
          <button v-for="[key, title] in spans" :key="key" type="button" :aria-pressed="key === chosen" @click="choose({ span: key })">{{ t(title) }}</button>
        </div>
        <a class="button" :href="'/screen/boards/' + page.board + '.xlsx?span=' + chosen" download>{{ t("Tải Excel") }}</a>
      </div>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <Board v-if="its.value" :board="its.value"/>
      <p v-else-if="its.loading" class="nothing" role="status">{{ t("Đang tải…") }}</p>
    </main>`,
  props: { page: Object, below: Array },
  setup(props) {
    const chosen = () => route.query.span ?? "year";
    const its = useFresh(() => get(`/screen/boards/${props.page.board}`, { span: chosen() }), ["case"], 60);
    return { its, choose, t, spans: SPANS, route };
  },
  computed: {
    chosen: () => route.query.span ?? "year",
  },
  watch: {
    chosen() {
      this.its.again();
    },
  },
};
