"""The device register, kept by technicians: one device changed, renamed, replaced, moved, its history beside it."""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query
from psycopg.rows import dict_row
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from api import PREFIX
from api.access import TECHNICIAN, VIEWER, Principal
from api.accounts import audit
from api.answer import Json
from api.context import TheStore
from api.devices import Which, find
from api.listing import Instant
from api.maintenance import refused, sentence
from api.problems import Problem
from api.roster import Unit, difference
from connectors.contract import DeviceId, Fault
from ingest import names, register
from ingest.names import CannotRegister, Taken
from ingest.register import LABELS
from ingest.sql import QUERIES
from ingest.store import Link
from ingest.stream import notify

router = APIRouter(prefix=PREFIX, tags=["register"])

Lifecycle = Literal["installed", "pending_install", "disabled", "retired"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]


def _words(value: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if not text.isprintable():
        raise ValueError("a text to read is expected")
    return text


Words = Annotated[str, Field(max_length=200), AfterValidator(_words)]


class Amended(BaseModel):
    """What shall be said of a device: only what is given changes; ``valid_from`` (none: now) may lie in the past."""

    model_config = ConfigDict(extra="forbid")

    title: Words | None = None
    hamlet: Words | None = None
    place: Words | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    owner: Words | None = None
    upstream: Words | None = None
    expected_every_s: float | None = Field(default=None, ge=1, le=86_400)
    horns: int | None = Field(default=None, ge=0, le=100)
    lifecycle: Lifecycle | None = None
    name: Name | None = None
    """The name that the device uses in its messages from now on."""
    valid_from: Instant | None = None
    reason: Words = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if ("latitude" in self.model_fields_set) != ("longitude" in self.model_fields_set):
            raise ValueError("latitude and longitude go together")
        nulls = {"title", "hamlet", "place", "owner", "upstream", "lifecycle", "name"} & self.model_fields_set
        if empty := sorted(name for name in nulls if getattr(self, name) is None):
            raise ValueError(f"{', '.join(empty)}: null says nothing; leave it out, or send an empty text")
        return self

    def fields(self) -> dict[str, Any]:
        """Return what is given, as the register names it."""
        said = {key: getattr(self, key) for key in LABELS if key in self.model_fields_set}
        if "expected_every_s" in self.model_fields_set:
            every = self.expected_every_s
            said["expected_every"] = None if every is None else timedelta(seconds=every)
        return said


class Successor(BaseModel):
    """The device that takes another's place, or the same one in another commune; what is not given is as before."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    unit: Unit | None = None
    title: Words | None = None
    hamlet: Words | None = None
    place: Words | None = None
    valid_from: Instant | None = None
    reason: Annotated[str, Field(max_length=200), AfterValidator(sentence)]


class Entry(BaseModel):
    """A device as it is registered; ``other_names`` are names of its messages besides ``name``."""

    ref: str
    unit: str
    kind: str
    name: str
    title: str
    hamlet: str
    place: str
    latitude: float | None
    longitude: float | None
    owner: str
    upstream: str
    expected_every_s: float | None
    horns: int | None
    lifecycle: str
    registered_at: datetime
    edited_at: datetime | None
    replaces: str
    other_names: list[str]


class Noted(BaseModel):
    """One change of the register: it holds from ``valid_from``; ``old`` null: it was not registered."""

    id: int
    unit: str
    kind: str
    name: str
    ref: str
    field: str
    old: str | None
    new: str
    valid_from: datetime
    changed_at: datetime
    actor: str
    reason: str


class Registered(BaseModel):
    """A device's entry, those that stood in its place before (newest first), and all changes, newest first."""

    entry: Entry
    before: list[Entry]
    changes: list[Noted]


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
    return {"entry": line[0], "before": line[1:], "changes": changes}


def _refused(error: CannotRegister) -> Problem:
    if isinstance(error, Taken):
        return refused(error.faults, 409, "name-taken")
    return refused([Fault(re.sub(r"^expected_every$", "expected_every_s", f.place), *f[1:]) for f in error.faults])
