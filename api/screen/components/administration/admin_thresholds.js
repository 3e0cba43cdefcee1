// Thresholds: when each alarm speaks, how loudly, to whom, why, and who said so; an admin changes them here.
import { get } from "ask";
import { clock, dateOf, timeOf } from "clock";
import { useFresh } from "fresh";
import { ACTORS, SEVERITIES, SEVERITY_MARKS } from "incident_words";
import { t } from "language";
import { Mark } from "marks";
import { may, picture, view } from "picture";
import { choose, route } from "route";
import ThresholdForm from "threshold_form";
import { boundOf, conditionOf, lasting, lastingOf } from "threshold_words";

const SUBJECTS = { group: "Nhiều thiết bị", flapping: "Thiết bị chập chờn", device: "Từng thiết bị", broadcast: "Truyền thanh", case: "Phản ánh, hồ sơ", indicator: "Chỉ tiêu", outbreak: "Dịch bệnh", feed: "Nguồn dữ liệu", system: "Trung tâm" };
const HEADS = ["Áp dụng", "Từ ngày", "Điều kiện", "Phải kéo dài", "Hết khi ổn định", "Mức độ", "Nâng mức", "Báo cho", "Người đặt, lý do"];
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
const seconds = (text) => Date.parse(text) / 1000;

export default {
  components: { Mark, ThresholdForm },
  template: `
    <div class="filters"><label class="field"><span>{{ t("Tìm") }}</span><input type="search" :value="route.query.q ?? ''" @input="choose({ q: $event.target.value })"/></label></div>
    <p class="muted">{{ t("Ngưỡng đặt ở đây đi trước tệp ioc.toml, tệp đi trước giá trị có sẵn. Mỗi thay đổi có ngày hiệu lực, người đặt và lý do, được giữ mãi, không sửa lại quá khứ, và có tác dụng ngay, không cần khởi động lại.") }} {{ may("admin") ? t("Mở một quy tắc rồi bấm “Sửa ngưỡng”.") : t("Chỉ quản trị viên sửa được.") }}</p>
    <p class="muted">{{ t("Chỉ tiêu và mốc màu của các ô số (mục tiêu, vàng, đỏ) không ở đây: chúng thuộc định nghĩa của chỉ tiêu trong cấu hình.") }}</p>
    <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
    <template v-if="its.value"><section v-for="[subject, rules] in groups" :key="subject" class="panel" :aria-label="t(subjects[subject])">
      <h2><span>{{ t(subjects[subject]) }} <span class="count">{{ rules.length }}</span></span></h2>
      <details v-for="it in rules" :key="it.key" class="rule">
        <summary><Mark :name="marks[it.now.severity]"/><b>{{ view.language === "en" ? it.title_en : it.title_vi }}</b><span>{{ t(severities[it.now.severity]) }}</span><span class="muted">{{ conditionOf(it.subject, it.now.when) }}</span><span v-if="isOtherwise(it)" class="own-form">{{ t("đã chỉnh") }}</span><span v-for="form in planned(it)" :key="form.said_at" class="own-form">{{ t("sẽ đổi từ {day}", { day: day(form.valid_from) }) }}</span><span v-if="!it.now.enabled" class="own-form">{{ t("đang tắt") }}</span></summary>
        <p>{{ view.language === "en" ? it.help_en : it.help }}</p>
        <p v-if="saved === it.key" role="status">{{ t("Đã lưu.") }}</p>
        <div v-if="may('admin') && editing !== it.key" class="actions"><button type="button" class="button" @click="edit(it.key)">{{ t("Sửa ngưỡng") }}</button></div>
        <ThresholdForm v-if="editing === it.key" :rule="it" @saved="take" @close="editing = ''"/>
        <div class="grid" tabindex="0" role="region" :aria-label="t('Ngưỡng')"><table>
          <thead><tr><th v-for="head in heads" :key="head" scope="col">{{ t(head) }}</th></tr></thead>
          <tbody><tr v-for="(form, n) in it.forms" :key="n" :class="{ quietly: !inUse(it, form) }">
            <td :data-title="t('Áp dụng')">{{ n === 0 ? t("mặc định") : form.unit ? t("xã {code}", { code: form.unit }) : t("mọi xã") }}<b v-if="inUse(it, form)"> · {{ t("đang dùng") }}</b></td>
            <td :data-title="t('Từ ngày')">{{ form.said_at ? from(form) : day(form.valid_from) }}</td>
            <td :data-title="t('Điều kiện')">{{ form.enabled ? conditionOf(it.subject, form.when) : t("tắt") }}</td>
            <td :data-title="t('Phải kéo dài')">{{ form.for_s ? lastingOf(form.for_s) : t("báo ngay") }}</td>
            <td :data-title="t('Hết khi ổn định')">{{ form.closes === "person" ? t("người đóng") : form.clear_for_s ? lastingOf(form.clear_for_s) : t("hết ngay") }}</td>
            <td :data-title="t('Mức độ')">{{ t(severities[form.severity]) }}</td>
            <td :data-title="t('Nâng mức')">{{ form.escalate.map(rise).join("; ") || "—" }}</td>
            <td :data-title="t('Báo cho')">{{ t(actors[form.owner] ?? form.owner) }}</td>
            <td :data-title="t('Người đặt, lý do')" class="detail">{{ form.said_by ? form.said_by + (form.changed.length ? "" : " · " + t("theo cấu hình")) + ": " + form.reason : n ? "ioc.toml" : t("có sẵn") }}</td>
          </tr></tbody></table></div>
        <p class="muted">{{ t("Căn cứ") }}: {{ view.language === "en" ? it.source_en : it.source }}</p>
        <details class="in-file"><summary>{{ t("Ghi vào ioc.toml thay vì ở đây") }}</summary><p class="muted">{{ t("Đang ghi đúng như cấu hình, hiệu lực từ ngày mai; enabled = false để tắt. Sửa giá trị, kiểm tra bằng lệnh “ioc doctor”, rồi khởi động lại dịch vụ. Ngưỡng đã đặt ở đây vẫn đi trước.") }}</p><pre tabindex="0" :aria-label="'ioc.toml: ' + it.key">{{ it.toml }}</pre></details>
      </details>
    </section><p v-if="!groups.length" class="nothing">{{ t("Không có quy tắc nào khớp.") }}</p></template>`,
  setup: () => ({ its: useFresh(() => get("rules", { unit: picture.commune.code }), [], 3600), t, view, may, choose, route, heads: HEADS, subjects: SUBJECTS, severities: SEVERITIES, marks: SEVERITY_MARKS, actors: ACTORS, conditionOf, lastingOf }),
  data: () => ({ editing: "", saved: "" }),
  computed: {
    groups() {
      const words = plain(route.query.q ?? "").split(/\s+/).filter(Boolean);
      const shown = this.its.value.items.filter((it) => words.every((word) => plain([it.key, it.title_vi, it.title_en, it.help, it.help_en].join(" ")).includes(word)));
      return Object.keys(SUBJECTS).map((subject) => [subject, shown.filter((it) => it.subject === subject)]).filter(([, rules]) => rules.length);
    },
  },
  methods: {
    edit(key) {
      Object.assign(this, { editing: key, saved: "" });
    },
    take(fresh) {
      const items = this.its.value.items;
      items[items.findIndex(({ key }) => key === fresh.key)] = fresh;
      Object.assign(this, { editing: "", saved: fresh.key });
    },
    isOtherwise: ({ forms, now }) => (now.said_by ? now.changed.length > 0 : forms.some((form) => form.changed.length && form.in_force && !form.said_by)),
    inUse: (it, form) => (it.now.said_at || form.said_at ? form.said_at === it.now.said_at : form.in_force && form.valid_from === it.now.valid_from && form.unit === it.now.unit && String(form.changed) === String(it.now.changed)),
    planned({ forms }) {
      const ahead = forms.filter((form) => form.said_at && seconds(form.holds_from) > clock.now);
      return ahead.filter((form, n) => !ahead.slice(n + 1).some((later) => later.holds_from === form.holds_from));
    },
    day: (text) => text.split("-").map(Number).reverse().join("/"),
    from: (form) => `${timeOf(seconds(form.holds_from))} ${dateOf(seconds(form.holds_from))}`,
    rise(step) {
      return [step.after ? t("sau {n}", { n: lasting(step.after) }) : boundOf(step), t(SEVERITIES[step.severity]).toLocaleLowerCase("vi")].join(": ");
    },
  },
};
