// Words of incidents that more than one page uses.
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
