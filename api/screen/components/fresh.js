// What a page read from the service, read again when the service says that it changed, at most so often.
import { onBeforeUnmount, reactive, watch } from "vue";
import { picture } from "picture";

const CALM = 2000;

// `read` returns a promise; `kinds` are of device, incident, case; after `every` seconds it is read again anyway.
export function useFresh(read, kinds = [], every = 60) {
  const its = reactive({ value: null, error: "", loading: true, at: null });
  let [running, wanted, ended, last, timer] = [false, false, false, 0, null];

  async function now() {
    clearTimeout(timer);
    if (ended) return;
    if (running) {
      wanted = true;
      return;
    }
    running = true;
    wanted = false;
    last = performance.now();
    try {
      const value = await read();
      if (!ended) Object.assign(its, { value, error: "", at: Date.now() / 1000 });
    } catch (error) {
      its.error = error.message;
    }
    its.loading = false;
    running = false;
    later(wanted ? CALM : every * 1000);
  }

  function later(wait) {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(now, wait);
  }

  for (const kind of kinds) watch(() => picture.changed[kind], () => later(Math.max(0, CALM - (performance.now() - last))));
  onBeforeUnmount(() => {
    ended = true;
    clearTimeout(timer);
  });
  now();
  its.again = now;
  return its;
}
