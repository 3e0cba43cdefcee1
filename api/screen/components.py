"""What the browser runs: one frame, its pages, and the parts they share; the server keeps no element for a device."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import nicegui.elements.echart
import nicegui.elements.leaflet  # noqa: F401  # both only so that a page may fetch the libraries when it needs them
from nicegui import __version__
from nicegui.element import Element

from api.screen import words
from api.screen.language import Language, english
from api.screen.picture import Picture

_HERE = Path(__file__).parent / "components"
_OWN = ("shell", "sign_in", "theme")
_PARTS = [
    str(file.relative_to(_HERE.parent)) for file in sorted(_HERE.rglob("*.js")) if file.stem not in _OWN
]  # the browser's import map names each by its stem

_SOURCES = {file.stem: file for file in _HERE.rglob("*.js")}
_IMPORTED = re.compile(r'^import (?:.* from )?"(\w+)";$', re.MULTILINE)


class Shell(Element, component="components/shell.js", dependencies=_PARTS):  # type: ignore[arg-type]
    """The frame: holds the picture in the browser, takes its changes, and shows the page of the address."""

    def __init__(
        self, picture: Picture, pages: Sequence[Mapping[str, Any]], *, role: str, who: str, now: float,
        language: Language,
    ) -> None:  # fmt: skip
        super().__init__()
        self._props["picture"] = picture
        self._props["pages"] = list(pages)
        self._props["role"] = role
        self._props["who"] = who
        self._props["now"] = now
        self._props["words"] = words.dictionary()
        self._props["language"] = language
        self._props["english"] = dict(english()) if language == "en" else {}


@cache
def preloads(page: str) -> str:
    """Return head HTML that asks at once for every module of a page: found by their imports, they come rank by rank."""
    needed, found = {"vue"}, ["shell", f"page_{page}"]
    while found:
        needed.add(stem := found.pop())
        found += [one for one in _IMPORTED.findall(_SOURCES[stem].read_text("utf-8")) if one not in needed]
    known = {library.name: library.key for library in Shell.exposed_libraries}
    files = ["static/dompurify.mjs", *(f"libraries/{known[stem]}" for stem in sorted(needed & known.keys()))]
    return "".join(f'<link rel="modulepreload" href="/_nicegui/{__version__}/{file}">' for file in files)


class SignIn(Element, component="components/sign_in.js", dependencies=["components/enter.js"]):
    """The door."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._props["language"] = language
        self._props["english"] = dict(english()) if language == "en" else {}
