import { picture, view } from "picture";
import { Mark } from "marks";
import { clock, span } from "clock";

const LOUD = { stale: "diamond", error: "bang" };

export default {
  components: { Mark },
  template: `
    <footer class="feeds" aria-label="Nguồn dữ liệu">
      <ul v-if="picture.feeds.length" :class="{ folded: !opened }">
        <li v-for="feed in picture.feeds" :key="feed.name" :class="[feed.state, { owing: feed.owes, calm: calm(feed) }]"
          :title="feed.error || feed.title">
          <Mark :name="mark(feed)"/><span class="name">{{ feed.title }}</span>
          <b>{{ feed.count > 1 ? feed.count + " nguồn · " + told(feed) : told(feed) }}</b>
          <b v-if="feed.owes" class="owes">{{ feed.owes }}</b>
        </li>
      </ul>
      <button v-if="quiet" type="button" :aria-expanded="opened" @click="opened = !opened">{{
        opened ? "Thu gọn" : "Xem " + quiet + " nguồn bình thường" }}</button>
      <p v-if="!picture.feeds.length" class="nothing">Chưa khai báo nguồn dữ liệu nào.</p>
    </footer>`,
  setup: () => ({ picture }),
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
      const word = view.words.feeds[feed.state] ?? feed.state;
      // By the minute: what is calm stands still.
      if (feed.state === "ok") return clock.now - feed.last < 60 ? "<1 phút" : span(clock.now - feed.last);
      if (feed.state === "stale") return `${word} ${span(clock.now - feed.due)}`;
      return word;
    },
  },
};
