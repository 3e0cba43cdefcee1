// What a wall's header says instead of its buttons: which page of how many, or what holds it.
import { clock, sinceOf, spanExact } from "clock";
import { alarms, kiosk } from "kiosk";
import { t } from "language";
import { Mark } from "marks";

export default {
  components: { Mark },
  template: `
    <div class="turning" role="status">
      <p v-if="worst" class="held" :class="worst.tone"><Mark :name="worst.mark"/><b>{{ worst.incident.severity }}: {{ worst.title }}</b><span>{{ since }}</span><span v-if="others">{{ t("và {n} sự cố khác", { n: others }) }}</span></p>
      <template v-else><b>{{ page && t(page.title) }}</b><span class="dots" aria-hidden="true"><i v-for="(one, n) in kiosk.pages" :key="one.path" :class="{ here: n === kiosk.at }"></i></span></template>
      <span v-if="kiosk.deaf && worst" class="deaf">{{ t("Trình duyệt chặn âm thanh: chạm màn hình một lần để bật") }}</span>
    </div>`,
  props: { page: Object },
  setup: () => ({ t, kiosk }),
  computed: {
    worst: () => alarms()[0],
    others: () => alarms().length - 1,
    since() {
      return t("từ {since}, {age}", { since: sinceOf(this.worst.since, clock.now), age: spanExact(clock.now - this.worst.since) });
    },
  },
};
