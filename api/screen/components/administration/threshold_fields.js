// The figures of a rule as fields of a form: what each is called, how it is written, and what of them a person changed.
import { SEVERITIES, ACTORS } from "incident_words";
import { measure } from "device_words";
import { t } from "language";
import { READINGS } from "threshold_words";

const SIZES = { d: 86400, h: 3600, m: 60, s: 1 };
// Key of a condition → its name, how it is written, its unit. What a condition is about is not among them.
const FIGURES = {
  share: ["Tỷ lệ mất kết nối hơn", "share", "%"], least: ["Ít nhất", "number", ""], within: ["Trong vòng", "duration"], back: ["Hết khi số còn vắng không quá", "share", "%"],
  falls: ["Số lần mất kết nối", "number", "lần"], above: ["Báo khi trên", "number", ""], at_least: ["Báo khi từ", "number", ""], below: ["Báo khi dưới", "number", ""], clear: ["Hết khi về", "number", ""],
  fresh: ["Số liệu cũ hơn thì không xét", "duration"], behind_year: ["Chậm hơn tiến độ của năm", "number", "điểm %"], median_days: ["Số ngày so sánh", "number", "ngày"], times: ["Gấp trung vị", "number", "lần"],
  linked: ["Số ca liên quan với nhau", "number", "ca"], years: ["Số năm so sánh", "number", "năm"], deviations: ["Số độ lệch chuẩn", "number", ""], elapsed: ["Đã qua phần thời hạn", "share", "%"],
  windows: ["Khung giờ được phát", "windows"], unplanned: ["Báo cả khi phát không có trong lịch", "truth"], tolerance: ["Dung sai", "duration"], longest: ["Mỗi lần phát không quá", "duration"],
};
const MAY_LACK = new Set(["clear"]);

export const secondsOf = (text) => [...String(text).matchAll(/(\d+)([dhms])/g)].reduce((sum, [, n, size]) => sum + n * SIZES[size], 0);
export function spanOf(seconds) {
  const size = Object.keys(SIZES).find((key) => seconds && seconds % SIZES[key] === 0) ?? "m";
  return { n: seconds / SIZES[size], size };
}

const READ = { duration: (value) => spanOf(secondsOf(value)), share: (value) => +(value * 100).toFixed(6), windows: (value) => value.join(", "), number: (value) => value, truth: (value) => value };
const WRITE = {
  duration: ({ n, size }) => `${n}${size}`, share: (value) => +(value / 100).toFixed(8), number: (value) => (value === "" || value === null ? null : Number(value)), truth: (value) => value, choice: (value) => value,
  windows: (value) => value.split(/[,;\n]/).map((part) => part.trim()).filter(Boolean),
};

function figuresOf(table, under, about = "") {
  return Object.entries(FIGURES).filter(([key]) => key in table).map(([key, [label, kind, suffix]]) => ({ place: `${under}.${key}`, label: [about, t(label)].filter(Boolean).join(": "), kind, suffix: key === "least" && "share" in table ? "thiết bị" : suffix, optional: MAY_LACK.has(key), value: READ[kind](table[key]) }));
}

// Every field of a rule's form, in the order of the form.
export function fieldsOf(form) {
  const fields = [
    { place: "enabled", label: t("Đang bật"), kind: "truth", value: form.enabled },
    { place: "severity", label: t("Mức độ"), kind: "choice", choices: SEVERITIES, value: form.severity },
    { place: "owner", label: t("Báo cho"), kind: "choice", choices: ACTORS, value: form.owner },
    { place: "for", label: t("Phải kéo dài"), kind: "duration", value: spanOf(form.for_s) },
  ];
  if (form.closes !== "person") fields.push({ place: "clear_for", label: t("Hết khi ổn định"), kind: "duration", value: spanOf(form.clear_for_s) });
  fields.push(...figuresOf(form.when, "when"));
  (form.when.any ?? []).forEach((clause, n) => fields.push(...figuresOf(clause, `when.any.${n}`, clause.reading && (READINGS[clause.reading] ? t(READINGS[clause.reading]) : measure(clause.reading)[0]))));
  return fields;
}

export const draftOf = (form) => Object.fromEntries(fieldsOf(form).map(({ place, value }) => [place, value]).concat([["escalate", form.escalate.map(stepOf)]]));
const BOUNDS = ["above", "at_least", "below"];
const stepOf = (step) => (step.after !== undefined ? { by: "after", after: spanOf(secondsOf(step.after)), severity: step.severity } : { by: BOUNDS.find((key) => step[key] !== undefined), value: step[BOUNDS.find((key) => step[key] !== undefined)], severity: step.severity });
const stepWritten = (step) => ({ [step.by]: step.by === "after" ? WRITE.duration(step.after) : WRITE.number(step.value), severity: step.severity });

const seconds = ({ n, size }) => Number(n) * SIZES[size];
export function same(kind, one, other) {
  if (kind === "duration") return seconds(one) === seconds(other);
  if (kind === "steps") return JSON.stringify(one.map(stepWritten)) === JSON.stringify(other.map(stepWritten));
  return String(one ?? "") === String(other ?? "");
}

// What a draft says otherwise than the configuration, as [[rules.KEY]] has it.
export function wantsOf(draft, configured) {
  const wants = {};
  const when = {};
  const its = draftOf(configured);
  for (const { place, kind } of fieldsOf(configured)) {
    const [first, key, nth, figure] = place.split(".");
    if (same(kind, draft[place], its[place])) continue;
    const value = WRITE[kind](draft[place]);
    if (first !== "when") wants[first] = value;
    else if (key !== "any") when[key] = value;
    else (when.any ??= configured.when.any.map((clause) => ({ ...clause })))[nth][figure] = value;
  }
  if (!same("steps", draft.escalate, its.escalate)) wants.escalate = draft.escalate.map(stepWritten);
  return Object.keys(when).length ? { ...wants, when } : wants;
}

const NAMES = { enabled: "Đang bật", severity: "Mức độ", owner: "Báo cho", for: "Phải kéo dài", clear_for: "Hết khi ổn định", escalate: "Nâng mức" };
export const nameOf = (place) => t(NAMES[place] ?? FIGURES[place.replace("when.", "")]?.[0] ?? "Điều kiện");
