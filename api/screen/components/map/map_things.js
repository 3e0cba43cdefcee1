// What stands on the map: devices, open field reports, open incidents; each with place, tone, mark and word.
import { t } from "language";
import { STATE_MARKS } from "marks";
import { picture } from "picture";
import { stateOf } from "device_words";
import { addressOf as addressOfCase, capital, deadlineOf, seconds, titleOf } from "case_words";
import { SEVERITIES, SEVERITY_MARKS, titleOf as titleOfIncident } from "incident_words";
import { RANK } from "map_crowds";

export const TONES = {
  offline: "critical", fault: "warning", degraded: "warning", unknown: "unknown", maintenance: "maintenance", pending_install: "absent", disabled: "absent",
};
const NOWHERE = "Chưa rõ thôn"; // as the picture calls it
const ALARMS = { emergency: "critical", critical: "critical", warning: "warning" };

function device(key, { kind, title, hamlet, state, since, at }) {
  const [, name] = key.split("/");
  return {
    key, layer: kind, at, tone: TONES[state] ?? "", mark: STATE_MARKS[state] ?? "", title, word: stateOf(state), hamlet: hamlet === NOWHERE ? "" : hamlet, since,
    href: `/thiet-bi/${kind}/${encodeURIComponent(name)}`, go: "Xem thiết bị",
  };
}

// `points` are all devices' places where the picture holds only those in trouble; null: it holds them all.
export function devices(points) {
  const live = picture.devices;
  const own = Object.entries(live).map(([key, one]) => device(key, one));
  if (!points) return own;
  const whole = Object.keys(live).length < 200; // all that are in trouble, so who is not among them has recovered
  const rest = points.features
    .filter(({ properties: p }) => !live[`${p.kind}/${p.name}`])
    .map(({ geometry, properties: p }) => {
      const state = whole && p.state in STATE_MARKS ? "online" : p.state;
      return device(`${p.kind}/${p.name}`, { kind: p.kind, title: p.title, hamlet: p.hamlet, state, since: seconds(p.since), at: geometry.coordinates });
    });
  return [...own, ...rest];
}

const middle = (points) => points.reduce(([x, y], [a, b]) => [x + a / points.length, y + b / points.length], [0, 0]);

// Where a hamlet is, for reports that name it and no place.
export function middleOf(hamlet) {
  const ring = picture.outlines[hamlet]?.[0];
  return ring?.length ? middle(ring) : null;
}

export function reports(cases) {
  return cases.map((one) => {
    const exact = one.latitude !== null && one.longitude !== null;
    const { word, tone, mark, left } = deadlineOf(one);
    return {
      key: `field_report/${one.id}`, layer: "report", at: exact ? [one.longitude, one.latitude] : middleOf(one.hamlet), tone, mark, title: capital(titleOf(one)),
      word: [word, left].filter(Boolean).join(", "), hamlet: one.hamlet, rough: !exact, since: seconds(one.opened_at), href: addressOfCase(one), go: "Xem phản ánh",
    };
  });
}

// Incidents stand where their subject or their members stand; `known` are the devices and reports by key.
export function incidents(items, known) {
  return items.map((it) => {
    const named = [it.subject, it.evidence?.device && `loudspeaker/${it.evidence.device}`, ...it.members.flatMap((m) => [m.subject, m.device && `loudspeaker/${m.device}`])];
    const about = [...new Set(named)].map((key) => known.get(key)).filter((thing) => thing?.at);
    const title = titleOfIncident(it);
    return {
      key: `incident/${it.id}`, layer: "incident", at: about.length ? middle(about.map(({ at }) => at)) : null, subject: about.length === 1 ? about[0].key : "",
      tone: ALARMS[it.severity] ?? "", mark: SEVERITY_MARKS[it.severity], title,
      word: t(SEVERITIES[it.severity]), hamlet: about.length === 1 ? about[0].hamlet : "", since: seconds(it.since), href: `/su-co/${it.id}`, go: "Xem sự cố",
    };
  });
}

export const worstFirst = (a, b) => RANK[a.tone] - RANK[b.tone] || b.since - a.since;
