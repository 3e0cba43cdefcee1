"""The two languages of the screen: texts are written in Vietnamese; English is looked up by them.

``english/*.toml`` holds the English of each text, one file a room. A text without English stays Vietnamese, so that
nothing ever goes missing; a test walks the pages in English and names what is left.
"""

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
    """Return a Vietnamese text, or its English where English is spoken, with its places in braces filled."""
    said = english().get(text, text) if _spoken.get() == "en" else text
    return said.format(**filled) if filled else said
