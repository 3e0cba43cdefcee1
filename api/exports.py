"""Lists as files, streamed piece by piece."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from psycopg.rows import DictRow
from pydantic import BaseModel

from api import PREFIX, broadcasts, cases, devices, incidents, observations
from api.access import VIEWER
from api.context import TheStore
from api.listing import Listing
from connectors.contract import LOCAL
from ingest.store import Store

router = APIRouter(prefix=f"{PREFIX}/export", tags=["export"], default_response_class=StreamingResponse)

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


def _lines(fields: Sequence[str], pages: Iterable[list[DictRow]]) -> Iterator[str]:
    for piece in chain([[dict(zip(fields, fields, strict=True))]], pages):
        text = io.StringIO()
        csv.writer(text).writerows([_cell(row[field]) for field in fields] for row in piece)
        yield text.getvalue()


def _file(listing: Listing, item: type[BaseModel], store: Store, asked: BaseModel) -> StreamingResponse:
    pages = listing.pages(store, asked)
    first = next(pages)  # what can go wrong goes wrong before the answer has begun
    lines = _lines(list(item.model_fields), chain([first], pages))
    name = f"{listing.name}-{datetime.now(LOCAL):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, 200, headers, "text/csv; charset=utf-8")


@router.get("/devices.csv", dependencies=[VIEWER])
def devices_csv(asked: Annotated[devices.Wanted, Query()], store: TheStore) -> StreamingResponse:
    """Return every device that matches, as CSV in UTF-8; numbers and texts it said as JSON."""
    return _file(devices.DEVICES, devices.Device, store, asked)


@router.get("/observations.csv", dependencies=[VIEWER])
def observations_csv(asked: Annotated[observations.Figures, Query()], store: TheStore) -> StreamingResponse:
    """Return every figure that matches, as CSV in UTF-8."""
    return _file(observations.OBSERVATIONS, observations.Observation, store, asked)


@router.get("/cases.csv", dependencies=[VIEWER])
def cases_csv(asked: Annotated[cases.Sought, Query()], store: TheStore) -> StreamingResponse:
    """Return every case that matches, as CSV in UTF-8."""
    return _file(cases.CASES, cases.Case, store, asked)


@router.get("/broadcasts.csv", dependencies=[VIEWER])
def broadcasts_csv(asked: Annotated[broadcasts.Heard, Query()], store: TheStore) -> StreamingResponse:
    """Return every broadcast that matches, as CSV in UTF-8."""
    return _file(broadcasts.BROADCASTS, broadcasts.Broadcast, store, asked)


@router.get("/incidents.csv", dependencies=[VIEWER])
def incidents_csv(asked: Annotated[incidents.Sought, Query()], store: TheStore) -> StreamingResponse:
    """Return every incident that matches, as CSV in UTF-8; members and evidence as JSON."""
    return _file(incidents.INCIDENTS, incidents.Incident, store, asked)
