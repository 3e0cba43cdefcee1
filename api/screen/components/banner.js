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
      const since = sinceOf(at, clock.now);
      if (view.lostAt !== null) return t("Mất kết nối với máy chủ từ {since} – số liệu bên dưới là của lúc đó", { since });
      return t("Cơ sở dữ liệu không trả lời từ {since} – số liệu bên dưới là của lúc đó", { since });
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
