// Marks and icons as shapes of our own: a font that a PC lacks can't take them away. Decorative: words stand beside them.
import { h } from "vue";

const SHAPES = {
  cross: ["M4 4 12 12M12 4 4 12", "line"],
  bang: ["M8 2.5V9.2M8 12.6V13.2", "line"],
  question: ["M5 5.2C5.2 3.4 6.4 2.6 8 2.6c1.8 0 3 1 3 2.6 0 2.2-3 2.2-3 4.4M8 12.7v.6", "line"],
  gear: ["M8 5.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4", "line"],
  clock: ["M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 4.6V8l2.4 1.6", "line"],
  octagon: ["M5.2 1.2H10.8L14.8 5.2V10.8L10.8 14.8H5.2L1.2 10.8V5.2Z", "fill"],
  triangle: ["M8 2 14.5 13.5H1.5Z", "fill"],
  diamond: ["M8 1.5 14.5 8 8 14.5 1.5 8Z", "fill"],
  dot: ["M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z", "fill"],
  circle: ["M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z", "line"],
  camera: ["M2 4.5h8a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H2a1 1 0 0 1-1-1v-5a1 1 0 0 1 1-1ZM12 7.2l3-1.8v5.2l-3-1.8Z", "fill"],
  loudspeaker: ["M1.5 6h2.6L8 2.8v10.4L4.1 10H1.5ZM9.6 5.6a3.4 3.4 0 0 1 0 4.8M11.4 3.8a6 6 0 0 1 0 8.4", "both"],
  network: ["M8 2.5v4M4 13v-3h8v3M8 6.5V10M2.5 12.5h3v2h-3ZM10.5 12.5h3v2h-3ZM6 1.5h4v3H6Z", "line"],
  calendar: ["M2.5 3.5h11v10h-11ZM2.5 6.5h11M5.5 1.8v3M10.5 1.8v3", "line"],
  bubble: ["M2.5 3h11v7.5H7.5L4.5 13.5V10.5H2.5Z", "fill"],
  tick: ["M3.5 8.5 6.5 11.5 12.5 4.5", "line"],
  down: ["M3.5 6 8 10.5 12.5 6", "line"],
  theme: ["M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 2v12a6 6 0 0 1 0-12Z", "both"],
};

// The mark of each state that is news; the normal state has none.
export const STATE_MARKS = {
  offline: "cross",
  fault: "bang",
  degraded: "bang",
  unknown: "question",
  maintenance: "gear",
};
export const TONE_MARKS = { critical: "triangle", warning: "diamond", unknown: "question", info: "dot" };

export const shape = (name) => SHAPES[name] ?? SHAPES.dot;

export function Mark({ name }) {
  const [d, kind] = shape(name);
  return h("svg", { class: ["mark", kind], viewBox: "0 0 16 16", "aria-hidden": "true" }, h("path", { d }));
}
Mark.props = ["name"];
