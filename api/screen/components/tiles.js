import { picture } from "picture";
import { t } from "language";
import Figure from "figure";

export default {
  components: { Figure },
  template: `
    <section class="tiles" :aria-label="t('Chỉ số')"><Figure v-for="tile in picture.tiles" :key="tile.key" :tile="tile"/></section>`,
  setup: () => ({ picture, t }),
};
