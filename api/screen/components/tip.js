import { picture, view, wordOf } from "picture";
import { t } from "language";
import { Mark, STATE_MARKS } from "marks";
import { clock, sinceOf, span, spanExact } from "clock";

export default {
  components: { Mark },
  template: `
    <div v-if="device" class="tip" role="tooltip" :style="place">
      <b>{{ device.title }}</b>
      <span :class="['word', device.state]"><Mark v-if="marks[device.state]" :name="marks[device.state]"/>{{ word }}</span>
      <span>{{ device.hamlet }}</span>
      <span v-if="device.state !== 'pending_install'">{{ t("từ {since}", { since }) }} · {{ lasting }}</span>
      <span>{{ seen }}</span>
      <span v-if="device.strange">{{ t("chưa khai báo trong sổ thiết bị") }}</span>
    </div>`,
  setup: () => ({ t, marks: STATE_MARKS }),
  computed: {
    device: () => view.tip && picture.devices[view.tip.key],
    word() {
      const word = wordOf(this.device);
      return word[0].toLocaleUpperCase("vi") + word.slice(1);
    },
    since() {
      return sinceOf(this.device.since, clock.now);
    },
    lasting() {
      return spanExact(clock.now - this.device.since);
    },
    seen() {
      return this.device.seen === null ? t("Chưa gửi bản tin nào") : t("Bản tin mới nhất {age} trước", { age: span(clock.now - this.device.seen) });
    },
    place() {
      const { box } = view.tip;
      const below = box.bottom < innerHeight * 0.7;
      const left = Math.min(Math.max(box.left + box.width / 2, innerWidth * 0.1), innerWidth * 0.9);
      return { left: `${left}px`, [below ? "top" : "bottom"]: `${below ? box.bottom + 8 : innerHeight - box.top + 8}px` };
    },
  },
};
