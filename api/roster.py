"""A list of devices into the register: tried first, every fault told by cell; then entered whole, or not at all."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from api import PREFIX
from api.access import TECHNICIAN, Principal
from api.accounts import audit
from api.answer import Json
from api.context import TheSettings, TheStore
from api.listing import Asked
from api.problems import Problem
from ingest import register, roster
from ingest.names import CannotRegister
from ingest.register import Change
from ingest.store import Link
from ingest.stream import notify

router = APIRouter(prefix=PREFIX, tags=["register"])

SHOWN = 500
"""Faults and differences that one answer tells at most."""
_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {
    "schema": {"type": "string", "format": "binary", "description": ".xlsx, .xls, .ods or .csv"}}}}}  # fmt: skip

Unit = Annotated[str, Field(pattern=r"^[0-9]{5}$")]


class Reason(BaseModel):
    """Where a list can't be read and why; the place is ``sheet!cell``."""

    place: str
    reason: str
    vi: str


class Difference(BaseModel):
    """A device of the list beside the register; ``fields`` as [old, new], texts."""

    change: Literal["new", "changed", "missing"]
    ref: str
    fields: dict[str, tuple[str | None, str | None]]


class Imported(BaseModel):
    """What a list does to the register, or would with ``dry_run``; nothing where there are ``faults``."""

    dry_run: bool
    faults: list[Reason]
    faults_in_all: int
    new: int
    changed: int
    same: int
    missing: int
    differences: list[Difference]


class Sent(Asked):
    """How a list is taken; ``unit`` is the commune of devices without a column "Mã xã", none: the centre's own."""

    dry_run: bool = False
    unit: Unit | None = None


async def _whole(request: Request) -> bytes:
    return await request.body()


@router.post("/devices/import", response_model=Imported, openapi_extra=_BODY)
def import_devices(
    asked: Annotated[Sent, Query()],
    store: TheStore,
    settings: TheSettings,
    who: Annotated[Principal, TECHNICIAN],
    body: Annotated[bytes, Depends(_whole)],
) -> Json:
    """Enter a list of devices (.xlsx, .xls, .ods, .csv) into the register, all of it or nothing: 422 with every fault.

    A dry run tells faults by cell and the differences; devices that the list does not name stay as they are.
    """
    with store.transaction() as link:
        shown = take(link, body, asked.unit or settings.commune.unit, actor=who.name, dry_run=asked.dry_run)
    if shown["faults"] and not asked.dry_run:
        detail = f"{shown['faults_in_all']} faults; nothing was entered: {shown['faults'][0]['reason']}"
        raise Problem(422, "faulty-list", detail, reasons=shown["faults"], reasons_in_all=shown["faults_in_all"])
    return Json(shown)


def take(link: Link, body: bytes, unit: str, *, actor: str, dry_run: bool) -> dict[str, Any]:
    """Enter a list, or only compare it; returns an :class:`Imported` as plain values."""
    read = roster.read(body, unit)
    faults = read.faults or register.checked(link, read.entries)
    changes: list[Change] = []
    if not faults:
        changes = register.compare(link, read.entries)
        changes += register.missing(link, changes)
        if not dry_run:
            try:
                with link.transaction():
                    register.apply(link, changes, actor=actor, valid_from=datetime.now(UTC), reason="import")
            except CannotRegister as error:
                faults, changes = error.faults, []
    counts = Counter(change.change for change in changes)
    told = {key: counts[key] for key in ("new", "changed", "same", "missing")}
    if not dry_run and not faults:
        audit(link, actor, "device.import", unit, digest=hashlib.sha256(body).hexdigest(), **told)
        notify(link, [change.device for change in changes if change.change in ("new", "changed")], (), ())
    return {
        "dry_run": dry_run,
        "faults": [fault._asdict() for fault in faults[:SHOWN]],
        "faults_in_all": len(faults),
        **told,
        "differences": [difference(change) for change in changes if change.change != "same"][:SHOWN],
    }


def difference(change: Change) -> dict[str, Any]:
    """Return a change as a :class:`Difference`."""
    fields: Mapping[str, tuple[Any, Any]] = change.fields
    if change.change == "new":
        fields = {key: pair for key, pair in fields.items() if register.text(pair[1])}
    shown = {key: [None if one is None else register.text(one) for one in pair] for key, pair in fields.items()}
    return {"change": change.change, "ref": str(change.device), "fields": shown}
