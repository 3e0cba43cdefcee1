"""The door for pages of JSON: only the fields that a connector reads come in; others may tell of persons."""

import json
import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from connectors.json_fields import LONGEST, UNREADABLE, folded, parsed


def kept(body: bytes, names: Collection[str]) -> bytes:
    """Return the page with these fields only, at any depth: whatever else a vendor sends may tell of a person.

    What is no JSON keeps its punctuation, so that the place of the fault can be found, and ``*`` for all that is said.
    """
    try:
        said = parsed(body)
    except UNREADABLE:
        masked = re.sub(rb"[^\s{}\[\]:,\"*]", b"*", body)
        return masked if masked.endswith(b"*") else masked + b"*"
    return _written(_only(said, frozenset(map(folded, names)), 6)).encode()


def _only(said: Any, names: frozenset[str], depth: int) -> Any:
    if type(said) is dict:
        return {key: _only(value, names, depth - 1) for key, value in said.items() if depth and folded(key) in names}
    if type(said) is list:
        return [_only(one, names, depth - 1) if type(one) is dict else None for one in said if depth]
    return said if type(said) is not str or len(said) <= LONGEST else "*" * (LONGEST + 1)


def _written(said: Any) -> str:
    """Write JSON with numbers as exact as they came; only what :func:`_only` leaves is written, so it is not deep."""
    if type(said) is dict:
        return "{" + ", ".join(f"{json.dumps(key)}: {_written(value)}" for key, value in said.items()) + "}"
    if type(said) is list:
        return "[" + ", ".join(map(_written, said)) + "]"
    return str(said) if type(said) is Decimal else json.dumps(said, ensure_ascii=True)
