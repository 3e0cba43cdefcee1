"""The parts of a screen: one JavaScript component each; the server keeps no element for a device."""

from collections.abc import Mapping

from nicegui.element import Element

from api.screen import words
from api.screen.picture import Picture

_SHARED = ["components/clock.js", "components/marks.js", "components/picture.js"]


class Banner(Element, component="components/banner.js", dependencies=_SHARED):  # type: ignore[arg-type]
    """Holds the picture in the browser, takes its changes, and says when it stands still; comes before all others."""

    def __init__(self, picture: Picture, role: str, now: float) -> None:
        super().__init__()
        self._props["picture"] = picture
        self._props["role"] = role
        self._props["now"] = now
        self._props["words"] = words.dictionary()


class Masthead(Element, component="components/masthead.js"):
    """The commune, the pages, the clock and the age of the newest datum."""

    def __init__(self, pages: Mapping[str, str], here: str, who: str) -> None:
        super().__init__()
        self._props["pages"] = [{"path": path, "title": title} for path, title in pages.items()]
        self._props["here"] = here
        self._props["who"] = who


class Sentence(Element, component="components/sentence.js"):
    """What needs doing, then how it is."""


class Attention(Element, component="components/attention.js"):
    """What needs doing, one by one."""


class CommuneMap(Element, component="components/commune_map.js"):
    """Where it is, without tiles from the internet."""


class Wall(Element, component="components/wall.js"):
    """Every device at a glance, by hamlet."""


class Tiles(Element, component="components/tiles.js"):
    """The indicators."""


class Feeds(Element, component="components/feeds.js"):
    """The sources and how fresh they are."""


class Tip(Element, component="components/tip.js"):
    """What is known of the device under the pointer or the keyboard's focus."""


class SignIn(Element, component="components/sign_in.js"):
    """The door."""
