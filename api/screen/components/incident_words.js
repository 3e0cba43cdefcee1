// Words of incidents that more than one page uses.
import { CATEGORIES, capital, said, seconds } from "case_words";
import { clock, sinceOf } from "clock";
import { t } from "language";
import { view } from "picture";

export const SEVERITIES = { emergency: "Khẩn cấp", critical: "Nghiêm trọng", warning: "Cảnh báo", info: "Thông tin" };
export const SEVERITY_MARKS = { emergency: "octagon", critical: "triangle", warning: "diamond", info: "dot" };
export const STATES = {
  open: "Mới", acknowledged: "Đã tiếp nhận", in_progress: "Đang xử lý", resolved: "Đã xử lý", false_alarm: "Báo nhầm",
};
export const ACTORS = {
  ioc: "hệ thống", chairman: "Chủ tịch UBND", vice_chairman: "Phó Chủ tịch UBND", police_on_duty: "Công an trực ban",
  one_stop_officer: "Công chức một cửa", clerk: "Văn thư", accountant: "Kế toán", health_station: "Trạm Y tế",
  culture_officer: "Phòng Văn hóa – Xã hội", technician: "Cán bộ kỹ thuật", statistics_officer: "Công chức thống kê",
  village_head: "Trưởng thôn",
};
export const STEPS = {
  opened: "phát hiện", escalated: "nâng mức", joined: "thêm vào nhóm", returned: "tái diễn", cleared: "hết tình trạng",
  folded: "gộp vào sự cố khác", reopened: "mở lại", acknowledged: "tiếp nhận", started: "bắt đầu xử lý",
  assigned: "giao việc", noted: "ghi chú", resolved: "đóng: đã xử lý", false_alarm: "đóng: báo nhầm",
};

// What happened; a rule of deadlines speaks of both sides of one, its value (the part of the term that has passed) of which.
export function titleOf(it) {
  if (it.rule === "field_report_due" && it.value !== null) return t(it.value >= 1 ? "Phản ánh {id} quá hạn" : "Phản ánh {id} sắp quá hạn", { id: it.subject_title });
  return view.language === "en" ? it.title_en : it.title_vi;
}

// What a case is about, in one line; of other incidents the title says it.
export function aboutOf({ subject_kind, evidence: { category, hamlet, due } }) {
  if (subject_kind !== "case") return "";
  return [category && capital(said(CATEGORIES, category)), hamlet, due && t("hạn {day}", { day: sinceOf(seconds(due), clock.now) })].filter(Boolean).join(" · ");
}
