// Words of sources that their pages share, and which source is worse; states themselves stand in the server's dictionary.
import { locale, t } from "language";
import { view } from "picture";
import { clock, dateOf, sinceOf, span, timeOf } from "clock";

export const FEEDS = {
  health: "Y tế", budget: "Ngân sách", socio_economic: "Kinh tế – xã hội", internet_monitoring: "Thông tin mạng",
  admin_procedures: "Một cửa", documents: "Văn bản", field_reports: "Phản ánh", camera_status: "Camera",
  loudspeaker_status: "Truyền thanh", network_status: "Thiết bị mạng", digital_transformation: "Chuyển đổi số",
};
export const FEED_STATES = ["error", "stale", "never", "paused", "ok"];
export const FEED_MARKS = { error: "bang", stale: "clock", never: "circle", paused: "gear", ok: "dot" };
export const FEED_TONES = { error: "warning", stale: "warning", never: "quietly", paused: "quietly" };
const WAYS = { subscribed: "nghe máy chủ truyền tin", polled: "tự hỏi theo lịch", received: "bên gửi đẩy vào" };
const STAGES = { understand: "đọc nội dung", store: "ghi vào cơ sở dữ liệu" };
const EVERY = { day: "hằng ngày", week: "hằng tuần", month: "hằng tháng", quarter: "hằng quý", half_year: "nửa năm một lần", year: "hằng năm" };
const OWED_TONES = { missing: "critical", partial: "warning", abnormal: "warning", late: "warning", not_due: "quietly", not_owed: "quietly" };
const OWED_MARKS = { missing: "cross", partial: "bang", abnormal: "bang", late: "clock", on_time: "dot", not_due: "circle", not_owed: "circle" };
const WHY = {
  refused: "tệp bị từ chối, chưa có số liệu nào", mismatch: "số đã nêu và số tính lại không khớp",
  leap: "chênh lệch bất thường so với kỳ trước, có thể nhầm đơn vị tính",
};

export const seconds = (text) => (text ? Date.parse(text) / 1000 : null);
export const stateOf = (state) => t(view.words.feeds[state] ?? state);
export const feedOf = (feed) => t(FEEDS[feed] ?? feed);
export const wayOf = (transport) => t(WAYS[transport] ?? transport);
export const stageOf = (stage) => t(STAGES[stage] ?? stage);
export const everyOf = (every) => t(EVERY[every] ?? every);
export const whyOf = (why) => t(WHY[why] ?? why);

// The service names a period in Vietnamese; in English its days say as much.
export function periodOf(owed) {
  if (locale() === "vi-VN") return owed.period;
  const [year, month, day] = owed.period_start.split("-").map(Number);
  const named = { month: `${month}/${year}`, quarter: `Q${Math.ceil(month / 3)}/${year}`, half_year: `H${month < 7 ? 1 : 2}/${year}`, year: `${year}` };
  return named[owed.every] ?? `${day}/${month}/${year}`;
}

export const owedTone = (state) => OWED_TONES[state];
export const owedMark = (state) => OWED_MARKS[state] ?? "dot";
export const addressOf = (name) => `/nguon-du-lieu/${encodeURIComponent(name)}`;
export const actorOf = (name) => ({ folder: t("thư mục theo dõi"), "command line": t("dòng lệnh") })[name] ?? name?.replace(/^token:/, t("chương trình") + " ");
export const when = (text) => (text ? sinceOf(seconds(text), clock.now) : "—");
export const whenExact = (text) => (text ? `${timeOf(seconds(text))} ${dateOf(seconds(text))}` : "—");
export const ageOf = (text) => (text ? t("{age} trước", { age: span(clock.now - seconds(text)) }) : t("chưa có dữ liệu"));
export const sized = (bytes) => (bytes < 1024 ? `${bytes} byte` : bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1).replace(".", ",")} MB`);

// What somebody has to see to of what a source owes, and the next that will be due.
export const owing = (source) => source.expected.filter(({ state }) => !["on_time", "not_due", "not_owed"].includes(state));
export const nextDue = (source) => source.expected.filter(({ state }) => state === "not_due").sort((a, b) => seconds(a.due_at) - seconds(b.due_at))[0];

const OWED_WEIGHT = ["missing", "partial", "abnormal", "late"];
const weight = (source) => {
  const state = FEED_STATES.indexOf(source.state);
  const owed = Math.min(9, ...owing(source).map((one) => OWED_WEIGHT.indexOf(one.state)));
  if (source.state === "error") return 0;
  if (owed === 0) return 1;
  if (source.state === "stale") return 2;
  return owed < 9 ? 3 : 3 + state;
};

// Worst first; of two that are as bad the one with more refused, then by name.
export const worstFirst = (sources) => [...sources].sort((a, b) => weight(a) - weight(b) || b.rejected - a.rejected || a.title.localeCompare(b.title, "vi") || a.name.localeCompare(b.name));
