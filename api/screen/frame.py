"""The frame that NiceGUI draws around a page, without Quasar: nothing of ours uses its half megabyte.

NiceGUI's page asks for Quasar's script and styles before it shows anything, which costs a weak PC half a second. So
their addresses answer with next to nothing, and the three elements that hold a page are plain ones. A NiceGUI that asks
at other addresses gets them whole: slower, not broken.
"""

from collections.abc import Callable

import nicegui
from fastapi import APIRouter, Response
from nicegui import app as served

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_WITHOUT = {
    "fonts.css": "",
    "quasar.important.prod.css": "",
    "quasar.unimportant.prod.css": "",
    "quasar.umd.prod.js": "window.Quasar = { Lang: {} };",
}
"""Files of NiceGUI, and what is given instead; a language's words, which come next, register with the last."""
_ELEMENTS = """
for (const tag of ["q-layout", "q-page-container", "q-page"])
  app.component(tag, { inheritAttrs: false, render() {
    return Vue.h("div", { class: this.$attrs.class }, this.$slots.default?.());
  } });
"""


def router() -> APIRouter:
    """Return the routes that stand before NiceGUI's own; its pages do without Quasar from now on."""
    served.config.vue_config_script = _ELEMENTS
    routes = APIRouter(prefix=f"/_nicegui/{nicegui.__version__}/static", include_in_schema=False)
    for name, given in _WITHOUT.items():
        routes.get(f"/{name}")(_giving(given, "text/css" if name.endswith(".css") else "text/javascript"))
    return routes


def _giving(given: str, kind: str) -> Callable[[], Response]:
    def answer() -> Response:
        return Response(given, headers=_FOREVER, media_type=kind)

    return answer
