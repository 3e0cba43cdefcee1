"""Topics: whether a text speaks of one, by whole Vietnamese words, written with diacritics or without."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from connectors.spelling import plain

_WORD = re.compile(r"[^\W_]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
"""Huyền, sắc, ngã, hỏi, nặng, as combining signs."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters, NFC; each tone stands at the end of its word.

    So ``hòa`` and ``hoà`` are one word, in which spelling reforms and keyboards differ.
    """
    found = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    return tuple(_toneless(word) for word in found)


def _toneless(word: str) -> str:
    signs = unicodedata.normalize("NFD", word)
    tones = "".join(sign for sign in signs if sign in _TONES)
    return unicodedata.normalize("NFC", "".join(sign for sign in signs if sign not in _TONES)) + tones


def spoken_of(texts: Iterable[str], topics: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the names of the topics of which one term stands in one of the texts, in the order of ``topics``.

    A term matches as it is written; where the text has no diacritics (``tram y te``), or the operator wrote the term
    without, it matches without. ``Trạm y tê`` is another word than ``trạm y tế``.
    """
    said = [_Said(words(text)) for text in texts]
    return tuple(name for name, terms in topics.items() if any(one.has(words(term)) for one in said for term in terms))


class _Said:
    """The words of one text, in the three ways that they are compared."""

    def __init__(self, spelled: tuple[str, ...]) -> None:
        bare = tuple(plain(word) for word in spelled)
        self._spelled = _line(spelled)
        self._bare = _line(bare)
        # Words that bear a sign can't be the bare spelling of another.
        self._unsigned = _line("*" if word != written else word for word, written in zip(bare, spelled, strict=True))

    def has(self, term: tuple[str, ...]) -> bool:
        bare = tuple(plain(word) for word in term)
        where = self._bare if bare == term else self._unsigned
        return _line(term) in self._spelled or _line(bare) in where


def _line(spelled: Iterable[str]) -> str:
    return f" {' '.join(spelled)} "
