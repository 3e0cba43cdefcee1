// One incident: what, since when, by what evidence, who did what, and what can be done now.
import { Refusal, get, post } from "ask";
import { clock, dateOf, sinceOf, spanExact, timeOf } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark } from "marks";
import { may, view } from "picture";
import { ACTORS, SEVERITIES, SEVERITY_MARKS, STATES, STEPS, titleOf } from "incident_words";

const seconds = (text) => (text ? Date.parse(text) / 1000 : null);
const OPEN = ["open", "acknowledged", "in_progress"];
const DOABLE = [
  { action: "ack", title: "Tiếp nhận", when: ["open"], main: true },
  { action: "start", title: "Bắt đầu xử lý", when: ["open", "acknowledged"] },
  { action: "resolve", title: "Đã xử lý xong", when: OPEN },
  { action: "false-alarm", title: "Báo nhầm", when: OPEN, grave: true },
  { action: "reopen", title: "Mở lại", when: ["resolved", "false_alarm"] },
];

export default {
  components: { Mark },
  template: `
    <article v-if="it" class="panel incident" :class="it.severity" :aria-label="titleOf(it)">
      <header>
        <h2><Mark :name="marks[it.severity]"/><span>{{ titleOf(it) }}</span></h2>
        <p><b class="level">{{ t(severities[it.severity]) }}</b> · {{ t(states[it.state]) }}<template v-if="it.assignee"> · {{ t("giao cho {who}", { who: whoOf(it.assignee) }) }}</template></p>
        <p class="muted">{{ t("từ {since}", { since: when(it.since) }) }} · <b>{{ lasted }}</b><template v-if="it.cleared_at"> · {{ t("hết tình trạng lúc {at}", { at: when(it.cleared_at) }) }}</template></p>
      </header>
      <p v-if="it.help" class="help">{{ view.language === "en" ? it.help_en : it.help }}</p>
      <p v-if="it.folded_into"><a :href="'/su-co/' + it.folded_into" data-page="1">{{ t("Gộp vào sự cố số {n}", { n: it.folded_into }) }}</a></p>
      <p v-if="subject"><a :href="subject" data-page="1">{{ t("Xem đối tượng: {name}", { name: it.subject_title || it.subject }) }}</a></p>
      <h3>{{ t("Bằng chứng") }}</h3>
      <dl class="pairs">
        <template v-if="it.value !== null"><dt>{{ t("Giá trị") }}</dt><dd>{{ amount(it.value) }}</dd></template>
        <template v-if="it.threshold !== null"><dt>{{ t("Ngưỡng") }}</dt><dd>{{ amount(it.threshold) }}</dd></template>
        <template v-for="line in it.said" :key="line.title"><dt>{{ line.title }}</dt><dd>{{ line.text }}</dd></template>
        <dt>{{ t("Người được báo") }}</dt><dd>{{ whoOf(it.owner) }}</dd>
        <template v-if="it.source"><dt>{{ t("Căn cứ của ngưỡng") }}</dt><dd>{{ view.language === "en" ? it.source_en : it.source }}</dd></template>
      </dl>
      <details v-if="it.members.length" class="members"><summary>{{ t("{n} đối tượng trong nhóm", { n: it.members.length }) }}</summary>
        <ul><li v-for="member in it.members" :key="member.subject">{{ member.title || member.subject }}</li></ul></details>
      <section v-if="may('operator')" class="doing" :aria-label="t('Xử lý')">
        <label :for="'note-' + id">{{ t("Ghi chú (không ghi tên, số điện thoại, địa chỉ của người dân)") }}</label>
        <textarea :id="'note-' + id" v-model="note" rows="2" maxlength="2000"></textarea>
        <div class="actions">
          <button v-for="one in doable" :key="one.action" type="button" class="button" :class="{ main: one.main, grave: one.grave }" :disabled="busy" @click="act(one.action)">{{ t(one.title) }}</button>
          <button type="button" class="button" :disabled="busy || !note.trim()" @click="act('note')">{{ t("Ghi chú") }}</button>
          <span v-if="open" class="assign"><label :for="'to-' + id" class="muted">{{ t("Giao cho") }}</label>
            <select :id="'to-' + id" v-model="assignee" :disabled="busy" @change="give"><option value="">{{ t("chọn…") }}</option><option v-for="(name, key) in people" :key="key" :value="key">{{ t(name) }}</option></select></span>
        </div>
        <p v-if="refused" class="refused" role="alert">{{ refused }}</p>
      </section>
      <h3>{{ t("Diễn biến") }}</h3>
      <ol class="history">
        <li v-for="step in it.history" :key="step.id"><time>{{ when(step.at) }}</time><span><b>{{ whoOf(step.actor) }}</b> {{ t(steps[step.action] ?? step.action) }}<template v-if="step.detail?.assignee">: {{ whoOf(step.detail.assignee) }}</template><template v-if="step.detail?.why === 'rule_off'"> ({{ t("quy tắc đã tắt") }})</template><q v-if="step.note">{{ step.note }}</q></span></li>
      </ol>
      <p class="muted">{{ t("Sự cố số {n}", { n: it.id }) }} · {{ t("quy tắc {rule}", { rule: it.rule }) }}</p>
    </article>
    <p v-else-if="its.error" class="refused" role="alert">{{ its.error }}</p>
    <p v-else class="nothing" role="status">{{ t("Đang tải…") }}</p>`,
  props: { id: String },
  setup(props) {
    return { its: useFresh(() => get(`/screen/incidents/${props.id}`), ["incident"]), t, titleOf, view, may, marks: SEVERITY_MARKS, severities: SEVERITIES, states: STATES, steps: STEPS };
  },
  data: () => ({ note: "", assignee: "", busy: false, refused: "" }),
  computed: {
    it() {
      return this.its.value;
    },
    open() {
      return OPEN.includes(this.it.state);
    },
    doable() {
      return DOABLE.filter(({ when }) => when.includes(this.it.state));
    },
    people: () => Object.fromEntries(Object.entries(ACTORS).filter(([key]) => key !== "ioc")),
    subject() {
      const [, name] = this.it.subject.split("/");
      if (this.it.subject_kind === "device") return `/thiet-bi/${this.it.subject}`;
      return this.it.subject_kind === "feed" && name ? `/nguon-du-lieu/${encodeURIComponent(name)}` : "";
    },
    lasted() {
      return spanExact((seconds(this.it.cleared_at ?? this.it.closed_at) ?? clock.now) - seconds(this.it.since));
    },
  },
  methods: {
    when: (text) => sinceOf(seconds(text), clock.now),
    whoOf: (name) => t(ACTORS[name] ?? name ?? "—"),
    amount(value) {
      return `${Number(value).toLocaleString("vi-VN", { maximumFractionDigits: 2 })} ${this.it.unit_said}`.trim();
    },
    async act(action, more = {}) {
      this.busy = true;
      this.refused = "";
      try {
        const body = action === "note" ? { note: this.note } : { note: this.note, version: this.it.version, ...more };
        await post(`incidents/${this.id}/${action}`, body);
        this.note = "";
      } catch (error) {
        this.refused = said(error); // what was typed stays
      }
      await this.its.again();
      this.busy = false;
    },
    give() {
      if (this.assignee) this.act("assign", { assignee: this.assignee });
      this.assignee = "";
    },
  },
};

function said(error) {
  const problem = error instanceof Refusal ? error.problem : null;
  if (error.status === 409 && problem?.by) {
    const at = seconds(problem.at);
    return t("{who} đã thay đổi trước, lúc {time} {day}: {state}. Ghi chú của bạn vẫn còn; xem lại rồi gửi lại.", {
      who: ACTORS[problem.by] ?? problem.by, time: timeOf(at), day: dateOf(at), state: t(STATES[problem.state] ?? problem.state),
    });
  }
  return error.message;
}
