"""`ioc rejections`: what was refused, whole, and the same again after a fix."""

from collections import Counter
from typing import Any

from ingest import rejections
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.store import Store


def list_(settings: Settings, source: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest rejections without their bodies."""
    with Store(settings.database.url, name="ioc-rejections") as store:
        return store.rows(
            "select id, source, address, received_at, times, stage, place, reason, resolved_at from rejection"
            " where %(source)s = '' or source = %(source)s order by id desc limit %(limit)s",
            {"source": source, "limit": limit},
        )


def show(settings: Settings, number: int) -> dict[str, Any]:
    """Return one rejection with its body."""
    with Store(settings.database.url, name="ioc-rejections") as store:
        row = store.row("select * from rejection where id = %s", (number,))
    if row is None:
        raise ConfigError(f"rejections: there is no {number}")
    return dict(row) | {"body": bytes(row["body"]).decode("utf-8", "backslashreplace")}


def retry(settings: Settings, source: str, number: int | None) -> dict[str, int]:
    """Understand what is still refused again, each message on its own; returns how many of each outcome."""
    with Store(settings.database.url, name="ioc-rejections") as store:
        tried = rejections.retry(
            store, settings.sources, settings.database.keep_days, by="command line", source=source, number=number
        )
        outcomes: Counter[str] = Counter(outcome for _, outcome in tried)
    if number is not None and not outcomes:
        raise ConfigError(f"rejections: {number} is none that is still refused")
    return dict(outcomes)
