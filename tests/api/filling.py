"""Rows for the API to show: written as ingest writes them, by the same transaction."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import orjson

from connectors import CONNECTORS
from connectors.contract import Connector, Message, Observation, Period
from ingest.batch import Committer, Outcome
from ingest.pipeline import Understood, understand
from ingest.store import Store
from ingest.units import unit_codes

UNIT = "00004"
OTHER = "00376"


def status(name: str, *, unit: str = UNIT, kind: str = "camera", at: datetime | None = None, **said: object) -> Message:
    now = datetime.now(UTC)
    body = {"at": (at or now).isoformat(), "state": "online", **said}
    return Message(f"{kind}s", f"ioc/{unit}/{kind}/{name}/status", orjson.dumps(body), now)


def take(store: Store, messages: Iterable[Message]) -> list[Outcome]:
    """Store device messages as the ingest process does."""
    connectors: dict[str, Connector] = {
        f"{kind}s": CONNECTORS[f"{kind}_mqtt"]() for kind in ("camera", "loudspeaker", "network")
    }
    units = unit_codes(store)
    return Committer(store).commit([understand(connectors[m.source], m, units) for m in messages])


def register(store: Store, name: str, *, kind: str = "camera", unit: str = UNIT, **fields: object) -> None:
    columns = {"unit": unit, "kind": kind, "name": name, "lifecycle": "installed", **fields}
    names, places = ", ".join(columns), ", ".join(f"%({column})s" for column in columns)
    store.execute(f"insert into device ({names}) values ({places})", columns)  # noqa: S608 - our own columns


def figure(value: str | None, *, start: date = date(2026, 10, 1), **fields: object) -> Observation:
    period = Period(start, (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1), "month")
    amount = Decimal(value) if value is not None else None
    return Observation(UNIT, "budget_spent", period, amount, **fields)  # type: ignore[arg-type]


def note(store: Store, figures: Sequence[Observation]) -> list[Outcome]:
    """Store figures as the ingest process does, each a message of its own."""
    message = Message("budget", "thang-10.xlsx", b"", datetime.now(UTC))
    return Committer(store).commit([Understood(message, (f,)) for f in figures])


def report(id_: str, *, at: datetime, **fields: object) -> bytes:
    body = {"id": id_, "unit": UNIT, "at": at.isoformat(), "opened_at": at.isoformat(), "status": "new"}
    return orjson.dumps({**body, "category": "environment", **fields})
