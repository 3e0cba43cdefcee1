// The map itself: outlines of our own, tiles only from our own host, what is shown gathered where it is dense.
import { markRaw, nextTick } from "vue";
import { get } from "ask";
import { t } from "language";
import { picture } from "picture";
import { crowds } from "map_crowds";
import { iconOf } from "map_icons";

const [NEAR, DEEPEST, REACH, LISTED] = [16, 19, 30, 40];
const COUNTRY = [[8.4, 102.1], [23.4, 109.5]]; // Việt Nam, where nothing has a place yet
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const style = () =>
  new Promise((done, failed) => {
    const href = "/screen/leaflet/leaflet.css";
    if (document.head.querySelector(`link[href="${href}"]`)) return done();
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: failed });
    return document.head.prepend(link); // our own rules come after
  });

const plain = (text, tag = "span") => Object.assign(document.createElement(tag), { textContent: text });

export default {
  template: `
    <div class="ground">
      <div ref="stage" class="stage" role="region" :aria-label="label"></div>
      <button v-if="ready" type="button" class="button whole-view" @click="fit">{{ t("Toàn xã") }}</button>
      <p v-if="failed" class="refused" role="alert">{{ failed }}</p>
      <p v-else-if="ready && !anything" class="nothing">{{ t("Chưa có ranh giới hay toạ độ nào để vẽ.") }}</p>
      <Teleport v-if="held.length" :to="balloon">
        <div class="balloon"><button type="button" class="quiet" @click="let_go">{{ t("Đóng") }}</button>
          <slot v-if="held.length === 1" :thing="held[0]"/>
          <template v-else><h3>{{ t("{n} mục ở đây", { n: held.length }) }}</h3>
            <ul><li v-for="thing in held.slice(0, listed)" :key="thing.key"><button type="button" class="quiet" @click="$emit('choose', thing.key)">{{ thing.title }}</button> <span class="word" :class="thing.tone">{{ thing.word }}</span></li></ul></template>
        </div></Teleport>
    </div>`,
  props: { things: Array, chosen: { type: String, default: "" }, label: String, close: Boolean },
  emits: ["choose"],
  setup: () => ({ t, listed: LISTED }),
  data: () => ({ ready: false, failed: "", drawn: false, keys: [], balloon: markRaw(document.createElement("div")), outlined: false }),
  computed: {
    held() {
      const known = new Map(this.things.map((thing) => [thing.key, thing]));
      return this.keys.map((key) => known.get(key)).filter(Boolean);
    },
    anything() {
      return this.outlined || this.things.length > 0;
    },
  },
  async mounted() {
    this.marks = new Map();
    try {
      const [{ leaflet }, outlines, ground] = await Promise.all([
        import("nicegui-leaflet"), get("outlines.geojson", { unit: picture.commune.code }), get("/screen/ground"), style(),
      ]);
      if (!this.$refs.stage) return;
      this.leaflet = leaflet;
      this.build(outlines, ground);
    } catch (error) {
      this.failed = error.message;
    }
  },
  beforeUnmount() {
    this.observer?.disconnect();
    this.map?.remove();
    this.map = null;
  },
  watch: {
    things() {
      if (this.map) this.draw();
    },
    chosen(key) {
      if (key && this.keys.join() !== key) this.go_to(key);
    },
    held(held) {
      if (!held.length && this.keys.length) this.map.closePopup();
    },
  },
  methods: {
    build(outlines, ground) {
      const L = this.leaflet;
      const still = calm();
      this.map = L.map(this.$refs.stage, {
        attributionControl: false, zoomControl: false, maxZoom: DEEPEST, zoomSnap: ground.zooms ? 1 : 0.25, zoomAnimation: !still, fadeAnimation: !still, inertia: !still,
      });
      L.control.zoom({ zoomInTitle: t("Phóng to"), zoomOutTitle: t("Thu nhỏ"), position: "topright" }).addTo(this.map);
      L.control.scale({ imperial: false, maxWidth: 6.25 * parseFloat(getComputedStyle(document.documentElement).fontSize) }).addTo(this.map);
      if (ground.zooms) {
        const [least, most] = ground.zooms;
        L.tileLayer("/screen/tiles/{z}/{x}/{y}.png", { minNativeZoom: least, maxNativeZoom: most, maxZoom: DEEPEST }).addTo(this.map);
        if (ground.attribution) L.control.attribution({ prefix: false, position: "bottomright" }).addAttribution(plain(ground.attribution).innerHTML).addTo(this.map);
      }
      this.map.createPane("names").style.zIndex = 450; // above the land, below the marks
      const level = (wanted) => (feature) => feature.properties.level === wanted;
      const shown = { interactive: false, stroke: true, weight: 1.5 };
      this.hamlets = L.geoJSON(outlines, { filter: level("hamlet"), style: () => ({ ...shown, className: ground.zooms ? "hamlet over" : "hamlet" }) }).addTo(this.map);
      this.hamlets.eachLayer((layer) => layer.bindTooltip(plain(layer.feature.properties.name), { permanent: true, direction: "center", className: "place-name", interactive: false, pane: "names" }));
      L.geoJSON(outlines, { filter: level("commune"), style: () => ({ ...shown, weight: 3, className: "commune" }) }).addTo(this.map);
      this.outlined = this.hamlets.getLayers().length > 0;
      this.fit();
      this.map.on("moveend zoomend", () => this.draw());
      this.observer = new ResizeObserver(() => this.map?.invalidateSize({ animate: false }));
      this.observer.observe(this.$refs.stage);
      this.ready = true;
      this.draw();
      if (this.chosen) this.go_to(this.chosen);
    },
    fit() {
      const bounds = this.outlined ? this.hamlets.getBounds() : this.leaflet.latLngBounds([]);
      for (const { at } of this.things) bounds.extend([at[1], at[0]]);
      this.fitted = bounds.isValid();
      if (this.close && this.things.length) this.map.setView([this.things[0].at[1], this.things[0].at[0]], this.outlined ? NEAR - 1.5 : NEAR, { animate: false });
      else this.map.fitBounds(this.fitted ? bounds : COUNTRY, { padding: [12, 12], maxZoom: NEAR + 1, animate: false });
    },
    draw() {
      const { map, leaflet: L } = this;
      if (!this.fitted && this.things.length) this.fit();
      const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      const zoom = map.getZoom();
      const seen = map.getBounds().pad(0.3);
      const near = this.things.filter(({ at }) => seen.contains([at[1], at[0]])).map((thing) => ({ ...thing, spot: map.project([thing.at[1], thing.at[0]], zoom) }));
      const wanted = new Map();
      for (const group of crowds(near, REACH * unit)) wanted.set(group[0].key, group);
      for (const [key, mark] of this.marks) {
        if (wanted.has(key)) continue;
        mark.remove();
        this.marks.delete(key);
      }
      for (const [key, group] of wanted) {
        const [first] = group;
        const { html, size } = iconOf(group);
        const title = group.length === 1 ? `${first.title}: ${first.word}` : t("{n} mục ở đây", { n: group.length });
        const sign = `${html}|${unit}|${title}`;
        let mark = this.marks.get(key);
        if (!mark) {
          mark = L.marker([first.at[1], first.at[0]], { keyboard: false }).addTo(map);
          mark.on("click", () => this.pick(mark.group));
          this.marks.set(key, mark);
        }
        mark.group = group;
        mark.setLatLng([first.at[1], first.at[0]]);
        mark.setZIndexOffset(first.tone ? 1000 : 0);
        if (mark.sign !== sign) {
          mark.setIcon(L.divIcon({ html, className: "pin", iconSize: [size * unit, (group.length > 1 ? 30 : size) * unit] }));
          mark.getElement().title = title;
          mark.sign = sign;
        }
      }
      this.$refs.stage.dataset.shown = String(near.length);
    },
    pick(group) {
      if (group.length === 1) {
        this.hold(group);
        return this.$emit("choose", group[0].key);
      }
      const bounds = this.leaflet.latLngBounds(group.map(({ at }) => [at[1], at[0]]));
      const zoom = this.map.getZoom();
      const apart = !bounds.getNorthEast().equals(bounds.getSouthWest(), 1e-6);
      if (zoom >= DEEPEST || !apart) return this.hold(group);
      const next = Math.max(this.map.getBoundsZoom(bounds, false, [40, 40]), zoom + 1);
      return this.map.setView(bounds.getCenter(), Math.min(next, DEEPEST), { animate: !calm() });
    },
    go_to(key) {
      const thing = this.things.find((one) => one.key === key);
      if (!thing || !this.map) return;
      this.map.setView([thing.at[1], thing.at[0]], this.map.getZoom() >= NEAR ? this.map.getZoom() : NEAR, { animate: false });
      this.hold([thing]);
    },
    async hold(group) {
      this.keys = group.map(({ key }) => key);
      await nextTick();
      const [first] = group;
      const unit = parseFloat(getComputedStyle(document.documentElement).fontSize);
      this.popup?.off();
      const { x, y } = this.map.getSize();
      this.popup = this.leaflet.popup({
        closeButton: false, maxWidth: Math.min(22 * unit, x - 4 * unit), minWidth: Math.min(14 * unit, x - 4 * unit), maxHeight: Math.min(20 * unit, y - 8 * unit), offset: [0, -0.5 * unit],
        autoPanPaddingTopLeft: [0.5 * unit, 5.25 * unit], autoPanPaddingBottomRight: [0.5 * unit, 0.5 * unit], // clear of the buttons in the corners
      });
      this.popup.setLatLng([first.at[1], first.at[0]]).setContent(this.balloon);
      this.popup.on("remove", this.forget);
      this.popup.openOn(this.map);
      await nextTick();
      this.popup?.update();
    },
    let_go() {
      this.map.closePopup();
      this.$refs.stage.focus({ preventScroll: true });
    },
    forget() {
      this.keys = [];
      this.$emit("choose", "");
    },
  },
};
