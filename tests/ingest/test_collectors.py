"""Two collectors that see the same devices: nothing twice, nothing lost, one truth; and two with one name."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from connectors.contract import DeviceId, DeviceReport, Message
from ingest.batch import Committer
from ingest.pipeline import Understood
from ingest.sections import Broker
from ingest.store import Store
from tests.ingest.conftest import Publisher, counters, eventually, serving, settings
from tests.ingest.test_delivery import balanced
from tests.servers import Mosquitto

CAMERAS = [DeviceId("05068", "camera", f"cam-{n}") for n in range(4)]
SPANS = "select name, started_at, ended_at, state, reason from state_span order by name, started_at"


def seen(source: str, now: datetime, delay: timedelta) -> list[Understood]:
    """Forty minutes of every camera as one source sees them; of what only one sees the other hears nothing."""
    found = []
    for minute in range(40):
        for n, camera in enumerate(CAMERAS):
            at = now - timedelta(minutes=40 - minute)
            state = "online" if (minute + n) % 7 else ("no_signal" if source == "rtsp" else "degraded")
            body = f"{source} {camera} {at}".encode()
            found.append(Understood(Message(source, "", body, at + delay), (DeviceReport(camera, at, state),)))
    return found


def together(store: Store, *collectors: Sequence[Understood]) -> None:
    """Commit at the same time, each collector its own batches."""
    ready = threading.Barrier(len(collectors))

    def collect(mine: Sequence[Understood]) -> None:
        committer = Committer(store)
        ready.wait(10)
        for n in range(0, len(mine), 7):
            committer.commit(mine[n : n + 7])

    with ThreadPoolExecutor() as pool:
        list(pool.map(collect, collectors))


@pytest.mark.parametrize("seed", range(3))
def test_two_sources_of_one_camera_give_the_same_truth_whoever_is_first(store: Store, seed: int) -> None:
    now = datetime.now(UTC)
    late = timedelta(seconds=1)
    both = [seen("onvif", now, late), seen("rtsp", now, late)]
    together(store, *both)
    at_once = store.rows(SPANS)
    assert {row["state"] for row in at_once} >= {"online", "fault"}
    for table in ("device_report", "device_state", "state_span"):
        store.execute(f"truncate {table} cascade")
    one_after_the_other = [*both[0], *both[1]]
    Random(seed).shuffle(one_after_the_other)
    for n in range(0, len(one_after_the_other), 50):
        Committer(store).commit(one_after_the_other[n : n + 50])
    assert store.rows(SPANS) == at_once


def test_what_two_collectors_bring_is_stored_once(store: Store) -> None:
    now = datetime.now(UTC)
    first, second = seen("rtsp", now, timedelta(seconds=1)), seen("rtsp", now, timedelta(seconds=2))
    together(store, first, second)
    assert store.row("select count(*) as n from device_report") == {"n": len(first)}
    Committer(store).commit(second)
    assert store.row("select count(*) as n from device_report") == {"n": len(first)}


def bulletin(publisher: Publisher, number: int) -> None:
    body = {"at": datetime.now(UTC).isoformat(), "state": "idle", "volume_pct": number}
    publisher.say(f"ioc/05068/loudspeaker/loa-{number % 5}/status", json.dumps(body))


def said_again(publisher: Publisher, store: Store) -> bool:
    """Say one more, and tell whether one was brought twice already."""
    bulletin(publisher, 0)
    return counters(store)["duplicate"] > 0


def numbers(store: Store) -> set[int]:
    return {int(row["n"]) for row in store.rows("select (readings ->> 'volume_pct')::float8 as n from device_report")}


def test_two_collectors_at_one_broker_lose_nothing(store: Store, mosquitto: Mosquitto, publisher: Publisher) -> None:
    one = settings(store.url, mosquitto.url)
    other = one.model_copy(update={"broker": Broker(url=mosquitto.url, client="other", canary=1, keepalive=5)})
    with serving(one), serving(other):
        eventually(lambda: said_again(publisher, store), "both to hear", within=60)
        for number in range(1, 61):
            bulletin(publisher, number)
        eventually(lambda: numbers(store) == set(range(61)), "every message", within=60)
        eventually(lambda: balanced(counters(store)), "what both brought", within=60)
    row = store.row("select count(*) as n, count(distinct (at, name)) as own from device_report")
    assert row
    assert row["n"] == row["own"] == counters(store)["stored"]


def test_two_of_one_name_are_told_what_to_do_and_lose_nothing(
    store: Store, mosquitto: Mosquitto, publisher: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    one = settings(store.url, mosquitto.url)
    caplog.set_level("INFO", "ingest.mqtt")
    with serving(one), serving(one):
        eventually(lambda: caplog.text.count("broker up") >= 2, "both to be let in", within=60)
        for number in range(30):
            bulletin(publisher, number)
        eventually(lambda: "Give each a broker.client of its own" in caplog.text, "the remedy", within=60)
        eventually(lambda: counters(store)["stored"] == 30, "every message", within=60)
    assert "sign in as 'test'" in caplog.text
