// Incidents as rows that lead to each.
import { clock, sinceOf, spanExact } from "clock";
import { t } from "language";
import { Mark } from "marks";
import { ACTORS, SEVERITIES, SEVERITY_MARKS, STATES, aboutOf, titleOf } from "incident_words";

const seconds = (text) => (text ? Date.parse(text) / 1000 : null);

export default {
  components: { Mark },
  template: `
    <ul v-if="incidents.length" class="incidents">
      <li v-for="it in incidents" :key="it.id" :class="[it.severity, { closed: it.closed_at, here: String(it.id) === chosen }]">
        <Mark :name="marks[it.severity]"/>
        <div><h3><a :href="'/su-co/' + it.id + search" data-page="1" :aria-current="String(it.id) === chosen ? 'true' : null">{{ titleOf(it) }}</a></h3>
          <p v-if="aboutOf(it)">{{ aboutOf(it) }}</p><p><b>{{ t(severities[it.severity]) }}</b> · {{ t(states[it.state]) }}<template v-if="it.assignee"> · {{ t(actors[it.assignee] ?? it.assignee) }}</template><template v-if="it.members.length > 1"> · {{ t("{n} đối tượng", { n: it.members.length }) }}</template></p></div>
        <p class="since"><span>{{ since(it) }}</span><b>{{ lasted(it) }}</b></p>
      </li>
    </ul>
    <p v-else class="nothing">{{ t("Không có sự cố nào.") }}</p>`,
  props: { incidents: Array, chosen: String, search: { type: String, default: "" } },
  setup: () => ({ t, aboutOf, titleOf, marks: SEVERITY_MARKS, severities: SEVERITIES, states: STATES, actors: ACTORS }),
  methods: {
    since: (it) => t("từ {since}", { since: sinceOf(seconds(it.since), clock.now) }),
    lasted: (it) => spanExact((seconds(it.cleared_at ?? it.closed_at) ?? clock.now) - seconds(it.since)),
  },
};
