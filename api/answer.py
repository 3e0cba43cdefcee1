"""Rows as JSON: exact decimals, instants with their zone, jsonb passed through as it lies in the database."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

import orjson
from fastapi import Response
from pydantic import BaseModel, WithJsonSchema

Item = TypeVar("Item")
Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]
"""For OpenAPI: a decimal that is written as a JSON number with all its digits."""


class Listed(BaseModel, Generic[Item]):
    """A piece of a list; ``next`` is the cursor of the following piece, null at the end."""

    items: list[Item]
    next: str | None


def _exact(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f") if value.is_finite() else "null")
    raise TypeError(f"{type(value).__name__} has no JSON")


def dumps(value: object) -> bytes:
    """Return JSON; NaN and infinity are null."""
    return orjson.dumps(value, default=_exact)


def passed(row: Mapping[str, object], fields: Iterable[str]) -> dict[str, object]:
    """Return the row with these fields, JSON text of the database, passed through unread."""
    return {**row, **{field: orjson.Fragment(str(row[field])) for field in fields}}


class Json(Response):
    """A JSON answer that nobody caches."""

    media_type = "application/json"

    def __init__(self, content: object, status_code: int = 200) -> None:
        super().__init__(content, status_code, {"Cache-Control": "no-store"})

    def render(self, content: object) -> bytes:
        """Write it."""
        return dumps(content)
