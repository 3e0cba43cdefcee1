"""`ioc explain`: one message, as the service would take it, without taking it."""

from collections.abc import Container
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.contract import Message
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.pipeline import understand


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
        "understood": [{"type": type(record).__name__} | asdict(record) for record in understood.records],
        "refused": {"place": refused.place, "reason": refused.reason} if refused else None,
        "faults": [fault._asdict() for fault in refused.faults] if refused else [],
    }, refused is None
