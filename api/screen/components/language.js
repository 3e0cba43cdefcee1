// Texts are written in Vietnamese; English is looked up by them. Places in braces are filled: t("{n} thiết bị", { n: 3 }).
// English that differs by number stands as "one device|{n} devices": the first where n is 1.
import { view } from "picture";

export function t(text, filled) {
  let said = view.english[text] ?? text;
  if (said.includes("|")) said = said.split("|")[String(filled?.n) === "1" ? 0 : 1];
  return filled ? said.replace(/\{(\w+)\}/g, (whole, name) => filled[name] ?? whole) : said;
}

export const locale = () => (view.language === "en" ? "en-GB" : "vi-VN");

export function speak(language) {
  document.cookie = `ioc_language=${language}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
}
