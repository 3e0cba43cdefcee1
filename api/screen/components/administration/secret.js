// A secret that is shown this once: to be copied or written down, then gone.
import { t } from "language";

export default {
  template: `
    <div class="secret"><p>{{ told }}</p>
      <div class="actions"><output><code>{{ secret }}</code></output><button v-if="able" type="button" class="button" @click="copy">{{ copied ? t("Đã sao chép") : t("Sao chép") }}</button></div>
      <p class="muted">{{ t("Hệ thống không giữ lại; mất thì tạo cái khác.") }}</p></div>`,
  props: { secret: String, told: String },
  setup: () => ({ t }),
  data: () => ({ copied: false, able: Boolean(navigator.clipboard) }), // browsers offer it behind TLS only
  methods: {
    async copy() {
      await navigator.clipboard.writeText(this.secret);
      this.copied = true;
    },
  },
};
