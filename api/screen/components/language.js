// Texts are written in Vietnamese; English is looked up by them. Places in braces are filled: t("{n} thiết bị", { n: 3 }).
import { view } from "picture";

export function t(text, filled) {
  const said = view.english[text] ?? text;
  return filled ? said.replace(/\{(\w+)\}/g, (whole, name) => filled[name] ?? whole) : said;
}

export const locale = () => (view.language === "en" ? "en-GB" : "vi-VN");

export function speak(language) {
  document.cookie = `ioc_language=${language}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
}
