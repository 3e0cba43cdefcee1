import { picture, view } from "picture";
import { Mark } from "marks";
import { clock, span } from "clock";
import { t } from "language";
import { addressOf } from "source_words";

const LOUD = { stale: "diamond", error: "bang" };

export default {
  components: { Mark },
  template: `
    <footer class="feeds" :aria-label="t('Nguồn dữ liệu')">
      <ul v-if="picture.feeds.length" :class="{ folded: !opened }">
        <li v-for="feed in picture.feeds" :key="feed.name" :class="[feed.state, { owing: feed.owes, calm: calm(feed) }]"
          :title="feed.error || feed.title">
          <Mark :name="mark(feed)"/><a class="name" data-page="1" :href="feed.count > 1 ? '/nguon-du-lieu' : addressOf(feed.name)">{{ feed.title }}</a>
          <b>{{ feed.count > 1 ? t("{n} nguồn", { n: feed.count }) + " · " + told(feed) : told(feed) }}</b>
          <b v-if="feed.owes" class="owes">{{ feed.owes }}</b>
        </li>
      </ul>
      <button v-if="quiet" type="button" :aria-expanded="opened" @click="opened = !opened">{{
        opened ? t("Thu gọn") : t("Xem {n} nguồn bình thường", { n: quiet }) }}</button>
      <p v-if="!picture.feeds.length" class="nothing">{{ t("Chưa khai báo nguồn dữ liệu nào.") }}</p>
    </footer>`,
  setup: () => ({ picture, t, addressOf }),
  data: () => ({ opened: false }), // a phone folds what is calm
  computed: {
    quiet() {
      return picture.feeds.filter(this.calm).reduce((sum, feed) => sum + feed.count, 0);
    },
  },
  methods: {
    calm: (feed) => feed.state === "ok" && !feed.owes,
    mark: (feed) => LOUD[feed.state] ?? (feed.owes ? "clock" : "dot"),
    told(feed) {
      const word = t(view.words.feeds[feed.state] ?? feed.state);
      // By the minute: what is calm stands still.
      if (feed.state === "ok") return clock.now - feed.last < 60 ? t("<1 phút") : span(clock.now - feed.last);
      if (feed.state === "stale") return `${word} ${span(clock.now - feed.due)}`;
      return word;
    },
  },
};
