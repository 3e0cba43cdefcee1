// Marks on the map as text of our own shapes; nothing of what people wrote is in it.
import { shape } from "marks";

const svg = (name) => {
  const [d, kind] = shape(name);
  return `<svg class="mark ${kind}" viewBox="0 0 16 16" aria-hidden="true"><path d="${d}"/></svg>`;
};
const FORMS = { loudspeaker: "round", camera: "square", network: "turned", report: "bubble", incident: "badge" };

// Returns {html, size}: a quiet thing is a small shape, news a larger one with its mark; a crowd counts.
export function iconOf(group) {
  const [first] = group;
  if (group.length === 1) {
    const loud = Boolean(first.mark) || first.layer === "report";
    const inner = first.mark ? svg(first.mark) : first.layer === "report" ? svg("dot") : "";
    return { html: `<i class="spot ${FORMS[first.layer]} ${first.tone} ${loud ? "loud" : ""}">${inner}</i>`, size: loud ? 26 : 14 };
  }
  const worst = group.filter(({ tone }) => tone === first.tone && tone);
  const counted = worst.length ? `${svg(first.mark || "bang")}<b>${worst.length}</b><small>/${group.length}</small>` : `<b>${group.length}</b>`;
  return { html: `<i class="spot many ${first.tone}">${counted}</i>`, size: worst.length ? 46 : 30 };
}
