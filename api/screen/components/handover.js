// What one shift hands to the next: what opened, what closed, what stays, and its notes.
import { get } from "ask";
import { clock, sinceOf } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { picture } from "picture";
import { choose, route } from "route";
import { ACTORS } from "incident_words";
import IncidentList from "incident_list";

const SHIFTS = [["8", "8 giờ"], ["12", "12 giờ"], ["24", "24 giờ"], ["72", "3 ngày"]];
const LISTS = [["open", "Còn lại cho ca sau"], ["opened", "Mới phát hiện trong ca"], ["closed", "Đã đóng trong ca"]];

export default {
  components: { IncidentList },
  template: `
    <div class="handover">
      <div class="choice" role="group" :aria-label="t('Ca trực')">
        <button v-for="[hours, title] in shifts" :key="hours" type="button" :aria-pressed="hours === chosen" @click="choose({ shift: hours })">{{ t(title) }}</button>
      </div>
      <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
      <template v-if="its.value">
        <p class="muted">{{ t("Từ {since} đến {until}", { since: when(its.value.since), until: when(its.value.until) }) }}<template v-if="!its.value.whole"> · {{ t("quá nhiều sự cố, hãy chọn ca ngắn hơn") }}</template></p>
        <section v-for="[key, title] in lists" :key="key"><h2>{{ t(title) }} <span class="count">{{ its.value[key].length }}</span></h2>
          <IncidentList :incidents="its.value[key]"/></section>
        <section><h2>{{ t("Ghi chú trong ca") }} <span class="count">{{ its.value.notes.length }}</span></h2>
          <ol v-if="its.value.notes.length" class="history"><li v-for="(note, n) in its.value.notes" :key="n"><time>{{ when(note.at) }}</time><span><b>{{ t(actors[note.actor] ?? note.actor) }}</b> <a :href="'/su-co/' + note.incident" data-page="1">{{ note.title_vi }}</a><q>{{ note.note }}</q></span></li></ol>
          <p v-else class="nothing">{{ t("Không có ghi chú.") }}</p></section>
      </template>
    </div>`,
  setup() {
    const since = () => new Date((clock.now - Number(route.query.shift ?? 12) * 3600) * 1000).toISOString();
    const its = useFresh(() => get("incidents/handover", { since: since(), unit: picture.commune.code }), ["incident"]);
    return { its, t, choose, shifts: SHIFTS, lists: LISTS, actors: ACTORS };
  },
  computed: { chosen: () => route.query.shift ?? "12" },
  watch: {
    chosen() {
      this.its.again();
    },
  },
  methods: { when: (text) => sinceOf(Date.parse(text) / 1000, clock.now) },
};
