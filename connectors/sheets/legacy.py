"""Text in TCVN3 (ABC) or VNI-Windows: recognised by its words, a whole sheet at a time, and turned into Unicode.

Both put Vietnamese letters on the places of Western ones, so ``céng hßa`` is stored where ``cộng hòa`` is shown. Source
of the tables: TCVN 5712:1993 (VN3) and the layout of the VNI-Windows fonts. TCVN3 has no marked capitals besides Ă Â Ê
Ô Ơ Ư Đ; its fonts of capitals show the small letters' places large, so capitals come back as small letters.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from connectors.sheets.syllable import is_syllable, marked_words

TCVN3: Mapping[str, str] = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)

_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_HATS = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVES = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "î": "ỵ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "í": "í", "ì": "ì"}


def _vni() -> dict[str, str]:
    table = dict(_VNI_ALONE)
    for vowel in "aeouyôö":
        letter = _VNI_ALONE.get(vowel, vowel)
        table |= {vowel + sign: unicodedata.normalize("NFC", letter + tone) for sign, tone in _VNI_TONES.items()}
    for vowel, hatted in zip("aeo", "âêô", strict=True):
        table |= {vowel + sign: unicodedata.normalize("NFC", hatted + tone) for sign, tone in _VNI_HATS.items()}
    table |= {"a" + sign: unicodedata.normalize("NFC", "ă" + tone) for sign, tone in _VNI_BREVES.items()}
    large = {key.upper(): value.upper() for key, value in table.items()}
    mixed = {key.capitalize(): value.upper() for key, value in table.items() if len(key) == 2}
    return table | large | mixed


VNI: Mapping[str, str] = _vni()
"""One or two signs → letter."""

_ENOUGH = 3
_SHARE = 0.8
_AS_IT_IS = 0.6


class Encoding(NamedTuple):
    """A legacy encoding: its name, and which signs stand for which letter."""

    name: str
    table: Mapping[str, str]

    def read(self, text: str) -> str:
        """Return the text in Unicode; signs that are none of its own stay."""
        if len(max(self.table, key=len)) == 1:
            return text.translate({ord(sign): letter for sign, letter in self.table.items()})
        letters = []
        at = 0
        while at < len(text):
            pair = self.table.get(text[at : at + 2]) if at + 1 < len(text) else None
            letters.append(pair or self.table.get(text[at], text[at]))
            at += 2 if pair else 1
        return "".join(letters)


ENCODINGS = (Encoding("TCVN3", TCVN3), Encoding("VNI", VNI))


def encoding_of(texts: Iterable[str]) -> Encoding | None:
    """Return the legacy encoding of a sheet's texts; ``None`` for Unicode, and where there is any doubt.

    Most words with marks must be Vietnamese when read so, and not be as they stand; a sheet in which a tenth of those
    words has letters that only Unicode has (ơ, đ, ế, …) is Unicode.
    """
    words = {word for text in texts for word in marked_words(unicodedata.normalize("NFC", text))}
    if len(words) < _ENOUGH or sum(map(_is_unicode, words)) * 10 > len(words):
        return None
    as_it_is = share(words)
    best = max(ENCODINGS, key=lambda encoding: share(map(encoding.read, words)))
    return best if share(map(best.read, words)) >= _SHARE and as_it_is <= _AS_IT_IS else None


def share(words: Iterable[str]) -> float:
    """Return which part of the words can be Vietnamese; 1 where there are none."""
    judged = [is_syllable(word) for word in words]
    return sum(judged) / len(judged) if judged else 1.0


def converted(text: str, encoding: Encoding) -> str:
    """Return a text of a sheet in this encoding; one that is Unicode nevertheless stays as it is."""
    if text.isascii() or _is_unicode(text):
        return text
    read = encoding.read(text)
    return read if share(marked_words(read)) >= share(marked_words(text)) else text


def _is_unicode(text: str) -> bool:
    return any(sign > "\u00ff" and (sign.isalpha() or unicodedata.combining(sign)) for sign in text)
