// The states of one device over a time as a band; every piece says from when, to when and why. Hatched: not observed.
import { clock, sinceOf, spanExact } from "clock";
import { t } from "language";
import { stateOf } from "device_words";

export default {
  template: `
    <div class="timeline">
      <div class="band" role="img" :aria-label="spoken">
        <i v-for="piece in drawn" :key="piece.from" :class="piece.state" :style="{ left: piece.left + '%', width: piece.width + '%' }" :title="piece.hint"></i>
      </div>
      <div class="scale" aria-hidden="true"><span v-for="mark in marks" :key="mark.at" :style="{ left: mark.left + '%' }">{{ mark.text }}</span></div>
    </div>`,
  props: { pieces: Array, from: Number, to: Number },
  computed: {
    drawn() {
      const whole = this.to - this.from;
      return this.pieces.map((piece) => {
        const [from, to] = [Math.max(piece.from, this.from), Math.min(piece.to ?? this.to, this.to)];
        const hint = `${stateOf(piece.state)}: ${this.when(from)} – ${this.when(to)} (${spanExact(to - from)})${piece.why ? "\n" + piece.why : ""}`;
        return { ...piece, left: ((from - this.from) / whole) * 100, width: Math.max(0.15, ((to - from) / whole) * 100), hint };
      });
    },
    marks() {
      const count = 6;
      return Array.from({ length: count + 1 }, (_, n) => {
        const at = this.from + ((this.to - this.from) * n) / count;
        return { at, left: (n / count) * 100, text: this.when(at) };
      });
    },
    spoken() {
      return this.drawn.slice(-20).map(({ hint }) => hint).join("; ") || t("chưa có dữ liệu");
    },
  },
  methods: { when: (at) => sinceOf(at, clock.now) },
};
