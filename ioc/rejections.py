"""`ioc rejections`: what was refused, whole, and the same again after a fix."""

import hashlib
from collections import Counter
from typing import Any
from uuid import uuid4

from connectors.contract import Message
from ingest.batch import Committer
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.pipeline import Delivery, understand
from ingest.store import Store
from ingest.units import unit_codes


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
    outcomes: Counter[str] = Counter()
    with Store(settings.database.url, name="ioc-rejections") as store:
        committer = Committer(store, settings.database.keep_days)
        units = unit_codes(store)
        rows = store.rows(
            "select id, source, address, body, received_at from rejection where resolved_at is null"
            " and (%(source)s = '' or source = %(source)s) and (%(id)s::bigint is null or id = %(id)s) order by id",
            {"source": source, "id": number},
        )
        if number is not None and not rows:
            raise ConfigError(f"rejections: {number} is none that is still refused")
        for row in rows:
            connector = settings.sources.get(row["source"])
            if connector is None:
                outcomes["source_gone"] += 1
                continue
            message = Message(row["source"], row["address"], bytes(row["body"]), row["received_at"])
            # What is taken after all is an import as it would have been, and can be undone.
            delivery = Delivery(uuid4(), hashlib.sha256(message.body).digest(), "command line")
            understood = understand(connector, message, units)._replace(delivery=delivery)
            (outcome,) = committer.commit([understood])
            outcomes[outcome] += 1
            # Keeping it again would clear the mark: a message that is still refused stays open.
            mark = "retried_at = now()" + (", resolved_at = now()" if understood.rejection is None else "")
            store.execute(f"update rejection set {mark} where id = %s", (row["id"],))  # noqa: S608 - our own two texts
    return dict(outcomes)
