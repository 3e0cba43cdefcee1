// The wall: turns the pages by itself, and stays with an incident that nobody has taken up.
import { reactive, watch } from "vue";
import { enterWall } from "enter";
import { picture, view } from "picture";
import { choose, go, route } from "route";
import { toll } from "bell";

const PAGES = ["overview", "ban-do", "thiet-bi", "truyen-thanh", "phan-anh", "ngan-sach", "mot-cua", "y-te", "kinh-te-xa-hoi", "chuyen-doi-so"];
const SECONDS = 30;
const LEAST = 1;
const SCREENFULS = 5; // of a long page
const TOUCHED = 120; // seconds that a wall stands still after somebody touched it
const LOUD = { emergency: 5, critical: 20 }; // seconds between two tolls
const RENEWED = 86_400;
const KEPT = ["kiosk", "pages", "seconds", "sound", "theme"];

// `pages` turn in this order, `at` is the one that is shown; `deaf`: the browser lets no sound out before a touch.
export const kiosk = reactive({ on: false, pages: [], at: 0, sound: false, deaf: false });

// What holds the wall: worst first, as the list on the overview has them.
export const alarms = () =>
  picture.attention
    .flatMap((item) => item.inner ?? [item])
    .filter(({ tone, incident: its }) => LOUD[tone] && its && its.id !== null && its.stage === 0 && its.until === null);

// Every page by its key, or by the last word of its address: "overview,thiet-bi".
function chosen(pages) {
  const named = (page, name) => page.key === name || page.board === name || page.path.slice(1) === name;
  const wanted = (route.query.pages ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  const found = (wanted.length ? wanted : PAGES).map((name) => pages.find((page) => named(page, name))).filter(Boolean);
  return found.length ? found : pages.slice(0, 1);
}

export function beginKiosk(pages) {
  if (route.query.kiosk !== "1") return;
  const asked = Object.fromEntries(KEPT.filter((key) => route.query[key] !== undefined).map((key) => [key, route.query[key]]));
  const search = "?" + new URLSearchParams(asked);
  const seconds = Math.max(LEAST, Number(route.query.seconds) || SECONDS);
  Object.assign(kiosk, { on: true, pages: chosen(pages), sound: route.query.sound === "1" });
  document.documentElement.classList.add("wall-mode");
  let [shown, full, tolled, renewed] = [0, 0, Infinity, Infinity];

  function show(at) {
    kiosk.at = at;
    [shown, full] = [0, 0];
    go(kiosk.pages[at].path + search, { instead: true });
    scrollTo(0, 0);
  }

  // The next screenful of a page that is longer than the wall; false where there is none.
  function further() {
    const head = document.querySelector(".masthead")?.offsetHeight ?? 0;
    const before = scrollY;
    if (++full >= SCREENFULS) return false;
    scrollBy(0, innerHeight - head);
    return scrollY > before + 4;
  }

  function tick() {
    if (view.who.startsWith("token:") && ++renewed >= RENEWED) {
      renewed = 0;
      enterWall().catch(() => (renewed = RENEWED - 600));
    }
    if (view.lostAt !== null || picture.away !== null) return; // other pages could show nothing
    const [worst] = alarms();
    if (worst) {
      if (route.path !== "/") go("/" + search, { instead: true });
      kiosk.at = kiosk.pages.findIndex(({ path }) => path === "/");
      scrollTo(0, 0);
      shown = 0;
      if (kiosk.sound && ++tolled >= LOUD[worst.tone]) {
        tolled = 0;
        kiosk.deaf = !toll(worst.tone);
      }
      return;
    }
    tolled = Infinity;
    if (++shown < seconds) return;
    shown = 0;
    if (!further()) show((kiosk.at + 1) % kiosk.pages.length);
  }

  const here = kiosk.pages.findIndex(({ path }) => path === route.path);
  if (here < 0) show(0);
  else kiosk.at = here;
  watch(() => route.query.kiosk, (on) => on !== "1" && choose(asked));
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => (shown = -TOUCHED));
  navigator.wakeLock?.request("screen").catch(() => {});
  setInterval(tick, 1000);
}
