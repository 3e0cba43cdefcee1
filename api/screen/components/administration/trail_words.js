// What the trail keeps of a deed, in words: names of what was set, and values as they are written elsewhere.
import { roleOf } from "account_words";
import { FIELDS, LIFECYCLES } from "device_fields";
import { GENRES, PRIORITIES, WEEKDAYS } from "broadcast_words";
import { dateOf, timeOf } from "clock";
import { kindOf } from "device_words";
import { ACTORS, SEVERITIES } from "incident_words";
import { t } from "language";
import { nameOf } from "threshold_fields";
import { lasting } from "threshold_words";

const NAMES = {
  ...FIELDS,
  address: "địa chỉ", role: "vai trò", reason: "lý do", valid_from: "có hiệu lực từ", by: "thay bằng", unit: "xã", kind: "loại", hamlet: "thôn", starts_at: "bắt đầu", ends_at: "kết thúc",
  retroactive: "tính lại quá khứ", assignee: "giao cho", digest: "dấu vân tay của tệp (SHA-256)", new: "thêm mới", changed: "có thay đổi", same: "như cũ", missing: "không có trong danh sách",
  source: "nguồn", outcome: "kết quả", tried: "đã thử", stored: "đã nhận", duplicate: "đã có", rejected: "bị từ chối", version: "bản ghi số", device: "cụm loa", programme: "chương trình",
  priority: "mức ưu tiên", genre: "loại", devices: "cụm loa", hamlets: "thôn", weekdays: "các ngày trong tuần", first_day: "từ ngày", last_day: "đến hết ngày", starts: "giờ bắt đầu", minutes: "thời lượng (phút)",
  skipped: "bỏ ngày", state: "tình trạng",
};
// The same key means another thing of another deed.
const OF = { import: { address: "tệp" }, rejection: { address: "tệp" }, token: { name: "tên" }, maintenance: { name: "thiết bị" } };
const OUTCOMES = { stored: "đã nhận", duplicate: "đã có", rejected: "bị từ chối" };
const SAID = {
  role: roleOf, kind: kindOf, outcome: (key) => OUTCOMES[key], lifecycle: (key) => LIFECYCLES[key], genre: (key) => GENRES[key], priority: (key) => PRIORITIES[key], severity: (key) => SEVERITIES[key],
  owner: (key) => ACTORS[key], state: (key) => ({ active: "đang có hiệu lực", cancelled: "đã hủy" })[key],
  weekdays: (days) => days.split(", ").map((n) => t(WEEKDAYS[n - 1] ?? n)).join(", "),
};
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
const SPAN = /^(\d+[dhms] ?)+$/;
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;

function valueOf(key, value) {
  if (value === null || value === "") return "—";
  if (typeof value === "boolean") return t(value ? "có" : "không");
  if (Array.isArray(value)) return value.length === 2 ? value.map((one) => valueOf(key, one)).join(" → ") : value.map((one) => valueOf(key, one)).join(", ");
  if (typeof value === "object") return wordsOf(value);
  if (INSTANT.test(value)) return `${timeOf(Date.parse(value) / 1000)} ${dateOf(Date.parse(value) / 1000)}`;
  if (DAY.test(value)) return value.replace(DAY, "$3/$2/$1");
  if (SPAN.test(value)) return lasting(value);
  return t(SAID[key]?.(String(value)) ?? String(value));
}

function wordsOf(detail, named = (key) => t(NAMES[key] ?? key)) {
  const kept = Object.entries(detail).filter(([, value]) => value !== null && value !== "");
  return kept.map(([key, value]) => `${named(key)}: ${valueOf(key, value)}`).join("; ");
}

export function detailOf({ action, detail: { fields = {}, ...detail } }) {
  const kind = action.split(".")[0];
  const said = wordsOf(detail, (key) => t(OF[kind]?.[key] ?? NAMES[key] ?? key));
  return [wordsOf(fields, kind === "rule" ? nameOf : undefined), said].filter(Boolean).join("; ");
}
