"""What is said of a device in the register: as it is asked for, changed, and told with its history."""

import unicodedata
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from api.listing import Instant
from api.maintenance import Kind, sentence
from api.roster import Unit
from ingest.register import LABELS

Lifecycle = Literal["installed", "pending_install", "disabled", "retired"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]


def _words(value: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if not text.isprintable():
        raise ValueError("a text to read is expected")
    return text


Words = Annotated[str, Field(max_length=200), AfterValidator(_words)]


class Said(BaseModel):
    """What is said of a device; what is not given is not said."""

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
    installed_on: date | None = None
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


class Amended(Said):
    """What shall change: only what is given does; ``valid_from`` (none: now) may lie in the past."""

    name: Name | None = None
    """The name that the device uses in its messages from now on."""
    valid_from: Instant | None = None
    version: int | None = None
    """``version`` of the entry that the change was made in sight of; 409 where somebody changed it since."""


class Newcomer(Said):
    """A device to be entered; ``unit`` (none: the centre's own) is its commune, ``name`` that of its messages."""

    unit: Unit | None = None
    kind: Kind
    name: Name


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
    installed_on: date | None
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
    """A device's entry, those that stood in its place before (newest first), and all changes, newest first.

    ``version`` is the number of the last change of the device itself, 0 where there is none.
    """

    entry: Entry
    version: int
    before: list[Entry]
    changes: list[Noted]
