"""Imports: what files and pushes brought, and taking the last one back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import TECHNICIAN, VIEWER, Principal
from api.accounts import audit
from api.answer import Json, Listed
from api.context import TheStore
from api.listing import Listing, Paged
from api.problems import Problem
from api.sql import QUERIES
from ingest import imports as deliveries
from ingest.imports import CannotUndo

router = APIRouter(prefix=PREFIX, tags=["imports"])

IMPORTS = Listing(
    "imports", QUERIES["imports"], key={"id": int}, filters={"source": "source = %(source)s"}, descending=True
)


class Import(BaseModel):
    """The figures that a file or a push brought: how many were new, changed what was stored, or said the same."""

    id: int
    source: str
    address: str
    digest: str
    actor: str
    at: datetime
    new: int
    changed: int
    same: int
    undone_at: datetime | None
    undone_by: str | None


class Sought(Paged):
    """Which imports."""

    source: str | None = None


@router.get("/imports", response_model=Listed[Import], dependencies=[VIEWER])
def imports(asked: Annotated[Sought, Query()], store: TheStore) -> Json:
    """Return imports, the newest first; what was undone stays, with who undid it."""
    return IMPORTS.answer(store, asked)


@router.delete("/imports/{number}", response_model=Import)
def undo(number: int, store: TheStore, who: Annotated[Principal, TECHNICIAN]) -> Json:
    """Take the last import of a source back: what was said before is the latest again; 409 where another is first."""
    with store.transaction() as link:
        try:
            row = deliveries.undo(link, number, by=who.name)
        except KeyError as error:
            raise Problem(
                404, "no-such-import", f"there is no import {number}; GET /api/v1/imports lists them"
            ) from error
        except CannotUndo as error:
            raise Problem(409, "not-the-last", str(error), first=error.first) from error
        audit(link, who.name, "import.undo", str(number), source=row["source"], address=row["address"])
    return Json({**row, "digest": row["digest"].hex()})
