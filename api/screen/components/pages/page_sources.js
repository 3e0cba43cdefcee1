// Sources for technicians: all of them, worst first, and one in full.
import { all } from "ask";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark } from "marks";
import { byName } from "picture";
import { choose, route } from "route";
import { FEED_MARKS, FEED_STATES, FEED_TONES, feedOf, owing, stateOf, worstFirst } from "source_words";
import SourceList from "source_list";
import SourceSheet from "source_sheet";

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();

export default {
  components: { Mark, SourceList, SourceSheet },
  template: `
    <main class="sheet" id="content">
      <SourceSheet v-if="below.length" :key="below[0]" :name="below[0]"/>
      <template v-else>
        <div class="head"><h1>{{ t(page.title) }}</h1>
          <label class="field"><span>{{ t("Lĩnh vực") }}</span><select :value="route.query.feed ?? ''" @change="choose({ feed: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="feed in feeds" :key="feed" :value="feed">{{ feedOf(feed) }}</option></select></label>
          <label class="field"><span>{{ t("Tìm") }}</span><input type="search" :value="route.query.q ?? ''" @input="choose({ q: $event.target.value })" :placeholder="t('tên, bộ kết nối')"/></label>
          <a class="button" href="/api/v1/export/sources.xlsx" download>{{ t("Tải Excel") }}</a>
          <a class="button" href="/api/v1/export/sources.csv" download>{{ t("Tải CSV") }}</a>
        </div>
        <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
        <template v-if="its.value">
          <div class="counts" role="group" :aria-label="t('Trạng thái')">
            <button v-for="one in counts" :key="one.state" type="button" :aria-pressed="route.query.state === one.state" @click="choose({ state: route.query.state === one.state ? '' : one.state })"><Mark :name="marks[one.state] ?? 'clock'" :class="tones[one.state]"/>{{ one.word }} <b>{{ one.count }}</b></button>
          </div>
          <section class="panel whole"><SourceList :sources="shown"/></section>
          <p class="muted">{{ t("Nhận = lưu + trùng + từ chối, cộng dồn từ khi khai báo nguồn. Tuổi dữ liệu tính từ bản tin hoặc câu trả lời mới nhất.") }}</p>
        </template>
        <p v-else-if="its.loading" class="nothing" role="status">{{ t("Đang tải…") }}</p>
      </template>
    </main>`,
  props: { page: Object, below: Array },
  setup: (props) => ({
    its: useFresh(() => (props.below.length ? Promise.resolve(null) : all("sources")), [], 10),
    t, choose, route, marks: FEED_MARKS, tones: { ...FEED_TONES, owing: "warning" }, feedOf,
  }),
  computed: {
    feeds() {
      return [...new Set((this.its.value ?? []).map(({ feed }) => feed))].sort((a, b) => byName.compare(feedOf(a), feedOf(b)));
    },
    // All but the state, so that the counts beside it stand.
    matching() {
      const { feed, q } = route.query;
      const words = plain(q ?? "");
      return this.its.value.filter((one) => (!feed || one.feed === feed) && (!words || plain(`${one.title} ${one.name} ${one.connector}`).includes(words)));
    },
    counts() {
      const states = FEED_STATES.map((state) => ({ state, word: stateOf(state), count: this.matching.filter((one) => one.state === state).length }));
      const owed = { state: "owing", word: t("còn nợ số liệu"), count: this.matching.filter((one) => owing(one).length).length };
      return [...states, owed].filter(({ state, count }) => count || state === route.query.state);
    },
    shown() {
      const { state } = route.query;
      return worstFirst(this.matching.filter((one) => !state || (state === "owing" ? owing(one).length : one.state === state)));
    },
  },
  watch: {
    below() {
      if (!this.below.length) this.its.again(); // back from one source
    },
  },
};
