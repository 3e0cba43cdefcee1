import { keepWatch, picture, view } from "picture";
import { t } from "language";
import { clock, sinceOf } from "clock";

export default {
  template: `
    <div class="banner" :class="{ shown: text }" role="alert" aria-live="assertive">{{ text }}</div>`,
  mounted() {
    keepWatch();
  },
  computed: {
    text() {
      const at = view.lostAt ?? picture.away;
      if (at === null) return "";
      const what = view.lostAt !== null ? "Mất kết nối với máy chủ" : "Cơ sở dữ liệu không trả lời";
      return t(what + " từ {since} – số liệu bên dưới là của lúc đó", { since: sinceOf(at, clock.now) });
    },
  },
  watch: {
    text: {
      immediate: true,
      handler(text) {
        document.documentElement.classList.toggle("standing-still", !!text);
      },
    },
  },
};
