// One field report in full: what it is, by when, what was said of it since, and where; nothing about who reported it.
import { get } from "ask";
import { clock, sinceOf, spanExact } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark } from "marks";
import { picture } from "picture";
import { CATEGORIES, SEVERITIES, STATUSES, agoOf, capital, deadlineOf, said, seconds } from "case_words";
import { reports } from "map_things";
import IncidentList from "incident_list";
import MapStage from "map_stage";

export default {
  components: { IncidentList, MapStage, Mark },
  template: `
    <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
    <article v-if="one" class="panel incident case" :class="[due.tone, { closed: one.closed_at }]">
      <header><h2><Mark :name="due.mark || 'dot'"/> {{ capital(said(categories, one.category)) }}</h2>
        <p><b class="level">{{ due.word }}</b><template v-if="due.left"> · {{ due.left }}</template> · {{ said(statuses, one.status) }}</p></header>
      <dl class="pairs">
        <dt>{{ t("Mã") }}</dt><dd>{{ one.id }}</dd>
        <dt>{{ t("Mức độ") }}</dt><dd>{{ said(severities, one.severity) }}</dd>
        <dt>{{ t("Thôn") }}</dt><dd>{{ one.hamlet || "—" }}</dd>
        <dt>{{ t("Ngày nhận") }}</dt><dd>{{ moment(one.opened_at) }}</dd>
        <dt>{{ t("Hạn xử lý") }}</dt><dd>{{ one.due ? moment(one.due) : t("không có hạn") }}</dd>
        <template v-if="one.closed_at"><dt>{{ t("Kết thúc") }}</dt><dd>{{ moment(one.closed_at) }} · {{ t("sau {time}", { time: spanExact(seconds(one.closed_at) - seconds(one.opened_at)) }) }}</dd></template>
        <template v-if="one.channel"><dt>{{ t("Kênh") }}</dt><dd>{{ one.channel }}</dd></template>
        <dt>{{ t("Nguồn") }}</dt><dd>{{ one.source }} · {{ t("cập nhật {age}", { age: agoOf(one.received_at) }) }}</dd>
      </dl>
      <template v-if="incidents.length"><h3>{{ t("Sự cố liên quan") }}</h3><IncidentList :incidents="incidents" chosen=""/></template>
      <h3>{{ t("Diễn biến") }}</h3>
      <ol class="history"><li v-for="(step, n) in steps" :key="n"><time>{{ moment(step.at) }}</time><span><b>{{ said(statuses, step.status) }}</b><template v-if="step.changed"> · {{ step.changed }}</template></span></li></ol>
      <h3>{{ t("Vị trí") }}</h3>
      <div v-if="place[0]?.at" class="small-map"><MapStage :things="place" :label="t('Vị trí')" close/></div>
      <p v-if="!place[0]?.at" class="muted">{{ t("Chưa có toạ độ.") }}</p><p v-else-if="place[0].rough" class="muted">{{ t("chỉ biết thôn, không có toạ độ") }}</p>
    </article>
    <p v-else-if="its.loading" class="nothing" role="status">{{ t("Đang tải…") }}</p>`,
  props: { id: String },
  setup(props) {
    const unit = picture.commune.code;
    const read = async () => {
      const [one, incidents] = await Promise.all([
        get(`cases/${unit}/field_report/${encodeURIComponent(props.id)}`), get("incidents", { unit, subject: `field_report/${props.id}`, limit: 20 }),
      ]);
      return { one, incidents: incidents.items };
    };
    return { its: useFresh(read, ["case", "incident"], 60), t, said, capital, seconds, spanExact, agoOf, statuses: STATUSES, categories: CATEGORIES, severities: SEVERITIES };
  },
  computed: {
    one() {
      return this.its.value?.one;
    },
    incidents() {
      return this.its.value?.incidents ?? [];
    },
    due() {
      return deadlineOf(this.one);
    },
    place() {
      return reports([this.one]);
    },
    // Each word of the sources with what it changed; the latest first.
    steps() {
      const told = this.one.events.map((event, n, events) => {
        const before = events[n - 1];
        if (!before) return { ...event, changed: "" };
        const changed = [
          before.severity !== event.severity && t("mức độ: {word}", { word: said(SEVERITIES, event.severity) }),
          before.category !== event.category && t("lĩnh vực: {word}", { word: said(CATEGORIES, event.category) }),
          before.due !== event.due && t("hạn: {when}", { when: event.due ? this.moment(event.due) : t("không có hạn") }),
        ];
        return { ...event, changed: changed.filter(Boolean).join(" · ") };
      });
      return told.reverse();
    },
  },
  methods: {
    moment: (text) => sinceOf(seconds(text), clock.now),
  },
};
