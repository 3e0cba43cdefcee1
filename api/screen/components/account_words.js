// Words of people and of what they did, on more than one page.
export const ROLES = {
  viewer: ["Chỉ xem", "xem mọi trang, không thay đổi gì (lãnh đạo, màn hình treo tường)"],
  operator: ["Trực ban", "thêm: tiếp nhận và xử lý sự cố, nạp số liệu"],
  technician: ["Kỹ thuật", "thêm: sổ thiết bị, bảo trì, bản tin bị từ chối"],
  admin: ["Quản trị", "thêm: tài khoản, mã truy cập, ngưỡng, nhật ký"],
};
export const roleOf = (role) => ROLES[role]?.[0] ?? role;

export const ACTS = {
  "account.create": "tạo tài khoản", "account.role": "đổi vai trò", "account.disable": "khóa tài khoản",
  "account.enable": "mở lại tài khoản", "account.password": "đổi mật khẩu", "session.begin": "đăng nhập",
  "token.create": "tạo mã truy cập", "token.admit": "nhận mã truy cập", "token.revoke": "thu hồi mã truy cập",
  "device.enter": "thêm thiết bị", "device.edit": "sửa thiết bị", "device.replace": "thay thiết bị",
  "device.import": "nhập danh sách thiết bị", "maintenance.plan": "lập đợt bảo trì",
  "maintenance.cancel": "hủy đợt bảo trì", "maintenance.end": "kết thúc bảo trì", "import.undo": "rút lại lần nhập số",
  "rejection.retry": "thử lại bản tin bị từ chối", "broadcast.plan": "lập lịch phát", "broadcast.edit": "sửa lịch phát", "broadcast.cancel": "hủy lịch phát",
  "rule.set": "đặt ngưỡng",
  "incident.acknowledged": "tiếp nhận sự cố", "incident.started": "bắt đầu xử lý sự cố",
  "incident.assigned": "giao sự cố", "incident.noted": "ghi chú sự cố", "incident.resolved": "đóng sự cố",
  "incident.false_alarm": "báo nhầm", "incident.reopened": "mở lại sự cố",
};
export const actOf = (action) => ACTS[action] ?? action;
