"""What boards say in words is what the numbers and the timeline say: judged once, told alike."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dashboards import indicators, lint, queries, rows, timelines
from dashboards.boards import boards
from dashboards.indicators import load
from dashboards.words import LEVELS
from ingest.store import Store
from tests.dashboards.expander import Page, Server, Variable

UNIT = "05068"


def ask(
    store: Store, sql: str, *, start: datetime, stop: datetime, communes: Sequence[str] = (UNIT,)
) -> list[dict[str, Any]]:
    """Ask as a board does that looks at [start, stop]."""
    chosen = {"commune": communes, "hamlet": ["", "Thôn 'Đông'"], "kind": ["camera", "loudspeaker"]}
    page = Page(start, stop, {name: Variable(values, multi=True, include_all=True) for name, values in chosen.items()})
    return store.rows(Server(start, stop).expanded(page.filled(sql)).replace("%", "%%"))  # no argument is bound


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def put(store: Store, table: str, **columns: object) -> None:
    names, places = ", ".join(columns), ", ".join(f"%({name})s" for name in columns)
    store.execute(f"insert into {table} ({names}) values ({places})", columns)  # noqa: S608 - our own columns


def figure(store: Store, name: str, value: float, **more: object) -> None:
    put(
        store, "observation",
        **{"unit": UNIT, "indicator": name, "period_start": date(2026, 7, 1), "period_end": date(2026, 9, 30),
           "period_kind": "quarter", "cumulative": False, "revision": 1, "latest": True, "value": value,
           "bound": "exact", "source": "digital", "received_at": datetime.now(UTC), **more},
    )  # fmt: skip


def test_a_tile_says_the_level_that_the_number_has(store: Store) -> None:
    judged = [one for one in load().values() if one.warn is not None or one.alarm is not None]
    assert judged
    for indicator in judged:
        bounds = [float(bound) for bound in (indicator.warn, indicator.alarm) if bound is not None]
        for value in [bound + shift for bound in bounds for shift in (-0.01, 0, 0.01)]:
            (said,) = store.rows(f"select {queries.judged(indicator)} as word from (values (%s::numeric)) i(value)",  # noqa: S608
                                 (value,))  # fmt: skip
            assert said["word"] == str(LEVELS[indicator.level(value)]), (indicator.key, value)
        (none,) = store.rows(f"select {queries.judged(indicator)} as word from (values (null::numeric)) i(value)")  # noqa: S608
        assert none["word"] is None


@pytest.mark.parametrize(
    ("lag", "words"),
    [("0 s", "0 giây"), ("59 s", "59 giây"), ("60 s", "1 phút"), ("23:59:00", "23 giờ"), ("49 hours", "2 ngày")],
)
def test_an_age_is_told_in_its_greatest_unit(store: Store, lag: str, words: str) -> None:
    assert store.rows(f"select {queries.ago('%(lag)s::interval')} as age", {"lag": lag}) == [{"age": words}]
    assert store.rows(f"select {queries.ago('null::interval')} as age") == [{"age": None}]


def test_the_timeline_says_what_time_counts_as(store: Store, now: datetime) -> None:
    hour = timedelta(hours=1)
    put(store, "device", unit=UNIT, kind="camera", name="cam-1", title="Cổng", hamlet="Thôn 'Đông'",
        lifecycle="installed", registered_at=now - 9 * hour)  # fmt: skip
    put(store, "device_state", unit=UNIT, kind="camera", name="cam-1", at=now, seen_at=now, state="offline",
        reported="offline", since=now - 2 * hour, source="cameras")  # fmt: skip
    for state, begin, end in (("online", 8, 5), ("degraded", 5, 4), ("offline", 4, None)):
        put(store, "state_span", unit=UNIT, kind="camera", name="cam-1", state=state, started_at=now - begin * hour,
            ended_at=None if end is None else now - end * hour)  # fmt: skip
    put(
        store, "maintenance", unit=UNIT, starts_at=now - 3 * hour, ends_at=now - 2 * hour, reason="thay", created_by="t"
    )
    put(store, "blind_span", source="cameras", started_at=now - 2 * hour, ended_at=now - hour, reason="broker")
    told = ask(store, timelines.TIMELINE, start=now - 6 * hour, stop=now)
    assert [(row["device"], row["state"]) for row in told] == [
        ("Cổng", state) for state in ("online", "degraded", "offline", "maintenance", "blind", "offline")
    ]
    assert [round((row["timeend"] - row["time"]) / hour, 3) for row in told] == [1, 1, 1, 1, 1, 1]
    assert told[0]["time"] == now - 6 * hour
    (row,) = ask(store, rows.AVAILABILITY, start=now - 6 * hour, stop=now)
    assert round(row["availability"], 1) == 50.0  # two hours of four that anybody could see
    assert (round(row["down_s"]), round(row["maintenance_s"]), round(row["blind_s"])) == (7200, 3600, 3600)


def test_the_score_table_prefers_the_communes_own_target(store: Store, now: datetime) -> None:
    indicators.install(store)
    figure(store, "smartphone_adult_rate", 60)
    figure(store, "smartphone_adult_rate", 50, scope="target")
    figure(store, "digital_id_rate", 12)
    board = boards()["ioc-digital"].render()
    sql = next(panel for panel in lint.panels(board) if panel["title"] == "Bảng điểm")["targets"][0]["rawSql"]
    told = {row["name"]: row for row in ask(store, sql, start=now - timedelta(days=365), stop=now)}
    own, common = (told[load()[key].title] for key in ("dti_smartphone_adults", "dti_digital_ids"))
    assert (own["value"], own["target"], own["gap"], own["status"], own["unit"]) == (60, 50, 10, "met", "%")
    assert own["points"] == own["weight"]
    assert (common["value"], common["target"], common["gap"], common["status"]) == (12, 30, -18, "not_met")
    assert common["points"] == pytest.approx(common["weight"] * 12 / 30)
    assert own["commune"] == "Xã Hợp Kim"


def test_what_is_shown_are_the_numbers_rows(store: Store, now: datetime) -> None:
    indicators.install(store)
    figure(store, "smartphone_adult_rate", 60)
    start, stop = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    (row,) = ask(store, queries.series("dti_smartphone_adults"), start=start, stop=stop)
    (said,) = indicators.series(store, "dti_smartphone_adults", start, stop, [UNIT])
    assert (row["time"], row["metric"], row["value"]) == (said["time"], "Xã Hợp Kim", said["value"])
    assert ask(store, queries.series("dti_smartphone_adults"), start=start, stop=stop, communes=()) == []
    assert ask(store, queries.series("dti_smartphone_adults"), start=start, stop=stop, communes=["x'); drop"]) == []
    (tile,) = ask(store, queries.now("dti_smartphone_adults"), start=start, stop=stop)
    assert (tile["value"], tile["status"]) == (60, "○ Chưa đạt chỉ tiêu · đến 30/09/2026 · Xã Hợp Kim")


def test_lines_of_many_communes_have_fewer_points(store: Store, now: datetime) -> None:
    """Each of a chart's hours for up to twenty communes, each sixth for more; so it stands in the hour that ends."""
    indicators.install(store)
    start = now - timedelta(days=9)
    store.execute(
        "insert into source_minute (unit, source, minute, stored)"
        " select %s, 'cameras', date_trunc('hour', %s) + n * interval '1 hour', 6 from generate_series(0, 216) n",
        (UNIT, start),
    )
    places = [UNIT, *(f"{n:05}" for n in range(queries.MANY))]
    query = queries.series("feeds_stored").replace("$__interval", "1h")
    some, many = (ask(store, query, start=start, stop=now, communes=its) for its in (places[: queries.MANY], places))
    assert len(some) == 217
    assert 37 <= len(many) <= 38
    assert [row["value"] for row in some][:3] == [6, 6, 6]
    assert [row["value"] for row in many][2:5] == [36, 36, 36]
