"""`ioc explain`: one message, as the service would take it, without taking it."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.contract import DeviceId, Message
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.pipeline import understand

_SHOWN = 200
"""Records that are printed for people; --json has all."""


class _AnyUnit:
    """Every code passes: what exists is the database's to say."""

    def __contains__(self, code: object) -> bool:
        return True


def explain(settings: Settings, source: str, file: Path, address: str) -> tuple[dict[str, Any], bool]:
    """Return what came and what was understood, and whether nothing was refused."""
    if source not in settings.sources:
        there = ", ".join(settings.sources) or "none"
        raise ConfigError(f"sources.{source}: there is no such source; there are {there}")
    try:
        body = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: can't be read: {error.strerror}") from error
    connector = settings.sources[source]
    message = Message(source, address or str(file), body, datetime.now(UTC))
    units: Container[str] = _AnyUnit()
    understood = understand(connector, message, units)
    refused = understood.rejection
    return {
        "source": source,
        "connector": type(connector).__name__,
        "settings": connector.model_dump(mode="json"),
        "address": message.address,
        "bytes": len(body),
        "cleansed": understood.message.body != body,
        "kept": len(understood.message.body),
        "understood": [{"type": type(record).__name__} | asdict(record) for record in understood.records],
        "refused": {"place": refused.place, "reason": refused.reason} if refused else None,
        "faults": [fault._asdict() for fault in refused.faults] if refused else [],
    }, refused is None


def lines(shown: Mapping[str, Any]) -> list[str]:
    """Return what :func:`explain` found, for people: a line a record, a line a fault, in Vietnamese too where known."""
    settings = (f"{key}={_said(value)}" for key, value in shown["settings"].items() if _says(value))
    door = f"; the door keeps {shown['kept']} of them" if shown["cleansed"] else ""
    said = [
        f"source: {shown['source']} ({shown['connector']})  {'  '.join(settings)}",
        f"came: {shown['bytes']} bytes as {shown['address']}{door}",
    ]
    records = shown["understood"]
    said.append(f"understood: {len(records)} {'record' if len(records) == 1 else 'records'}")
    said += [f"  {record['type']}  {'  '.join(_fields(record))}" for record in records[:_SHOWN]]
    said += [f"  … and {len(records) - _SHOWN} more: --json prints all"] * (len(records) > _SHOWN)
    faults = shown["faults"]
    said.append(f"refused: {len(faults)} {'fault' if len(faults) == 1 else 'faults'}" if faults else "refused: nothing")
    for fault in faults:
        said.append(f"  {fault['place']}: {fault['reason']}" if fault["place"] else f"  {fault['reason']}")
        said += [f"    {fault['vi']}"] * bool(fault["vi"])
    return [_printable(line) for line in said]


def _printable(line: str) -> str:
    """Return a line without signs that would do something to the terminal: a device may have sent them."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in line)


def _fields(record: Mapping[str, Any]) -> Iterator[str]:
    """Give what a record says, and a value that is missing."""
    for key, value in record.items():
        if key != "type" and (_says(value) or key == "value"):
            yield f"{key}={_said(value)}"


def _says(value: object) -> bool:
    return value is not None and value != "" and value != {} and value != []


def _said(value: object) -> str:
    if isinstance(value, Mapping) and {"start", "end", "kind"} <= value.keys():
        cumulative = ", cumulative" if value["cumulative"] else ""
        return f"{value['start']}…{value['end']} ({value['kind']}{cumulative})"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_said(one)}" for key, one in value.items())
    if isinstance(value, DeviceId):
        return str(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "missing" if value is None else str(value)
