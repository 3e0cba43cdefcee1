// Help: what marks and figures mean, what each page is for, keys, whom to call, and what this is.
import { get } from "ask";
import { clock } from "clock";
import { useFresh } from "fresh";
import { locale, t } from "language";
import { Mark, STATE_MARKS } from "marks";
import { may, view } from "picture";
import { stateOf } from "device_words";
import { SEVERITIES, SEVERITY_MARKS, ACTORS } from "incident_words";
import { FEED_MARKS, FEED_TONES, feedOf, stateOf as feedStateOf } from "source_words";
import { DEVICE_STATES, FEED_HELP, FIGURES, KEYS, PURPOSES, SEVERITY_HELP } from "help_words";
import Figure from "figure";

const OWNERS = { statistics_officer: "Công chức thống kê" };
const RECEIVERS = { ok: "gửi được", failing: "đang lỗi", never: "chưa gửi lần nào", removed: "đã bỏ" };

export default {
  components: { Figure, Mark },
  template: `
    <main class="sheet" id="content">
      <div class="head"><h1>{{ t(page.title) }}</h1></div>
      <p class="lead">{{ t("Xám là bình thường; màu là tin cần biết. Màu luôn đi với dấu và chữ.") }}</p>
      <div class="help">
        <section class="panel"><h2>{{ t("Thiết bị") }}</h2><dl class="signs">
          <template v-for="[state, name, text] in deviceStates" :key="state"><dt><span class="tile" :class="state"><span>{{ name }}</span><Mark v-if="deviceMarks[state]" :name="deviceMarks[state]" class="state"/></span></dt><dd><b>{{ stateOf(state) }}</b>{{ t(text) }}</dd></template></dl></section>
        <section class="panel"><h2>{{ t("Mức sự cố") }}</h2><dl class="signs">
          <template v-for="[severity, text] in severities" :key="severity"><dt :class="severity"><Mark :name="severityMarks[severity]"/></dt><dd><b>{{ t(severityWords[severity]) }}</b>{{ t(text) }}</dd></template></dl>
          <h2>{{ t("Nguồn dữ liệu") }}</h2><dl class="signs">
          <template v-for="[state, text] in feeds" :key="state"><dt :class="feedTones[state]"><Mark :name="feedMarks[state]"/></dt><dd><b>{{ feedStateOf(state) }}</b>{{ t(text) }}</dd></template></dl></section>
        <section class="panel numbers"><h2>{{ t("Đọc một con số") }} <span class="count">{{ t("ví dụ") }}</span></h2>
          <ul class="samples"><li v-for="[tile, text] in figures" :key="tile.key"><Figure :tile="tile"/><p>{{ t(text) }}</p></li></ul>
          <p><b>{{ t("Lệch số liệu") }}</b> {{ t("Nơi gửi nêu một số, hệ thống tính lại ra số khác. Cả hai được giữ và nêu rõ; không số nào bị sửa. Hỏi lại nơi gửi.") }}</p>
          <p><b>{{ t("Tuổi") }}</b> {{ t("Số ở góc phải là thời gian từ lần cập nhật cuối của nguồn. Thanh vàng trên đầu trang: đã mất kết nối, mọi số là của lúc ghi trên thanh.") }}</p></section>
        <section class="panel"><h2>{{ t("Các trang") }}</h2><dl class="pairs">
          <template v-for="one in pages" :key="one.path"><dt><a :href="one.path" data-page="1">{{ t(one.title) }}</a></dt><dd>{{ t(purposes[one.path]) }}</dd></template></dl></section>
        <section class="panel"><h2>{{ t("Gọi ai") }}</h2>
          <p>{{ t("Thiết bị, đường truyền, phần mềm: cán bộ kỹ thuật. An ninh, khẩn cấp: công an trực ban. Số liệu: người nộp số liệu đó.") }}</p>
          <dl class="pairs"><template v-for="[who, what] in owners" :key="who"><dt>{{ who }}</dt><dd>{{ what }}</dd></template></dl>
          <template v-if="receivers.length"><h2>{{ t("Ai nhận báo động") }}</h2><dl class="pairs"><template v-for="one in receivers" :key="one.name"><dt>{{ one.title || one.name }}</dt><dd>{{ one.kind }} · {{ t(receiverStates[one.state]) }}</dd></template></dl></template></section>
        <section class="panel"><h2>{{ t("Bàn phím") }}</h2><dl class="pairs">
          <template v-for="[key, text] in keys" :key="key"><dt><kbd>{{ t(key) }}</kbd></dt><dd>{{ t(text) }}</dd></template></dl></section>
        <section class="panel"><h2>{{ t("Giới thiệu") }}</h2>
          <p>{{ t("Màn hình của trung tâm giám sát, điều hành xã. Không cần internet: phông chữ, bản đồ, biểu đồ đều ở máy chủ của xã.") }}</p>
          <p>{{ t("Không hiện số liệu của cá nhân: tên, số điện thoại, địa chỉ bị bỏ trước khi lưu.") }}</p>
          <dl class="pairs"><dt>{{ t("Phiên bản") }}</dt><dd>commune-ioc {{ its.value?.version ?? "…" }}</dd>
            <dt>{{ t("Phông chữ") }}</dt><dd>Noto Sans, <a href="/screen/fonts/OFL.md" download>SIL Open Font License 1.1</a></dd>
            <dt>{{ t("Biểu đồ, bản đồ") }}</dt><dd>Apache ECharts (Apache 2.0), Leaflet (BSD), Vue, NiceGUI (MIT)</dd></dl>
          <p class="muted">{{ t("Cài đặt, sao lưu, nâng cấp: xem sổ tay vận hành van-hanh.md đi kèm bản cài đặt.") }}</p></section>
      </div>
    </main>`,
  props: { page: Object, below: Array },
  setup() {
    const read = async () => {
      const [{ version }, numbers, receivers] = await Promise.all([get("version"), get("indicators"), may("technician") ? get("receivers") : { items: [] }]);
      return { version, numbers: numbers.items, receivers: receivers.items };
    };
    return {
      its: useFresh(read, [], 600), t, stateOf, feedStateOf, deviceStates: DEVICE_STATES, deviceMarks: STATE_MARKS, severities: SEVERITY_HELP, severityMarks: SEVERITY_MARKS, severityWords: SEVERITIES,
      feeds: FEED_HELP, feedMarks: FEED_MARKS, feedTones: FEED_TONES, purposes: PURPOSES, keys: KEYS, receiverStates: RECEIVERS,
    };
  },
  computed: {
    pages: () => view.pages.filter(({ path }) => path in PURPOSES),
    // Examples age as figures do; their words are spoken like everything else.
    figures: () => FIGURES.map(([{ age, overdue, ...tile }, text]) => [{
      ...tile, title: t(tile.title), unit: t(tile.unit), source: t(tile.source), target: t(tile.target), period: t(tile.period),
      at: age ? clock.now - age : null, late: overdue ? clock.now - overdue : null,
    }, text]),
    receivers() {
      return (this.its.value?.receivers ?? []).filter(({ configured }) => configured);
    },
    // Who answers for which figures, as the numbers' definitions say.
    owners() {
      const found = new Map();
      for (const { owner, feed } of this.its.value?.numbers ?? []) if (feed) found.set(owner, (found.get(owner) ?? new Set()).add(feedOf(feed)));
      return [...found].map(([owner, feeds]) => [t(ACTORS[owner] ?? OWNERS[owner] ?? owner), [...feeds].sort((a, b) => a.localeCompare(b, locale())).join(", ")]).sort(([a], [b]) => a.localeCompare(b, locale()));
    },
  },
};
