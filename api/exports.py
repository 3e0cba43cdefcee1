"""Lists as files, streamed piece by piece."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from psycopg.rows import DictRow
from pydantic import BaseModel

from api import cases, devices, observations
from api.access import VIEWER
from api.context import TheStore
from api.listing import Listing
from api.problems import Problem
from connectors.contract import LOCAL
from ingest.store import Store

router = APIRouter(prefix="/export", tags=["export"], default_response_class=StreamingResponse)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would execute at the start of a text."""


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _lines(pages: Iterable[list[DictRow]]) -> Iterator[str]:
    for n, rows in enumerate(pages):
        text = io.StringIO()
        writer = csv.writer(text)
        if n == 0:
            writer.writerow(rows[0])
        writer.writerows([_cell(value) for value in row.values()] for row in rows)
        yield text.getvalue()


def _file(listing: Listing, store: Store, asked: BaseModel) -> StreamingResponse:
    pages = listing.pages(store, asked)
    first = next(pages)  # what can go wrong goes wrong before the answer has begun
    if not first:
        raise Problem(404, "nothing-to-export", "nothing matches; there would be an empty file")
    name = f"{listing.name}-{datetime.now(LOCAL):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_lines(chain([first], pages)), 200, headers, "text/csv; charset=utf-8")


@router.get("/devices.csv", dependencies=[VIEWER])
def devices_csv(asked: Annotated[devices.Wanted, Query()], store: TheStore) -> StreamingResponse:
    """Return every device that matches, as CSV in UTF-8; numbers and texts it said as JSON."""
    return _file(devices.DEVICES, store, asked)


@router.get("/observations.csv", dependencies=[VIEWER])
def observations_csv(asked: Annotated[observations.Figures, Query()], store: TheStore) -> StreamingResponse:
    """Return every figure that matches, as CSV in UTF-8."""
    return _file(observations.OBSERVATIONS, store, asked)


@router.get("/cases.csv", dependencies=[VIEWER])
def cases_csv(asked: Annotated[cases.Sought, Query()], store: TheStore) -> StreamingResponse:
    """Return every case that matches, as CSV in UTF-8."""
    return _file(cases.CASES, store, asked)
