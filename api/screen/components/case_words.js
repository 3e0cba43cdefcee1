// Words of field reports that more than one page uses.
import { clock, span, spanExact } from "clock";
import { t } from "language";

export const STATUSES = {
  new: "mới", received: "đã tiếp nhận", assigned: "đã phân công", in_progress: "đang xử lý", transferred: "đã chuyển đơn vị khác",
  resolved: "đã xử lý", rejected: "không xử lý", overdue: "quá hạn",
};
export const CATEGORIES = {
  construction_order: "trật tự xây dựng", environment: "vệ sinh môi trường", traffic_infra: "hạ tầng giao thông", urban_infra: "hạ tầng đô thị",
  security: "an ninh trật tự", flooding: "ngập nước", lighting: "chiếu sáng", trees: "cây xanh", other: "lĩnh vực khác",
};
export const SEVERITIES = { urgent: "khẩn cấp", soon: "cần xử lý sớm", normal: "bình thường" };
export const DEADLINES = { overdue: "quá hạn", due_soon: "sắp đến hạn", in_time: "trong hạn", no_due_date: "không có hạn" };
const CLOSED = { early: "trước hạn", on_time: "đúng hạn", overdue: "quá hạn" };
const MARKS = { overdue: "triangle", due_soon: "clock" };
const TONES = { overdue: "critical", due_soon: "warning" };

export const seconds = (text) => (text ? Date.parse(text) / 1000 : null);
export const capital = (text) => text.slice(0, 1).toLocaleUpperCase("vi") + text.slice(1);
export const said = (words, key) => t(words[key] ?? key);
export const addressOf = (one) => `/phan-anh/${encodeURIComponent(one.id)}`;
export const titleOf = (one) => `${one.id} · ${said(CATEGORIES, one.category)}`;

// How a report stands against its deadline: {word, mark, tone, left}; `left` says how much time there is or was.
export function deadlineOf(one) {
  if (one.closed_at) return { word: t("đã đóng, {how}", { how: said({ ...DEADLINES, ...CLOSED }, one.deadline) }), mark: "", tone: "", left: "" };
  const due = seconds(one.due);
  const rest = due === null ? null : due - clock.now;
  const left = rest === null ? "" : rest < 0 ? t("quá {time}", { time: spanExact(-rest) }) : t("còn {time}", { time: spanExact(rest) });
  // Between two readings a deadline passes by itself.
  const deadline = rest !== null && rest < 0 ? "overdue" : one.deadline;
  return { word: said(DEADLINES, deadline), mark: MARKS[deadline] ?? "", tone: TONES[deadline] ?? "", left, deadline };
}

export const agoOf = (text) => t("{age} trước", { age: span(clock.now - seconds(text)) });
