import Attention from "attention";
import CommuneMap from "commune_map";
import Feeds from "feeds";
import Sentence from "sentence";
import Tiles from "tiles";
import Wall from "wall";

export default {
  components: { Attention, CommuneMap, Feeds, Sentence, Tiles, Wall },
  template: `
    <Sentence/>
    <main class="floor"><Attention/><CommuneMap v-if="painted"/><section v-else class="panel map"></section><Wall/><Tiles/></main>
    <Feeds/>`,
  data: () => ({ painted: false }),
  // What is to be done, the wall and the numbers stand first: the map costs a weak PC a quarter of what they do.
  mounted() {
    requestAnimationFrame(() => setTimeout(() => (this.painted = true)));
  },
};
