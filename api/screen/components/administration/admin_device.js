// One device of the register: its entry to be changed, another in its place, and who changed what since when.
import { get, patch, post } from "ask";
import { clock, dateOf, sinceOf, timeOf } from "clock";
import { addressOf, kindOf } from "device_words";
import { t } from "language";
import DeviceFields, { FIELDS, LIFECYCLES, changedOf, formOf } from "device_fields";

const seconds = (text) => Date.parse(text) / 1000;

export default {
  components: { DeviceFields },
  template: `
    <section class="panel one-device" :aria-label="name">
      <h2><span><a class="quiet" :href="path + search" data-page="1">{{ t("Sổ thiết bị") }}</a> › <b>{{ kindOf(kind) }} {{ name }}</b></span><a class="quiet" :href="addressOf({ kind, id: name })" data-page="1">{{ t("Xem trạng thái") }}</a></h2>
      <p v-if="lost" class="refused" role="alert">{{ lost }}</p>
      <template v-if="said">
        <form @submit.prevent="save">
          <DeviceFields :form="form" :kind="kind" :hamlets="hamlets"/>
          <label>{{ t("Tên trong bản tin, nếu thiết bị đổi tên") }}<input v-model.trim="rename" pattern="[a-z0-9\\-]{1,64}" maxlength="64" :placeholder="said.entry.other_names.at(-1) ?? name" autocomplete="off" spellcheck="false"/></label>
          <label>{{ t("Lý do") }}<input v-model="reason" maxlength="200" autocomplete="off"/></label>
          <div v-if="first" class="conflict" role="alert"><p><b>{{ t("{who} đã sửa thiết bị này trước, lúc {time} {day}:", first) }}</b></p>
            <ul><li v-for="[key, [old, fresh]] in Object.entries(first.fields)" :key="key">{{ wordOf(key) }}: {{ shown(key, old) }} → <b>{{ shown(key, fresh) }}</b></li></ul>
            <p>{{ t("Những gì bạn nhập vẫn còn. Lưu lại lần nữa chỉ ghi các mục bạn đã đổi.") }}</p></div>
          <p class="refused" role="alert">{{ refused }}</p>
          <p v-if="saved" role="status">{{ t("Đã lưu.") }}</p>
          <div class="actions"><button type="submit" class="button main" :disabled="busy || !dirty">{{ t("Lưu lại") }}</button><button v-if="form.lifecycle !== 'retired'" type="button" class="button" @click="replacing = !replacing" :aria-expanded="replacing">{{ t("Thay bằng thiết bị khác…") }}</button><button v-if="said.entry.lifecycle !== 'retired'" type="button" class="button grave" @click="retire" :disabled="busy">{{ sure ? t("Bấm lần nữa để thu hồi") : t("Thu hồi thiết bị") }}</button></div>
        </form>
        <form v-if="replacing" class="doing" @submit.prevent="replace">
          <p>{{ t("{name} được thu hồi và giữ lịch sử của mình; thiết bị mới đứng vào chỗ đó từ bây giờ.", { name }) }}</p>
          <label>{{ t("Mã thiết bị mới") }}<input v-model.trim="successor" pattern="[a-z0-9\\-]{1,64}" :title="codes" required autocomplete="off" spellcheck="false"/></label>
          <label>{{ t("Lý do") }}<input v-model="why" maxlength="200" required autocomplete="off"/></label>
          <div class="actions"><button type="submit" class="button main" :disabled="busy">{{ t("Thay thiết bị") }}</button></div>
        </form>
        <h3>{{ t("Lịch sử trong sổ") }}</h3>
        <ol v-if="said.changes.length" class="history"><li v-for="it in said.changes.slice(0, 100)" :key="it.id"><time>{{ when(it.valid_from) }}</time><span><b>{{ it.actor }}</b> <template v-if="it.name !== name">({{ it.name }}) </template>{{ wordOf(it.field) }}: {{ shown(it.field, it.old) }} → {{ shown(it.field, it.new) }}<q v-if="it.reason">{{ it.reason }}</q></span></li></ol>
        <p v-else class="nothing">{{ t("Chưa ai sửa gì; đang như tệp cấu hình hoặc như đã nghe thấy.") }}</p>
      </template>
    </section>`,
  props: { unit: String, kind: String, name: String, hamlets: Array, path: String, search: String },
  emits: ["changed"],
  setup: () => ({ t, kindOf, addressOf, codes: t("chữ thường không dấu, số, gạch ngang") }),
  data: () => ({ said: null, base: {}, form: {}, rename: "", reason: "", first: null, refused: "", lost: "", saved: false, busy: false, replacing: false, successor: "", why: "", sure: false }),
  created() {
    this.read();
  },
  computed: {
    ref() {
      return `devices/${encodeURIComponent(this.name)}`;
    },
    asked() {
      return `?unit=${this.unit}&kind=${this.kind}`;
    },
    dirty() {
      return Boolean(this.rename) || Object.keys(changedOf(this.form, this.base)).length > 0;
    },
  },
  methods: {
    when: (text) => sinceOf(seconds(text), clock.now),
    wordOf: (key) => t(FIELDS[key === "expected_every" ? "expected_every_s" : key] ?? key),
    shown: (key, value) => (key === "lifecycle" && LIFECYCLES[value] ? t(LIFECYCLES[value]) : value || "—"),
    async read() {
      try {
        this.take(await get(`${this.ref}/register${this.asked}`));
      } catch (error) {
        this.lost = error.message;
      }
    },
    take(said) {
      Object.assign(this, { said, base: formOf(said.entry), form: formOf(said.entry), rename: "", reason: "", first: null, refused: "" });
    },
    async act(what) {
      this.busy = true;
      this.refused = "";
      this.saved = false;
      try {
        await what();
        this.$emit("changed");
      } catch (error) {
        if (error.status === 409 && error.problem?.fields) await this.told(error.problem);
        else this.refused = error.message;
      }
      this.busy = this.sure = false;
    },
    // Somebody was first: theirs stands beside, ours stays typed, and fields that only they changed are theirs.
    async told(problem) {
      const at = seconds(problem.at);
      this.first = { who: problem.by, time: timeOf(at), day: dateOf(at), fields: problem.fields };
      const mine = changedOf(this.form, this.base);
      this.said = await get(`${this.ref}/register${this.asked}`);
      const typed = Object.fromEntries(Object.keys(mine).map((key) => [key, this.form[key]]));
      this.base = formOf(this.said.entry);
      this.form = { ...this.base, ...typed };
    },
    save() {
      return this.act(async () => {
        const body = { ...changedOf(this.form, this.base), reason: this.reason, version: this.said.version };
        if (this.rename) body.name = this.rename;
        this.take(await patch(this.ref + this.asked, body));
        this.saved = true;
      });
    },
    retire() {
      if (!this.sure) return (this.sure = true);
      return this.act(async () => {
        this.take(await patch(this.ref + this.asked, { lifecycle: "retired", reason: this.reason, version: this.said.version }));
        this.saved = true;
      });
    },
    replace() {
      return this.act(async () => {
        await post(`${this.ref}/replace${this.asked}`, { name: this.successor, reason: this.why });
        this.replacing = false;
        await this.read();
        this.saved = true;
      });
    },
  },
};
