// Every source in a line: how it is, how old, what came of its messages, what it owes and who, when it is due next.
import { clock, span } from "clock";
import { t } from "language";
import { FEED_MARKS, FEED_TONES, addressOf, feedOf, nextDue, owing, periodOf, seconds, stateOf, when } from "source_words";
import { Mark } from "marks";
import { figure } from "chart";

const COLUMNS = [["Nguồn", ""], ["Trạng thái", ""], ["Tuổi dữ liệu", "right"], ["Nhận", "right"], ["Lưu", "right"], ["Trùng", "right"], ["Từ chối", "right"], ["Còn nợ", ""], ["Hạn tới", ""]];

export default {
  components: { Mark },
  template: `
    <div class="grid sources" role="region" tabindex="0" :aria-label="t('Nguồn dữ liệu')">
      <table>
        <thead><tr><th v-for="[title, side] in columns" :key="title" :class="side" scope="col"><span>{{ t(title) }}</span></th></tr></thead>
        <tbody><tr v-for="one in sources" :key="one.name">
          <td :data-title="t('Nguồn')" class="called"><span><a :href="addressOf(one.name)" data-page="1">{{ one.title || one.name }}</a><small>{{ one.name }} · {{ feedOf(one.feed) }} · {{ one.connector }}</small></span></td>
          <td :data-title="t('Trạng thái')" class="state" :class="tones[one.state]"><span><Mark :name="marks[one.state] ?? 'dot'"/> {{ stateOf(one.state) }}<small v-if="one.error" class="fault" :title="one.error">{{ one.error }}</small></span></td>
          <td :data-title="t('Tuổi dữ liệu')" class="right" :class="tones[one.state === 'stale' ? 'stale' : '']"><span :title="t('coi là trễ sau {age}', { age: span(one.stale_after_s) })">{{ aged(one) }}<small v-if="one.state === 'stale'">{{ t("hạn {age}", { age: span(one.stale_after_s) }) }}</small></span></td>
          <td :data-title="t('Nhận')" class="right"><span>{{ figure(one.received) }}<small v-if="one.queued">{{ t("chờ lưu {n}", { n: figure(one.queued) }) }}</small></span></td>
          <td :data-title="t('Lưu')" class="right"><span>{{ figure(one.stored) }}</span></td>
          <td :data-title="t('Trùng')" class="right"><span>{{ figure(one.duplicate) }}</span></td>
          <td :data-title="t('Từ chối')" class="right" :class="{ warning: one.rejected }"><span>{{ figure(one.rejected) }}</span></td>
          <td :data-title="t('Còn nợ')"><span v-if="owing(one).length" class="warning"><span v-for="owed in owing(one).slice(0, 2)" :key="owed.every + owed.period_start" class="owed"><b>{{ t(owed.state_vi) }}</b> {{ periodOf(owed) }}<small v-if="owed.owner">{{ t(owed.owner) }}</small></span></span><span v-else>{{ one.expected.length ? t("đủ") : "—" }}</span></td>
          <td :data-title="t('Hạn tới')"><span v-if="nextDue(one)">{{ when(nextDue(one).due_at) }}<small>{{ periodOf(nextDue(one)) }}</small></span><span v-else>—</span></td>
        </tr></tbody>
      </table>
      <p v-if="!sources.length" class="nothing">{{ t("Không có nguồn nào như vậy.") }}</p>
    </div>`,
  props: { sources: Array },
  setup: () => ({ t, columns: COLUMNS, marks: FEED_MARKS, tones: FEED_TONES, addressOf, feedOf, stateOf, owing, nextDue, periodOf, when, figure, span }),
  methods: {
    // How old the newest is; a source that only said that there is nothing new is as fresh as its answer.
    aged: (one) => (one.last_message_at === null && one.lag_s === null ? t("chưa có dữ liệu") : span(one.lag_s ?? clock.now - seconds(one.last_message_at))),
  },
};
