// Administration: people, programs, the register of devices, maintenance, thresholds, and who did what.
import { t } from "language";
import { may } from "picture";
import AdminAccounts from "admin_accounts";
import AdminDevices from "admin_devices";
import AdminThresholds from "admin_thresholds";
import AdminTokens from "admin_tokens";
import AdminTrail from "admin_trail";
import AdminWindows from "admin_windows";

const TABS = [
  ["tai-khoan", "Tài khoản", "AdminAccounts", "admin"],
  ["ma-truy-cap", "Mã truy cập", "AdminTokens", "admin"],
  ["thiet-bi", "Sổ thiết bị", "AdminDevices", "technician"],
  ["bao-tri", "Bảo trì", "AdminWindows", "technician"],
  ["nguong", "Ngưỡng", "AdminThresholds", "technician"],
  ["nhat-ky", "Nhật ký", "AdminTrail", "admin"],
];

export default {
  components: { AdminAccounts, AdminDevices, AdminThresholds, AdminTokens, AdminTrail, AdminWindows },
  template: `
    <main class="sheet administration" id="content">
      <div class="head"><h1>{{ t(page.title) }}</h1>
        <nav class="tabs" :aria-label="t(page.title)"><a v-for="[key, title] in tabs" :key="key" :href="page.path + '/' + key" data-page="1" :aria-current="key === tab?.[0] ? 'page' : null">{{ t(title) }}</a></nav>
      </div>
      <component v-if="tab" :is="tab[2]" :key="tab[0]" v-bind="tab[0] === 'thiet-bi' ? { below: below.slice(1), path: page.path + '/' + tab[0] } : {}"/>
      <p v-else class="nothing" role="alert">{{ t("Không có trang này, hoặc tài khoản không được mở.") }}</p>
    </main>`,
  props: { page: Object, below: Array },
  setup: () => ({ t }),
  computed: {
    tabs: () => TABS.filter(([, , , role]) => may(role)),
    tab() {
      return this.below[0] ? this.tabs.find(([key]) => key === this.below[0]) : this.tabs[0];
    },
  },
};
