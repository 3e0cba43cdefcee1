// What was refused of a source: where, why and the remedy, the original as a text, and trying it again after a fix.
import { Refusal, get, post } from "ask";
import { useFresh } from "fresh";
import { locale, t } from "language";
import { Mark } from "marks";
import { choose, route } from "route";
import { sized, stageOf, when, whenExact } from "source_words";

const LETTERS = 4096; // bytes of an original that a page shows; the rest is in the file
const FAULTS = 30;
const PIECE = 20;

export default {
  components: { Mark },
  template: `
    <section class="panel rejections" :aria-label="t('Bản tin bị từ chối')">
      <div class="bar-of"><h2>{{ t("Bản tin bị từ chối") }}</h2>
        <span class="choice" role="group" :aria-label="t('Danh sách')"><button type="button" :aria-pressed="!every" @click="choose({ refused: '' })">{{ t("Chưa nhận") }}</button><button type="button" :aria-pressed="every" @click="choose({ refused: 'all' })">{{ t("Tất cả") }}</button></span>
        <button v-if="rows.some((one) => !one.resolved_at)" type="button" class="button" :disabled="busy" @click="retryAll">{{ t("Thử lại tất cả") }}</button>
        <a class="button" :href="'/api/v1/export/rejections.xlsx?source=' + encodeURIComponent(name)" download>{{ t("Tải Excel") }}</a>
        <a class="button" :href="'/api/v1/export/rejections.csv?source=' + encodeURIComponent(name)" download>{{ t("Tải CSV") }}</a></div>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <p class="said" role="status">{{ said }}</p>
      <p v-if="its.value && !rows.length" class="nothing">{{ every ? t("Chưa từ chối bản tin nào.") : t("Không còn bản tin nào bị từ chối.") }}</p>
      <article v-for="one in rows" :key="one.id" class="rejection" :class="{ closed: one.resolved_at }">
        <header><h3><Mark :name="one.resolved_at ? 'dot' : 'bang'"/> {{ one.resolved_at ? t("đã nhận lại lúc {at}", { at: when(one.resolved_at) }) : t("bị từ chối lúc {at}", { at: when(one.received_at) }) }}</h3>
          <p class="muted"><span class="address">{{ one.address }}</span> · {{ sized(one.size) }} · {{ t("khâu {stage}", { stage: stageOf(one.stage) }) }}<template v-if="one.times > 1"> · <span :title="whenExact(one.first_at)">{{ t("{n} lần từ {since}", { n: one.times, since: when(one.first_at) }) }}</span></template><template v-if="one.retried_at && !one.resolved_at"> · {{ t("thử lại lúc {at}, vẫn bị từ chối", { at: when(one.retried_at) }) }}</template></p></header>
        <table class="faults"><thead class="unseen"><tr><th scope="col">{{ t("Vị trí") }}</th><th scope="col">{{ t("Lý do và cách sửa") }}</th></tr></thead>
          <tbody><tr v-for="(fault, n) in faultsOf(one)" :key="n"><th scope="row">{{ fault.place || "—" }}</th><td>{{ spoken(fault) }}</td></tr></tbody></table>
        <p v-if="one.faults.length > faults" class="muted">{{ t("và {n} lỗi khác", { n: one.faults.length - faults }) }}</p>
        <details><summary>{{ t("Bản gốc") }}</summary>
          <pre v-if="one.encoding === 'text'" tabindex="0">{{ one.body || t("(rỗng)") }}<template v-if="one.size > letters">…</template></pre>
          <p v-else class="muted">{{ t("Tệp nhị phân, không hiện được; tải về để mở.") }}</p>
          <p v-if="one.encoding === 'text' && one.size > letters" class="muted">{{ t("Chỉ hiện {n} đầu; tải bản gốc để xem hết.", { n: sized(letters) }) }}</p></details>
        <div class="actions"><button v-if="!one.resolved_at" type="button" class="button" :disabled="busy" @click="retry(one)">{{ t("Thử lại") }}</button>
          <a class="button" :href="base + '/' + one.id + '/body'" download>{{ t("Tải bản gốc") }}</a></div>
      </article>
      <button v-if="next" type="button" class="button" @click="more">{{ t("Xem cũ hơn") }}</button>
    </section>`,
  props: { name: String, files: Boolean },
  emits: ["retried"],
  setup(props) {
    const base = `/api/v1/sources/${encodeURIComponent(props.name)}/rejections`;
    const wanted = () => ({ body: LETTERS, limit: PIECE, open: route.query.refused === "all" ? "" : "true" });
    return { its: useFresh(() => get(base, wanted()), [], 15), t, choose, base, wanted, sized, stageOf, when, whenExact, letters: LETTERS, faults: FAULTS };
  },
  data: () => ({ older: [], busy: false, said: "", end: undefined }),
  computed: {
    every: () => route.query.refused === "all",
    rows() {
      const newest = this.its.value?.items ?? [];
      const known = new Set(newest.map(({ id }) => id));
      return [...newest, ...this.older.filter(({ id }) => !known.has(id))];
    },
    next() {
      return this.older.length ? this.end : this.its.value?.next;
    },
  },
  watch: {
    every() {
      this.older = [];
      this.its.again();
    },
  },
  methods: {
    spoken: (fault) => (locale() === "vi-VN" && fault.vi) || fault.reason,
    faultsOf: (one) => (one.faults.length ? one.faults.slice(0, FAULTS) : [{ place: one.place, reason: one.reason, vi: "" }]),
    async more() {
      const page = await get(this.base, { ...this.wanted(), cursor: this.next });
      this.older.push(...page.items);
      this.end = page.next;
    },
    async act(work) {
      this.busy = true;
      this.said = "";
      try {
        this.said = await work();
      } catch (error) {
        this.said = error instanceof Refusal && error.problem?.at ? t("Đã có người thử lại trước: bản tin được nhận lúc {at}.", { at: when(error.problem.at) }) : error.message;
      }
      this.older = [];
      await this.its.again();
      this.$emit("retried");
      this.busy = false;
    },
    retry(one) {
      this.act(async () => {
        const { outcome } = await post(`${this.base}/${one.id}/retry?body=0`);
        return { stored: t("Đã nhận và lưu."), duplicate: t("Đã nhận: số liệu này có rồi, không đổi gì."), rejected: t("Vẫn bị từ chối; lý do ghi ở dưới.") }[outcome];
      });
    },
    retryAll() {
      this.act(async () => {
        const sum = { tried: 0, stored: 0, duplicate: 0, rejected: 0 };
        let after = 0;
        do {
          const some = await post(`${this.base}/retry?after=${after}`);
          for (const key of Object.keys(sum)) sum[key] += some[key];
          after = some.after;
        } while (after !== null);
        return t("Đã thử lại {tried}: lưu {stored}, trùng {duplicate}, vẫn bị từ chối {rejected}.", sum);
      });
    },
  },
};
