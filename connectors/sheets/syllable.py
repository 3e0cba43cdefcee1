"""The Vietnamese syllable: which words can be Vietnamese at all, by their letters and their tone.

Source: the spelling taught in schools (onset, glide, nucleus, coda; a syllable that ends in c, ch, p or t bears sắc or
nặng). It accepts some syllables that no word has, and refuses mojibake.
"""

import re
import unicodedata
from functools import lru_cache

_TONES = "\u0300\u0309\u0303\u0301\u0323"
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|ch|kh|ph|qu|th|tr|[bcdđghklmnpqrstvxw])?"
    r"(?:oo(?:ng|c)|(?:o(?=[aăe])|u(?=[âêơy]))?"
    r"(?:iê|yê|uô|ươ|ia|ya|ua|ưa|[aăâeêioôơuưy])(?:ch|ng|nh|[cmnptiyou])?)"
)
_STOPPED = re.compile(r".*(?:ch|[cpt])")
_WORDS = re.compile(r"[^\s\x00-\x40\x5b-\x60\x7b-\x7f“”‘’–—…]+")


@lru_cache(maxsize=1 << 14)
def is_syllable(word: str) -> bool:
    """Tell whether a word could be a Vietnamese syllable."""
    letters = unicodedata.normalize("NFD", word.lower())
    tones = [sign for sign in letters if sign in _TONES]
    bare = unicodedata.normalize("NFC", "".join(sign for sign in letters if sign not in _TONES))
    if len(tones) > 1 or _SYLLABLE.fullmatch(bare) is None:
        return False
    return not (_STOPPED.fullmatch(bare) and tones and tones[0] not in "\u0301\u0323")


def marked_words(text: str) -> list[str]:
    """Return the words of a text that hold a sign beyond ASCII."""
    return [word for word in _WORDS.findall(text) if not word.isascii()]
