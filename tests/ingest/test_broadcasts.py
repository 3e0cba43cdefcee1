"""A vendor's clusters, plan and log, asked over HTTP: every play once as it was, every plan as it stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.contract import LOCAL, Broadcast, Message, Plan
from connectors.loudspeaker_http import LoudspeakerHttp
from connectors.paging import Paging
from ingest.batch import Committer
from ingest.pipeline import Understood
from ingest.poll import Look, Poller
from ingest.store import Store
from simulators.loudspeaker_http import RELAY, BroadcastingOffice
from simulators.loudspeaker_vendor import paged
from simulators.office import Asked, Office, Offices, Told
from tests.polling import polling

UNIT, TRUNG_LOC = "05068", "17866"
T0 = datetime(2026, 11, 20, 3, tzinfo=UTC)


class Vendor:
    """A vendor with one cluster, whose schedule and log a test writes."""

    prefix = "/vendor"

    def __init__(self) -> None:
        self.schedule: list[dict[str, Any]] = []
        self.log: list[dict[str, Any]] = []
        self.asked: list[Asked] = []

    def answer(self, asked: Asked, now: datetime) -> Told:
        self.asked.append(asked)
        if asked.path == "/schedules":
            return paged(self.schedule, asked)
        if asked.path == "/play-logs":
            since = datetime.fromisoformat(asked.query["updated_since"])
            rows = (row for row in self.log if datetime.fromisoformat(row["updatedAt"]) >= since)
            return paged(sorted(rows, key=lambda row: datetime.fromisoformat(row["updatedAt"])), asked)
        return paged([{"deviceCode": "NT-L01", "On": True, "currentProgram": RELAY}], asked)

    def play(self, id_: int, *, began: datetime, ended: datetime | None = None, **fields: Any) -> None:
        """Write an entry, or write it anew."""
        self.log = [row for row in self.log if row["id"] != id_]
        row = {"id": id_, "deviceCode": "NT-L01", "programName": "Bản tin chiều", "startedAt": began.isoformat()}
        changed = datetime.now(UTC)
        self.log.append(row | {"endedAt": ended and ended.isoformat(), "updatedAt": changed.isoformat()} | fields)

    def plan(self, id_: int, start: time, **fields: Any) -> None:
        self.schedule = [row for row in self.schedule if row["id"] != id_]
        end = (datetime.combine(T0, start) + timedelta(minutes=10)).time()
        row = {"id": id_, "programName": f"Chương trình {id_}", "repeat": "daily"}
        self.schedule.append(row | {"startTime": f"{start:%H:%M}", "endTime": f"{end:%H:%M}"} | fields)


@contextmanager
def asking(store: Store, office: Office, **fields: Any) -> Iterator[Poller]:
    """Ask an office over HTTP, into the test's own database."""
    with Offices([office]) as offices:
        its = LoudspeakerHttp(**{"unit": UNIT, "url": f"{offices.url}{office.prefix}", **fields})
        with polling(store, loa=its) as poller:
            yield poller


def look(poller: Poller) -> Look:
    seen = poller.look("loa")
    assert seen.fault == ""
    return seen


def broadcasts(store: Store, kind: str) -> list[dict[str, Any]]:
    return store.rows("select * from broadcast where kind = %s order by starts_at, id", (kind,))


def states(store: Store, kind: str = "planned") -> Counter[str]:
    return Counter(row["state"] for row in broadcasts(store, kind))


def test_the_office_s_week_comes_in_through_small_pages(store: Store) -> None:
    office = BroadcastingOffice(UNIT, 4, token="s3cret", prefix="/vnpt")
    before = datetime.now(UTC)
    with asking(store, office, token=SecretStr("s3cret"), paging=Paging(size="limit", rows=3)) as poller:
        seen = look(poller)
        log = {one.id: one for one in office.log(before, before - timedelta(days=7) + timedelta(seconds=5))}
        stored = {row["id"]: row for row in broadcasts(store, "played")}
        assert set(log) <= set(stored)
        assert "rejected" not in seen.outcomes
        for id_, one in log.items():
            row = stored[id_]
            assert (row["starts_at"], row["device"], row["programme"], row["priority"]) == (
                one.starts_at, one.device, one.programme, one.priority
            )  # fmt: skip
        assert {row["priority"] for row in stored.values()} == {"normal", "emergency"}
        assert {row["name"] for row in store.rows("select name from device")} == {f"nt-l0{n}" for n in range(1, 9)}
        assert store.row("select sum((readings->>'horns')::float) as horns from device_state") == {"horns": 16}
        planned = {one.id for one in office.measure(before) if isinstance(one, Broadcast) and one.kind == "planned"}
        assert planned <= {row["id"] for row in broadcasts(store, "planned")}
        look(poller)
        assert {row["id"]: row for row in broadcasts(store, "played")} == stored
    text = repr(store.rows("select * from broadcast")) + repr(store.rows("select * from device_report"))
    assert "Nguyễn Thị" not in text
    assert "0900000999" not in text


def test_with_nothing_new_one_question_and_no_row(store: Store) -> None:
    vendor = Vendor()
    vendor.play(1, began=datetime.now(UTC) - timedelta(hours=2), ended=datetime.now(UTC) - timedelta(hours=1))
    vendor.plan(7, time(17))
    with asking(store, vendor) as poller:
        look(poller)
        look(poller)
        vendor.asked.clear()
        rows = broadcasts(store, "played") + broadcasts(store, "planned")
        seen = look(poller)
    assert Counter(asked.path for asked in vendor.asked) == {"/devices": 1, "/schedules": 1, "/play-logs": 1}
    assert seen.outcomes == {"stored": 1}, "the cluster's report alone"
    assert broadcasts(store, "played") + broadcasts(store, "planned") == rows


def test_an_end_and_a_correction_are_the_same_broadcast(store: Store) -> None:
    vendor = Vendor()
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
    vendor.play(1, began=began)
    with asking(store, vendor) as poller:
        look(poller)
        (row,) = broadcasts(store, "played")
        assert (row["state"], row["ends_at"]) == ("playing", None)
        vendor.play(1, began=began, ended=began + timedelta(minutes=20))
        look(poller)
        (row,) = broadcasts(store, "played")
        assert (row["state"], row["ends_at"]) == ("played", began + timedelta(minutes=20))
        vendor.play(1, began=began, ended=began + timedelta(minutes=20), deviceCode="NT-L02", priority="Khẩn cấp")
        look(poller)
        (row,) = broadcasts(store, "played")
        assert (row["device"], row["priority"]) == ("nt-l02", "emergency")


def test_what_the_schedule_no_longer_names_is_cancelled_and_stays_readable(store: Store) -> None:
    vendor = Vendor()
    tomorrow = (datetime.now(LOCAL) + timedelta(days=1)).date()
    for id_, start in ((1, time(5)), (2, time(17)), (3, time(18))):
        vendor.plan(id_, start, repeat="once", date=tomorrow.isoformat())

    def of_tomorrow() -> dict[str, str]:
        return {row["id"]: row["state"] for row in broadcasts(store, "planned")}

    with asking(store, vendor) as poller:
        look(poller)
        assert set(of_tomorrow().values()) == {"planned"}
        vendor.schedule = [row for row in vendor.schedule if row["id"] != 1]
        vendor.plan(2, time(17, 30), repeat="once", date=tomorrow.isoformat())
        look(poller)
        assert of_tomorrow() == {
            f"1@{tomorrow}T05:00": "cancelled",
            f"2@{tomorrow}T17:00": "cancelled",
            f"2@{tomorrow}T17:30": "planned",
            f"3@{tomorrow}T18:00": "planned",
        }
        vendor.schedule = []
        look(poller)
        assert states(store) == {"cancelled": 4}
        vendor.plan(3, time(18), repeat="once", date=tomorrow.isoformat())
        look(poller)
        assert of_tomorrow()[f"3@{tomorrow}T18:00"] == "planned", "planned again"


def test_a_wrong_page_of_the_schedule_cancels_nothing(store: Store) -> None:
    vendor = Vendor()
    tomorrow = (datetime.now(LOCAL) + timedelta(days=1)).date().isoformat()
    vendor.plan(1, time(5), repeat="once", date=tomorrow)
    with asking(store, vendor) as poller:
        look(poller)
        vendor.plan(2, time(25 % 24), repeat="mỗi tuần trăng")
        assert look(poller).outcomes["rejected"] == 1
        assert states(store) == {"planned": 1}
    (kept,) = store.rows("select place, reason from rejection")
    assert kept["place"] == "data[1].repeat"


def test_the_night_of_trung_loc_is_told_with_every_cluster_and_minute(store: Store) -> None:
    yesterday = (datetime.now(LOCAL) - timedelta(days=1)).date()
    office = BroadcastingOffice(TRUNG_LOC, 1, incident=True, incident_day=yesterday)
    with asking(store, office, unit=TRUNG_LOC) as poller:
        look(poller)
    rows = store.rows(
        "select device, programme, starts_at at time zone 'Asia/Ho_Chi_Minh' as began, ends_at - starts_at as lasted"
        " from broadcast where kind = 'played' and (starts_at at time zone 'Asia/Ho_Chi_Minh')::time < '04:00'"
    )
    assert {row["device"] for row in rows} == {f"nt-l0{n}" for n in range(1, 9)}
    assert {row["began"].strftime("%F %H:%M") for row in rows} == {f"{yesterday} 03:15"}
    assert all(timedelta(minutes=14) < row["lasted"] <= timedelta(minutes=20) for row in rows)
    assert {row["programme"] for row in rows} == {RELAY}
    assert not store.rows(
        "select 1 from broadcast_due where (starts_at at time zone 'Asia/Ho_Chi_Minh')::time < '04:00'"
    ), "nobody had planned it"


def test_a_wrong_token_is_a_fault_with_its_remedy(store: Store) -> None:
    office = BroadcastingOffice(UNIT, 1, token="s3cret")
    with asking(store, office, token=SecretStr("old")) as poller:
        fault = poller.look("loa").fault
    assert "401" in fault
    assert "renew the credentials" in fault
    assert "old" not in fault
    assert broadcasts(store, "played") == []


def said(at: datetime, *records: Broadcast | Plan) -> Understood:
    return Understood(Message("loa", "/schedules", b"", at), records)


def planned(id_: str, hours: int, **fields: Any) -> Broadcast:
    starts_at = T0 + timedelta(hours=hours)
    given = {"unit": UNIT, "kind": "planned", "programme": "Bản tin", "state": "planned", **fields}
    return Broadcast(id=id_, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30), **given)


def day(*records: Broadcast) -> Sequence[Broadcast | Plan]:
    return (Plan(UNIT, T0, T0 + timedelta(days=1)), *records)


def test_in_one_batch_messages_count_in_their_order(store: Store) -> None:
    committer = Committer(store)
    a, b = planned("a", 1), planned("b", 2)
    outcomes = committer.commit(
        [
            said(T0, *day(a, b)),
            said(T0 + timedelta(minutes=1), *day(a)),
            said(T0 + timedelta(minutes=2), *day(a, b)),
            said(T0 + timedelta(minutes=3), *day(a, b)),
        ]
    )
    assert outcomes == ["stored", "stored", "stored", "duplicate"]
    assert states(store) == {"planned": 2}


def test_an_older_message_undoes_nothing(store: Store) -> None:
    committer = Committer(store)
    assert committer.commit([said(T0 + timedelta(hours=1), *day(planned("a", 3, programme="Mới")))]) == ["stored"]
    late = [said(T0, *day(planned("a", 3, programme="Cũ"))), said(T0, *day())]
    assert committer.commit(late) == ["duplicate", "duplicate"]
    (row,) = broadcasts(store, "planned")
    assert (row["programme"], row["state"]) == ("Mới", "planned")


def test_a_plan_reaches_no_other_source_day_commune_or_past(store: Store) -> None:
    committer = Committer(store)
    elsewhere = Understood(Message("khac", "/schedules", b"", T0), (planned("x", 1),))
    committer.commit(
        [elsewhere, said(T0, planned("day-after", 30), planned("past", -1), planned("u", 1, unit="04969"))]
    )
    assert committer.commit([said(T0 + timedelta(hours=1), *day())]) == ["duplicate"]
    assert states(store) == {"planned": 4}


@pytest.mark.parametrize(
    ("device", "heard"),
    [("", {"loa-1": True, "loa-2": False}), ("loa-2", {"loa-2": False}), ("loa-1", {"loa-1": True})],
)
def test_what_was_due_is_told_cluster_by_cluster(store: Store, device: str, heard: dict[str, bool]) -> None:
    for name, source in (("loa-1", "loa"), ("loa-2", "loa"), ("mqtt-1", "mqtt")):
        store.execute(
            "insert into device (unit, kind, name, lifecycle, registered_at)"
            " values (%s, 'loudspeaker', %s, 'installed', %s)",
            (UNIT, name, T0),
        )
        store.execute(
            "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source)"
            " values (%s, 'loudspeaker', %s, now(), now(), 'online', 'idle', now(), %s)",
            (UNIT, name, source),
        )
    plays = planned("p", 1, kind="played", state="played", device="loa-1")
    failed = planned("q", 1, kind="played", state="failed", device="loa-2")
    Committer(store).commit([said(T0, *day(planned("a", 1, device=device)), plays, failed)])
    rows = store.rows("select device, heard_at is not null as heard from broadcast_due")
    assert {row["device"]: row["heard"] for row in rows} == heard


def test_a_cancelled_broadcast_is_due_nowhere(store: Store) -> None:
    Committer(store).commit([said(T0, planned("a", 1, device="loa-1", state="cancelled"))])
    assert store.rows("select 1 from broadcast_due") == []
