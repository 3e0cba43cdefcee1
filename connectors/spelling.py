"""How Vietnamese words are compared: without case, diacritics and the width of spaces."""

import unicodedata


def plain(text: str) -> str:
    """Return the text in lower case without diacritics, one space between words: ``Đơn vị  tính`` → ``don vi tinh``."""
    marked = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(sign for sign in marked if not unicodedata.combining(sign)).split())


def code(text: str) -> str:
    """Return the text as a key or a code word is written: ``Đang xử lý`` → ``dang_xu_ly``."""
    return plain(text.replace("-", " ").replace("_", " ")).replace(" ", "_")
