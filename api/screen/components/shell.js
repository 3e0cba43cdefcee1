// The frame around every page; a page's own code is fetched when it is first opened.
import { defineAsyncComponent, markRaw } from "vue";
import { apply, begin, view } from "picture";
import { enterWall, givenToken } from "enter";
import { beginKiosk } from "kiosk";
import { followLinks, pageAt, route } from "route";
import { t } from "language";
import Banner from "banner";
import Masthead from "masthead";
import Overview from "page_overview";
import Tip from "tip";

const Waiting = { template: `<p class="nothing" role="status">{{ t("Đang tải…") }}</p>`, setup: () => ({ t }) };
const Lost = { template: `<p class="nothing" role="alert">{{ t("Trang không tải được. Kiểm tra kết nối rồi tải lại.") }}</p>`, setup: () => ({ t }) };
const Unknown = { template: `<main class="sheet"><p class="nothing">{{ t("Không có trang này, hoặc tài khoản không được mở.") }} <a href="/" data-page="1">{{ t("Về Tổng quan") }}</a></p></main>`, setup: () => ({ t }) };

const opened = { overview: markRaw(Overview) };

// What could not be fetched is fetched again when the page is next opened.
const fetched = (key) =>
  import("page_" + key).catch((error) => {
    delete opened[key];
    throw error;
  });

function componentOf(key) {
  opened[key] ??= markRaw(
    defineAsyncComponent({ loader: () => fetched(key), loadingComponent: Waiting, errorComponent: Lost, delay: 300 }),
  );
  return opened[key];
}

export default {
  components: { Banner, Masthead, Tip },
  template: `
    <div class="screen" :class="page && 'at-' + page.key">
      <Banner/>
      <Masthead :pages="pages" :here="page?.path" :who="who"/>
      <component :is="shown" :key="page?.path" :page="page" :below="below"/>
      <Tip v-if="view.tip"/>
    </div>`,
  props: { picture: Object, role: String, who: String, now: Number, words: Object, pages: Array, language: String, english: Object },
  setup: () => ({ view }),
  created() {
    document.documentElement.lang = this.language;
    begin(this);
    followLinks();
    beginKiosk(this.pages);
    const token = givenToken();
    if (token) enterWall(token).then((status) => status === 200 && location.reload()).catch(() => {});
  },
  computed: {
    page() {
      return pageAt(this.pages, route.path);
    },
    below() {
      return route.path.slice(this.page?.path.length ?? 0).split("/").filter(Boolean).map(decodeURIComponent);
    },
    shown() {
      return this.page ? componentOf(this.page.key) : Unknown;
    },
  },
  watch: {
    page: {
      immediate: true,
      handler(page) {
        document.title = [page && page.path !== "/" && t(page.title), t("Trung tâm giám sát, điều hành thông minh")].filter(Boolean).join(" · ");
      },
    },
  },
  methods: { apply },
};
