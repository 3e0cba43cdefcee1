// Words of programmes, and of what became of them.
export const OUTCOMES = {
  not_heard: ["không phát", "cross", "critical"], late: ["phát muộn", "clock", "warning"], unobserved: ["không quan sát được", "question", "unknown"],
  maintenance: ["bảo trì", "gear", "maintenance"], due: ["chưa đến giờ", "", "absent"], played: ["đã phát", "tick", ""],
};
export const PRIORITIES = { normal: "thường", priority: "ưu tiên", emergency: "khẩn cấp" };
export const STATES = { planned: "theo lịch", cancelled: "đã hủy", playing: "đang phát", played: "đã phát", failed: "phát lỗi" };
export const GENRES = { bulletin: "Bản tin", notice: "Thông báo", relay: "Tiếp âm đài cấp trên", campaign: "Tuyên truyền", other: "Khác" };
export const WEEKDAYS = ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"];
export const seconds = (text) => (text ? Date.parse(text) / 1000 : null);
