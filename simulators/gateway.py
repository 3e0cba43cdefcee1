"""What simulated offices share that give lists: tokens, pages of rows, answers without a body."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.contract import Message
from simulators.office import Asked, Told, marked

Row = Mapping[str, Any]


def refused(asked: Asked, token: str) -> Told | None:
    """Return the answer to who does not know the token; none where there is no token to know."""
    if token and asked.headers.get("authorization") != f"Bearer {token}":
        return Told(b'{"error": "invalid_token"}', 401, {"WWW-Authenticate": "Bearer"})
    return None


def page(rows: Sequence[Row], number: int = 1, size: int = 200) -> bytes:
    """Return one page of rows: ``{"data": [..], "page", "size", "total"}``; numbers stay as exact as they are."""
    said = {"data": rows[(number - 1) * size : number * size], "page": number, "size": size, "total": len(rows)}
    return json.dumps(said, ensure_ascii=False, default=_exact).encode()


def messages(connector: str, path: str, rows: Sequence[Row], at: datetime, size: int = 200) -> tuple[Message, ...]:
    """Return every page of the list below ``path``, as it arrives."""
    return tuple(
        Message(connector, f"{path}?page={number}&size={size}", page(rows, number, size), at.astimezone(UTC))
        for number in range(1, -(-len(rows) // size) + 1)
    )


def told(asked: Asked, rows: Sequence[Row], usual: int = 200) -> Told:
    """Answer with the page that is asked for, of ``usual`` rows where no size is, or with 304 where it is known."""
    number, size = (asked.query.get(name, "") for name in ("page", "size"))
    body = page(rows, int(number) if number.isdecimal() else 1, min(int(size), 500) if size.isdecimal() else usual)
    return marked(asked, body, {"Content-Type": "application/json; charset=utf-8"})


def number(value: Decimal | None) -> Any:
    """Return a figure as JSON has it: whole numbers as such, others as the text of their digits."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else str(value)


def _exact(value: object) -> Any:
    if isinstance(value, Decimal):
        return number(value)
    raise TypeError(type(value).__name__)
