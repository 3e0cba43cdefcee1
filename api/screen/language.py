"""The two languages of the screen: texts are written in Vietnamese; English is looked up by them.

``english/*.toml`` holds the English of each text, one file a room. A text without English stays Vietnamese, so that
nothing ever goes missing; a test walks the pages in English and names what is left.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Literal

Language = Literal["vi", "en"]
COOKIE = "ioc_language"

_spoken: ContextVar[Language] = ContextVar("spoken", default="vi")


@cache
def english() -> Mapping[str, str]:
    """Return every text's English by its Vietnamese."""
    found: dict[str, str] = {}
    folder = resources.files("api.screen") / "english"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            found |= tomllib.loads(file.read_text("utf-8"))
    return found


def chosen(cookie: str | None) -> Language:
    """Return the language that a browser's cookie names; Vietnamese where it names none."""
    return "en" if cookie == "en" else "vi"


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Let :func:`say` speak a language inside the block."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> Language:
    """Return the language that is spoken now."""
    return _spoken.get()


def say(text: str, **filled: object) -> str:
    """Return a Vietnamese text, or its English where English is spoken, with its places in braces filled.

    English that differs by number stands as ``one device|{n} devices``: the first where ``n`` is 1.
    """
    said = english().get(text, text) if _spoken.get() == "en" else text
    one, several, many = said.partition("|")
    if several:
        said = one if str(filled.get("n")) == "1" else many
    return said.format(**filled) if filled else said


_PERIOD = re.compile(r"(ngày|tuần|tháng|quý|năm|6 tháng đầu năm|6 tháng cuối năm) ?(.*)")


def called(period: str) -> str:
    """Return a period that was named in Vietnamese, as "quý III/2026", in the language that is spoken."""
    parts = _PERIOD.fullmatch(period)
    return say(parts[1] + " {when}", when=parts[2]).strip() if parts else period
