// What files and pushes brought, who brought it, and taking the last one back.
import { Refusal, get, remove } from "ask";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark } from "marks";
import { may } from "picture";
import { actorOf, when, whenExact } from "source_words";
import { figure } from "chart";

const COLUMNS = [["Lúc", ""], ["Tệp", ""], ["Người nộp", ""], ["Mới", "right"], ["Thay đổi", "right"], ["Như cũ", "right"], ["", ""]];

export default {
  components: { Mark },
  template: `
    <section class="panel imports" :aria-label="t('Các lần nhập số liệu')">
      <div class="bar-of"><h2>{{ t("Các lần nhập số liệu") }}</h2>
        <a class="button" :href="'/api/v1/export/imports.xlsx?source=' + encodeURIComponent(name)" download>{{ t("Tải Excel") }}</a>
        <a class="button" :href="'/api/v1/export/imports.csv?source=' + encodeURIComponent(name)" download>{{ t("Tải CSV") }}</a></div>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <p class="said" role="status">{{ said }}</p>
      <div v-if="rows.length" class="grid" role="region" tabindex="0" :aria-label="t('Các lần nhập số liệu')"><table>
        <thead><tr><th v-for="[title, side] in columns" :key="title" :class="side" scope="col"><span>{{ title && t(title) }}</span></th></tr></thead>
        <tbody><tr v-for="one in rows" :key="one.id" :class="{ quietly: one.undone_at }">
          <td :data-title="t('Lúc')"><span :title="whenExact(one.at)">{{ when(one.at) }}</span></td>
          <td :data-title="t('Tệp')"><span>{{ fileOf(one.address) }}</span></td>
          <td :data-title="t('Người nộp')"><span>{{ actorOf(one.actor) }}</span></td>
          <td :data-title="t('Mới')" class="right"><span>{{ figure(one.new) }}</span></td>
          <td :data-title="t('Thay đổi')" class="right"><span>{{ figure(one.changed) }}</span></td>
          <td :data-title="t('Như cũ')" class="right"><span>{{ figure(one.same) }}</span></td>
          <td data-title=""><span v-if="one.undone_at">{{ t("đã rút lại: {who}, {at}", { who: actorOf(one.undone_by), at: when(one.undone_at) }) }}</span>
            <button v-else-if="one === last && may('technician')" type="button" class="button" :disabled="busy" @click="ask(one)">{{ t("Rút lại") }}</button></td>
        </tr></tbody></table></div>
      <p v-else-if="its.value" class="nothing">{{ t("Chưa nhập lần nào.") }}</p>
      <button v-if="its.value?.next && limit < 1000" type="button" class="button" @click="more">{{ t("Xem cũ hơn") }}</button>
      <dialog ref="sure" class="sure" aria-labelledby="sure-title"><form method="dialog" @submit.prevent>
        <h2 id="sure-title">{{ t("Rút lại lần nhập này?") }}</h2>
        <p v-if="asked">{{ t("{name}, {who} nộp lúc {at}: {new} số liệu mới và {changed} thay đổi sẽ thôi có hiệu lực; số liệu trước đó trở lại.", { name: fileOf(asked.address), who: actorOf(asked.actor), at: when(asked.at), new: figure(asked.new), changed: figure(asked.changed) }) }}</p>
        <div class="actions"><button type="button" class="button grave" @click="undo">{{ t("Rút lại") }}</button><button type="button" class="button" @click="$refs.sure.close()">{{ t("Không") }}</button></div></form></dialog>
    </section>`,
  props: { name: String },
  emits: ["undone"],
  setup(props) {
    const size = { value: 20 };
    return { its: useFresh(() => get("imports", { source: props.name, limit: size.value }), [], 15), t, may, columns: COLUMNS, figure, actorOf, when, whenExact, size };
  },
  data: () => ({ asked: null, busy: false, said: "", limit: 20 }),
  computed: {
    rows() {
      return this.its.value?.items ?? [];
    },
    // Only the last that still counts can be taken back: those after it rest on it.
    last() {
      return this.rows.find(({ undone_at }) => !undone_at);
    },
  },
  methods: {
    fileOf,
    again() {
      return this.its.again();
    },
    more() {
      this.limit = this.size.value = Math.min(1000, this.limit * 4);
      this.its.again();
    },
    ask(one) {
      this.asked = one;
      this.$refs.sure.showModal();
    },
    async undo() {
      this.$refs.sure.close();
      this.busy = true;
      try {
        await remove(`imports/${this.asked.id}`);
        this.said = t("Đã rút lại {name}.", { name: fileOf(this.asked.address) });
      } catch (error) {
        this.said = error instanceof Refusal && error.status === 409 ? t("Người khác vừa nhập hoặc rút lại; danh sách đã đọc lại.") : error.message;
      }
      await this.its.again();
      this.$emit("undone");
      this.busy = false;
    },
  },
};

function fileOf(address) {
  return address.split(/[\\/]/).at(-1) || address;
}
