"""The device register, kept by technicians: one device changed, renamed, replaced, moved, its history beside it."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from psycopg.rows import dict_row

from api import PREFIX
from api.access import TECHNICIAN, VIEWER, Principal
from api.accounts import audit
from api.answer import Json
from api.context import TheSettings, TheStore
from api.devices import Which, find
from api.entry import Amended, Newcomer, Registered, Successor
from api.maintenance import refused
from api.problems import Problem
from api.roster import difference
from connectors.contract import DeviceId, Fault
from ingest import names, register
from ingest.names import CannotRegister, Taken
from ingest.sql import QUERIES
from ingest.store import Link
from ingest.stream import notify

router = APIRouter(prefix=PREFIX, tags=["register"])


@router.patch("/devices/{id}", response_model=Registered)
def amend_device(
    id: str,
    which: Annotated[Which, Query()],
    what: Amended,
    store: TheStore,
    who: Annotated[Principal, TECHNICIAN],
) -> Json:
    """Change what the register says of a device; its history stays, and says since when each thing holds."""
    device = find(store, id, which)
    with store.transaction() as link:
        _still(link, device, what.version)
        try:
            change = register.edit(
                link, device, what.fields(), actor=who.name, valid_from=what.valid_from, reason=what.reason
            )
            renamed = what.name is not None and names.rename(
                link, device, what.name, actor=who.name, reason=what.reason
            )
        except CannotRegister as error:
            raise _refused(error) from error
        if change.change != "same" or renamed:
            said = difference(change)["fields"] | ({"name": [device.name, what.name]} if renamed else {})
            audit(
                link, who.name, "device.edit", str(device), fields=said, valid_from=what.valid_from, reason=what.reason
            )
            notify(link, [device], (), ())
        return Json(_registered(link, device))


@router.post("/devices", response_model=Registered, status_code=201)
def enter_device(what: Newcomer, store: TheStore, settings: TheSettings, who: Annotated[Principal, TECHNICIAN]) -> Json:
    """Enter a device, or confirm one that was only heard of; 409 where the register has one of this name."""
    device = DeviceId(what.unit or settings.commune.unit, what.kind, what.name)
    entry = register.Entry(device, what.fields())
    now = datetime.now(UTC)
    with store.transaction() as link:
        if faults := register.checked(link, [entry]):
            raise _refused(CannotRegister(faults))
        (change,) = register.compare(link, [entry])
        heard = link.execute(
            "select from device where (unit, kind, name) = (%s, %s, %s) and lifecycle = 'unconfirmed'", device
        ).fetchone()
        if change.device != device or (change.change != "new" and heard is None):
            reason = f"{change.device} is registered already; choose a name that is free"
            raise _refused(Taken([Fault("name", reason, f"{what.name} đã có trong danh mục; chọn mã khác")]))
        register.apply(link, [change], actor=who.name, valid_from=now, reason=what.reason)
        audit(link, who.name, "device.enter", str(device), fields=difference(change)["fields"], reason=what.reason)
        notify(link, [device], (), ())
        return Json(_registered(link, device), 201)


@router.post("/devices/{id}/replace", response_model=Registered, status_code=201)
def replace_device(
    id: str,
    which: Annotated[Which, Query()],
    what: Successor,
    store: TheStore,
    who: Annotated[Principal, TECHNICIAN],
) -> Json:
    """Retire a device and enter the one that stands there since, or the same one in another commune's care.

    Both keep their own history; ``GET /devices/{id}/register`` shows them as one line.
    """
    device = find(store, id, which)
    by = DeviceId(what.unit or device.unit, device.kind, what.name)
    fields = {key: value for key in ("title", "hamlet", "place") if (value := getattr(what, key)) is not None}
    with store.transaction() as link:
        try:
            register.replace(link, device, by, fields, actor=who.name, valid_from=what.valid_from, reason=what.reason)
        except CannotRegister as error:
            raise _refused(error) from error
        audit(link, who.name, "device.replace", str(device), by=str(by), valid_from=what.valid_from, reason=what.reason)
        notify(link, [device, by], (), ())
        return Json(_registered(link, by), 201)


@router.get("/devices/{id}/register", response_model=Registered, dependencies=[VIEWER])
def registered(id: str, which: Annotated[Which, Query()], store: TheStore) -> Json:
    """Return a device's entry with what stood there before it, its names, and who changed what since when."""
    device = find(store, id, which)
    with store.transaction() as link:
        return Json(_registered(link, device))


def _registered(link: Link, device: DeviceId) -> dict[str, Any]:
    with link.cursor(row_factory=dict_row) as cursor:
        line = cursor.execute(QUERIES["device_line"], device._asdict()).fetchall()
        changes = cursor.execute(QUERIES["device_history"], device._asdict()).fetchall()
    version = max((change["id"] for change in changes if change["ref"] == str(device)), default=0)
    return {"entry": line[0], "version": version, "before": line[1:], "changes": changes}


def _still(link: Link, device: DeviceId, version: int | None) -> None:
    """Raise a 409 problem where somebody changed the device after the change of this number; locks the register."""
    if version is None:
        return
    link.execute("select pg_advisory_xact_lock(hashtextextended('register', 0))")
    said = _registered(link, device)
    since = [change for change in said["changes"] if change["ref"] == str(device) and change["id"] > version]
    if since:
        last = max(since, key=lambda change: change["id"])
        fields = {c["field"]: [c["old"], c["new"]] for c in sorted(since, key=lambda change: change["id"])}
        detail = f"{last['actor']} changed {device} at {last['changed_at'].isoformat()}; look again"
        raise Problem(
            409, "changed-before", detail, by=last["actor"], at=last["changed_at"].isoformat(), fields=fields,
            version=last["id"],
        )  # fmt: skip


def _refused(error: CannotRegister) -> Problem:
    if isinstance(error, Taken):
        return refused(error.faults, 409, "name-taken")
    return refused([Fault(re.sub(r"^expected_every$", "expected_every_s", f.place), *f[1:]) for f in error.faults])
