// A question that stands before the page: native, so that focus is kept inside and given back.
import { t } from "language";

export default {
  template: `
    <dialog ref="box" class="box" :class="{ broad }" :aria-label="title" @cancel.prevent="$emit('close')">
      <header><h2>{{ title }}</h2><button type="button" class="quiet" @click="$emit('close')">{{ t("Đóng") }}</button></header>
      <slot></slot>
    </dialog>`,
  props: { title: String, broad: Boolean },
  emits: ["close"],
  setup: () => ({ t }),
  mounted() {
    this.$refs.box.showModal();
  },
  beforeUnmount() {
    this.$refs.box.close();
  },
};
