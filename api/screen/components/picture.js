// What every part of the screen reads: the server's picture, its changes, and whether it still comes.
import { reactive } from "vue";
import { serverNow, setClock } from "clock";
import { comeBack } from "come_back";
import { t } from "language";

export const picture = reactive({
  commune: {}, sentence: { doing: [], being: [] }, attention: [], outlines: {}, devices: {}, hamlets: [], crowd: [],
  count: 0, pending: 0, tiles: {}, feeds: [], newest: null, away: null, changed: {},
});
export const view = reactive({
  role: "viewer", who: "", words: {}, language: "vi", english: {}, pages: [], lostAt: null, tip: null, fresh: {},
});

const SILENCE = 15;
const GIVEN_UP = 90; // seconds after which a connection that only seems to stand is begun anew
const FLASH = 2000;
let heard = 0;

// What the server gave with the page: the picture, who looks at it, and in which language.
export function begin({ picture: whole, now, role, who, words, language, english, pages }) {
  Object.assign(view, { role, who, words, language, english, pages });
  Object.assign(picture, whole);
  hear(now);
}

export function apply(changes) {
  const { now, devices, tiles, ...parts } = changes;
  merge(picture.devices, devices, (old, fresh) => old.state !== fresh.state);
  merge(picture.tiles, tiles, (old, fresh) => old.value !== fresh.value || old.tone !== fresh.tone);
  if (parts.attention) {
    const old = new Set(picture.attention.flatMap(within));
    for (const item of parts.attention) if (within(item).some((key) => !old.has(key))) flash(item.key);
  }
  Object.assign(picture, parts);
  hear(now);
}

const within = (item) => [item.key, ...(item.inner ?? []).map(({ key }) => key)];

function merge(known, changed, isNews) {
  for (const [key, fresh] of Object.entries(changed ?? {})) {
    const old = known[key];
    if (fresh === null) delete known[key];
    else known[key] = fresh;
    if (fresh && old && isNews(old, fresh)) flash(key);
  }
}

function hear(now) {
  setClock(now);
  heard = performance.now();
  view.lostAt = null;
}

function flash(key) {
  view.fresh[key] = true;
  setTimeout(() => delete view.fresh[key], FLASH);
}

function lose() {
  view.lostAt ??= Math.floor(serverNow() - (performance.now() - heard) / 1000);
}

// NiceGUI reloads the page where a connection times out or the service no longer knows it, whether anybody answers or
// not; a wall without its network would then show nothing.
export function keepWatch() {
  setInterval(() => {
    const silent = (performance.now() - heard) / 1000;
    if (silent > SILENCE) lose();
    if (silent > GIVEN_UP) comeBack();
  }, 1000);
  (function whenConnecting() {
    const socket = window.socket;
    if (!socket) return setTimeout(whenConnecting, 50);
    socket.off("connect_error");
    socket.on("connect_error", (error) => {
      lose();
      if (error.message === "Implicit handshake failed") comeBack();
    });
    socket.off("try_reconnect");
    socket.on("try_reconnect", comeBack);
    socket.on("disconnect", lose);
    return undefined;
  })();
}

export const byName = new Intl.Collator("vi", { numeric: true });
const ROLES = ["viewer", "operator", "technician", "admin"];
export const may = (role) => !role || ROLES.indexOf(view.role) >= ROLES.indexOf(role);

// A device's word: what it says itself where that says more, else its state.
export function wordOf(device) {
  const { states, reported } = view.words;
  const said = device.state === "unknown" ? "" : reported[device.reported];
  return t(said || states[device.state] || device.state);
}
