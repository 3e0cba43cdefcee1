// What the help says: marks with their meaning, pages with what they are for, keys.
export const DEVICE_STATES = [
  ["online", "C01", "Thiết bị trả lời đúng hạn. Màu xám: không có gì phải làm."],
  ["offline", "C12", "Thiết bị không trả lời, mà thiết bị cùng đường truyền vẫn hoạt động. Xử lý ngay."],
  ["fault", "L6", "Thiết bị trả lời nhưng tự báo lỗi, hoặc không làm được việc của nó."],
  ["unknown", "C18", "Chúng ta không nhìn được: đường truyền, máy chủ truyền tin hoặc bộ thu ngừng. Không tính là hỏng."],
  ["maintenance", "C07", "Trong lịch bảo trì đã khai báo; không báo sự cố."],
  ["pending_install", "C25", "Có trong sổ nhưng chưa lắp, hoặc tạm ngưng; không tính vào tỷ lệ."],
];
export const SEVERITY_HELP = [
  ["emergency", "Nguy hiểm cho người hoặc an ninh: gọi ngay, không chờ."],
  ["critical", "Một việc quan trọng đang ngừng: tiếp nhận trong ca."],
  ["warning", "Sẽ thành lớn nếu để lâu: xem trong ngày."],
  ["info", "Để biết."],
];
export const FEED_HELP = [
  ["ok", "Có tin trong hạn."],
  ["stale", "Quá hạn chưa có gì mới; số liệu vẫn hiện, kèm chữ “trễ”."],
  ["error", "Bộ thu không hỏi được hoặc không báo về."],
  ["never", "Đã khai báo, chưa gửi lần nào."],
  ["paused", "Không còn trong cấu hình; số liệu cũ vẫn giữ."],
];

const FIGURE = {
  help: "", tone: "", verdict: "", target: "", compare: "", amount: "", aim: null, gap: 0, page: "", exact: "", at: null,
  late: null, stale: false, anyfeed: false, trend: [],
};
// Three figures as the pages draw them, with invented values; ages are in seconds before now.
export const FIGURES = [
  [{ ...FIGURE, key: "help-fresh", title: "Đúng hạn", value: "91,3", unit: "%", target: "mục tiêu 95", period: "đến 31/10/2026", source: "Kế toán xã", trend: [[0, 60], [1, 66], [2, 71], [3, 80], [4, 91.3]], aim: 95, age: 7200 }, "Số lớn, đơn vị, mục tiêu, kỳ, đường diễn biến, nguồn và tuổi của số."],
  [{ ...FIGURE, key: "help-late", title: "Trễ", value: "1.204", unit: "lượt", period: "ngày 19/11/2026", source: "Trạm Y tế", stale: true, overdue: 57600 }, "Viền vàng và chữ “trễ”: số còn đó nhưng đã quá hạn có số mới. Đừng coi là của hôm nay."],
  [{ ...FIGURE, key: "help-none", title: "Chưa có", value: null, unit: "", period: "", source: "Văn phòng" }, "Gạch ngang và viền đứt: chưa ai nộp. Không phải là 0."],
];

export const PURPOSES = {
  "/": "Một câu nói tình hình, việc cần xử lý, bản đồ, bảng thiết bị và các con số chính.",
  "/ban-do": "Việc gì đang ở đâu: thiết bị, phản ánh, sự cố trên bản đồ xã.",
  "/thiet-bi": "Từng camera, loa, thiết bị mạng: trạng thái, lịch sử, tỷ lệ hoạt động, căn cứ.",
  "/truyen-thanh": "Lịch phát hôm nay và cụm loa nào đã phát thật.",
  "/su-co": "Tiếp nhận, ghi chú, giao việc, đóng sự cố; bàn giao ca.",
  "/phan-anh": "Phản ánh của người dân, hạn trả lời.",
  "/ngan-sach": "Thu, chi so với dự toán.",
  "/mot-cua": "Hồ sơ nhận, giải quyết đúng hạn, quá hạn.",
  "/y-te": "Khám chữa bệnh, dịch bệnh, tiêm chủng.",
  "/van-ban": "Văn bản đi, đến, chữ ký số.",
  "/kinh-te-xa-hoi": "Chỉ tiêu kinh tế – xã hội so với kế hoạch.",
  "/thong-tin-mang": "Tin, bài nói về xã trên mạng.",
  "/chuyen-doi-so": "Ba trụ cột chuyển đổi số: đạt, chưa đạt, còn thiếu số.",
  "/nguon-du-lieu": "Số liệu từ đâu đến, trễ hay thiếu, tệp bị từ chối; nộp tệp.",
  "/quan-tri": "Tài khoản, mã truy cập, thiết bị, lịch bảo trì, ngưỡng.",
};

export const KEYS = [
  ["Tab, Shift + Tab", "Đi tới, đi lui giữa các nút và liên kết; khung màu cho biết đang ở đâu."],
  ["Enter", "Mở liên kết, bấm nút."],
  ["Phím cách", "Bấm nút, mở phần gập lại."],
  ["Esc", "Đóng bảng hỏi hoặc danh sách “Thêm”."],
  ["Tab đầu tiên", "“Đến nội dung”: bỏ qua thanh tiêu đề."],
  ["Mũi tên, +, −", "Trên bản đồ: dời, phóng to, thu nhỏ."],
  ["Ctrl + P", "In trang đang xem, nền trắng, không có nút."],
];
