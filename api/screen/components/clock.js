// The server's clock in the browser (a PC's own may be wrong), and ages in words. Seconds since 1970 everywhere.
import { reactive } from "vue";
import { t } from "language";

export const clock = reactive({ now: Date.now() / 1000 });

let offset = null;

// The freshest sample is the one that travelled least, so the greatest offset counts, unless somebody set the PC's clock.
export function setClock(server) {
  const sample = server - Date.now() / 1000;
  if (offset === null || sample > offset || sample < offset - 3) offset = sample;
  tick();
}

export const serverNow = () => Date.now() / 1000 + (offset ?? 0);

function tick() {
  clock.now = Math.floor(serverNow());
}

(function onTheSecond() {
  tick();
  setTimeout(onTheSecond, 1000 - ((serverNow() * 1000) % 1000) + 5);
})();

const UNITS = [
  [86400, "{n} ngày"],
  [3600, "{n} giờ"],
  [60, "{n} phút"],
];

// One unit for a glance: "14 phút".
export function span(seconds) {
  for (const [size, word] of UNITS) if (seconds >= size) return t(word, { n: Math.floor(seconds / size) });
  return t("{n} giây", { n: Math.max(0, Math.floor(seconds)) });
}

// Two units for reading: "1 giờ 29 phút".
export function spanExact(seconds) {
  const at = UNITS.findIndex(([size]) => seconds >= size);
  if (at < 0) return seconds < 60 ? t("dưới 1 phút") : span(seconds);
  const [size, word] = UNITS[at];
  const rest = UNITS[at + 1];
  const more = rest ? Math.floor((seconds % size) / rest[0]) : 0;
  return t(word, { n: Math.floor(seconds / size) }) + (more ? " " + t(rest[1], { n: more }) : "");
}

// Việt Nam has had UTC+7 the whole year since 1975; to ask Intl for it costs a weak PC a tenth of its first second.
const local = (at) => new Date(at * 1000 + 7 * 3600e3);
const iso = (at) => local(at).toISOString();
const ISO_DAYS = ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];

export const timeOf = (at) => iso(at).slice(11, 16);
export const secondsOf = (at) => iso(at).slice(11, 19);
export const dateOf = (at) => `${dayOf(at)}/${local(at).getUTCFullYear()}`;
export const weekdayOf = (at) => t(ISO_DAYS[local(at).getUTCDay()]);

const dayOf = (at) => `${local(at).getUTCDate()}/${local(at).getUTCMonth() + 1}`;

// "08:12" today, "20/11 08:12" on another day.
export function sinceOf(at, now) {
  return iso(at).slice(0, 10) === iso(now).slice(0, 10) ? timeOf(at) : `${dayOf(at)} ${timeOf(at)}`;
}
