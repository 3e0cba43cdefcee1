// A programme to be planned or changed: what speaks against it is told first; a second press saves it all the same.
import { all, post, put } from "ask";
import { clock, dateOf, span, timeOf } from "clock";
import { t } from "language";
import { byName, picture, view } from "picture";
import { GENRES, PRIORITIES, WEEKDAYS, seconds } from "broadcast_words";
import Box from "dialog";
import DayField from "day_field";
import TimeField from "time_field";

const FIELDS = { programme: "Tên chương trình", genre: "Loại", priority: "Mức ưu tiên", reason: "Lý do khẩn cấp", devices: "Cụm loa", hamlets: "Thôn", first_day: "Ngày", starts: "Giờ bắt đầu", minutes: "Thời lượng (phút)", weekdays: "Các ngày trong tuần", last_day: "Đến hết ngày", state: "Tình trạng" };
const SCOPES = { all: "Tất cả cụm loa", some: "Chỉ một số" };
const PICKS = { hamlets: "Theo thôn", devices: "Cụm loa" };
const REPEATS = { once: "Một lần", daily: "Hằng ngày", days: "Các ngày trong tuần" };
const SHOWN = ["programme", "reason", "devices", "hamlets", "first_day", "last_day"]; // fields with a place of their own for what is wrong
const EVERY = [1, 2, 3, 4, 5, 6, 7];
const today = (ahead = 0) => new Date((clock.now + 7 * 3600 + ahead * 86400) * 1000).toISOString().slice(0, 10);
const hour = (second) => `${String(Math.floor(second / 3600)).padStart(2, "0")}:${String(Math.floor((second % 3600) / 60)).padStart(2, "0")}`;

function formOf(plan) {
  if (!plan) return { programme: "", genre: "bulletin", priority: "normal", reason: "", scope: "all", devices: [], hamlets: [], first_day: today(1), starts: "05:30", minutes: 30, repeat: "once", weekdays: [1, 2, 3, 4, 5], last_day: today(30) };
  const { weekdays } = plan;
  const repeat = !weekdays.length ? "once" : weekdays.length === 7 ? "daily" : "days";
  return { ...JSON.parse(JSON.stringify(plan)), scope: plan.hamlets.length || plan.devices.length ? "some" : "all", repeat, weekdays: repeat === "days" ? [...weekdays] : [1, 2, 3, 4, 5] };
}

// What the form says, as the service takes it.
function bodyOf({ scope, repeat, ...form }) {
  const { programme, genre, priority, first_day, starts, minutes } = form;
  return {
    programme, genre, priority, reason: priority === "emergency" ? form.reason : "", first_day, starts, minutes: Number(minutes), devices: scope === "all" ? [] : form.devices,
    hamlets: scope === "all" ? [] : form.hamlets, weekdays: repeat === "once" ? [] : repeat === "daily" ? EVERY : form.weekdays, last_day: repeat === "once" ? null : form.last_day,
  };
}

// A page that came without TLS has no crypto.randomUUID.
const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export default {
  components: { Box, DayField, TimeField },
  template: `
    <Box :title="plan ? t('Sửa lịch phát') : t('Lập lịch phát')" broad @close="$emit('close')">
      <form class="broadcast-form" @submit.prevent="save">
        <p class="muted">{{ t("Lịch này ghi ở trung tâm những gì phải được phát, để biết cụm loa nào không phát và lần nào phát ngoài lịch. Nó không điều khiển loa: hẹn giờ trên hệ thống truyền thanh như thường lệ.") }}</p>
        <div class="device-fields">
          <label class="broad-field">{{ t("Tên chương trình") }}<input v-model="form.programme" maxlength="200" required autocomplete="off"/><small v-if="amiss.programme" class="refused">{{ amiss.programme }}</small></label>
          <label>{{ t("Loại") }}<select v-model="form.genre"><option v-for="(word, key) in genres" :key="key" :value="key">{{ t(word) }}</option></select></label>
          <label>{{ t("Mức ưu tiên") }}<select v-model="form.priority"><option v-for="(word, key) in priorities" :key="key" :value="key">{{ t(word) }}</option></select></label>
          <label v-if="form.priority === 'emergency'" class="broad-field">{{ t("Lý do khẩn cấp") }}<input v-model="form.reason" maxlength="500" required autocomplete="off"/><small class="muted">{{ t("Khẩn cấp được phát bất cứ giờ nào; mỗi lần phát được ghi lại.") }}</small><small v-if="amiss.reason" class="refused">{{ amiss.reason }}</small></label>
        </div>
        <fieldset><legend>{{ t("Phát ở đâu") }}</legend>
          <label v-for="(word, key) in scopes" :key="key" class="one"><input v-model="form.scope" type="radio" name="scope" :value="key"/><span>{{ t(word) }}</span></label>
          <template v-if="form.scope !== 'all'"><div v-for="(title, of) in picks" :key="of" class="picks" role="group" :aria-label="t(title)"><b class="muted">{{ t(title) }}</b><label v-for="[key, word] in choices[of]" :key="key" class="one"><input v-model="form[of]" type="checkbox" :value="key"/><span>{{ word }}</span></label></div></template>
          <p v-if="amiss.devices || amiss.hamlets" class="refused" role="alert">{{ amiss.devices || amiss.hamlets }}</p></fieldset>
        <fieldset><legend>{{ t("Lặp lại") }}</legend>
          <label v-for="(word, key) in repeats" :key="key" class="one"><input v-model="form.repeat" type="radio" name="repeat" :value="key"/><span>{{ t(word) }}</span></label>
          <div v-if="form.repeat === 'days'" class="picks" role="group" :aria-label="t('Các ngày trong tuần')"><label v-for="(word, n) in weekdays" :key="n" class="one"><input v-model="form.weekdays" type="checkbox" :value="n + 1"/><span>{{ t(word) }}</span></label></div></fieldset>
        <div class="device-fields">
          <label>{{ form.repeat === "once" ? t("Ngày") : t("Từ ngày") }}<DayField v-model="form.first_day" required/><small v-if="amiss.first_day" class="refused">{{ amiss.first_day }}</small></label>
          <label v-if="form.repeat !== 'once'">{{ t("Đến hết ngày") }}<DayField v-model="form.last_day" :min="form.first_day" required/><small v-if="amiss.last_day" class="refused">{{ amiss.last_day }}</small></label>
          <label>{{ t("Giờ bắt đầu") }}<TimeField v-model="form.starts" required/></label>
          <label>{{ t("Thời lượng (phút)") }}<input v-model="form.minutes" type="number" min="1" max="1440" step="1" required/></label></div>
        <p v-if="plan" class="muted">{{ t("Lần đã bắt đầu giữ nguyên; thay đổi có từ lần kế tiếp.") }}</p>
        <div v-if="told" class="conflict" role="alert"><p><b>{{ t("Cần xem lại trước khi lưu:") }}</b></p><ul><li v-for="(one, n) in told.concerns" :key="n">{{ concernOf(one) }}</li></ul><p>{{ t("Bấm “Vẫn lưu” nếu vẫn phát như vậy.") }}</p></div>
        <div v-if="first" class="conflict" role="alert"><p><b>{{ t("{who} đã sửa lịch này trước, lúc {time} {day}:", first) }}</b></p><ul><li v-for="[key, [old, fresh]] in Object.entries(first.fields)" :key="key">{{ t(fields[key] ?? key) }}: {{ shown(old) }} → <b>{{ shown(fresh) }}</b></li></ul>
          <p>{{ t("Những gì bạn nhập vẫn còn. Lưu lại lần nữa chỉ ghi các mục bạn đã đổi.") }}</p></div>
        <p v-if="refused" class="refused" role="alert">{{ refused }}</p>
        <div class="actions"><button type="submit" class="button main" :disabled="busy">{{ told ? t("Vẫn lưu") : t("Lưu lịch phát") }}</button></div>
      </form>
    </Box>`,
  props: { plan: Object },
  emits: ["close", "saved"],
  setup: () => ({ t, genres: GENRES, priorities: PRIORITIES, weekdays: WEEKDAYS, scopes: SCOPES, picks: PICKS, repeats: REPEATS, fields: FIELDS }),
  data() {
    return { form: formOf(this.plan), base: formOf(this.plan), version: this.plan?.version, id: this.plan?.id ?? fresh(), loudspeakers: [], told: null, first: null, refused: "", amiss: {}, busy: false };
  },
  async created() {
    try {
      this.loudspeakers = (await all("devices", { unit: picture.commune.code, kind: "loudspeaker" })).filter(({ lifecycle }) => !["retired", "disabled"].includes(lifecycle));
    } catch (error) {
      this.refused = error.message;
    }
  },
  computed: {
    choices() {
      const hamlets = [...new Set(this.loudspeakers.map(({ hamlet }) => hamlet))].filter(Boolean).sort(byName.compare);
      return {
        hamlets: hamlets.map((name) => [name, t("{name}: {n} cụm loa", { name, n: this.loudspeakers.filter(({ hamlet }) => hamlet === name).length })]),
        devices: this.loudspeakers.map(({ id, name, hamlet }) => [id, [name === id ? id : `${name} (${id})`, hamlet].filter(Boolean).join(" · ")]),
      };
    },
    wish: ({ form }) => JSON.stringify(form),
  },
  watch: {
    wish() {
      this.told = null;
    },
  },
  methods: {
    shown: (value) => value === null || value === "" ? "—" : t(GENRES[value] ?? PRIORITIES[value] ?? { active: "đang có hiệu lực", cancelled: "đã hủy" }[value] ?? String(value)),
    concernOf(one) {
      const first = { n: one.times, first: `${timeOf(seconds(one.first))} ${dateOf(seconds(one.first))}` };
      if (one.kind === "overlap") return t("Trùng giờ với “{name}” lúc {first}.", { ...first, name: one.programme });
      if (one.kind === "too_long") return t("Dài hơn mức cho phép {time} mỗi lần: {n} lần.", { ...first, time: span(one.longest_s) });
      return t("Ngoài khung giờ của xã ({hours}): {n} lần, đầu tiên {first}. Khi phát sẽ có cảnh báo.", { ...first, hours: one.windows.map(({ start, stop }) => `${hour(start)}–${hour(stop)}`).join(", ") });
    },
    async save() {
      const body = bodyOf(this.form);
      Object.assign(this, { busy: true, refused: "", amiss: {} });
      try {
        if (body.weekdays.length === 0 && this.form.repeat !== "once") throw new Error(t("Chọn ít nhất một ngày trong tuần."));
        if (this.form.scope !== "all" && !body.devices.length && !body.hamlets.length) throw new Error(t("Chọn ít nhất một cụm loa hoặc một thôn."));
        const whole = { ...body, unit: this.plan?.unit ?? picture.commune.code, id: this.id };
        if (!this.told) {
          const said = await post("broadcasts/plans/rehearse", whole);
          if (said.concerns.length) this.told = said;
          this.$nextTick(() => this.$el.querySelector(".conflict")?.scrollIntoView({ block: "nearest" }));
        } else this.told = null;
        if (!this.told) this.$emit("saved", this.plan ? await put(`broadcasts/plans/${this.plan.unit}/${this.id}`, { ...body, version: this.version }) : await post("broadcasts/plans", whole));
      } catch (error) {
        if (error.status === 409 && error.problem?.fields) await this.behind(error.problem);
        else this.refuse(error);
      }
      this.busy = false;
    },
    refuse(error) {
      const reasons = error.problem?.reasons ?? [];
      for (const { place, reason, vi } of reasons) this.amiss[place.replace(/^body\.?/, "").split(".")[0]] = view.language === "en" ? reason : vi || reason;
      this.refused = reasons.length && Object.keys(this.amiss).every((key) => SHOWN.includes(key)) ? t("Chưa lưu: sửa các ô được đánh dấu.") : error.message;
    },
    // Somebody was first: theirs stands beside, ours stays typed, and fields that only they changed are theirs.
    async behind(problem) {
      this.first = { who: problem.by, time: timeOf(seconds(problem.at)), day: dateOf(seconds(problem.at)), fields: problem.fields };
      const typed = Object.fromEntries(Object.entries(this.form).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(this.base[key])));
      const now = (await all("broadcasts/plans", { unit: this.plan.unit }, 1000)).find(({ id }) => id === this.id);
      Object.assign(this, { base: formOf(now), form: { ...formOf(now), ...typed }, version: now.version });
    },
  },
};
