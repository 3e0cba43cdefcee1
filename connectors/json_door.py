"""The door for pages of JSON: only the fields that a connector reads come in; others may tell of persons."""

import json
import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from connectors.json_fields import LONGEST, UNREADABLE, folded, parsed


def kept(body: bytes, names: Collection[str], lists: Collection[str] = ()) -> bytes:
    """Return the page with these fields only, at any depth: whatever else a vendor sends may tell of a person.

    A list of words or numbers comes in only where its field is one of ``lists``.

    What is no JSON keeps its punctuation, so that the place of the fault can be found, and ``*`` for all that is said.
    """
    try:
        said = parsed(body)
    except UNREADABLE:
        masked = re.sub(rb"[^\s{}\[\]:,\"*]", b"*", body)
        return masked if masked.endswith(b"*") else masked + b"*"
    return written(_only(said, frozenset(map(folded, names)), frozenset(map(folded, lists)), 6)).encode()


def _only(said: Any, names: Collection[str], lists: Collection[str], depth: int, *, listed: bool = False) -> Any:
    if type(said) is dict:
        return {
            key: _only(value, names, lists, depth - 1, listed=folded(key) in lists)
            for key, value in said.items()
            if depth and folded(key) in names
        }
    if type(said) is list:
        words = (str, Decimal) if listed else ()
        return [
            _only(one, names, lists, depth - 1) if type(one) is dict or type(one) in words else None
            for one in said
            if depth
        ]
    return said if type(said) is not str or len(said) <= LONGEST else "*" * (LONGEST + 1)


def written(said: Any) -> str:
    """Return JSON with numbers as exact as they came; what is written must not be deep."""
    if type(said) is dict:
        return "{" + ", ".join(f"{json.dumps(key)}: {written(value)}" for key, value in said.items()) + "}"
    if type(said) is list:
        return "[" + ", ".join(map(written, said)) + "]"
    return str(said) if type(said) is Decimal else json.dumps(said, ensure_ascii=True)
