// Programmes that people planned here: when, where, who; changed, one day left out, cancelled; what is over stays readable.
import { all, post } from "ask";
import { dateOf, span, timeOf } from "clock";
import { useFresh } from "fresh";
import { t } from "language";
import { may, picture } from "picture";
import { GENRES, PRIORITIES, WEEKDAYS, seconds } from "broadcast_words";
import BroadcastForm from "broadcast_form";

const dayOf = (text) => text.split("-").map(Number).reverse().join("/");
const iso = (at) => new Date((at + 7 * 3600) * 1000).toISOString().slice(0, 10);

export default {
  components: { BroadcastForm },
  template: `
    <section class="panel broadcast-plans" :aria-label="t('Lịch phát đã lập')">
      <h2><span>{{ t("Lịch phát đã lập") }} <span v-if="its.value" class="count">{{ active.length }}</span></span></h2>
      <p v-if="its.error || refused" class="refused" role="alert">{{ refused || its.error }}</p>
      <p v-if="said" role="status">{{ said }}</p>
      <template v-if="its.value">
        <div v-if="active.length" class="grid" tabindex="0" role="region" :aria-label="t('Lịch phát đã lập')"><table>
          <thead><tr><th v-for="head in heads" :key="head" scope="col">{{ head && t(head) }}</th></tr></thead>
          <tbody><tr v-for="it in active" :key="it.id">
            <td :data-title="t('Chương trình')"><b>{{ it.programme }}</b> <span class="muted">{{ t(genres[it.genre]) }}<template v-if="it.priority !== 'normal'"> · {{ t(priorities[it.priority]) }}</template><template v-if="it.reason">: {{ it.reason }}</template></span></td>
            <td :data-title="t('Khi nào')">{{ whenOf(it) }}</td><td :data-title="t('Ở đâu')">{{ whereOf(it) }}</td>
            <td :data-title="t('Lần kế tiếp')">{{ timeOf(seconds(it.next_at)) }} {{ dateOf(seconds(it.next_at)) }}<span v-if="it.skipped.length" class="muted"> · {{ t("bỏ {days}", { days: it.skipped.map(dayOf).join(", ") }) }}</span></td>
            <td :data-title="t('Người lập')">{{ it.created_by }}<span v-if="it.changed_by !== it.created_by" class="muted"> · {{ t("{who} đã sửa", { who: it.changed_by }) }}</span></td>
            <td class="doings"><template v-if="may('operator')"><button type="button" class="button" @click="form = it">{{ t("Sửa") }}</button><button v-if="it.weekdays.length" type="button" class="button" :disabled="busy" @click="cancel(it, iso(seconds(it.next_at)))">{{ sure === it.id + '/day' ? t("Bấm lần nữa để bỏ") : t("Bỏ lần kế tiếp") }}</button><button type="button" class="button" :disabled="busy" @click="cancel(it)">{{ sure === it.id ? t("Bấm lần nữa để hủy") : t("Hủy lịch") }}</button></template></td>
          </tr></tbody></table></div>
        <p v-else class="nothing">{{ t("Chưa ai lập lịch phát nào ở đây. Lịch của hệ thống truyền thanh nằm trong bảng chương trình bên trên.") }}</p>
        <details v-if="gone.length"><summary>{{ t("Đã hủy hoặc đã xong") }} <span class="count">{{ gone.length }}</span></summary><ul class="plain"><li v-for="it in gone" :key="it.id" class="muted"><b>{{ it.programme }}</b> · {{ whenOf(it) }} · {{ whereOf(it) }} · {{ it.state === "cancelled" ? t("{who} hủy ngày {day}", { who: it.cancelled_by, day: dateOf(seconds(it.cancelled_at)) }) : t("đã xong") }}</li></ul></details>
      </template>
      <BroadcastForm v-if="form" :plan="form.id ? form : null" @close="form = null" @saved="saved"/>
    </section>`,
  setup: () => ({
    its: useFresh(() => all("broadcasts/plans", { unit: picture.commune.code }, 1000), ["broadcast"], 60), t, may, seconds, timeOf, dateOf, dayOf, iso,
    genres: GENRES, priorities: PRIORITIES, heads: ["Chương trình", "Khi nào", "Ở đâu", "Lần kế tiếp", "Người lập", ""],
  }),
  data: () => ({ form: null, refused: "", said: "", sure: "", busy: false }),
  computed: {
    active() {
      return this.its.value.filter(({ state }) => state === "active").sort((a, b) => seconds(a.next_at) - seconds(b.next_at));
    },
    gone() {
      return this.its.value.filter(({ state }) => state !== "active").slice(0, 100);
    },
  },
  methods: {
    whenOf({ weekdays, starts, minutes, first_day, last_day }) {
      const time = { time: starts, long: span(minutes * 60) };
      if (!weekdays.length) return t("{time} ngày {day}, {long}", { ...time, day: dayOf(first_day) });
      const days = weekdays.length === 7 ? t("Hằng ngày") : weekdays.map((day) => t(WEEKDAYS[day - 1])).join(", ");
      return t("{days} {time}, {long}, đến {day}", { ...time, days, day: dayOf(last_day) });
    },
    whereOf: ({ devices, hamlets }) => [...hamlets.map((name) => t("thôn {name}", { name })), ...devices].join(", ") || t("tất cả cụm loa"),
    begin() {
      this.form = {};
    },
    async saved(plan) {
      Object.assign(this, { form: null, refused: "", said: t("Đã lưu lịch “{name}”.", { name: plan.programme }) });
      await this.its.again();
    },
    async cancel(it, day) {
      const key = day ? `${it.id}/day` : it.id;
      if (this.sure !== key) return (this.sure = key);
      Object.assign(this, { busy: true, refused: "", said: "" });
      try {
        await post(`broadcasts/plans/${it.unit}/${it.id}/cancel`, day ? { day } : {});
      } catch (error) {
        this.refused = error.message;
      }
      this.sure = "";
      await this.its.again();
      this.busy = false;
    },
  },
};
