"""Rules against a real database: what happened in a commune in, the incidents that people are told of out."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import (
    LOCAL,
    Broadcast,
    CaseReport,
    DeviceId,
    DeviceReport,
    Message,
    Observation,
    Period,
    PeriodKind,
)
from dashboards import indicators
from ingest.batch import Committer
from ingest.handling import act
from ingest.pipeline import Understood
from ingest.rules import Rules, load
from ingest.store import Store
from ingest.watch import Watch

UNIT, TRUNG_LOC = "05068", "17866"
T0 = datetime(2026, 11, 20, 2, tzinfo=UTC)
"""Nine in the morning."""


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


class Commune:
    """A commune whose devices, broadcasts and figures a test sets, and whose rules look when it says so."""

    def __init__(self, store: Store, rules: Rules | None = None, unit: str = UNIT) -> None:
        self.store, self.unit, self.rules = store, unit, rules or load()
        self.watch = Watch(store, self.rules, unit)

    def devices(self, names: Iterable[str], kind: str = "camera", **columns: Any) -> None:
        for name in names:
            row = {"unit": self.unit, "kind": kind, "name": name, "lifecycle": "installed",
                   "registered_at": at(-60 * 24 * 400), **columns}  # fmt: skip
            keys, places = ", ".join(row), ", ".join(f"%({key})s" for key in row)
            self.store.execute(f"insert into device ({keys}) values ({places})", row)  # noqa: S608 - our own columns
            self.store.execute(
                "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source)"
                " values (%s, %s, %s, %s, %s, 'online', 'online', %s, 'devices')",
                (self.unit, kind, name, at(-60), at(-60), at(-600)),
            )

    def state(self, names: Iterable[str], state: str, minutes: float, **columns: Any) -> None:
        row = {"state": state, "reported": state, "since": at(minutes), "at": at(minutes), **columns}
        sets = ", ".join(f"{key} = %({key})s" for key in row)
        query = f"update device_state set {sets} where unit = %(unit)s and name = any(%(names)s)"  # noqa: S608 - the same
        self.store.execute(query, row | {"unit": self.unit, "names": list(names)})

    def look(self, *minutes: float, anew: bool = False) -> list[int]:
        """Look at these minutes; ``anew``: each time as a process that was just started."""
        moved: list[int] = []
        for minute in minutes:
            if anew:
                self.watch = Watch(self.store, self.rules, self.unit)
            moved += self.watch.tick(at(minute))
        return moved

    def incidents(self, *rules: str) -> list[dict[str, Any]]:
        rows = self.store.rows("select * from incident order by opened_at, subject")
        return [row for row in rows if not rules or row["rule"] in rules]

    def steps(self, id_: int) -> list[str]:
        rows = self.store.rows("select action from incident_event where incident = %s order by id", (id_,))
        return [row["action"] for row in rows]

    def source(self, name: str, *, contact: float = 0, **columns: Any) -> None:
        row = {"name": name, "connector": "x", "feed": "loudspeaker_status", "title": name, "transport": "received",
               "stale_after": timedelta(days=3650), "last_message_at": at(contact), **columns}  # fmt: skip
        keys, places = ", ".join(row), ", ".join(f"%({key})s" for key in row)
        self.store.execute(f"insert into source ({keys}) values ({places})", row)  # noqa: S608 - the same

    def say(self, *records: Any, source: str = "loa", at_: datetime = T0) -> None:
        Committer(self.store).commit([Understood(Message(source, "/x", b"", at_), records)])


@pytest.fixture
def commune(store: Store) -> Commune:
    indicators.install(store)
    return Commune(store)


CAMERAS = [f"cam-{n:02}" for n in range(20)]
LOUDSPEAKERS = [f"loa-{n:02}" for n in range(20)]


def test_a_power_cut_of_forty_devices_is_one_incident_with_forty_members(commune: Commune) -> None:
    commune.devices(CAMERAS, hamlet="Nà Mười")
    commune.devices(LOUDSPEAKERS, "loudspeaker", hamlet="Bái Tam")
    commune.devices(["router"], "network")
    for n, name in enumerate([*CAMERAS, *LOUDSPEAKERS]):
        commune.state([name], "offline", n / 10, reason="silence")
    commune.look(*range(5, 45, 5), anew=True)
    (cut,) = commune.incidents()
    assert (cut["rule"], cut["subject_kind"], cut["severity"], cut["state"]) == (
        "mass_outage",
        "group",
        "critical",
        "open",
    )
    assert len(cut["members"]) == 40
    assert (cut["opened_at"], cut["announced_at"]) == (at(0), at(5))
    stragglers = ["cam-03", "loa-07"]
    commune.state([n for n in [*CAMERAS, *LOUDSPEAKERS] if n not in stragglers], "online", 45)
    commune.look(*range(46, 56), anew=True)
    whole, *own = commune.incidents()
    assert (whole["state"], commune.steps(whole["id"])) == ("resolved", ["opened", "cleared"])
    assert {(i["subject"], i["severity"], i["opened_at"]) for i in own} == {
        ("camera/cam-03", "critical", at(0.3)), ("loudspeaker/loa-07", "warning", at(2.7))
    }  # fmt: skip


def test_what_was_told_singly_is_folded_when_the_rest_follows(commune: Commune) -> None:
    commune.devices(CAMERAS[:8], upstream="olt-1")
    commune.state(CAMERAS[:3], "offline", 0)
    commune.look(6)
    assert [i["rule"] for i in commune.incidents()] == ["camera_offline"] * 3
    commune.state(CAMERAS[3:8], "offline", 7)
    commune.look(9)
    (mass,) = commune.incidents("mass_outage")
    assert (mass["subject"], mass["title_vi"]) == ("upstream/olt-1", "Mất kết nối hàng loạt: đường truyền olt-1")
    assert len(mass["members"]) == 8
    assert {(i["state"], i["folded_into"]) for i in commune.incidents("camera_offline")} == {("resolved", mass["id"])}


def test_a_flapping_loudspeaker_does_not_scream_all_night(commune: Commune) -> None:
    commune.devices(["loa-4g"], "loudspeaker")
    for minute in range(0, 480, 3):  # two minutes away, one there
        commune.state(["loa-4g"], "offline", minute)
        commune.look(minute + 1)
        commune.state(["loa-4g"], "online", minute + 2)
        commune.look(minute + 2.5)
    assert commune.incidents() == []
    for minute in range(500, 980, 15):  # twelve minutes away, three there
        commune.state(["loa-4g"], "offline", minute)
        commune.look(minute + 6, minute + 11)
        commune.state(["loa-4g"], "online", minute + 12)
        commune.look(minute + 14)
    (incident,) = commune.incidents()
    assert commune.steps(incident["id"]) == ["opened"]


def test_when_the_broker_is_away_one_incident_of_the_system_and_none_of_devices(commune: Commune) -> None:
    commune.devices(CAMERAS)
    commune.devices(LOUDSPEAKERS, "loudspeaker")
    commune.source("cameras", error="connection refused", error_since=at(0))
    commune.source("loudspeakers", error="connection refused", error_since=at(0))
    for source in ("cameras", "loudspeakers"):
        commune.store.execute("insert into blind_span values (%s, %s, null, 'connection_down')", (source, at(0)))
    commune.state([*CAMERAS, *LOUDSPEAKERS], "unknown", 0, reason="blind")
    commune.look(*range(1, 40, 3), anew=True)
    (blind,) = commune.incidents()
    assert (blind["subject_kind"], blind["severity"], blind["opened_at"]) == ("system", "critical", at(0))
    assert blind["title_vi"].startswith("Sự cố của hệ thống")
    assert [m["title"] for m in blind["members"]] == ["cameras", "loudspeakers"]
    commune.store.execute("update blind_span set ended_at = %s", (at(40),))
    commune.store.execute("update source set error = '', error_since = null")
    commune.state([*CAMERAS, *LOUDSPEAKERS], "online", 40)
    commune.look(41, 42)
    (blind,) = commune.incidents()
    assert (blind["state"], blind["cleared_at"]) == ("resolved", at(40))


def test_maintenance_silences_and_the_past_stays(commune: Commune) -> None:
    commune.devices(["cam-1", "cam-2"])
    commune.state(["cam-1"], "offline", 0)
    commune.state(["cam-2"], "maintenance", 0)
    commune.look(6)
    commune.state(["cam-1"], "maintenance", 10)
    commune.look(11, 60)
    (incident,) = commune.incidents()
    assert commune.steps(incident["id"]) == ["opened", "cleared"]
    commune.store.execute("update device set lifecycle = 'retired' where name = 'cam-2'")
    commune.state(["cam-1", "cam-2"], "offline", 61)
    commune.look(70)
    assert [i["subject"] for i in commune.incidents()] == ["camera/cam-1", "camera/cam-1"] or commune.steps(
        incident["id"]
    ) == ["opened", "cleared", "reopened"]


def test_a_reading_s_begin_is_remembered_over_a_restart(commune: Commune) -> None:
    commune.devices(["cam-1"])
    commune.state(["cam-1"], "online", -600, readings='{"clock_skew_s": -45.5}')
    commune.look(0, 5, 9, anew=True)
    assert commune.incidents() == []
    commune.look(10, anew=True)
    (skew,) = commune.incidents()
    assert (skew["rule"], skew["opened_at"], skew["value"], skew["threshold"]) == (
        "camera_clock",
        at(0),
        Decimal("45.5"),
        30,
    )
    commune.state(["cam-1"], "online", -600, readings='{"clock_skew_s": 20}')
    commune.look(30, 50, anew=True)
    assert commune.incidents()[0]["state"] == "open", "between 10 and 30 s nothing moves"
    commune.state(["cam-1"], "online", -600, readings='{"clock_skew_s": 1}')
    commune.look(60, 65, 70, anew=True)
    assert (commune.incidents()[0]["state"], commune.incidents()[0]["cleared_at"]) == ("resolved", at(60))


def test_two_engines_at_once_tell_once(commune: Commune) -> None:
    commune.devices(CAMERAS[:2])
    commune.state(CAMERAS[:2], "offline", 0)
    engines = [Watch(commune.store, load(), UNIT) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        moved = list(pool.map(lambda engine: engine.tick(at(10)), engines))
    assert sum(map(len, moved)) == 2
    assert len(commune.incidents()) == 2


def test_a_person_and_the_engine_do_not_undo_each_other(commune: Commune) -> None:
    commune.devices(["cam-1"])
    commune.state(["cam-1"], "offline", 0)
    (id_,) = commune.look(6)
    with commune.store.transaction() as link:
        act(link, id_, "acknowledged", "lan")
    commune.look(31)
    (incident,) = commune.incidents()
    assert (incident["state"], incident["severity"]) == ("acknowledged", "critical")
    commune.state(["cam-1"], "online", 40)
    commune.look(43)
    assert commune.incidents()[0]["state"] == "resolved"
    assert commune.steps(id_) == ["opened", "acknowledged", "escalated", "cleared"]


# ---- broadcasts


def played(id_: str, start: datetime, minutes: float | None, unit: str = UNIT, **fields: Any) -> Broadcast:
    end = None if minutes is None else start + timedelta(minutes=minutes)
    given = {"programme": "Tiếp sóng Đài Tiếng nói Việt Nam", "state": "played" if end else "playing", **fields}
    return Broadcast(unit, "played", id_, start, end, **given)


def planned(id_: str, start: datetime, minutes: float = 30, unit: str = UNIT, **fields: Any) -> Broadcast:
    given = {"programme": "Bản tin chiều", "state": "planned", **fields}
    return Broadcast(unit, "planned", id_, start, start + timedelta(minutes=minutes), **given)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LOCAL).astimezone(UTC)  # type: ignore[misc, arg-type]  # year to minute


def test_the_night_of_trung_loc_is_one_critical_incident_with_every_cluster(store: Store) -> None:
    commune = Commune(store, unit=TRUNG_LOC)
    commune.devices([f"loa-{n}" for n in range(8)], "loudspeaker")
    began = local(2025, 12, 5, 3, 15)
    commune.say(*(played(f"p{n}", began + timedelta(seconds=n), None, TRUNG_LOC, device=f"loa-{n}") for n in range(8)))
    commune.watch.tick(began + timedelta(seconds=30))
    (night,) = commune.incidents()
    assert (night["rule"], night["severity"], night["opened_at"]) == ("broadcast_out_of_hours", "critical", began)
    assert night["owner"] == "police_on_duty"
    assert {m["device"] for m in night["members"]} == {f"loa-{n}" for n in range(8)}
    assert {tuple(m["why"]) for m in night["members"]} == {("outside",)}
    over = [played(f"p{n}", began + timedelta(seconds=n), 18, TRUNG_LOC, device=f"loa-{n}") for n in range(8)]
    commune.say(*over, at_=T0 + timedelta(seconds=1))
    for minutes in (20, 60, 600):
        Watch(store, load(), TRUNG_LOC).tick(began + timedelta(minutes=minutes))
    (night,) = commune.incidents()
    assert night["state"] == "open", "somebody has to say what it was"
    assert night["cleared_at"] == began + timedelta(minutes=18, seconds=7)
    with store.transaction() as link:
        act(link, night["id"], "resolved", "lan", note="hẹn giờ đặt sai sau khi sửa")
    Watch(store, load(), TRUNG_LOC).tick(began + timedelta(minutes=700))
    assert len(commune.incidents()) == 1, "what was closed is not opened by the same broadcast"


@pytest.mark.parametrize(
    ("start", "minutes", "fields", "rules"),
    [
        ((17, 0), 45, {}, []),
        ((5, 28), 30, {}, []),
        ((17, 30), 34, {}, []),
        ((17, 30), 36, {}, ["broadcast_out_of_hours"]),
        ((4, 45), 20, {}, ["broadcast_out_of_hours"]),
        ((18, 0), 5, {}, ["broadcast_out_of_hours"]),
        ((3, 15), 20, {"priority": "emergency"}, ["broadcast_emergency"]),
        ((3, 15), 20, {"state": "failed"}, []),
        ((4, 30), 90, {}, ["broadcast_out_of_hours", "broadcast_too_long"]),
    ],
)
def test_which_hours_and_lengths_are_told(
    commune: Commune, start: tuple[int, int], minutes: float, fields: dict[str, Any], rules: list[str]
) -> None:
    began = local(2026, 11, 19, *start)
    commune.say(played("p", began, minutes, **fields))
    commune.watch.tick(began + timedelta(hours=8))
    assert sorted(i["rule"] for i in commune.incidents()) == rules


def test_a_commune_s_own_hours_from_a_day_on(store: Store) -> None:
    change = {"unit": UNIT, "valid_from": date(2026, 11, 10), "when": {"windows": ["11:00-11:30"]}}
    commune = Commune(store, load({"broadcast_out_of_hours": [change]}))
    for day in (9, 10):
        commune.say(
            played(f"noon-{day}", local(2026, 11, day, 11, 5), 10), played(f"late-{day}", local(2026, 11, day, 17), 10)
        )
        commune.say(played(f"other-{day}", local(2026, 11, day, 11, 5), 10, TRUNG_LOC))
    commune.watch.tick(local(2026, 11, 11, 8))
    assert {m["subject"].split("/")[2] for i in commune.incidents() for m in i["members"]} == {
        "noon-9", "late-10", "other-9", "other-10"
    }  # fmt: skip


def test_without_a_schedule_entry_in_the_allowed_hours(commune: Commune) -> None:
    day = local(2026, 11, 19, 17)
    commune.say(planned("s1", day), played("p1", day + timedelta(minutes=2), 20))
    commune.say(played("p0", day - timedelta(days=1), 10))
    # The plan is known since noon: what was played before it is nobody's fault.
    commune.store.execute("update broadcast set received_at = %s", (day - timedelta(hours=5),))
    commune.say(played("p2", day + timedelta(minutes=30), 10))
    commune.watch.tick(day + timedelta(hours=2))
    (one,) = commune.incidents("broadcast_out_of_hours")
    assert [(m["subject"], m["why"]) for m in one["members"]] == [("played/loa/p2", ["unplanned"])]


def test_the_bulletin_of_five_that_is_not_heard(commune: Commune) -> None:
    five = local(2026, 11, 20, 17)
    commune.devices(["loa-1", "loa-2", "loa-3", "loa-4"], "loudspeaker")
    commune.store.execute("update device_state set source = 'loa'")
    commune.source("loa")
    commune.say(planned("s1", five), planned("s2", five, state="cancelled"))
    commune.say(played("p1", five + timedelta(minutes=1), None, device="loa-1"))
    commune.store.execute(
        "insert into maintenance (unit, kind, name, starts_at, ends_at, reason, created_by)"
        " values (%s, 'loudspeaker', 'loa-4', %s, %s, 'sửa', 'test')",
        (UNIT, five - timedelta(hours=1), five + timedelta(hours=1)),
    )
    commune.watch.tick(five + timedelta(minutes=4))
    commune.watch.tick(five + timedelta(minutes=6))
    assert commune.incidents() == [], "its log has not been read since"
    commune.store.execute("update source set last_message_at = %s", (five + timedelta(minutes=5),))
    commune.watch.tick(five + timedelta(minutes=7))
    (silent,) = commune.incidents()
    assert (silent["rule"], silent["severity"], silent["opened_at"]) == ("broadcast_not_heard", "warning", five)
    assert [m["device"] for m in silent["members"]] == ["loa-2", "loa-3"]
    for minutes in (8, 60, 90):
        Watch(commune.store, commune.rules, UNIT).tick(five + timedelta(minutes=minutes))
    (silent,) = commune.incidents("broadcast_not_heard")
    assert (silent["state"], silent["cleared_at"]) == ("open", five + timedelta(minutes=30))


def test_a_loudspeaker_that_only_says_that_it_plays_is_heard_too(commune: Commune) -> None:
    commune.source("loudspeakers", transport="subscribed", heartbeat_at=T0)
    night = local(2026, 11, 20, 3, 15)

    def say(minutes: float, state: str, **labels: str) -> None:
        instant = night + timedelta(minutes=minutes)
        device = DeviceId(UNIT, "loudspeaker", "loa-1")
        commune.say(DeviceReport(device, instant, state, {}, labels), source="loudspeakers", at_=instant)
        commune.watch.tick(instant + timedelta(seconds=2))

    say(-1, "idle")
    for minute in range(4):
        say(minute, "playing", programme="Tiếp sóng")
    (told,) = commune.incidents()
    assert (told["rule"], told["opened_at"], len(told["members"])) == ("broadcast_out_of_hours", night, 1)
    say(4, "idle")
    (heard,) = commune.store.rows("select programme, state, starts_at, ends_at from broadcast")
    ends_at = night + timedelta(minutes=4)
    assert heard == {"programme": "Tiếp sóng", "state": "played", "starts_at": night, "ends_at": ends_at}
    commune.watch.tick(night + timedelta(minutes=5))
    assert commune.incidents()[0]["cleared_at"] == ends_at
    say(6, "playing", programme="Báo cháy", priority="emergency")
    assert [i["rule"] for i in commune.incidents()] == ["broadcast_out_of_hours", "broadcast_emergency"]


# ---- numbers


def figure(
    indicator: str,
    value: str,
    start: date,
    end: date,
    kind: PeriodKind = "month",
    *,
    cumulative: bool = False,
    **fields: Any,
) -> Observation:
    return Observation(UNIT, indicator, Period(start, end, kind, cumulative), Decimal(value), **fields)


def month(year: int, cases: str, disease: str = "dengue") -> Observation:
    return figure("cases_reported", cases, date(year, 11, 1), date(year, 11, 30), dims={"disease": disease})


def weeks(*cases: str, disease: str = "dengue") -> list[Observation]:
    firsts = [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]
    return [
        figure("cases_reported", c, first, first + timedelta(days=6), "week", dims={"disease": disease})
        for first, c in zip(firsts, cases, strict=False)
    ]


def test_an_outbreak_is_the_mean_of_five_years_and_two_deviations(commune: Commune) -> None:
    # 4 6 5 3 7: mean 5, sample deviation 1.58; with two of them 8.16.
    commune.say(*(month(year, c) for year, c in zip(range(2021, 2026), ("4", "6", "5", "3", "7"), strict=True)))
    commune.say(*weeks("3", "5"), source="health")
    commune.look(0)
    assert commune.incidents() == [], "eight are not more than 8.16"
    commune.say(*weeks("3", "5", "1"), source="health")
    commune.look(1.1)
    (outbreak,) = commune.incidents()
    assert (outbreak["rule"], outbreak["subject"], outbreak["severity"]) == ("outbreak", "disease/dengue", "critical")
    assert (outbreak["value"], outbreak["threshold"], outbreak["owner"]) == (9, Decimal("8.16"), "health_station")
    assert outbreak["evidence"]["years"] == 5
    commune.look(24 * 60 + 5)
    assert commune.incidents()[0]["severity"] == "emergency", "nobody reported it within 24 h"


def test_where_years_are_missing_there_is_no_threshold(commune: Commune) -> None:
    commune.say(*(month(year, "1") for year in range(2022, 2026)), *weeks("90"), source="health")
    commune.look(0)
    assert commune.incidents() == []
    (row,) = commune.store.rows("select * from outbreak(array[%s], '2026-11-01', 5, 2, '{}')", (UNIT,))
    assert (row["cases"], row["years"], row["threshold"]) == (90, 4, None)


def test_epidemic_years_do_not_count(store: Store) -> None:
    rules = load({"outbreak": [{"when": {"epidemic_years": [2023]}}]})
    commune = Commune(store, rules)
    commune.say(*(month(y, "50" if y == 2023 else "2") for y in range(2020, 2026)), *weeks("3"), source="health")
    commune.look(0)
    (outbreak,) = commune.incidents()
    assert outbreak["threshold"] == 2


def test_five_linked_cases(commune: Commune) -> None:
    commune.say(figure("cases_linked", "4", date(2026, 11, 2), date(2026, 11, 8), "week", dims={"disease": "measles"}))
    commune.look(0)
    assert commune.incidents() == []
    commune.say(figure("cases_linked", "1", date(2026, 11, 9), date(2026, 11, 15), "week", dims={"disease": "measles"}))
    commune.look(2)
    assert [(i["rule"], i["value"]) for i in commune.incidents()] == [("outbreak_linked", 5)]


def test_a_rate_below_its_target_grows_louder_with_the_number(commune: Commune) -> None:
    today = datetime.now(UTC)
    last = today.astimezone(LOCAL).date().replace(day=1) - timedelta(days=1)
    commune.say(figure("on_time_rate", "99.5", last.replace(day=1), last), source="procedures")
    commune.watch.tick(today)
    (rate,) = commune.incidents("on_time_rate")
    assert (rate["severity"], rate["value"], rate["threshold"]) == ("warning", Decimal("99.5"), 100)
    commune.say(figure("on_time_rate", "94.9", last.replace(day=1), last), source="procedures")
    commune.watch.tick(today + timedelta(minutes=2))
    assert commune.incidents("on_time_rate")[0]["severity"] == "critical"
    commune.say(figure("on_time_rate", "100", last.replace(day=1), last), source="procedures")
    commune.watch.tick(today + timedelta(minutes=4))
    assert commune.incidents("on_time_rate")[0]["state"] == "resolved"


def test_revenue_behind_the_year(commune: Commune) -> None:
    today = datetime.now(UTC)
    day = today.astimezone(LOCAL).date() - timedelta(days=5)
    passed = 100 * day.timetuple().tm_yday / 365
    whole = Period(date(day.year, 1, 1), day, "custom", cumulative=True)

    def say(rate: float) -> None:
        share = Decimal(str(round(rate, 2)))
        commune.say(Observation(UNIT, "revenue_rate", whole, share, share, Decimal(100)), source="budget")

    say(passed - 9)
    commune.watch.tick(today)
    assert commune.incidents("revenue_behind") == []
    say(passed - 11)
    commune.watch.tick(today + timedelta(minutes=11))
    assert [i["severity"] for i in commune.incidents("revenue_behind")] == ["warning"]


@pytest.mark.parametrize(("days", "newest", "told"), [(14, "7", 1), (14, "6", 0), (13, "60", 0)])
def test_a_spike_of_negative_mentions(commune: Commune, days: int, newest: str, told: int) -> None:
    today = datetime.now(UTC).astimezone(LOCAL).date()
    for n in range(days + 1):
        day = today - timedelta(days=n)
        value = newest if n == 0 else "2"
        dims = {"source_type": "newspaper"}
        commune.say(figure("mentions_negative", value, day, day, "day", dims=dims), source="internet")
    commune.watch.tick(datetime.now(UTC))
    assert len(commune.incidents("negative_mentions")) == told


# ---- cases and feeds


def report(id_: str, *, opened: float, due: float, status: str = "in_progress", **fields: Any) -> CaseReport:
    return CaseReport(UNIT, "field_report", id_, at(opened), at(opened), status, due=at(due), **fields)


def test_a_report_is_told_before_and_after_its_deadline_and_ends_when_done(commune: Commune) -> None:
    commune.say(report("PA-1", opened=-100, due=100), report("PA-2", opened=-10, due=1000), source="reports")
    commune.look(59)
    assert commune.incidents() == []
    commune.look(60)
    (due,) = commune.incidents()
    assert (due["subject"], due["severity"], due["opened_at"]) == ("field_report/PA-1", "warning", at(60))
    commune.look(101)
    assert commune.incidents()[0]["severity"] == "critical"
    done = CaseReport(UNIT, "field_report", "PA-1", at(110), at(-100), "resolved", due=at(100))
    commune.say(done, source="reports", at_=at(110))
    commune.look(111)
    assert (commune.incidents()[0]["state"], commune.incidents()[0]["cleared_at"]) == ("resolved", at(110))


def test_an_urgent_report_that_nobody_takes_up(commune: Commune) -> None:
    commune.say(report("PA-3", opened=0, due=1440, status="new", severity="urgent"), source="reports")
    commune.look(4)
    assert commune.incidents() == []
    commune.look(6)
    assert [(i["rule"], i["severity"]) for i in commune.incidents()] == [("field_report_urgent", "critical")]


def test_a_source_that_fails_and_one_that_is_stale(commune: Commune) -> None:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    commune.source("cameras", error="401", error_since=now - hour, last_message_at=now)
    commune.source("budget", stale_after=hour, last_message_at=now - 3 * hour)
    commune.source("fine", last_message_at=now)
    commune.watch.tick(now)
    told = {(i["rule"], i["subject"], i["opened_at"]) for i in commune.incidents()}
    assert told == {
        ("source_error", "source/cameras", now - hour),
        ("source_stale", "source/budget", now - 2 * hour),
    }


def test_figures_that_were_due_and_did_not_come(commune: Commune) -> None:
    now = local(2026, 10, 12, 18)
    commune.source("budget", last_message_at=now)
    rule = '{"every": "quarter", "day": 10, "working_days": true, "units": ["05068"], "owner": "Kế toán"}'
    commune.store.execute("insert into due_rule values ('budget', 0, %s, %s)", (rule, at(-99999)))
    commune.watch.tick(now)
    (owed,) = commune.incidents("source_owes")
    assert (owed["evidence"]["period"], owed["evidence"]["owner"]) == ("quý III/2026", "Kế toán")
    quarter = figure("revenue_state", "5", date(2026, 7, 1), date(2026, 9, 30), "quarter")
    commune.say(quarter, source="budget", at_=now)
    commune.watch.tick(now + timedelta(minutes=2))
    assert commune.incidents("source_owes")[0]["state"] == "resolved"


def test_a_rule_whose_number_is_not_installed_leaves_the_others_at_work(store: Store, caplog: Any) -> None:
    commune = Commune(store)
    commune.devices(["cam-1"])
    commune.state(["cam-1"], "offline", 0)
    commune.look(6, 12)
    assert [i["rule"] for i in commune.incidents()] == ["camera_offline"]
    assert sum("can't be followed" in r.message for r in caplog.records) == 1


def test_a_rule_that_breaks_leaves_the_others_at_work(
    commune: Commune, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise OverflowError("date value out of range")

    monkeypatch.setattr("ingest.facts.cases.facts", broken)
    commune.devices(["cam-1"])
    commune.state(["cam-1"], "offline", 0)
    commune.look(6, 12)
    assert [i["rule"] for i in commune.incidents()] == ["camera_offline"]
    told = [r for r in caplog.records if "can't be followed" in r.message]
    assert len(told) == 1, "once, not at each look"
    assert told[0].exc_info
