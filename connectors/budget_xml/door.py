"""The door: of a report file, what its summary lines say; who prepared and signed it stays outside.

It works on broken files too, because those are stored as rejections; lines stay where they are, so that the parser's
place is right.
"""

import codecs
import re

KNOWN = frozenset(
    {"ReportID", "BranchCode", "BudgetChapterCode", "BudgetKindItemCode", "BudgetSubKindItemCode", "BudgetItemCode",
     "BudgetSubItemCode", "Amount", "ReportYear", "ReportPeriod", "CAP"}
)  # fmt: skip
"""Elements of a summary line that are read."""
LINE = "SummaryB03abX"

_MOST_PASSES = 9
_HIDDEN = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_PIECE = re.compile(
    rb"(?P<head><\?xml[ A-Za-z0-9.=\"'_-]{0,100}\?>)|(?P<dtd><!DOCTYPE\b[^<>\[]*[\[>]?)"
    rb"|<(?P<name>[A-Za-z_][A-Za-z0-9_.:-]*)(?P<more>[^<>]*)>(?P<text>[^<>]*)|(?P<end></[A-Za-z0-9_.:-]*>)|[^\s<]+|<"
)
_NAMESPACE = re.compile(rb"\sxmlns(?::[A-Za-z0-9_]{1,40})?\s*=\s*\"[A-Za-z0-9_:/.#-]{0,100}\"")
_PLAIN = re.compile(rb"[\sA-Za-z0-9.,+*-]{0,60}")
_SIGNS = re.compile(rb"[^\s]+")


def cleansed(body: bytes) -> bytes:
    """Return the file with the texts of known elements only, ``*`` for words that are no code or number."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = body.decode("utf-16", "replace")
        body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace")
    body = body.removeprefix(codecs.BOM_UTF8)
    if b"<" not in body:
        return b"*" if body.strip() else body
    for _ in range(_MOST_PASSES):
        if (kept := _PIECE.sub(_piece, _HIDDEN.sub(b"", body))) == body:
            return body
        body = kept
    return b"*"  # hidden in what was hidden, over and over: no program writes that


def _piece(match: re.Match[bytes]) -> bytes:
    if match["name"] is None:
        return b"<!DOCTYPE r>" if match["dtd"] else match["head"] or match["end"] or b""
    known = match["name"].decode().rpartition(":")[2] in KNOWN
    plain = known and _PLAIN.fullmatch(match["text"])
    text = match["text"] if plain else _SIGNS.sub(b"*" if known else b"", match["text"])
    spaces = b"".join(_NAMESPACE.findall(match["more"]))
    closed = b"/" if match["more"].rstrip().endswith(b"/") else b""
    return b"<" + match["name"] + spaces + closed + b">" + text
