// Asking the service: answers as JSON, refusals in words a person can act on.
import { t } from "language";

export class Refusal extends Error {
  constructor(status, problem) {
    super(told(status, problem));
    this.status = status;
    this.problem = problem;
  }
}

const SAID = {
  400: "Yêu cầu không hợp lệ.",
  403: "Tài khoản này không được làm việc này.",
  404: "Không tìm thấy.",
  409: "Người khác vừa thay đổi. Xem lại rồi thử lại.",
  413: "Tệp quá lớn.",
  422: "Nội dung chưa đúng.",
  429: "Quá nhiều yêu cầu. Thử lại sau ít phút.",
};

function told(status, problem) {
  const known = SAID[status] ?? "Máy chủ chưa nhận. Thử lại sau ít phút.";
  const said = problem?.reasons?.map((one) => one.vi).filter(Boolean) ?? [];
  if (status === 409 && said.length) return said.join("; ") + "."; // may begin with a name
  const reasons = said.length ? said : problem?.reasons?.map((one) => one.reason);
  const detail = reasons?.filter(Boolean).join("; ") || problem?.detail;
  return [t(known), detail].filter(Boolean).join(" ");
}

async function ask(method, path, body) {
  const headers = { Accept: "application/json" };
  const raw = body instanceof Blob || body instanceof FormData;
  if (body !== undefined && !raw) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined || raw ? body : JSON.stringify(body) });
  } catch {
    throw new Refusal(0, { detail: t("Chưa gửi được. Kiểm tra kết nối rồi thử lại.") });
  }
  if (answer.status === 401) location.assign("/sign-in?expired=1&then=" + encodeURIComponent(location.pathname + location.search));
  const type = answer.headers.get("Content-Type") ?? "";
  const said = type.includes("json") ? await answer.json() : await answer.text();
  if (!answer.ok) throw new Refusal(answer.status, typeof said === "string" ? null : said);
  return said;
}

const api = (path) => (path.startsWith("/") ? path : `/api/v1/${path}`);

export const get = (path, asked = {}) => {
  const kept = Object.entries(asked).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const search = new URLSearchParams(kept).toString();
  return ask("GET", api(path) + (search ? (path.includes("?") ? "&" : "?") + search : ""));
};
export const post = (path, body) => ask("POST", api(path), body);
export const put = (path, body) => ask("PUT", api(path), body);
export const patch = (path, body) => ask("PATCH", api(path), body);
export const remove = (path) => ask("DELETE", api(path));

// Every row of a list, page by page, up to a bound that a screen can still show.
export async function all(path, asked = {}, bound = 5000) {
  const rows = [];
  let cursor = null;
  do {
    const page = await get(path, { limit: 500, ...asked, cursor });
    rows.push(...page.items);
    cursor = page.next;
  } while (cursor && rows.length < bound);
  return rows;
}
