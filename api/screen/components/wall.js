import { byName, picture, view, wordOf } from "picture";
import { locale, t } from "language";
import { Mark, STATE_MARKS } from "marks";
import { clock, sinceOf, span } from "clock";

const LEGEND = [["offline", "cross"], ["fault", "bang"], ["unknown", "question"], ["maintenance", "gear"]];
const BARS = ["offline", "fault", "degraded", "unknown", "maintenance", "pending_install", "disabled", "online"];
const KINDS = ["camera", "loudspeaker", "network"];

export default {
  components: { Mark },
  template: `
    <section class="panel wall" :class="density" aria-labelledby="wall-title">
      <h2 id="wall-title">{{ t("Thiết bị theo thôn") }} <span class="count">{{ counted }}</span></h2>
      <p v-if="!picture.count" class="nothing">{{ t("Chưa có thiết bị nào. Thiết bị hiện ra khi được khai báo hoặc gửi bản tin đầu tiên.") }}</p>
      <div v-else-if="picture.hamlets.length" class="bars" tabindex="0">
        <div v-for="hamlet in picture.hamlets" :key="hamlet.name" class="bar">
          <span class="place" :title="hamlet.name">{{ hamlet.name }}</span>
          <span class="whole" aria-hidden="true"><i v-for="part in parts(hamlet)" :key="part.state" :class="part.state" :style="{ flexGrow: part.count }"></i></span>
          <span class="told"><template v-for="part in parts(hamlet)" :key="part.state"><b v-if="marks[part.state]" :class="part.state" :title="states[part.state]"><Mark :name="marks[part.state]"/>{{ num(part.count) }}</b></template><span>{{ t("{n} thiết bị", { n: num(hamlet.total) }) }}</span></span>
        </div>
      </div>
      <div v-else class="rows" tabindex="0">
        <div v-for="[name, devices] in rows" :key="name" class="row">
          <span class="place" :title="name">{{ name }}</span>
          <ul>
            <li v-for="[key, device] in devices" :key="key">
              <a class="tile" :href="'/thiet-bi/' + key.split('/').map(encode).join('/')" data-page="1"
                :class="[device.state, { flash: view.fresh[key], strange: device.strange }]" :aria-label="spoken(device)"
                @pointerenter="show(key, $event)" @pointerleave="hide" @focus="show(key, $event)" @blur="hide" @click="hide">
              <Mark :name="device.kind"/><span>{{ device.short }}</span><small v-if="!density && device.seen !== null">{{ age(device) }}</small>
              <Mark v-if="marks[device.state]" :name="marks[device.state]" class="state"/></a>
            </li>
          </ul>
        </div>
      </div>
      <ul v-if="picture.count" class="legend">
        <li>{{ t("xám: bình thường") }}</li>
        <li v-for="[state, mark] in legend" :class="state"><Mark :name="mark"/>{{ states[state] }}</li>
        <li>{{ t("nét đứt: chờ lắp đặt") }}</li>
      </ul>
    </section>`,
  setup: () => ({ t, picture, view, marks: STATE_MARKS, legend: LEGEND, encode: encodeURIComponent }),
  computed: {
    states: () => Object.fromEntries(Object.entries({ ...view.words.states, fault: "lỗi, chất lượng kém" }).map(([state, word]) => [state, t(word)])),
    rows() {
      const rows = new Map(Object.keys(picture.outlines).map((name) => [name, []]));
      for (const entry of Object.entries(picture.devices)) {
        const { hamlet } = entry[1];
        rows.has(hamlet) ? rows.get(hamlet).push(entry) : rows.set(hamlet, [entry]);
      }
      const order = ([, a], [, b]) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || byName.compare(a.short, b.short);
      return [...rows].filter(([, its]) => its.length).sort(([a], [b]) => byName.compare(a, b)).map(([name, its]) => [name, its.sort(order)]);
    },
    density: () => (picture.count > 120 ? "dense" : picture.count > 60 ? "close" : ""),
    counted() {
      const pending = picture.pending ? " · " + t("{n} chờ lắp đặt", { n: this.num(picture.pending) }) : "";
      return picture.count ? t("{n} thiết bị", { n: this.num(picture.count - picture.pending) }) + pending : "";
    },
  },
  methods: {
    num: (count) => count.toLocaleString(locale()),
    parts: (hamlet) => BARS.filter((state) => hamlet.states[state]).map((state) => ({ state, count: hamlet.states[state] })),
    spoken: (device) => `${device.title}: ${wordOf(device)}`,
    // By the minute: the age is there to read, and a healthy wall stands still.
    age: (device) => (clock.now - device.seen < 60 ? t("<1 phút") : span(clock.now - device.seen)),
    show(key, event) {
      view.tip = { key, box: event.currentTarget.getBoundingClientRect() };
    },
    hide() {
      view.tip = null;
    },
  },
};
