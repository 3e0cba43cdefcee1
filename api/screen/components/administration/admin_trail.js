// The trail: who did what when; nothing in it is ever changed.
import { get } from "ask";
import { actOf } from "account_words";
import { dateOf, secondsOf } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { choose, route } from "route";
import { detailOf } from "trail_words";
import DayField from "day_field";

const KINDS = { account: "Tài khoản", session: "Đăng nhập", token: "Mã truy cập", device: "Thiết bị", maintenance: "Bảo trì", incident: "Sự cố", import: "Nhập số", rejection: "Bản tin bị từ chối", broadcast: "Lịch phát", rule: "Ngưỡng" };
const FILTERS = ["actor", "action", "subject", "start", "stop"];

export default {
  components: { DayField },
  template: `
    <div class="filters">
      <label class="field"><span>{{ t("Người làm") }}</span><input type="search" :value="route.query.actor ?? ''" @change="choose({ actor: $event.target.value.trim() })" autocomplete="off"/></label>
      <label class="field"><span>{{ t("Việc") }}</span><select :value="route.query.action ?? ''" @change="choose({ action: $event.target.value })"><option value="">{{ t("tất cả") }}</option><option v-for="(word, key) in kinds" :key="key" :value="key + '.'">{{ t(word) }}</option></select></label>
      <label class="field"><span>{{ t("Đối tượng") }}</span><input type="search" :value="route.query.subject ?? ''" @change="choose({ subject: $event.target.value.trim() })" autocomplete="off"/></label>
      <label class="field"><span>{{ t("Từ ngày") }}</span><DayField :model-value="route.query.start ?? ''" @update:model-value="choose({ start: $event })"/></label>
      <label class="field"><span>{{ t("Trước ngày") }}</span><DayField :model-value="route.query.stop ?? ''" @update:model-value="choose({ stop: $event })"/></label>
      <span class="actions"><a class="button" :href="'/api/v1/export/audit.xlsx?' + asked" download>{{ t("Tải Excel") }}</a><a class="button" :href="'/api/v1/export/audit.csv?' + asked" download>{{ t("Tải CSV") }}</a></span>
    </div>
    <p v-if="its.error" class="refused" role="alert">{{ its.error }}</p>
    <section v-if="its.value" class="panel" :aria-label="t('Nhật ký')">
      <div class="grid" tabindex="0" role="region" :aria-label="t('Nhật ký')"><table>
        <thead><tr><th v-for="head in ['Lúc', 'Người làm', 'Việc', 'Đối tượng', 'Chi tiết']" :key="head" scope="col">{{ t(head) }}</th></tr></thead>
        <tbody><tr v-for="it in rows" :key="it.id">
          <td :data-title="t('Lúc')"><time :datetime="it.at">{{ when(it.at) }}</time></td><td :data-title="t('Người làm')"><b>{{ it.actor }}</b></td>
          <td :data-title="t('Việc')">{{ t(actOf(it.action)) }}</td><td :data-title="t('Đối tượng')">{{ it.subject }}</td><td :data-title="t('Chi tiết')" class="detail">{{ detailOf(it) }}</td>
        </tr></tbody></table><p v-if="!rows.length" class="nothing">{{ t("Không có việc nào khớp.") }}</p></div>
      <button v-if="its.value.next" type="button" class="button" @click="more">{{ t("Xem cũ hơn") }}</button>
    </section>`,
  setup() {
    const wanted = () => Object.fromEntries(FILTERS.map((key) => [key, route.query[key] ?? ""]));
    return { its: useFresh(() => get("audit", { ...wanted(), limit: 200 }), [], 3600), wanted, t, choose, route, kinds: KINDS, actOf, detailOf };
  },
  data: () => ({ older: [] }),
  computed: {
    rows() {
      return [...this.its.value.items, ...this.older];
    },
    asked() {
      return new URLSearchParams(Object.entries(this.wanted()).filter(([, value]) => value)).toString();
    },
  },
  watch: {
    asked() {
      this.older = [];
      this.its.again();
    },
  },
  methods: {
    when: (text) => `${dateOf(Date.parse(text) / 1000)} ${secondsOf(Date.parse(text) / 1000)}`,
    async more() {
      const page = await get("audit", { ...this.wanted(), limit: 200, cursor: this.its.value.next });
      this.older.push(...page.items);
      this.its.value.next = page.next;
    },
  },
};
