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
    <main class="floor"><Attention/><CommuneMap/><Wall/><Tiles/></main>
    <Feeds/>`,
};
