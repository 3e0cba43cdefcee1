"""What the database says, as the screen reads it: one function one query. Instants are UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from api.screen.incidents import Incident
from api.screen.numbers import Reading as Reading
from api.screen.numbers import reading as reading
from api.screen.numbers import trend as trend
from connectors.contract import LOCAL
from ingest import expected
from ingest.due import label
from ingest.facts.feeds import thing
from ingest.store import Store

DeviceKey = tuple[str, str]
"""Kind and name: a screen shows one commune."""


@dataclass(frozen=True, slots=True)
class Commune:
    """Whose screen this is."""

    code: str
    name: str = ""
    province: str = ""
    simulated: bool = False


@dataclass(slots=True)
class Device:
    """A device of the register with its latest state."""

    kind: str
    name: str
    title: str
    hamlet: str
    latitude: float | None
    longitude: float | None
    upstream: str
    lifecycle: str
    state: str
    reported: str | None
    since: datetime
    seen: datetime | None
    reason: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A source and how fresh it is; ``due`` is the instant after which it counts as late."""

    name: str
    feed: str
    title: str
    state: str
    last: datetime | None
    due: datetime | None
    error: str
    error_since: datetime | None
    declared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Owing:
    """Figures that a source owes, or sent late or wrong; ``by`` is the instant when they were due."""

    source: str
    title: str
    state: str
    period: str
    by: datetime
    owner: str
    received: datetime | None
    why: tuple[str, ...]
    indicators: int
    units: tuple[str, ...]
    thing: str = ""
    """What is owed whatever its period, as incidents name it."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """An open field report after its deadline."""

    id: str
    category: str
    severity: str
    hamlet: str
    due: datetime


@dataclass(slots=True)
class Facts:
    """Everything that one picture is drawn from."""

    commune: Commune
    hamlets: Mapping[str, Any] = field(default_factory=dict)
    devices: dict[DeviceKey, Device] = field(default_factory=dict)
    feeds: list[Feed] = field(default_factory=list)
    owing: list[Owing] = field(default_factory=list)
    overdue: list[Overdue] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    told: frozenset[str] = frozenset()
    """Subjects and members of incidents that are open, or that a person closed and whose condition still holds."""
    patience: timedelta = timedelta()
    """So long a rule waits at most; what is older and not told is told by none."""
    numbers: dict[str, Reading | None] = field(default_factory=dict)
    trends: dict[str, list[tuple[datetime, Decimal]]] = field(default_factory=dict)


def commune(store: Store, code: str, *, simulated: bool) -> Commune:
    """Return today's commune of this code."""
    row = store.row(
        "select u.name, p.name as province from unit u"
        " left join unit p on p.code = u.parent and p.valid_to is null and p.level = 'province'"
        " where u.code = %s and u.valid_to is null and u.level in ('commune', 'ward', 'special_zone')",
        (code,),
    )
    if row is None:
        return Commune(code, simulated=simulated)
    province = row["province"] or ""
    return Commune(code, row["name"], province[:1].lower() + province[1:], simulated)


def chosen_unit(store: Store) -> str | None:
    """Return the commune that the ingest process was configured for."""
    row = store.row("select value from store_meta where key = 'commune'")
    return str(row["value"]) if row else None


def hamlets(store: Store, unit: str) -> dict[str, Any]:
    """Return the hamlets' outlines by name, as GeoJSON geometry or None."""
    rows = store.rows("select name, outline from hamlet where unit = %s order by name", (unit,))
    return {row["name"]: row["outline"] for row in rows}


def devices(store: Store, unit: str) -> dict[DeviceKey, Device]:
    """Return the devices of the register that are not retired."""
    rows = store.rows(
        "select kind, name, title, hamlet, latitude, longitude, upstream, lifecycle, state, reported, since,"
        " last_seen as seen, coalesce(reason, '') as reason, changed_at"
        " from device_now where unit = %s and lifecycle <> 'retired' order by hamlet, kind, name",
        (unit,),
    )
    return {(row["kind"], row["name"]): Device(**row) for row in rows}


def merge(devices: dict[DeviceKey, Device], said: dict[str, Any]) -> bool:
    """Take a device as the hub tells it; returns whether more changed than the instant it was last heard."""
    key = (said["kind"], said["id"])
    changed_at = datetime.fromisoformat(said["changed_at"])
    old = devices.get(key)
    if old is not None and old.changed_at > changed_at:
        return False
    if said["lifecycle"] == "retired":
        return devices.pop(key, None) is not None
    seen = said["last_seen"]
    new = Device(
        kind=said["kind"],
        name=said["id"],
        title="" if said["name"] == said["id"] else said["name"],
        hamlet=said["hamlet"],
        latitude=said["latitude"],
        longitude=said["longitude"],
        upstream=said["upstream"],
        lifecycle=said["lifecycle"],
        state=said["state"],
        reported=said["reported"],
        since=datetime.fromisoformat(said["since"]),
        seen=datetime.fromisoformat(seen) if seen else None,
        reason=said["reason"],
        changed_at=changed_at,
    )
    devices[key] = new
    return old is None or (old.state, old.lifecycle) != (new.state, new.lifecycle)


def feeds(store: Store) -> list[Feed]:
    """Return the configured sources and how fresh they are."""
    rows = store.rows(
        "select name, feed, title, state, last_message_at as last, last_message_at + stale_after as due, error,"
        " error_since, (select s.declared_at from source s where s.name = n.name)"
        " from source_now n where configured order by name"
    )
    return [Feed(**row) for row in rows]


def owing(store: Store, titles: Mapping[str, str]) -> list[Owing]:
    """Return what the sources of these titles owe, the earliest hour first."""
    now = datetime.now(UTC)
    standing = expected.standing(store, now)
    found = [(source, s) for source in titles for s in expected.worst(standing.get(source, ()))]
    year = now.astimezone(LOCAL).year
    return [
        Owing(
            source,
            titles[source],
            s.state,
            label(s.rule.every, s.owed.start, year=s.owed.start.year != year),
            s.owed.at,
            s.rule.owner,
            s.received_at,
            s.why,
            len(s.missing_indicators),
            s.missing_units,
            thing(source, s),
        )
        for source, s in sorted(found, key=lambda one: one[1].owed.at)
    ]


def overdue(store: Store, unit: str) -> list[Overdue]:
    """Return the open field reports after their deadline, the oldest deadline first."""
    rows = store.rows(
        "select id, category, severity, hamlet, due from case_now"
        " where unit = %s and kind = 'field_report' and closed_at is null and due < now() order by due limit 200",
        (unit,),
    )
    return [Overdue(**row) for row in rows]
