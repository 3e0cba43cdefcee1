// A rule's condition as a sentence, from what its file says.
import { kindOf, measure, stateOf } from "device_words";
import { locale, t } from "language";

const UNITS = { d: "ngày", h: "giờ", m: "phút", s: "giây" };
const SHARED = { upstream: "đường truyền", hamlet: "thôn", kind: "loại", commune: "xã" };
const WORDS = {
  field_report: "phản ánh hiện trường", dossier: "hồ sơ một cửa", urgent: "khẩn cấp", soon: "cần xử lý sớm", normal: "bình thường", new: "mới",
  stale: "trễ", error: "lỗi kết nối", never: "chưa có dữ liệu", late: "nộp trễ", missing: "chưa nộp", partial: "thiếu", abnormal: "bất thường",
  black: "hình đen", covered: "bị che", frozen: "hình đứng", not_recording: "không ghi hình", no_signal: "mất tín hiệu hình", degraded: "chất lượng kém", fault: "lỗi",
};
export const READINGS = { disks_failed: "số đĩa hỏng", certified: "có chứng nhận hợp quy" };
const word = (key) => t(WORDS[key] ?? key);
const list = (keys, of = word) => keys.map(of).join(t(" hoặc "));
const number = (value) => Number(value).toLocaleString(locale());

// "1h 30m" → "1 giờ 30 phút"
export const lasting = (text) => String(text).replace(/(\d+)([dhms])/g, (_, n, unit) => `${n} ${t(UNITS[unit])}`);
export function lastingOf(seconds) {
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "m"]]) if (seconds && seconds % size === 0) return `${seconds / size} ${t(UNITS[unit])}`;
  return `${number(seconds)} ${t("giây")}`;
}

export function boundOf({ above, at_least, below }) {
  if (above !== undefined) return t("trên {n}", { n: number(above) });
  if (at_least !== undefined) return t("từ {n} trở lên", { n: number(at_least) });
  return below === undefined ? "" : t("dưới {n}", { n: number(below) });
}

function clauseOf(clause) {
  const parts = [];
  if (clause.states) parts.push(list(clause.states, stateOf));
  if (clause.reported) parts.push(t("thiết bị báo {words}", { words: list(clause.reported) }));
  if (clause.values) parts.push(t("chẩn đoán là {words}", { words: list(clause.values) }));
  if (clause.other_than) parts.push(t("chẩn đoán khác {words}", { words: list(clause.other_than) }));
  if (clause.reading) parts.push(`${READINGS[clause.reading] ? t(READINGS[clause.reading]) : measure(clause.reading)[0]} ${boundOf(clause)} ${measure(clause.reading)[1]}`.trim());
  return parts.join(", ");
}

const BY_SUBJECT = {
  device: (when) => [when.kind && kindOf(when.kind), when.any?.map(clauseOf).join(t("; hoặc "))].filter(Boolean).join(": "),
  group: (when) => t("hơn {share} % số thiết bị cùng {by}, từ {least} thiết bị, trong {within}", { share: number((when.share ?? 0.5) * 100), by: (when.by ?? Object.keys(SHARED)).map((key) => t(SHARED[key])).join(", "), least: when.least ?? 3, within: lasting(when.within ?? "10m") }),
  flapping: (when) => t("mất kết nối {n} lần trong {within}", { n: when.falls ?? 4, within: lasting(when.within ?? "1h") }),
  indicator(when) {
    if (when.behind_year !== undefined) return t("chậm hơn tiến độ của năm {n} điểm %", { n: number(when.behind_year) });
    if (when.median_days !== undefined) return t("trên {times} lần trung vị của {days} ngày trước, từ {least}", { times: number(when.times ?? 3), days: when.median_days, least: number(when.least ?? 0) });
    return [boundOf(when), when.clear !== undefined && t("hết khi về {n}", { n: number(when.clear) })].filter(Boolean).join("; ");
  },
  outbreak: (when) => (when.linked !== undefined ? t("{n} ca liên quan với nhau", { n: number(when.linked) }) : t("cao hơn trung bình {years} năm cùng tháng {n} độ lệch chuẩn", { years: when.years ?? 5, n: number(when.deviations ?? 2) })),
  case: (when) => [word(when.kind), when.severity && t("mức {words}", { words: list(when.severity) }), when.status && t("còn {words}", { words: list(when.status) }), when.elapsed !== undefined && t("đã qua {n} % thời hạn", { n: number(when.elapsed * 100) })].filter(Boolean).join(", "),
  broadcast: (when) => ({
    out_of_hours: t("phát ngoài {hours}, quá {more}", { hours: when.windows?.join(", "), more: lasting(when.tolerance ?? "5m") }), too_long: t("một lần phát dài hơn {n}", { n: lasting(when.longest ?? "60m") }),
    not_heard: t("quá {n} sau giờ trong lịch", { n: lasting(when.tolerance ?? "5m") }), emergency: t("phát khẩn cấp"),
  })[when.check],
  feed: (when) => (when.states ? t("nguồn {words}", { words: list(when.states) }) : t("số liệu {words}", { words: list(when.owing ?? []) })),
  system: () => t("trung tâm không quan sát được"),
};

export const conditionOf = (subject, when) => BY_SUBJECT[subject]?.(when) ?? "";
