// Thresholds: when each alarm speaks, how loudly, to whom, and why; the configuration file is their home.
import { get } from "ask";
import { useFresh } from "fresh";
import { ACTORS, SEVERITIES, SEVERITY_MARKS } from "incident_words";
import { t } from "language";
import { Mark } from "marks";
import { view } from "picture";
import { choose, route } from "route";
import { boundOf, conditionOf, lasting, lastingOf } from "threshold_words";

const SUBJECTS = { group: "Nhiều thiết bị", flapping: "Thiết bị chập chờn", device: "Từng thiết bị", broadcast: "Truyền thanh", case: "Phản ánh, hồ sơ", indicator: "Chỉ tiêu", outbreak: "Dịch bệnh", feed: "Nguồn dữ liệu", system: "Trung tâm" };
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();

export default {
  components: { Mark },
  template: `
    <div class="filters"><label class="field"><span>{{ t("Tìm") }}</span><input type="search" :value="route.query.q ?? ''" @input="choose({ q: $event.target.value })"/></label></div>
    <p class="muted">{{ t("Ngưỡng nằm trong tệp cấu hình ioc.toml, để mọi thay đổi được xem lại, có ngày hiệu lực và giữ lịch sử; ở đây chỉ xem. Muốn đổi: thêm các dòng dưới mỗi quy tắc vào tệp, sửa giá trị, kiểm tra bằng lệnh “ioc doctor”, rồi khởi động lại dịch vụ.") }}</p>
    <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
    <template v-if="its.value"><section v-for="[subject, rules] in groups" :key="subject" class="panel" :aria-label="t(subjects[subject])">
      <h2><span>{{ t(subjects[subject]) }} <span class="count">{{ rules.length }}</span></span></h2>
      <details v-for="it in rules" :key="it.key" class="rule">
        <summary><Mark :name="marks[now(it).severity]"/><b>{{ view.language === "en" ? it.title_en : it.title_vi }}</b><span>{{ t(severities[now(it).severity]) }}</span><span class="muted">{{ conditionOf(it.subject, now(it).when) }}</span><span v-if="it.forms.length > 1" class="own-form">{{ t("đã chỉnh") }}</span><span v-if="!now(it).enabled" class="own-form">{{ t("đang tắt") }}</span></summary>
        <p>{{ it.help }}</p>
        <div class="grid" tabindex="0" role="region" :aria-label="t('Ngưỡng')"><table>
          <thead><tr><th v-for="head in ['Áp dụng', 'Từ ngày', 'Điều kiện', 'Phải kéo dài', 'Hết khi ổn định', 'Mức độ', 'Nâng mức', 'Báo cho']" :key="head" scope="col">{{ t(head) }}</th></tr></thead>
          <tbody><tr v-for="(form, n) in it.forms" :key="n" :class="{ quietly: form !== now(it) }">
            <td :data-title="t('Áp dụng')">{{ n === 0 ? t("mặc định") : form.unit ? t("xã {code}", { code: form.unit }) : t("mọi xã") }}<b v-if="form === now(it)"> · {{ t("đang dùng") }}</b></td>
            <td :data-title="t('Từ ngày')">{{ day(form.valid_from) }}</td>
            <td :data-title="t('Điều kiện')">{{ form.enabled ? conditionOf(it.subject, form.when) : t("tắt") }}</td>
            <td :data-title="t('Phải kéo dài')">{{ form.for_s ? lastingOf(form.for_s) : t("báo ngay") }}</td>
            <td :data-title="t('Hết khi ổn định')">{{ form.closes === "person" ? t("người đóng") : form.clear_for_s ? lastingOf(form.clear_for_s) : t("hết ngay") }}</td>
            <td :data-title="t('Mức độ')">{{ t(severities[form.severity]) }}</td>
            <td :data-title="t('Nâng mức')">{{ form.escalate.map(rise).join("; ") || "—" }}</td>
            <td :data-title="t('Báo cho')">{{ t(actors[form.owner] ?? form.owner) }}</td>
          </tr></tbody></table></div>
        <p class="muted">{{ t("Căn cứ") }}: {{ it.source }}</p>
        <p class="muted">{{ t("Để đổi, ghi vào ioc.toml (đang ghi đúng như hiện nay, hiệu lực từ ngày mai; enabled = false để tắt):") }}</p>
        <pre tabindex="0" :aria-label="'ioc.toml: ' + it.key">{{ it.toml }}</pre>
      </details>
    </section><p v-if="!groups.length" class="nothing">{{ t("Không có quy tắc nào khớp.") }}</p></template>`,
  setup: () => ({ its: useFresh(() => get("rules"), [], 3600), t, view, choose, route, subjects: SUBJECTS, severities: SEVERITIES, marks: SEVERITY_MARKS, actors: ACTORS, conditionOf, lastingOf }),
  computed: {
    groups() {
      const words = plain(route.query.q ?? "").split(/\s+/).filter(Boolean);
      const shown = this.its.value.items.filter((it) => words.every((word) => plain([it.key, it.title_vi, it.title_en, it.help].join(" ")).includes(word)));
      return Object.keys(SUBJECTS).map((subject) => [subject, shown.filter((it) => it.subject === subject)]).filter(([, rules]) => rules.length);
    },
  },
  methods: {
    // The form that counts here now: the commune's own before one for all, and both before the shipped one.
    now({ forms }) {
      const ours = forms.filter((form) => form.in_force);
      return ours.find((form) => form.unit) ?? ours.at(-1) ?? forms[0];
    },
    day: (text) => text.split("-").map(Number).reverse().join("/"),
    rise(step) {
      return [step.after ? t("sau {n}", { n: lasting(step.after) }) : boundOf(step), t(SEVERITIES[step.severity]).toLocaleLowerCase("vi")].join(": ");
    },
  },
};
