"""The door: of what a sender says about a report, only the fields of a report come in.

A list of what is personal would never be complete, so this is a list of what is kept. It works on broken bodies too,
because those are stored as rejections.
"""

import re
from collections.abc import Mapping, Sequence

import orjson

from connectors.citizen_report.words import KEYS
from connectors.json_fields import folded
from connectors.spelling import code

_KEPT = {name: field for field, names in KEYS.items() for name in names}
_COARSE = frozenset({"latitude", "longitude"})
_FREE = frozenset({"category", "severity", "status", "channel", "hamlet"})
"""Fields of words, in which a hurried clerk may have typed a telephone number."""

_CONTACT = re.compile(rb"[^\s\"@]{1,64}@[^\s\"]+|\+?\d(?:[\s.-]?\d){8,}")
_KEY = re.compile(rb"[A-Za-z][A-Za-z_]{0,39}")
_QUOTED = rb'"(?:[^"\\]|\\.){0,512}+"'  # bounded, so that a hostile body takes no hostile time
_TOKEN = re.compile(
    rb"(?P<key>%(quoted)s)(?P<colon>\s*:\s*)(?P<value>%(quoted)s|-?\d[0-9.eE+-]*)?"
    rb"|(?P<kept>[\s{}\[\],:]+|(?:true|false|null)\b)"
    rb'|(?P<loose>(?:%(quoted)s|"|[^\s{}\[\],:"])+)' % {b"quoted": _QUOTED},
    re.DOTALL,
)


def cleansed(body: bytes, within: Sequence[str] = ()) -> bytes:
    """Return the body without all that is not a field of a report; a broken body stays broken, with ``*`` for it.

    The body is a report or a list of them, or a page: then ``within`` names the fields that lead to its list.
    """
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _masked(body)
    return orjson.dumps(_reports(said, [folded(name) for name in within]))


def _reports(said: object, within: Sequence[str]) -> object:
    if type(said) is list:
        return [_fields(report) if type(report) is dict else None for report in said]
    if type(said) is not dict:
        return None
    if not within:
        return _fields(said)
    return {key: _reports(value, within[1:]) for key, value in said.items() if folded(key) == within[0]}


def _fields(said: Mapping[str, object]) -> dict[str, object]:
    return {key: _coarse(_KEPT[code(key)], value) for key, value in said.items() if code(key) in _KEPT}


def _coarse(field: str, value: object) -> object:
    """Keep a value of a field of a report as far as it can't tell a person; its type stays, for the reason."""
    if isinstance(value, dict | list):
        return type(value)()
    if field in _COARSE:
        return round(value, 3) if isinstance(value, int | float) else "*"
    if field in _FREE and isinstance(value, str):
        return _CONTACT.sub(b"*", value.encode()).decode()
    return value


def _masked(body: bytes) -> bytes:
    """Keep punctuation, key names and the values of known fields; one ``*`` outside quotes keeps it from being JSON."""
    while (masked := _TOKEN.sub(_token, body)) != body:  # neighbours that merge are one token the next time
        body = masked
    return body


def _token(match: re.Match[bytes]) -> bytes:
    if match["kept"] is not None:
        return match["kept"]
    if match["key"] is None:
        return b"*"
    name = match["key"][1:-1]
    if not _KEY.fullmatch(name):
        return b"*" + match["colon"] + (b"*" if match["value"] else b"")
    value = match["value"]
    if value is not None:
        field = _KEPT.get(code(name.decode("ascii")))
        if field is None or field in _COARSE or (field in _FREE and _CONTACT.search(value)):
            value = b"*"
    return match["key"] + match["colon"] + (value or b"")
