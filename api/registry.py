"""Devices as the API shows them: the register's fields, held in memory, with what a device says now."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from psycopg import sql

from api.answer import passed
from api.sql import QUERIES
from connectors.contract import DeviceId
from ingest.store import Store

JSON = ("values", "labels")
"""Fields of a device that hold JSON text when they come from the database."""
_SHUT = frozenset({"pending_install", "disabled", "retired"})


class _Shown(NamedTuple):
    device: DeviceId
    row: dict[str, Any]


def _shown(row: Mapping[str, Any]) -> _Shown:
    return _Shown(DeviceId(row["unit"], row["kind"], row["id"]), dict(row))


class Registry:
    """The register of this process; used by one thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[DeviceId, dict[str, Any]] = {}

    def refresh(self) -> None:
        """Read all of it again: titles, hamlets, lifecycles may have changed."""
        query = sql.SQL("select * from ({}) as item").format(sql.SQL(QUERIES["devices"]))
        self._rows = dict(map(_shown, self._store.rows(query)))

    def shown(self, said: Iterable[Mapping[str, Any]]) -> list[dict[str, object]]:
        """Return devices as ``GET /devices`` does, from rows of ``device_state``; asks for those it does not know.

        A row without ``readings`` was too large to be told: the whole device is read.
        """
        heard = {DeviceId(s["unit"], s["kind"], s["name"]): s for s in said}
        self._ask(d for d, s in heard.items() if d not in self._rows or "readings" not in s)
        return [_merged(self._rows[d], s) for d, s in heard.items() if d in self._rows]

    def _ask(self, devices: Iterable[DeviceId]) -> None:
        columns = list(zip(*devices, strict=True))
        if not columns:
            return
        query = sql.SQL(
            "select * from ({}) as item where (unit, kind, id) in"
            " (select * from unnest(%s::text[], %s::text[], %s::text[]))"
        ).format(sql.SQL(QUERIES["devices"]))
        self._rows.update(map(_shown, self._store.rows(query, [list(column) for column in columns])))


def _merged(row: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, object]:
    if "readings" not in said:
        return passed(row, JSON)
    return {
        **row,
        "state": row["lifecycle"] if row["lifecycle"] in _SHUT else said["state"],
        "reported": said["reported"],
        "since": said["since"],
        "last_seen": said["at"],
        "reason": said["reason"],
        "values": said["readings"] or {},
        "labels": said["labels"] or {},
        "changed_at": said["changed_at"],
    }
