"""A month of one commune worked out by hand: computed from all that was heard, lived through, and asked of SQL.

The facts and the sums stand in ``october.toml``; all three must agree with them to the second.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import LOCAL, DeviceId, DeviceReport, Message
from ingest import maintenance, register, renewal, states
from ingest.availability import Account, account, blind_to, pieces
from ingest.batch import Committer
from ingest.maintenance import Window
from ingest.pipeline import Understood
from ingest.rhythm import Rhythms
from ingest.rollup import roll_up
from ingest.sections import Ingest
from ingest.store import Store
from ingest.timeline import Absence, Heard, Interval, timeline

FACTS = tomllib.loads(Path(__file__).with_name("october.toml").read_text("utf-8"))
UNIT, EVERY = FACTS["unit"], timedelta(minutes=FACTS["every_min"])
START = datetime.fromisoformat(f"{FACTS['month']}-01").replace(tzinfo=LOCAL).astimezone(UTC)
STOP = START + timedelta(days=31)
INGEST = Ingest(expected_every=dict.fromkeys(("loudspeaker", "camera", "network"), EVERY))
RHYTHMS = Rhythms(INGEST, {"icmp": EVERY})


def instant(text: str) -> datetime:
    day, clock = text.split()
    hours, minutes = clock.split(":")
    return START + timedelta(days=int(day) - 1, hours=int(hours), minutes=int(minutes))


def window(text: str) -> Interval:
    begin, end = text.split(" - ")
    return instant(begin), instant(end)


def spent(hours: Mapping[str, float]) -> Account:
    return Account(**{name: timedelta(hours=of) for name, of in hours.items()})


BLIND: dict[str, list[Interval]] = {}
for one in FACTS["blind"]:
    BLIND.setdefault(one["source"], []).append(window(one["window"]))


@dataclass(frozen=True)
class Device:
    """One device of the month."""

    facts: Mapping[str, Any] = field(hash=False)

    @property
    def id(self) -> DeviceId:
        return DeviceId(UNIT, self.facts["kind"], self.facts["name"])

    @property
    def since(self) -> datetime:
        return instant(self.facts["since"]) if "since" in self.facts else START

    @cached_property
    def heard(self) -> list[Heard]:
        """All that was heard of it, in the order of its own instants."""
        late = [(window(one["window"]), instant(one["at"])) for one in self.facts.get("late", ())]
        says = [(window(one["window"]), one["word"]) for one in self.facts.get("says", ())]
        found = []
        for source, absent in (("mqtt", "missing"), ("icmp", "probe_missing")):
            if source == "icmp" and absent not in self.facts:
                continue
            missing = [window(text) for text in self.facts.get(absent, ())]
            for at in self._instants():
                if any(a <= at < b for a, b in missing):
                    continue
                word = next((word for (a, b), word in says if a <= at < b), self.facts["word"])
                received = next((to for (a, b), to in late if a <= at < b), at)
                found.append(Heard(source, at, received, word if source == "mqtt" else "online"))
        if "will" in self.facts:
            at = instant(self.facts["will"])
            found.append(Heard("mqtt", at, at, "offline", connection=True))
        return found

    def _instants(self) -> Iterator[datetime]:
        at, end = self.since, instant(self.facts["until"]) if "until" in self.facts else STOP
        while at < end:
            yield at
            at += EVERY

    @property
    def maintenance(self) -> list[Interval]:
        return [
            window(one["window"])
            for one in FACTS["maintenance"]
            if one.get("hamlet", self.facts["hamlet"]) == self.facts["hamlet"]
            and one.get("name", self.facts["name"]) == self.facts["name"]
        ]

    @property
    def absence(self) -> list[Absence]:
        at = self.facts.get("retired")
        return [(instant(at), datetime.max.replace(tzinfo=UTC), "retired")] if at else []


DEVICES = [Device(facts) for facts in FACTS["device"]]
BY_HAND = {device.id.name: spent(device.facts["expected"]) for device in DEVICES}


def test_computed_from_all_that_was_heard() -> None:
    for device in DEVICES:
        whole = timeline(
            device.heard, RHYTHMS.of(device.id.kind, None), STOP, blind=BLIND, maintenance=device.maintenance,
            absence=device.absence,
        )  # fmt: skip
        its = pieces(
            whole.spans, START, STOP, blind=blind_to(whole.facts, BLIND), maintenance=device.maintenance,
            absent=[(a, b) for a, b, _ in device.absence],
        )  # fmt: skip
        assert account(its) == BY_HAND[device.id.name], device.id


class Clock:
    """Stands for ``datetime`` where the present is asked for."""

    min, max, fromisoformat = datetime.min, datetime.max, datetime.fromisoformat  # noqa: DTZ901 - as they are

    def __init__(self) -> None:
        self.at = START

    def now(self, _zone: object) -> datetime:
        return self.at


def live_through(store: Store, clock: Clock) -> None:
    """Play the month as ingest lives it: what comes in the order of reception, a look for silence, the books kept."""
    told = sorted(((one.received_at, device, one) for device in DEVICES for one in device.heard), key=lambda t: t[0])
    committer = Committer(store)
    turns: list[tuple[datetime, str, Mapping[str, Any]]] = []
    for one in FACTS["blind"]:
        begin, end = window(one["window"])
        turns += [(begin, "dark", one), (end, "light", one)]
    turns += [(window(one["window"])[0] - timedelta(days=1), "plan", one) for one in FACTS["maintenance"]]
    turns += [(instant(d.facts["retired"]), "retire", d.facts) for d in DEVICES if "retired" in d.facts]
    turns += [(instant(d.facts["moved"]["at"]), "move", d.facts) for d in DEVICES if "moved" in d.facts]
    turns.sort(key=lambda turn: turn[0])
    at = START
    while at < STOP:
        clock.at = at + timedelta(seconds=1)
        while turns and turns[0][0] <= at:
            turn(store, *turns.pop(0))
        batch: list[Understood] = []
        while told and told[0][0] <= at:
            _, device, one = told.pop(0)
            labels = {"evidence": "connection"} if one.connection else {}
            values = {"latency_ms": 4.0} if one.source == "icmp" else {}
            report = DeviceReport(device.id, one.at, one.word, values, labels)
            batch.append(Understood(Message(one.source, f"{device.id}", b"", one.received_at), (report,)))
        if batch:
            assert set(committer.commit(batch)) == {"stored"}
        with store.transaction() as link:
            maintenance.follow(link, clock.at)
            renewal.perform(link, clock.at, RHYTHMS)
            states.sweep(link, clock.at, RHYTHMS)
        if at.minute == 0 and at.hour in (3, 17):
            roll_up(store)
        at += timedelta(minutes=15)


def turn(store: Store, at: datetime, what: str, one: Mapping[str, Any]) -> None:
    """Let something happen that no device says."""
    with store.transaction() as link:
        match what:
            case "dark":
                link.execute("insert into blind_span values (%s, %s, null, 'collector_stopped')", (one["source"], at))
            case "light":
                link.execute(
                    "update blind_span set ended_at = %s where source = %s and ended_at is null", (at, one["source"])
                )
            case "plan":
                begin, end = window(one["window"])
                narrowed = {key: one[key] for key in ("hamlet", "name", "kind") if key in one}
                maintenance.plan(link, Window(UNIT, begin, end, one["reason"], **narrowed), by="lan", now=at)
            case "retire" | "move":
                fields = {"lifecycle": "retired"} if what == "retire" else {"hamlet": one["moved"]["hamlet"]}
                (change,) = register.compare(link, [register.Entry(DeviceId(UNIT, one["kind"], one["name"]), fields)])
                register.apply(link, [change], actor="lan", valid_from=at)


@pytest.fixture
def commune(store: Store) -> Store:
    """The commune's register as it was when the month began."""
    store.execute("insert into store_meta values ('ingest', %s)", (INGEST.model_dump_json(),))
    for name, connector, every in (("mqtt", "camera_mqtt", None), ("icmp", "camera_icmp", EVERY)):
        store.execute(
            "insert into source (name, connector, feed, title, transport, stale_after, every)"
            " values (%s, %s, 'camera_status', '', 'subscribed', '1 hour', %s)",
            (name, connector, every),
        )
    for device in DEVICES:
        store.execute(
            "insert into device (unit, kind, name, lifecycle, hamlet, registered_at)"
            " values (%s, %s, %s, 'installed', %s, %s)",
            (*device.id, device.facts["hamlet"], device.since),
        )
    return store


def asked(store: Store, key: str, function: str) -> dict[str, Account]:
    rows = store.rows(
        f"select {key} as key, sum(online_s) as online, sum(offline_s) as offline, sum(fault_s) as fault,"  # noqa: S608
        f" sum(maintenance_s) as maintenance, sum(blind_s) as blind from {function}(%s, null, %s, %s) group by 1",
        ([UNIT], START, STOP),
    )
    return {row["key"]: Account(*(timedelta(seconds=row[name]) for name in Account._fields)) for row in rows}


def test_lived_through_and_asked_of_sql(commune: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(states, "datetime", clock)
    live_through(commune, clock)
    hamlets = {name: spent(hours) for name, hours in FACTS["together"].items()}
    everything = sum(BY_HAND.values(), Account())
    for _ in ("totals of the days", "spans alone", "totals made at once"):
        assert asked(commune, "name", "device_uptime") == BY_HAND
        assert asked(commune, "hamlet", "hamlet_uptime") == hamlets
        assert asked(commune, "unit", "device_uptime") == {UNIT: everything}
        if not commune.execute("delete from uptime_rolled"):
            roll_up(commune)
    assert everything.availability == pytest.approx(100 * 4394 / (4394 + 29.5 + 23))
