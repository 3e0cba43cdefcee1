"""Lists as files: CSV for programs, streamed piece by piece; workbooks for people."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from psycopg.rows import DictRow
from pydantic import BaseModel

from api import (
    PREFIX,
    audit_trail,
    broadcasts,
    cases,
    devices,
    imports,
    incidents,
    observations,
    played,
    rejections,
    sources,
    uptime,
)
from api.access import ADMIN, TECHNICIAN, VIEWER
from api.context import TheStore
from api.listing import Listing, Paged
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


def _file(
    request: Request, listing: Listing, item: type[BaseModel], store: Store, asked: BaseModel, **more: Any
) -> StreamingResponse:
    pages = ([row | more for row in page] for page in listing.pages(store, asked, **more))
    first = next(pages)  # what can go wrong goes wrong before the answer has begun
    rows, fields = chain([first], pages), list(item.model_fields)
    form = request.url.path.rpartition(".")[2]
    name = f"{listing.name}-{datetime.now(LOCAL):%Y%m%d-%H%M}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if form == "csv":
        return StreamingResponse(_lines(fields, rows), 200, headers, "text/csv; charset=utf-8")
    from api import sheet  # the library that writes workbooks is large, and most processes write none

    return StreamingResponse(sheet.pieces(sheet.workbook(listing.name, fields, rows)), 200, headers, sheet.MEDIA_TYPE)


@router.get("/devices.csv", name="devices_csv", dependencies=[VIEWER])
@router.get("/devices.xlsx", name="devices_xlsx", dependencies=[VIEWER])
def devices_file(request: Request, asked: Annotated[devices.Wanted, Query()], store: TheStore) -> StreamingResponse:
    """Return every device that matches, as a file; numbers and texts it said as JSON."""
    return _file(request, devices.DEVICES, devices.Device, store, asked)


@router.get("/uptime.csv", name="uptime_csv", dependencies=[VIEWER])
@router.get("/uptime.xlsx", name="uptime_xlsx", dependencies=[VIEWER])
def uptime_file(request: Request, asked: Annotated[uptime.OfMany, Query()], store: TheStore) -> StreamingResponse:
    """Return the seconds in each state of every registered device, as a file; without ``start`` the last 24 hours."""
    return _file(request, uptime.UPTIME, uptime.UptimeOfTime, store, asked, **asked.bounds())


@router.get("/observations.csv", name="observations_csv", dependencies=[VIEWER])
@router.get("/observations.xlsx", name="observations_xlsx", dependencies=[VIEWER])
def observations_file(
    request: Request, asked: Annotated[observations.Figures, Query()], store: TheStore
) -> StreamingResponse:
    """Return every figure that matches, as a file."""
    return _file(request, observations.OBSERVATIONS, observations.Observation, store, asked)


@router.get("/cases.csv", name="cases_csv", dependencies=[VIEWER])
@router.get("/cases.xlsx", name="cases_xlsx", dependencies=[VIEWER])
def cases_file(request: Request, asked: Annotated[cases.Sought, Query()], store: TheStore) -> StreamingResponse:
    """Return every case that matches, as a file."""
    return _file(request, cases.CASES, cases.Case, store, asked)


@router.get("/broadcasts.csv", name="broadcasts_csv", dependencies=[VIEWER])
@router.get("/broadcasts.xlsx", name="broadcasts_xlsx", dependencies=[VIEWER])
def broadcasts_file(
    request: Request, asked: Annotated[broadcasts.Heard, Query()], store: TheStore
) -> StreamingResponse:
    """Return every broadcast that matches, as a file."""
    return _file(request, broadcasts.BROADCASTS, broadcasts.Broadcast, store, asked)


@router.get("/played.csv", name="played_csv", dependencies=[VIEWER])
@router.get("/played.xlsx", name="played_xlsx", dependencies=[VIEWER])
def played_file(request: Request, asked: Annotated[played.Sought, Query()], store: TheStore) -> StreamingResponse:
    """Return what became of planned broadcasts on every cluster, as a file; without ``start`` the last 24 hours."""
    return _file(request, played.PLAYED, played.Played, store, asked, **asked.bounds())


@router.get("/incidents.csv", name="incidents_csv", dependencies=[VIEWER])
@router.get("/incidents.xlsx", name="incidents_xlsx", dependencies=[VIEWER])
def incidents_file(request: Request, asked: Annotated[incidents.Sought, Query()], store: TheStore) -> StreamingResponse:
    """Return every incident that matches, as a file; members and evidence as JSON."""
    return _file(request, incidents.INCIDENTS, incidents.Incident, store, asked)


@router.get("/sources.csv", name="sources_csv", dependencies=[VIEWER])
@router.get("/sources.xlsx", name="sources_xlsx", dependencies=[VIEWER])
def sources_file(request: Request, asked: Annotated[Paged, Query()], store: TheStore) -> StreamingResponse:
    """Return every feed with its state and its counters, as a file."""
    return _file(request, sources.SOURCES, sources.Feed, store, asked)


@router.get("/imports.csv", name="imports_csv", dependencies=[VIEWER])
@router.get("/imports.xlsx", name="imports_xlsx", dependencies=[VIEWER])
def imports_file(request: Request, asked: Annotated[imports.Sought, Query()], store: TheStore) -> StreamingResponse:
    """Return every import that matches, as a file."""
    return _file(request, imports.IMPORTS, imports.Import, store, asked)


@router.get("/rejections.csv", name="rejections_csv", dependencies=[TECHNICIAN])
@router.get("/rejections.xlsx", name="rejections_xlsx", dependencies=[TECHNICIAN])
def rejections_file(
    request: Request, asked: Annotated[rejections.OfSource, Query()], store: TheStore
) -> StreamingResponse:
    """Return what was refused, as a file without the originals; faults as JSON; for technicians."""
    return _file(request, rejections.REJECTIONS, rejections.Refusal, store, asked, body=0)


@router.get("/audit.csv", name="audit_csv", dependencies=[ADMIN])
@router.get("/audit.xlsx", name="audit_xlsx", dependencies=[ADMIN])
def audit_file(request: Request, asked: Annotated[audit_trail.Sought, Query()], store: TheStore) -> StreamingResponse:
    """Return who did what, as a file; details as JSON."""
    return _file(request, audit_trail.AUDIT, audit_trail.Act, store, asked)
