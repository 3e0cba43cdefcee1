"""The vendor's words become states, plans and plays; what nobody may know stays outside; conversations lose nothing."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.contract import LOCAL, Broadcast, DeviceReport, Message, Plan, SourceDown
from connectors.loudspeaker_http import LoudspeakerHttp
from connectors.paging import Paging
from connectors.talk import Answer, Arrived, Request
from simulators.loudspeaker_http import BroadcastingOffice
from simulators.loudspeaker_vendor import clusters, paged
from simulators.office import Asked, Told

UNIT = "05068"
NOW = datetime(2026, 11, 21, 10, 10, tzinfo=UTC)
LIEN_SON = "04969"


def source(**fields: Any) -> LoudspeakerHttp:
    return LoudspeakerHttp(**{"url": "http://vendor.example/api", "unit": UNIT, **fields})


def understood(its: LoudspeakerHttp, arrived: Iterable[Arrived], at: datetime = NOW) -> list[Any]:
    messages = (Message("loa", one.address, its.cleanse(one.body), at) for one in arrived)
    return [record for message in messages for record in its.decode(message)]


class Line:
    """Holds conversations with an office, without a network; keeps the cursors as ingest does."""

    def __init__(self, its: LoudspeakerHttp, office: Any) -> None:
        self.its = its
        self.office = office
        self.cursors: dict[str, str] = {}
        self.asked: list[Asked] = []
        self.statuses: Counter[int] = Counter()

    def hold(self, name: str, now: datetime = NOW) -> list[Arrived]:
        arrived: list[Arrived] = []
        talk = self.its.talk(name, self.cursors.get(name, ""), now)
        step = next(talk, None)
        while step is not None:
            try:
                if isinstance(step, Arrived):
                    arrived.append(step)
                    if step.cursor is not None:
                        self.cursors[name] = step.cursor
                    step = talk.send(Answer(b"", now, now))
                    continue
                assert isinstance(step, Request)
                told = self._tell(step, now)
                headers = {key.lower(): value for key, value in told.headers.items()}
                step = talk.send(Answer(told.body, now, now, told.status, headers))
            except StopIteration:
                break
        return arrived

    def _tell(self, request: Request, now: datetime) -> Told:
        headers = {key.lower(): value for key, value in request.headers.items()}
        asked = Asked(request.method, request.url.removeprefix(self.its.url), request.params, headers)
        self.asked.append(asked)
        told: Told = self.office.answer(asked, now)
        self.statuses[told.status] += 1
        return told


class Desk:
    """A vendor that answers with these rows, and no others."""

    prefix = ""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)

    def answer(self, asked: Asked, now: datetime) -> Told:
        return paged(self.rows, asked)


def entry(**fields: Any) -> dict[str, Any]:
    said = {"id": 1, "programName": "Bản tin", "startTime": "17:00", "endTime": "17:45", "repeat": "daily"}
    return said | {"updatedAt": "2026-01-01T00:00:00+07:00"} | fields


def planned(*rows: dict[str, Any], first: date, last: date, at: datetime, **fields: Any) -> list[Broadcast]:
    body = orjson.dumps({"from": first.isoformat(), "to": last.isoformat(), "data": rows})
    records = list(source(**fields).decode(Message("loa", "/schedules", body, at)))
    return [record for record in records if isinstance(record, Broadcast)]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, "idle"),
        ({"On": True}, "playing"),
        ({"On": "1"}, "playing"),
        ({"On": 1, "status": 0}, "muted"),
        ({"On": 1, "status": 0, "error": "E7"}, "fault"),
        ({"On": 1, "error": 0}, "playing"),
        ({"On": 1, "error": 12}, "fault"),
        ({"On": 1, "error": "x", "timeOut": True}, "offline"),
        ({"timeOut": False, "status": 1}, "idle"),
    ],
)
def test_states_of_a_cluster(said: dict[str, Any], state: str) -> None:
    body = orjson.dumps({"data": [{"deviceCode": "NT-L01", **said}]})
    (report,) = source().decode(Message("loa", "/devices?page=1", body, NOW))
    assert isinstance(report, DeviceReport)
    assert report.state == state


def test_clusters_of_the_two_communes() -> None:
    assert [sum(one.horns for one in clusters(UNIT) if not one.bare), len(clusters(UNIT))] == [16, 10]
    assert [(one.bare) for one in clusters(LIEN_SON)] == [False, False, False, True]
    line = Line(source(unit=LIEN_SON), BroadcastingOffice(LIEN_SON, 1))
    assert len(understood(line.its, line.hold("clusters"))) == 3


def test_every_page_of_clusters_and_none_that_says_nothing() -> None:
    line = Line(source(paging=Paging(size="limit", rows=2)), BroadcastingOffice(UNIT, 1))
    arrived = line.hold("clusters")
    assert len(line.asked) == 5
    assert len(arrived) == 4, "the last page lists bare poles only"
    assert len({one.address for one in arrived}) == 4
    assert len({record.device for record in understood(line.its, arrived)}) == 8
    assert line.hold("clusters") == arrived, "a cluster that did not change has not fallen silent"
    assert not any("if-none-match" in asked.headers for asked in line.asked)


def test_a_plan_is_one_message_of_all_pages() -> None:
    rows = [entry(id=n, startTime=f"{n + 10}:00", endTime=f"{n + 10}:05") for n in range(9)]
    line = Line(source(paging=Paging(size="limit", rows=2)), Desk(*rows))
    (arrived,) = line.hold("schedule")
    assert len(line.asked) == 5
    plan, *broadcasts = understood(line.its, [arrived])
    assert plan == Plan(UNIT, NOW, datetime(2026, 11, 22, 17, tzinfo=UTC))
    assert len(broadcasts) == 18


def test_an_unchanged_schedule_is_answered_without_a_body_until_the_day_turns() -> None:
    line = Line(source(), Desk(entry()))
    assert len(line.hold("schedule")) == 1
    assert line.hold("schedule") == []
    assert line.statuses == {200: 1, 304: 1}
    assert len(line.hold("schedule", NOW + timedelta(days=1))) == 1


def test_an_empty_schedule_is_a_plan_too() -> None:
    line = Line(source(), Desk())
    assert [type(record) for record in understood(line.its, line.hold("schedule"))] == [Plan]


def test_a_schedule_with_a_page_that_is_none_is_no_plan() -> None:
    class Torn(Desk):
        def answer(self, asked: Asked, now: datetime) -> Told:
            return Told(b"<html>") if asked.query["page"] == "2" else super().answer(asked, now)

    line = Line(source(paging=Paging(size="limit", rows=1)), Torn(entry(), entry(id=2)))
    (arrived,) = line.hold("schedule")
    assert arrived.body == b"<html>"
    assert arrived.cursor is None


def test_days_of_an_entry() -> None:
    monday, sunday = date(2026, 11, 16), date(2026, 11, 22)

    def days(**fields: Any) -> list[int]:
        at = datetime(2026, 11, 15, tzinfo=UTC)
        found = planned(entry(**fields), first=monday, last=sunday, at=at)
        assert all(one.starts_at.astimezone(LOCAL).time() == time(17) for one in found)
        return [one.starts_at.astimezone(LOCAL).day for one in found]

    assert days() == [16, 17, 18, 19, 20, 21, 22]
    assert days(repeat="weekdays") == days(repeat="Ngày làm việc") == [16, 17, 18, 19, 20]
    assert days(repeat="weekly", weekdays=[1, 7]) == [16, 22]
    assert days(repeat="once", date="2026-11-18") == days(repeat=None, date="18/11/2026") == [18]
    assert days(validFrom="2026-11-18", validTo="2026-11-20") == [18, 19, 20]
    assert days(exceptDates=["2026-11-18"]) == [16, 17, 19, 20, 21, 22]
    assert days(enabled=False) == []
    assert days(updatedAt="2026-11-15T00:00:00+07:00") == days()
    assert days(updatedAt="2026-11-16T06:59:00+07:00") == days(), "a clock that runs ahead cancels nothing"


@given(st.integers(0, 23 * 60), st.integers(1, 59), st.integers(-1500, 1500))
def test_a_change_speaks_for_the_time_since(start: int, length: int, changed: int) -> None:
    """A broadcast before the entry's last change is not planned by it: it may have been another then."""
    day = date(2026, 11, 21)
    midnight = datetime.combine(day, time(), LOCAL)
    begin, end = (time(minute // 60, minute % 60) for minute in (start, min(start + length, 1439)))
    updated = midnight + timedelta(minutes=changed)
    row = entry(startTime=f"{begin:%H:%M}", endTime=f"{end:%H:%M}", updatedAt=updated.isoformat())
    found = planned(row, first=day, last=day, at=midnight + timedelta(hours=12)) if begin < end else []
    assert bool(found) == (begin < end and start >= min(changed, 12 * 60))


def test_only_what_is_read_passes_the_door() -> None:
    row = {"deviceCode": "0912345678", "contactPhone": "0912345679", "owner": {"name": "Trần Thị Kín"}, "On": 1,
           "currentProgram": "Tìm ông Ba, gọi 0912 345 677 hoặc ba@example.vn", "name": ["Trần Thị Kín"]}  # fmt: skip
    its = source()
    body = its.cleanse(orjson.dumps({"data": [row], "operator": "Trần Thị Kín", "total": 1}))
    said = orjson.loads(body)
    assert said == {
        "data": [{"deviceCode": "0912345678", "On": 1, "currentProgram": "Tìm ông Ba, gọi * hoặc *", "name": [None]}],
        "total": 1,
    }
    torn = its.cleanse(b'{"data": [{"contactName": "Tr\xe1\xba\xa7n Th\xe1\xbb\x8b K\xc3\xadn", "phone": 0912345678')
    assert b"0912" not in torn
    assert b"contact" not in torn


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 5),
    st.lists(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), max_size=6), min_size=1, max_size=6),
)
def test_no_play_is_lost_whatever_changes_between_looks(size: int, looks: list[list[tuple[int, int]]]) -> None:
    """Plays begin, end and are corrected, many at one instant; each stands at last as the vendor has it."""
    desk = Log()
    line = Line(source(paging=Paging(size="limit", rows=size)), desk)
    stored: dict[str, Broadcast] = {}
    now = NOW
    for changes in looks:
        now += timedelta(minutes=1)
        for id_, seconds in changes:
            desk.change(id_, now - timedelta(seconds=seconds // 2))
        stored |= {one.id: one for one in understood(line.its, line.hold("played", now), now)}
        now += timedelta(minutes=1)
    last = understood(source(), [Arrived("/play-logs", orjson.dumps({"data": desk.rows}))], now) if desk.rows else []
    assert stored == {one.id: one for one in last}
    line.hold("played", now)
    line.asked.clear()
    if sum(row["updatedAt"] == desk.rows[-1]["updatedAt"] for row in desk.rows) <= size:
        assert line.hold("played", now) == []
        assert len(line.asked) == 1


class Log(Desk):
    """A played log, in the order of its changes."""

    def change(self, id_: int, at: datetime) -> None:
        times = sum(row["id"] == id_ for row in self.rows)
        self.rows = [row for row in self.rows if row["id"] != id_]
        row = {"id": id_, "deviceCode": f"L{times}", "programName": f"Bản tin {at:%H:%M:%S}"}
        self.rows.append(row | {"startedAt": NOW.isoformat(), "endedAt": at.isoformat(), "updatedAt": at.isoformat()})
        self.rows.sort(key=lambda row: (datetime.fromisoformat(row["updatedAt"]), row["id"]))

    def answer(self, asked: Asked, now: datetime) -> Told:
        since = datetime.fromisoformat(asked.query["updated_since"])
        return paged([row for row in self.rows if datetime.fromisoformat(row["updatedAt"]) >= since], asked)


def test_the_log_is_first_read_back_as_far_as_told() -> None:
    line = Line(source(backfill=timedelta(days=2)), Log())
    assert line.hold("played") == []
    assert line.asked[0].query["updated_since"] == "2026-11-19T10:10:00+00:00"


def test_a_log_out_of_order_is_a_fault_of_the_source() -> None:
    line = Line(source(), Log())
    line.office.change(1, NOW - timedelta(minutes=1))
    line.office.change(2, NOW - timedelta(minutes=2))
    line.office.rows.reverse()
    with pytest.raises(SourceDown, match="not sorted by their last change"):
        line.hold("played")


def test_what_a_vendor_has_not_is_not_asked() -> None:
    assert source().talks() == ("clusters", "schedule", "played")
    assert source(schedule_path="", played_path="").talks() == ("clusters",)
    assert source(clusters_path="").talks() == ("schedule", "played")


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "5068"},
        {"devices": {"A": "Loa 1"}},
        {"devices": {"A": "loa-1", "B": "loa-1"}},
        {"played_path": "logs"},
        {"cluster_fields": {"volume": "v"}},
        {"cluster_fields": {"code": ""}},
        {"priorities": {"P1": "urgent"}},
    ],
)
def test_settings_that_can_t_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**wrong)


def test_the_night_of_trung_loc() -> None:
    office = BroadcastingOffice("17866", 1, incident=True)
    night = datetime(2025, 12, 5, 3, 20, tzinfo=LOCAL).astimezone(UTC)
    reports = [record for record in office.measure(night) if isinstance(record, DeviceReport)]
    assert {report.state for report in reports} <= {"playing", "fault", "offline"}
    playing = [one for one in office.log(night, night - timedelta(minutes=10)) if one.state == "playing"]
    assert len(playing) == 8
    quiet = BroadcastingOffice("17866", 1)
    assert quiet.log(night, night - timedelta(minutes=10)) == ()
    over = office.log(night + timedelta(minutes=20), night)
    lasted = [one.ends_at - one.starts_at for one in over if one.ends_at]
    assert len(lasted) == 8
    assert all(timedelta(minutes=14) < length <= timedelta(minutes=20) for length in lasted)
