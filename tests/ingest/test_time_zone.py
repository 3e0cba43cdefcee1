"""Whatever zone the database or the process has: a local day is the commune's, a window is its instants."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import LOCAL
from dashboards import indicators
from ingest.rules import load
from ingest.store import Store
from tests.ingest.test_watch import TRUNG_LOC, Commune, local, played

ZONES = ("America/New_York", "Pacific/Kiritimati", "Asia/Ho_Chi_Minh")


@pytest.fixture(params=ZONES)
def abroad(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give this process another zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_hours_of_broadcasts_are_the_communes(store: Store, abroad: str) -> None:
    indicators.install(store)
    commune = Commune(store, load(), TRUNG_LOC)
    commune.say(
        played("night", local(2026, 11, 19, 3, 15), 20, TRUNG_LOC),
        played("day", local(2026, 11, 19, 17), 20, TRUNG_LOC),
    )
    commune.watch.tick(local(2026, 11, 20, 8))
    assert [m["subject"] for i in commune.incidents() for m in i["members"]] == ["played/loa/night"]


def test_days_of_availability_are_the_communes(store: Store, abroad: str) -> None:
    commune = Commune(store)
    commune.devices(["cam-1"])
    midnight = datetime(2026, 11, 19, tzinfo=LOCAL)
    for hour, state in ((-24, "online"), (0, "offline"), (6, "online"), (24, "offline")):
        began = (midnight + timedelta(hours=hour)).astimezone(UTC)
        store.execute("update state_span set ended_at = %s where ended_at is null", (began,))
        store.execute(
            "insert into state_span (unit, kind, name, started_at, state) values (%s, 'camera', 'cam-1', %s, %s)",
            (commune.unit, began, state),
        )
    query = (
        "select online_s / 3600 as up, offline_s / 3600 as down"
        " from device_uptime(array[%s], null, '2026-11-19 00:00+07', '2026-11-20 00:00+07')"
    )
    with store.transaction() as link:
        link.execute("select set_config('timezone', %s, true)", (abroad,))
        link.execute("select roll_up(100)")
        assert link.execute(query, (commune.unit,)).fetchone() == (18, 6)
    assert store.row(query, (commune.unit,)) == {"up": 18, "down": 6}
    days = store.rows("select day::text, offline / 3600000000 as down from uptime_day order by day")
    assert {row["day"]: row["down"] for row in days}["2026-11-19"] == 6
