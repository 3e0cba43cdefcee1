// The map: where things are, and beside it a list of what is in trouble, for the keyboard and for whoever reads.
import { all, get } from "ask";
import { clock, sinceOf, spanExact } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { Mark } from "marks";
import { picture } from "picture";
import { choose, go, route } from "route";
import { devices, incidents, reports, worstFirst } from "map_things";
import MapStage from "map_stage";

const LAYERS = [["camera", "Camera", "camera"], ["loudspeaker", "Loa", "loudspeaker"], ["network", "Thiết bị mạng", "network"], ["report", "Phản ánh", "bubble"], ["incident", "Sự cố", "triangle"]];
const LISTED = 200;

export default {
  components: { MapStage, Mark },
  template: `
    <main class="sheet map-sheet" id="content">
      <div class="head"><h1>{{ t(page.title) }}</h1>
        <div class="choice layers" role="group" :aria-label="t('Lớp bản đồ')">
          <button v-for="one in layers" :key="one.key" type="button" :aria-pressed="one.shown" @click="turn(one.key)"><Mark :name="one.mark"/> {{ t(one.title) }} <b>{{ one.count }}</b></button></div>
      </div>
      <p v-if="error" class="refused" role="alert">{{ error }}</p>
      <div class="map-beside">
        <section class="panel" :aria-label="t('Bản đồ')">
          <MapStage :things="placed" :chosen="chosen" :label="summary" @choose="chosen = $event">
            <template #default="{ thing }">
              <h3>{{ thing.title }}</h3>
              <p class="word" :class="(thing.own ?? thing).tone"><Mark v-if="(thing.own ?? thing).mark" :name="(thing.own ?? thing).mark"/> {{ thing.word }}</p>
              <p v-if="thing.since">{{ t("từ {since}", { since: sinceOf(thing.since, clock.now) }) }} · {{ spanExact(clock.now - thing.since) }}</p>
              <p v-if="thing.hamlet" class="muted">{{ thing.hamlet }}<template v-if="thing.rough"> · {{ t("chỉ biết thôn, không có toạ độ") }}</template></p>
              <p v-for="it in thing.about" :key="it.key" class="word" :class="it.tone"><Mark :name="it.mark"/> <a :href="it.href" @click.prevent.stop="go(it.href)">{{ it.title }}</a></p>
              <a class="button" :href="thing.href" @click.prevent.stop="go(thing.href)">{{ t(thing.go) }}</a>
            </template>
          </MapStage>
          <ul class="legend">
            <li><i class="round"></i>{{ t("loa") }}</li><li><i class="square"></i>{{ t("camera") }}</li><li><i class="turned"></i>{{ t("thiết bị mạng") }}</li>
            <li><Mark name="bubble"/>{{ t("phản ánh") }}</li>
            <li v-if="homeless" class="told-homeless">{{ t("{n} mục chưa có toạ độ: xem danh sách", { n: homeless }) }}</li>
            <li v-if="picture.commune.simulated">{{ t("ranh giới mô phỏng") }}</li>
          </ul>
        </section>
        <section class="panel troubled" :aria-label="t('Cần để ý')">
          <h2>{{ t("Cần để ý") }}<span class="count">{{ troubled.length }}</span></h2>
          <p v-if="!ready" class="nothing" role="status">{{ t("Đang tải…") }}</p>
          <p v-else-if="!troubled.length" class="nothing">{{ t("Không có gì bất thường.") }}</p>
          <ul v-else><li v-for="thing in troubled.slice(0, listed)" :key="thing.key" :class="[thing.tone, { here: chosen && chosen === (thing.subject || thing.key) }]">
            <component :is="thing.at ? 'button' : 'a'" :type="thing.at ? 'button' : null" :href="thing.at ? null : thing.href" :data-page="thing.at ? null : 1" @click="thing.at && show(thing)">
              <Mark v-if="thing.mark" :name="thing.mark"/><span><b>{{ thing.title }}</b>
              <small><span class="word" :class="thing.tone">{{ thing.word }}</span><template v-if="thing.since"> · {{ t("từ {since}", { since: sinceOf(thing.since, clock.now) }) }}</template><template v-if="thing.hamlet"> · {{ thing.hamlet }}</template><template v-if="!thing.at"> · {{ t("chưa có toạ độ") }}</template></small></span>
            </component></li></ul>
          <p v-if="troubled.length > listed" class="muted">{{ t("và {n} mục khác", { n: troubled.length - listed }) }}</p>
        </section>
      </div>
    </main>`,
  props: { page: Object, below: Array },
  setup: () => ({
    its: useFresh(() => get("incidents", { unit: picture.commune.code, state: "active", limit: 500 }), ["incident"], 60),
    cases: useFresh(() => all("cases", { unit: picture.commune.code, kind: "field_report", open: true }), ["case"], 60),
    // A picture of very many devices holds only those in trouble.
    points: useFresh(async () => (picture.crowd.length ? get("devices.geojson", { unit: picture.commune.code }) : null), [], 60),
    t, go, route, clock, picture, sinceOf, spanExact, listed: LISTED,
  }),
  data: () => ({ chosen: "" }),
  computed: {
    ready() {
      return !this.its.loading && !this.cases.loading;
    },
    error() {
      return this.its.error || this.cases.error || this.points.error;
    },
    off: () => (route.query.off ?? "").split(",").filter(Boolean),
    devices() {
      return devices(this.points.value);
    },
    reports() {
      return reports(this.cases.value ?? []);
    },
    known() {
      return new Map([...this.devices, ...this.reports].map((thing) => [thing.key, thing]));
    },
    incidents() {
      return incidents(this.its.value?.items ?? [], this.known);
    },
    layers() {
      const whole = [...this.devices, ...this.reports, ...this.incidents];
      return LAYERS.map(([key, title, mark]) => ({ key, title, mark, shown: !this.off.includes(key), count: whole.filter(({ layer }) => layer === key).length }));
    },
    // An incident of a thing that is drawn stands with it; any other by itself.
    placed() {
      const shown = (thing) => thing.at && !this.off.includes(thing.layer);
      const about = new Map();
      const alone = [];
      for (const it of this.incidents.filter(shown)) {
        const its = this.known.get(it.subject);
        if (its && shown(its)) about.set(it.subject, [...(about.get(it.subject) ?? []), it]);
        else alone.push(it);
      }
      const things = [...this.devices, ...this.reports].filter(shown).map((thing) => {
        if (!about.has(thing.key)) return thing;
        const { tone, mark } = [thing, ...about.get(thing.key)].sort(worstFirst)[0]; // an incident marks what it is about
        return { ...thing, about: about.get(thing.key), own: thing, tone, mark };
      });
      return [...things, ...alone];
    },
    homeless() {
      return picture.count - this.devices.filter(({ at }) => at).length + this.reports.filter(({ at }) => !at).length;
    },
    troubled() {
      const told = new Set(this.incidents.map(({ subject }) => subject).filter(Boolean));
      const things = [...this.devices, ...this.reports].filter(({ tone, key }) => tone && tone !== "absent" && !told.has(key));
      return [...this.incidents, ...things].filter(({ layer }) => !this.off.includes(layer)).sort(worstFirst);
    },
    summary() {
      return t("Bản đồ: {n} mục, {m} cần để ý", { n: this.placed.length, m: this.troubled.length });
    },
  },
  methods: {
    turn(key) {
      const off = this.off.includes(key) ? this.off.filter((one) => one !== key) : [...this.off, key];
      choose({ off: off.join(",") });
    },
    show(thing) {
      const key = thing.subject && this.placed.some((one) => one.key === thing.subject) ? thing.subject : thing.key;
      this.chosen = "";
      this.$nextTick(() => (this.chosen = key));
      if (matchMedia("(max-width: 900px)").matches) document.querySelector(".map-sheet .stage")?.scrollIntoView({ block: "start" });
    },
  },
};
