import { picture } from "picture";
import { t } from "language";
import { Mark } from "marks";
import { clock, timeOf } from "clock";

export default {
  components: { Mark },
  template: `
    <p class="sentence" role="status">
      <template v-if="said.calm"><b>{{ t("Bình thường") }}</b> <span class="muted">{{ t("lúc {time}", { time }) }}</span></template>
      <template v-for="(part, n) in said.doing" :key="part.mark + n"
        ><span class="part" :class="part.tone"><Mark v-if="part.mark" :name="part.mark"/>{{ part.text }}</span
        ><span class="muted">{{ n + 1 < said.doing.length ? "," : "." }}</span>{{ " " }}</template>
      <template v-for="(part, n) in said.being" :key="n"
        ><component :is="part.tone ? 'b' : 'span'" :class="{ muted: !part.tone }">{{ part.text }}</component>{{ " " }}</template>
    </p>`,
  setup: () => ({ t }),
  computed: {
    said: () => picture.sentence,
    time: () => timeOf(clock.now),
  },
};
