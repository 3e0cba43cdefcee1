// Field reports as rows that lead to each; how each stands against its deadline by mark and word.
import { clock, sinceOf } from "clock";
import { t } from "language";
import { Mark } from "marks";
import { CATEGORIES, SEVERITIES, STATUSES, addressOf, capital, deadlineOf, said, seconds } from "case_words";

export default {
  components: { Mark },
  template: `
    <ul v-if="cases.length" class="incidents cases">
      <li v-for="{ one, due } in rows" :key="one.id" :class="[due.tone, { closed: one.closed_at, here: one.id === chosen }]">
        <Mark :name="due.mark || 'dot'"/>
        <div><h3><a :href="addressOf(one) + search" data-page="1" :aria-current="one.id === chosen ? 'true' : null">{{ capital(said(categories, one.category)) }}</a></h3>
          <p><span class="code">{{ one.id }}</span> · {{ said(statuses, one.status) }}<template v-if="one.severity !== 'normal'"> · <b>{{ said(severities, one.severity) }}</b></template><template v-if="one.hamlet"> · {{ one.hamlet }}</template> · {{ t("nhận {since}", { since: sinceOf(seconds(one.opened_at), clock.now) }) }}</p></div>
        <p class="since"><b class="level">{{ due.word }}</b><span>{{ due.left }}</span></p>
      </li>
    </ul>
    <p v-else class="nothing">{{ t("Không có phản ánh nào như vậy.") }}</p>`,
  props: { cases: Array, chosen: String, search: { type: String, default: "" } },
  setup: () => ({ t, clock, sinceOf, seconds, said, capital, addressOf, statuses: STATUSES, categories: CATEGORIES, severities: SEVERITIES }),
  computed: {
    rows() {
      return this.cases.map((one) => ({ one, due: deadlineOf(one) }));
    },
  },
};
