"""Nothing acknowledged that is not stored, nothing lost, nothing counted twice: real broker, real database."""

import json
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.sections import Broker
from ingest.store import Store
from tests.ingest.conftest import SOURCES, Publisher, counters, eventually, serving, settings
from tests.servers import Mosquitto, Postgres

TOPIC = "ioc/05068/loudspeaker/{}/status"


def status(n: int, **more: Any) -> str:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1) + timedelta(milliseconds=n)
    return json.dumps({"at": at.isoformat(), "state": "idle", "volume_pct": 70, "seq": n, **more})


def stored(store: Store) -> int:
    row = store.row("select count(*) as n, count(distinct readings ->> 'seq') as own from device_report")
    assert row is not None
    assert row["n"] == row["own"], "a message lies in the table twice"
    return int(row["n"])


def balanced(c: dict[str, int]) -> bool:
    return c["received"] == c["stored"] + c["duplicate"] + c["rejected"]


def test_a_report_becomes_a_row_a_state_a_span_and_an_unconfirmed_device(
    store: Store, mosquitto: Mosquitto, publisher: Publisher
) -> None:
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: counters(store)["received"] >= 0 and listening(store), "the subscription")
        publisher.say(TOPIC.format("ls-1"), status(1, state="playing", programme="Bản tin"))
        eventually(lambda: stored(store) == 1, "the row")
    device = store.row("select * from device_now")
    assert device is not None
    assert (device["unit"], device["kind"], device["name"]) == ("05068", "loudspeaker", "ls-1")
    assert device["lifecycle"] == "unconfirmed"
    assert (device["state"], device["reported"]) == ("online", "playing")
    assert device["readings"]["volume_pct"] == 70
    assert device["labels"]["programme"] == "Bản tin"
    # What it said of an hour ago is kept; that nobody heard it since is no outage, for nobody knew of it.
    spans = [row["state"] for row in store.rows("select state from state_span order by started_at")]
    assert spans == ["unknown", "online"]


def listening(store: Store) -> bool:
    row = store.row("select heartbeat_at, error from source where name = 'loudspeakers'")
    return bool(row and row["heartbeat_at"] and not row["error"])


def test_the_database_away_loses_nothing_and_says_so_once(
    postgres: Postgres, store: Store, mosquitto: Mosquitto, publisher: Publisher, caplog: Any
) -> None:
    caplog.set_level("INFO")
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: listening(store), "the subscription")
        for n in range(50):
            publisher.say(TOPIC.format(f"ls-{n % 5}"), status(n))
        eventually(lambda: stored(store) == 50, "the first rows")
        postgres.stop(how=signal.SIGQUIT)
        try:
            for n in range(50, 150):
                publisher.say(TOPIC.format(f"ls-{n % 5}"), status(n))
            eventually(lambda: "store away" in caplog.text, "the warning")
        finally:
            postgres.start()
        eventually(lambda: back(store), "all rows", within=40)
    assert balanced(counters(store))
    assert caplog.text.count("store away queued") == 1
    assert caplog.text.count("store back") == 1


def back(store: Store) -> bool:
    try:
        return stored(store) == 150
    except Exception:  # noqa: BLE001 - the database is still starting
        return False


def test_messages_that_waited_at_the_broker_come_when_we_do(
    store: Store, mosquitto: Mosquitto, publisher: Publisher
) -> None:
    its = settings(store.url, mosquitto.url)
    with serving(its):
        eventually(lambda: listening(store), "the session")
    for n in range(300):
        publisher.say(TOPIC.format(f"ls-{n % 7}"), status(n))
    with serving(its):
        eventually(lambda: stored(store) == 300, "the backlog")
    assert balanced(counters(store))
    with serving(its):
        eventually(lambda: listening(store), "the session again")
        publisher.say(TOPIC.format("ls-0"), status(999))
        eventually(lambda: stored(store) == 301, "only the new one: all others were acknowledged")


def test_a_broker_that_dies_and_returns_is_found_again(store: Store, mosquitto: Mosquitto) -> None:
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: listening(store), "the subscription")
        mosquitto.stop(how=signal.SIGKILL)
        eventually(lambda: not listening(store), "the fault at the source")
        assert store.rows("select reason from blind_span where ended_at is null")
        mosquitto.start()
        eventually(lambda: listening(store), "the connection")
        publisher = Publisher(mosquitto.url)
        publisher.say(TOPIC.format("ls-1"), status(1))
        publisher.close()
        eventually(lambda: stored(store) == 1, "the row")
        eventually(lambda: not store.rows("select 1 from blind_span where ended_at is null"), "the end of blindness")


def test_a_broker_that_is_up_but_silent_is_noticed_and_found_again(store: Store, mosquitto: Mosquitto) -> None:
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: listening(store), "the subscription")
        mosquitto.send(signal.SIGSTOP)
        try:
            eventually(lambda: store.rows("select 1 from blind_span where ended_at is null"), "our blindness")
            eventually(lambda: "nothing comes" in fault(store) or "timed out" in fault(store), "the fault", within=20)
        finally:
            mosquitto.send(signal.SIGCONT)
        eventually(lambda: listening(store), "the connection", within=30)
        publisher = Publisher(mosquitto.url)
        publisher.say(TOPIC.format("ls-1"), status(1))
        publisher.close()
        eventually(lambda: stored(store) == 1, "the row")


def fault(store: Store) -> str:
    row = store.row("select error from source where name = 'loudspeakers'")
    return str(row["error"]) if row else ""


def test_acknowledged_messages_do_not_come_again(store: Store, mosquitto: Mosquitto, publisher: Publisher) -> None:
    its = settings(store.url, mosquitto.url)
    with serving(its):
        eventually(lambda: listening(store), "the subscription")
        for n in range(100):
            publisher.say(TOPIC.format("ls-1"), status(n))
        eventually(lambda: stored(store) == 100, "the rows")
    with serving(its):
        eventually(lambda: listening(store), "the session")
        publisher.say(TOPIC.format("ls-1"), status(100))
        eventually(lambda: stored(store) == 101, "the next row")
    assert counters(store)["duplicate"] == 0


def test_the_same_report_twice_is_one_row_and_two_reports_of_an_instant_are_two(
    store: Store, mosquitto: Mosquitto, publisher: Publisher
) -> None:
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: listening(store), "the subscription")
        one, other = status(1), status(1, volume_pct=71).replace('"seq": 1', '"seq": 2')
        for body in (one, one, other, one):
            publisher.say(TOPIC.format("ls-1"), body)
        eventually(lambda: counters(store)["received"] == 4, "all four")
    assert stored(store) == 2
    assert counters(store) == {"received": 4, "stored": 2, "duplicate": 2, "rejected": 0, "queued": 0}


def test_poison_is_kept_whole_and_stops_nobody(store: Store, mosquitto: Mosquitto, publisher: Publisher) -> None:
    poison = [b'{"state": "idle', b"\xff\xfe", b'{"state": NaN}', b"[1]", b'{"at": "2026-11-21T07:00:00"}']
    nul = json.dumps({"state": "idle", "programme": "a\x00b"})
    huge = b'{"state": "idle", "x": "' + b"x" * 10_000_000 + b'"}'
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: listening(store), "the subscription")
        for n in range(200):
            publisher.say(TOPIC.format("ls-1"), status(n))
            if n % 40 == 0:
                publisher.say(TOPIC.format("ls-1"), poison[n // 40])
        publisher.say(TOPIC.format("ls-1"), nul)
        publisher.say(TOPIC.format("ls-1"), huge)
        publisher.say("ioc/99999/loudspeaker/ls-1/status", status(1000))
        eventually(lambda: counters(store)["received"] == 208, "all messages", within=30)
    assert counters(store) == {"received": 208, "stored": 200, "duplicate": 0, "rejected": 8, "queued": 0}
    kept = {bytes(row["body"]): row for row in store.rows("select * from rejection")}
    assert {*poison, nul.encode(), huge} <= kept.keys()
    assert kept[poison[4]]["place"] == "at"
    assert "zone" in kept[poison[4]]["reason"]
    assert kept[nul.encode()]["place"] == "programme"
    assert [row["place"] for row in kept.values() if "99999" in row["address"]] == ["unit"]


def test_an_old_configurations_subscriptions_leave_the_session(
    store: Store, mosquitto: Mosquitto, publisher: Publisher
) -> None:
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: store.rows("select 1 from subscription"), "the note of what is subscribed")
    only = {"loudspeakers": SOURCES["loudspeakers"]}
    with serving(settings(store.url, mosquitto.url, sources=only)):
        eventually(lambda: len(store.rows("select 1 from subscription")) == 2, "the removal")
    publisher.say("ioc/05068/camera/cam-1/status", b'{"state": "online"}')
    with serving(settings(store.url, mosquitto.url)):
        # Had the old filter stayed, the broker would have kept the camera's message for us.
        eventually(lambda: listening(store), "the session")
        publisher.say(TOPIC.format("ls-1"), status(1))
        eventually(lambda: stored(store) == 1, "the loudspeaker's row")
    assert counters(store, "cameras")["received"] == 0


def test_protocol_5_works_as_well(store: Store, mosquitto: Mosquitto, publisher: Publisher) -> None:
    broker = Broker(url=mosquitto.url, client="five", protocol="5")
    with serving(settings(store.url, mosquitto.url, broker=broker)):
        eventually(lambda: listening(store), "the subscription")
        publisher.say(TOPIC.format("ls-1"), status(1))
        eventually(lambda: stored(store) == 1, "the row")


def test_the_embedded_broker_works_as_well(store: Store, broker: str) -> None:
    with serving(settings(store.url, broker)):
        eventually(lambda: listening(store), "the subscription")
        publisher = Publisher(broker, "embedded")
        publisher.say(TOPIC.format("ls-1"), status(1))
        eventually(lambda: stored(store) == 1, "the row")
        publisher.close()
