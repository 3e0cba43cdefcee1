// Words of devices that more than one page uses; states themselves stand in the server's dictionary.
import { view } from "picture";
import { t } from "language";

export const STATES = ["offline", "fault", "degraded", "unknown", "maintenance", "online", "pending_install", "disabled"];
export const KINDS = ["camera", "loudspeaker", "network"];
export const stateOf = (state) => t(view.words.states[state] ?? state);
export const kindOf = (kind) => t(view.words.kinds[kind] ?? kind);
export const addressOf = (device) => `/thiet-bi/${device.kind}/${encodeURIComponent(device.id ?? device.name)}`;

// What a device measures, with its unit; what is not named here stands under its own name.
export const MEASURES = {
  volume_pct: ["Âm lượng", "%"], signal_dbm: ["Sóng di động", "dBm"], temperature_c: ["Nhiệt độ", "°C"],
  uptime_s: ["Chạy liên tục", "giây"], amplifier_w: ["Công suất tăng âm", "W"], fps: ["Khung hình", "hình/giây"],
  bitrate_kbps: ["Luồng hình", "kbit/s"], latency_ms: ["Độ trễ", "ms"], clock_skew_s: ["Đồng hồ lệch", "giây"],
  disk_free_pct: ["Đĩa còn trống", "%"], loss_pct: ["Mất gói", "%"], load_pct: ["Tải", "%"], connected: ["Kết nối", ""],
  decodable: ["Xem được hình", ""], recording: ["Ghi hình", ""], certificate_days: ["Chứng thư còn", "ngày"],
};
export const FACTS = ["connected", "decodable", "recording"];
export const measure = (name) => [t(MEASURES[name]?.[0] ?? name), t(MEASURES[name]?.[1] ?? "")];
