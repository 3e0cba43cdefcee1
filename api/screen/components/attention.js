import { may, picture, view } from "picture";
import { Mark } from "marks";
import { clock, sinceOf, spanExact } from "clock";

export default {
  components: { Mark },
  template: `
    <section class="panel attention" aria-labelledby="attention-title">
      <h2 id="attention-title">Cần xử lý <span class="count">{{ items.length || "" }}</span></h2>
      <ul v-if="items.length" tabindex="0">
        <li v-for="item in items" :key="item.key" :class="[item.tone, { flash: view.fresh[item.key] }]">
          <Mark :name="item.mark"/>
          <div>
            <h3>{{ item.title }}</h3>
            <p v-for="line in item.lines">{{ line }}</p>
            <p v-if="item.since" class="since"><span>từ {{ since(item) }}</span><b>{{ age(item) }}</b></p>
          </div>
        </li>
      </ul>
      <p v-else class="nothing">{{ picture.count ? "Không có việc cần xử lý." : "Chưa có thiết bị nào." }}</p>
    </section>`,
  setup: () => ({ picture, view }),
  computed: {
    items: () => picture.attention.filter((item) => may(item.role)),
  },
  methods: {
    since: (item) => sinceOf(item.since, clock.now),
    age: (item) => spanExact(clock.now - item.since),
  },
};
