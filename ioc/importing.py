"""`ioc import`: one file into the store as the service would take it, tried first or taken back."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

from api.accounts import audit
from connectors.contract import Fault
from ingest import imports
from ingest.batch import Committer
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.health import declare
from ingest.imports import CannotUndo
from ingest.pipeline import Delivery
from ingest.receive import Receiver, Refused
from ingest.store import Store
from ingest.units import unit_codes

_ACTOR = "command line"
_SHOWN = 20
"""Figures that a dry run prints."""
_CHANGES = {"new": "mới", "changed": "thay đổi", "same": "như cũ"}


def import_file(settings: Settings, source: str, file: Path, address: str, *, dry_run: bool) -> dict[str, Any]:
    """Store a file, or say what would come of it; returns counts, ``faults`` and, of a dry run, the ``figures``.

    Raises :class:`ConfigError` for a source or file that is not there, :class:`StoreDown`.
    """
    _known(settings, source)
    try:
        body = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: can't be read: {error.strerror}") from error
    where = address or str(file)
    with Store(settings.database.url, name="ioc-import") as store:
        receiver = Receiver(settings.sources, Committer(store, settings.database.keep_days), unit_codes(store))
        if dry_run:
            rehearsal = receiver.rehearse(source, [body], where)
            faults = [_told(refused) for refused in rehearsal.reasons]
            figures = [dict(figure) for figure in rehearsal.figures]
            return {"dry_run": True, **rehearsal.counts, "faults": faults, "figures": figures}
        declare(store, settings)
        receipt = receiver.receive(source, [body], where, Delivery(uuid4(), hashlib.sha256(body).digest(), _ACTOR))
        counts = {"stored": receipt.stored, "duplicate": receipt.duplicate, "rejected": receipt.rejected}
        return {**counts, "faults": [_told(refused) for refused in receipt.reasons]}


def undo(settings: Settings, source: str) -> dict[str, Any]:
    """Take the last import of a source back; returns it. Raises :class:`ConfigError` where there is none."""
    _known(settings, source)
    with Store(settings.database.url, name="ioc-import") as store, store.transaction() as link:
        last = imports.last(link, source)
        if last is None:
            raise ConfigError(f"sources.{source}: it has no import that could be undone")
        try:
            row = imports.undo(link, last, by=_ACTOR)
        except CannotUndo as error:  # another hand was quicker
            raise ConfigError(f"sources.{source}: {error}") from error
        audit(link, _ACTOR, "import.undo", str(last), source=source, address=row["address"])
    return {**row, "digest": row["digest"].hex()}


def lines(shown: dict[str, Any]) -> list[str]:
    """Return what :func:`import_file` said, for people: faults in Vietnamese where that is known."""
    said = [f"{fault['place']}: {fault['vi'] or fault['reason']}" for fault in shown["faults"]]
    if not shown.get("dry_run"):
        return [*said, "  ".join(f"{key}={shown[key]}" for key in ("stored", "duplicate", "rejected"))]
    said.append("chạy thử, không lưu gì: " + ", ".join(f"{shown[key]} {word}" for key, word in _CHANGES.items()))
    for figure in [figure for figure in shown["figures"] if figure["change"] != "same"][:_SHOWN]:
        old = f"{_plain(figure['old_value'])} → " if figure["change"] == "changed" else ""
        period = f"{figure['period_start']:%d/%m/%Y}–{figure['period_end']:%d/%m/%Y}"
        dims = "" if figure["dims"] == "{}" else f" {figure['dims']}"
        word = _CHANGES[figure["change"]]
        said.append(f"{word}: {figure['unit']} {figure['indicator']} {period}{dims}: {old}{_plain(figure['value'])}")
    return said


def _plain(value: Any) -> str:
    return "không có" if value is None else f"{value:f}"


def _told(refused: Refused) -> dict[str, str]:
    fault: Fault = refused.fault
    return fault._asdict()


def _known(settings: Settings, source: str) -> None:
    if source not in settings.sources:
        there = ", ".join(settings.sources) or "none"
        raise ConfigError(f"sources.{source}: there is no such source; there are {there}")
