"""From the vendor's played log to broadcasts."""

from collections.abc import Callable
from datetime import datetime

from connectors.contract import Broadcast
from connectors.json_fields import Json
from connectors.loudspeaker_http.fields import PlayedFields
from connectors.loudspeaker_http.words import Priority, flag


def broadcast(
    row: Json,
    names: PlayedFields,
    unit: str,
    named: Callable[[Json], str],
    priority: Callable[[Json], Priority],
    received_at: datetime,
) -> Broadcast:
    """Return an entry: playing while it has no end, failed where the cluster could not play it."""
    changed_at = row.at(names.changed_at)
    if changed_at.instant(received_at) is None:
        raise changed_at.fault("is missing: without it nobody knows what is new")
    started_at, device = row.at(names.started_at), row.at(names.device)
    starts_at, ends_at = started_at.instant(received_at), row.at(names.ended_at).instant(received_at)
    if starts_at is None:
        raise started_at.fault("is missing")
    if ends_at is not None and ends_at < starts_at:
        raise row.at(names.ended_at).fault(f"it ends before it starts, at {starts_at.isoformat()}")
    well = flag(row.at(names.result), default=True)
    return Broadcast(
        unit=unit,
        kind="played",
        id=stated(row.at(names.id)),
        starts_at=starts_at,
        ends_at=ends_at,
        programme=stated(row.at(names.programme)),
        state="failed" if not well else "playing" if ends_at is None else "played",
        device="" if device.absent else named(device),
        priority=priority(row.at(names.priority)),
    )


def stated(said: Json) -> str:
    """Return a text that must be there."""
    if text := said.text():
        return text
    raise said.fault("is missing or empty; where the vendor calls it otherwise, set the field's name")
