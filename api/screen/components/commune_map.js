import { picture, view, wordOf } from "picture";
import { locale, t } from "language";
import { Mark, STATE_MARKS, shape } from "marks";

const LABELLED = 24; // more names than these would hide the map
const NEWS = ["offline", "fault", "degraded", "unknown", "maintenance"];

// From degrees to a plane of our own, the commune filling the panel; no tile from the internet.
function projection(points, width, height, margin) {
  const bounds = points.reduce(
    ([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
  const [west, south, east, north] = bounds;
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wide = Math.max((east - west) * narrow, 1e-4);
  const tall = Math.max(north - south, 1e-4);
  const scale = Math.min((width - 2 * margin) / wide, (height - 2 * margin) / tall);
  const left = (width - wide * scale) / 2;
  const top = (height - tall * scale) / 2;
  return ([x, y]) => [left + (x - west) * narrow * scale, top + (north - y) * scale];
}

// Where a hamlet's name stands: inside, high rather than low, far from its devices.
function nameplate(ring, dots, half, unit) {
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  let best = null;
  for (let row = 0.16; row < 0.9; row += 0.06) {
    for (let column = 0.3; column < 0.75; column += 0.05) {
      const at = [left + (right - left) * column, top + (bottom - top) * row];
      if (!within(ring, at)) continue;
      const corners = [[-half, -14 * unit], [half, -14 * unit], [-half, 6 * unit], [half, 6 * unit]];
      const out = corners.filter(([x, y]) => !within(ring, [at[0] + x, at[1] + y])).length;
      const gap = ([x, y]) => Math.hypot(Math.max(0, Math.abs(x - at[0]) - half), y - at[1] + 5 * unit);
      const near = Math.min(40, ...dots.map((dot) => gap(dot) / unit));
      const merit = near * 2 - out * 25 - Math.abs(column - 0.5) * 40 - row * 20;
      if (best === null || merit > best.merit) best = { at, merit };
    }
  }
  return best?.at ?? [(left + right) / 2, (top + bottom) / 2];
}

function within(ring, [x, y]) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export default {
  components: { Mark },
  template: `
    <details class="panel map" :open="!narrow || opened" @toggle="opened = $event.target.open">
      <summary><h2>{{ t("Bản đồ thiết bị") }}</h2><span class="count">{{ unplaced }}</span></summary>
      <div class="field" ref="field">
        <svg v-if="plane" :viewBox="'0 0 ' + size.width + ' ' + size.height" role="img" :aria-label="summary">
          <defs>
            <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="6" height="6" class="hatch-a"/><rect width="3" height="6" class="hatch-b"/>
            </pattern>
            <pattern id="grid" :width="36 * unit" :height="36 * unit" patternUnits="userSpaceOnUse">
              <path :d="'M' + 36 * unit + ' 0H0V' + 36 * unit" class="grid"/>
            </pattern>
          </defs>
          <rect v-if="!hamlets.length" width="100%" height="100%" fill="url(#grid)"/>
          <path v-for="hamlet in hamlets" :key="hamlet.name" class="hamlet" :d="hamlet.path"/>
          <path v-if="crowd" class="crowd" :d="crowd"/>
          <text v-for="hamlet in hamlets" :key="hamlet.name" class="place" :x="hamlet.at[0]" :y="hamlet.at[1]">{{ hamlet.name }}</text>
          <g v-for="dot in dots" :key="dot.key" class="device" :class="[dot.device.state, { flash: view.fresh[dot.key] }]"
             :transform="'translate(' + dot.at + ')'" @pointerenter="show(dot, $event)" @pointerleave="view.tip = null">
            <circle v-if="dot.news" class="ring" :r="14 * unit"/>
            <circle v-if="dot.device.kind === 'loudspeaker'" class="body" :r="6.5 * unit"/>
            <rect v-else class="body" :x="-6 * unit" :y="-6 * unit" :width="12 * unit" :height="12 * unit" :rx="1.5 * unit"
                  :transform="dot.device.kind === 'network' ? 'rotate(45)' : null"/>
          </g>
          <g v-for="label in labels" :key="label.key" class="label" :class="label.state" :transform="'translate(' + label.at + ')'">
            <rect :width="label.width" :height="20 * unit" :y="-10 * unit" :rx="4 * unit"/>
            <svg :x="3 * unit" :y="-7 * unit" :width="14 * unit" :height="14 * unit" viewBox="0 0 16 16"><path :d="label.mark"/></svg>
            <text :x="20 * unit" :y="5 * unit">{{ label.text }}</text>
          </g>
        </svg>
        <p v-else class="nothing">{{ t("Chưa có thiết bị nào có toạ độ.") }}</p>
      </div>
      <ul class="legend" aria-hidden="true">
        <li><i class="square"></i>{{ t("camera") }}</li><li><i class="round"></i>{{ t("loa") }}</li>
        <li v-if="hamlets.length && picture.commune.simulated">{{ t("ranh giới mô phỏng") }}</li>
      </ul>
    </details>`,
  setup: () => ({ picture, view, t }),
  data: () => ({ size: { width: 0, height: 0 }, unit: 1, narrow: false, opened: false }),
  mounted() {
    this.media = matchMedia("(max-width: 900px)");
    const turn = () => (this.narrow = this.media.matches);
    this.media.addEventListener("change", turn);
    turn();
    this.observer = new ResizeObserver(([{ contentRect: { width, height } }]) => {
      this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      this.size = { width, height };
    });
    this.observer.observe(this.$refs.field);
  },
  beforeUnmount() {
    this.observer.disconnect();
  },
  computed: {
    plane() {
      const rings = Object.values(picture.outlines).flat(2);
      const points = [...rings, ...this.placed.map(([, device]) => device.at), ...picture.crowd];
      if (!points.length || this.size.width < 40 || this.size.height < 40) return null;
      return projection(points, this.size.width, this.size.height, 14 * this.unit);
    },
    placed: () => Object.entries(picture.devices).filter(([, device]) => device.at),
    unplaced() {
      const shown = picture.crowd.length || this.placed.length;
      const missing = picture.count - shown;
      return missing > 0 ? t("{n} chưa có toạ độ", { n: missing.toLocaleString(locale()) }) : t("không cần internet");
    },
    dots() {
      if (!this.plane) return [];
      const drawn = this.placed.map(([key, device]) => {
        return { key, device, at: this.plane(device.at), news: NEWS.includes(device.state) };
      });
      return drawn.sort((a, b) => a.news - b.news);
    },
    crowd() {
      const half = 1.4 * this.unit;
      const square = ([x, y]) => `M${(x - half).toFixed(1)} ${(y - half).toFixed(1)}h${2 * half}v${2 * half}h${-2 * half}z`;
      return picture.crowd.map((at) => square(this.plane(at))).join("");
    },
    hamlets() {
      if (!this.plane) return [];
      const dots = picture.crowd.length ? [] : this.dots.map((dot) => dot.at);
      return Object.entries(picture.outlines).flatMap(([name, rings]) => {
        if (!rings.length) return [];
        const drawn = rings.map((ring) => ring.map(this.plane));
        const path = drawn.map((ring) => "M" + ring.map((at) => at.map((v) => v.toFixed(1)).join(" ")).join("L") + "Z").join("");
        return [{ name, path, at: nameplate(drawn[0], dots, name.length * 4 * this.unit, this.unit) }];
      });
    },
    // Names of what is in trouble, each on the side where it hides least.
    labels() {
      const news = this.dots.filter((dot) => dot.news);
      if (news.length > LABELLED) return [];
      const u = this.unit;
      const taken = news.map(({ at: [x, y] }) => [x - 15 * u, y - 15 * u, x + 15 * u, y + 15 * u]);
      const quiet = this.dots.filter((dot) => !dot.news).map(({ at: [x, y] }) => [x - 7 * u, y - 7 * u, x + 7 * u, y + 7 * u]);
      const plates = this.hamlets.map(({ name, at: [x, y] }) => [x - name.length * 4 * u, y - 12 * u, x + name.length * 4 * u, y + 6 * u]);
      return news.map(({ key, device, at: [x, y] }) => {
        const text = device.short.length > 14 ? device.short.slice(0, 13) + "…" : device.short;
        const width = (26 + text.length * 9) * u;
        const sides = [[x + 18 * u, y], [x - 18 * u - width, y], [x - width / 2, y - 27 * u], [x - width / 2, y + 27 * u]];
        const cost = ([left, middle]) => {
          const box = [left, middle - 10 * u, left + width, middle + 10 * u];
          const beyond = box[0] < 0 || box[1] < 0 || box[2] > this.size.width || box[3] > this.size.height;
          const over = (others) => others.filter((o) => box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1]).length;
          return (beyond ? 100 : 0) + over(taken) * 10 + over(plates) * 3 + over(quiet);
        };
        const at = sides.reduce((best, side) => (cost(side) < cost(best) ? side : best));
        taken.push([at[0], at[1] - 10 * u, at[0] + width, at[1] + 10 * u]);
        return { key, text, width, at, state: device.state, mark: shape(STATE_MARKS[device.state])[0] };
      });
    },
    summary() {
      const news = this.dots.filter((dot) => dot.news).map(({ device }) => `${device.title}: ${wordOf(device)}`);
      return `${t("Bản đồ {n} thiết bị.", { n: this.dots.length })} ${news.join("; ")}`;
    },
  },
  methods: {
    show(dot, event) {
      view.tip = { key: dot.key, box: event.currentTarget.getBoundingClientRect() };
    },
  },
};
