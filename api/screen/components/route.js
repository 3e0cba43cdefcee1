// Where in the screen one is: pages change without a new load, and every page has its address.
import { reactive } from "vue";

const read = () => ({ path: location.pathname, query: Object.fromEntries(new URLSearchParams(location.search)) });

export const route = reactive(read());

export function go(address, { instead = false } = {}) {
  history[instead ? "replaceState" : "pushState"](null, "", address);
  Object.assign(route, read());
  if (!instead) scrollTo(0, 0);
}

// What a page chose (a filter, a span) stands in its address, so that it can be sent to a colleague.
export function choose(changed) {
  const query = { ...route.query, ...changed };
  const kept = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const search = new URLSearchParams(kept).toString();
  go(route.path + (search ? "?" + search : ""), { instead: true });
}

export const pageAt = (pages, path) =>
  pages.find((page) => page.path === path) ?? pages.find((page) => page.deeper && path.startsWith(page.path + "/"));

export function followLinks() {
  addEventListener("popstate", () => Object.assign(route, read()));
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const plain = !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !plain || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (!link.dataset.page) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
