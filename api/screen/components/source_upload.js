// A workbook is tried first: its faults by sheet and cell, or what it would change; then it is taken.
import { Refusal, post } from "ask";
import { t, locale } from "language";
import { Mark } from "marks";
import { actorOf, sized, when } from "source_words";
import { figure } from "chart";
import FigureChanges from "figure_changes";

export default {
  components: { FigureChanges, Mark },
  template: `
    <section class="panel upload" :aria-label="t('Nộp tệp số liệu')">
      <h2>{{ t("Nộp tệp số liệu") }}</h2>
      <label class="drop" :class="{ over }" @dragover.prevent="over = true" @dragleave="over = false" @drop.prevent="drop">
        <input ref="chooser" type="file" :accept="accepted" class="unseen" :disabled="busy" @change="choose($event.target.files[0])"/>
        <b>{{ t("Kéo tệp vào đây hoặc bấm để chọn") }}</b><span class="muted">{{ source.files.join(", ") }} · {{ t("kiểm tra trước, chưa lưu gì") }}</span></label>
      <p v-if="busy" class="muted" role="status">{{ tried ? t("Đang nhận số liệu…") : t("Đang kiểm tra…") }}</p>
      <p v-if="refused" class="refused" role="alert">{{ refused }}</p>
      <p v-if="done" class="done" role="status"><Mark name="dot"/> {{ done }}</p>
      <div v-if="tried" class="tried">
        <h3>{{ file.name }} <span class="muted">{{ sized(file.size) }}</span></h3>
        <p v-if="tried.before" class="warning"><Mark name="clock"/> {{ t("{who} đã nộp đúng tệp này lúc {at}; nhận lại cũng không đổi gì.", { who: actorOf(tried.before.actor), at: when(tried.before.at) }) }}</p>
        <template v-if="tried.rejected">
          <p class="refused" role="alert">{{ t("Tệp chưa nhận được: {n} lỗi. Sửa trong tệp rồi nộp lại.", { n: tried.reasons_in_all }) }}</p>
          <div class="grid" role="region" tabindex="0" :aria-label="t('Lỗi trong tệp')"><table class="found">
            <thead><tr><th v-for="title in ['Trang tính', 'Ô', 'Lý do và cách sửa']" :key="title" scope="col"><span>{{ t(title) }}</span></th></tr></thead>
            <tbody><tr v-for="(one, n) in tried.reasons" :key="n"><td :data-title="t('Trang tính')"><span>{{ placed(one)[0] }}</span></td><td :data-title="t('Ô')"><b>{{ placed(one)[1] }}</b></td><td :data-title="t('Lý do và cách sửa')"><span>{{ spoken(one) }}</span></td></tr></tbody></table></div>
          <p v-if="tried.reasons_in_all > tried.reasons.length" class="muted">{{ t("và {n} lỗi khác", { n: tried.reasons_in_all - tried.reasons.length }) }}</p>
        </template>
        <template v-else>
          <p>{{ t("Tệp đúng mẫu: {new} số liệu mới, {changed} thay đổi, {same} như cũ.", { new: figure(tried.new), changed: figure(tried.changed), same: figure(tried.same) }) }}</p>
          <FigureChanges :figures="tried.figures" :count="tried.new + tried.changed + tried.same"/>
        </template>
        <div class="actions"><button v-if="!tried.rejected" type="button" class="button main" :disabled="busy" @click="take">{{ t("Nhận số liệu") }}</button>
          <button type="button" class="button" :disabled="busy" @click="clear">{{ t("Bỏ") }}</button></div>
      </div>
    </section>`,
  props: { source: Object },
  emits: ["taken"],
  setup: () => ({ t, figure, sized, actorOf, when }),
  data: () => ({ over: false, file: null, tried: null, busy: false, refused: "", done: "" }),
  computed: {
    accepted() {
      return this.source.files.map((pattern) => pattern.replace(/^.*(\.[^.*?]+)$/, "$1")).filter((one) => one.startsWith(".")).join(",");
    },
  },
  methods: {
    spoken: (one) => (locale() === "vi-VN" && one.vi) || one.reason,
    // "Chi!D7" is cell D7 of sheet Chi; what names no cell speaks of the whole file.
    placed({ place }) {
      const at = place.lastIndexOf("!");
      return at > 0 ? [place.slice(0, at), place.slice(at + 1)] : [place && place !== "workbook" ? place : t("cả tệp"), "—"];
    },
    address(more) {
      return `messages/${encodeURIComponent(this.source.name)}?${new URLSearchParams({ address: this.file.name.slice(-200), ...more })}`;
    },
    drop(event) {
      this.over = false;
      const [file] = event.dataTransfer.files;
      if (file && !this.busy) this.choose(file);
    },
    async choose(file) {
      this.$refs.chooser.value = ""; // the same name may be chosen again after a correction
      if (!file) return;
      this.file = file;
      this.done = this.refused = "";
      await this.rehearse();
    },
    async rehearse() {
      this.busy = true;
      this.tried = null;
      try {
        this.tried = await post(this.address({ dry_run: true }), await plain(this.file));
      } catch (error) {
        this.refused = error.message;
      }
      this.busy = false;
    },
    async take() {
      this.busy = true;
      this.refused = "";
      const { name } = this.file;
      try {
        const said = await post(this.address({ after: this.tried.last?.id ?? 0 }), await plain(this.file));
        this.done = said.stored ? t("Đã nhận số liệu của {name}.", { name }) : said.before ? t("{who} đã nộp đúng tệp này lúc {at}; không đổi gì.", { who: actorOf(said.before.actor), at: when(said.before.at) }) : t("Số liệu của {name} đã có rồi, không đổi gì.", { name });
        this.tried = null;
        this.$emit("taken");
      } catch (error) {
        const first = error instanceof Refusal && error.status === 409 ? error.problem : null;
        if (first?.by) {
          await this.rehearse(); // against what is stored now
          this.refused = t("{who} vừa nộp {name} lúc {at}. Bảng dưới so với số liệu đó; xem lại rồi nhận.", { who: actorOf(first.by), name: first.address, at: when(first.at) });
          this.$emit("taken");
        } else this.refused = error.message;
      }
      this.busy = false;
    },
    clear() {
      this.file = this.tried = null;
      this.refused = this.done = "";
    },
  },
};

// Its bytes alone: a browser's guess of the type must not turn a file into a list of messages.
const plain = async (file) => new Blob([await file.arrayBuffer()], { type: "application/octet-stream" });
