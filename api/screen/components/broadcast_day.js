// A day of the loudspeakers as a band: the hours allowed, what was planned above, what was heard below, and now.
import { clock, timeOf } from "clock";
import { t } from "language";
import { seconds } from "broadcast_words";

const DAY = 86400;
const JOIN = 600; // one programme that begins within ten minutes on several clusters is one

export default {
  template: `
    <div class="air" role="img" :aria-label="spoken">
      <i v-for="hours in windows" class="allowed" :style="{ left: share(hours.start), width: share(hours.stop - hours.start) }"></i>
      <i v-for="one in plans" :key="one.key" class="plan" :class="{ cancelled: one.cancelled }" :style="one.style" :title="one.hint"></i>
      <i v-for="one in plays" :key="one.key" class="play" :class="one.tone" :style="one.style" :title="one.hint"></i>
      <i v-if="at !== null" class="now-line" :style="{ left: share(at) }"></i>
      <span class="lane plan-lane" aria-hidden="true">{{ t("lịch") }}</span><span class="lane play-lane" aria-hidden="true">{{ t("đã nghe") }}</span>
    </div>
    <div class="scale" aria-hidden="true"><span v-for="hour in hours" :key="hour" :style="{ left: share(hour * 3600) }">{{ String(hour).padStart(2, "0") }}:00</span></div>`,
  props: { rows: Array, windows: Array, begin: Number },
  setup: () => ({ t, hours: [0, 3, 6, 9, 12, 15, 18, 21, 24] }),
  computed: {
    at() {
      const at = clock.now - this.begin;
      return at >= 0 && at < DAY ? at : null;
    },
    plans() {
      return this.rows.filter(({ kind }) => kind === "planned").map((one) => this.drawn(one, ""));
    },
    // Many clusters play one programme: one bar as long as the longest.
    plays() {
      const bars = [];
      for (const one of this.rows.filter(({ kind, state }) => kind === "played" && state !== "failed").sort((a, b) => seconds(a.starts_at) - seconds(b.starts_at))) {
        const same = bars.find((bar) => bar.programme === one.programme && seconds(one.starts_at) - seconds(bar.starts_at) <= JOIN);
        const end = this.endOf(one);
        if (same) [same.end, same.count] = [Math.max(same.end, end), same.count + 1];
        else bars.push({ ...one, end, count: 1 });
      }
      return bars.map((bar) => this.drawn(bar, bar.count > 1 ? t("{n} cụm loa", { n: bar.count }) : ""));
    },
    spoken() {
      const said = (windows) => windows.map(({ start, stop }) => `${timeOf(this.begin + start)}–${stop >= DAY ? "24:00" : timeOf(this.begin + stop)}`).join(", ");
      return t("Khung giờ: {hours}. {n} lần theo lịch, {m} lần phát.", { hours: said(this.windows) || t("không giới hạn"), n: this.plans.length, m: this.plays.length });
    },
  },
  methods: {
    share: (part) => `${((Math.max(0, Math.min(DAY, part)) / DAY) * 100).toFixed(3)}%`,
    endOf: (one) => seconds(one.ends_at) ?? (one.state === "playing" ? clock.now : seconds(one.starts_at) + 300),
    drawn(one, more) {
      const from = seconds(one.starts_at) - this.begin;
      const to = (one.end ?? this.endOf(one)) - this.begin;
      const outside = one.kind === "played" && one.priority !== "emergency" && this.windows.length && !this.windows.some(({ start, stop }) => from >= start - 300 && from < stop);
      return {
        key: `${one.kind}/${one.source}/${one.id}`, cancelled: one.state === "cancelled", tone: one.priority === "emergency" ? "warning" : outside ? "critical" : "",
        style: { left: this.share(from), width: this.share(Math.min(to, DAY) - Math.max(from, 0)) }, hint: [`${timeOf(seconds(one.starts_at))} ${one.programme}`, more, outside ? t("ngoài khung giờ") : ""].filter(Boolean).join(" · "),
      };
    },
  },
};
