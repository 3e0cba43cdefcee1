import { apply, keepWatch, load, picture, view } from "picture";
import { clock, sinceOf } from "clock";

export default {
  template: `
    <div class="banner" :class="{ shown: text }" role="alert" aria-live="assertive">{{ text }}</div>`,
  props: { picture: Object, role: String, now: Number, words: Object },
  created() {
    view.role = this.role;
    view.words = this.words;
    load(this.picture, this.now);
  },
  mounted() {
    keepWatch();
  },
  computed: {
    text() {
      const at = view.lostAt ?? picture.away;
      if (at === null) return "";
      const what = view.lostAt !== null ? "Mất kết nối với máy chủ" : "Cơ sở dữ liệu không trả lời";
      return `${what} từ ${sinceOf(at, clock.now)} – số liệu bên dưới là của lúc đó`;
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
  methods: { apply },
};
