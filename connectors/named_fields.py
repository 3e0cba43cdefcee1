"""Interfaces without a published schema: the names of their fields are a setting."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from pydantic import Field, field_validator

from connectors.gateway import Gateway
from connectors.talk import Talk


class NamedFields(Gateway):
    """An interface whose fields every vendor names as he likes."""

    usual: ClassVar[Mapping[str, str]]
    """Field → its usual name."""

    fields: Mapping[str, str] = Field(default_factory=dict)
    """The other side's name of a field where it is another, as ``{agency = "ma_don_vi"}``; dots go deeper."""

    @field_validator("fields")
    @classmethod
    def _are_ours(cls, fields: Mapping[str, str]) -> Mapping[str, str]:
        if unknown := sorted(set(fields) - set(cls.usual)):
            raise ValueError(f"{', '.join(unknown)}: no such field; there are {', '.join(cls.usual)}")
        return fields

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Field → its name here."""
        return {**self.usual, **self.fields}

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The names of all that is read of a page, each part of a dotted one; the rest stays outside the door."""
        return self.paging.names() | {part for name in self.names.values() for part in name.split(".")}


class ChangedList(NamedFields):
    """One list that is asked for by last change; its rows have a field ``changed_at``."""

    path: str = Field(pattern=r"^/\S*$")
    """Path of the list, below ``url``."""
    since: str = "capNhatTu"
    """Parameter that asks for rows changed from an instant on, that instant included."""
    local_times: bool = False
    """Whether instants without a zone are the commune's time; else they are refused."""

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask for what changed since the cursor; with nothing new it is one question, and nothing arrives."""
        return self.follow(self.path, self.since, (self.names["changed_at"],), cursor, now, local=self.local_times)
