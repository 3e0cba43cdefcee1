import { picture } from "picture";
import { Mark } from "marks";
import { clock, timeOf } from "clock";

export default {
  components: { Mark },
  template: `
    <p class="sentence" role="status">
      <template v-if="said.calm"><b>Bình thường</b> <span class="muted">lúc {{ time }}</span></template>
      <template v-for="(part, n) in said.doing" :key="part.mark + n"
        ><span class="part" :class="part.tone"><Mark v-if="part.mark" :name="part.mark"/>{{ part.text }}</span
        ><span class="muted">{{ n + 1 < said.doing.length ? "," : "." }}</span>{{ " " }}</template>
      <template v-for="(part, n) in said.being" :key="n"
        ><component :is="part.tone ? 'b' : 'span'" :class="{ muted: !part.tone }">{{ part.text }}</component>{{ " " }}</template>
    </p>`,
  computed: {
    said: () => picture.sentence,
    time: () => timeOf(clock.now),
  },
};
