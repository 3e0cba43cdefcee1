"""Red and green in the database: last will, silence, and our own blindness."""

import json

from ingest.store import Store
from tests.ingest.conftest import Publisher, eventually, serving, settings
from tests.ingest.test_delivery import listening
from tests.servers import Mosquitto


def state(store: Store) -> tuple[str, str]:
    row = store.row("select state, reason from device_now where name = 'ls-1'")
    return (row["state"], row["reason"]) if row else ("", "")


def row_count(store: Store) -> int:
    return len(store.rows("select 1 from device_report where state = 'idle'"))


def test_silence_turns_a_device_offline_and_a_word_brings_it_back(
    store: Store, mosquitto: Mosquitto, publisher: Publisher
) -> None:
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: listening(store), "the subscription")
        publisher.say("ioc/05068/loudspeaker/ls-1/status", json.dumps({"state": "idle"}))
        eventually(lambda: state(store)[0] == "online", "green")
        eventually(lambda: state(store) == ("offline", "silence"), "red by silence")
        publisher.say("ioc/05068/loudspeaker/ls-1/status", json.dumps({"state": "idle"}))
        eventually(lambda: state(store)[0] == "online", "green again")
    states = [row["state"] for row in store.rows("select state from state_span order by started_at")]
    assert states[:3] == ["online", "offline", "online"]


def test_a_last_will_turns_a_device_offline_at_once(store: Store, mosquitto: Mosquitto, publisher: Publisher) -> None:
    with serving(settings(store.url, mosquitto.url)):
        eventually(lambda: listening(store), "the subscription")
        publisher.say("ioc/05068/loudspeaker/ls-1/connection", b"online", retain=True)
        eventually(lambda: state(store)[0] == "online", "green")
        publisher.say("ioc/05068/loudspeaker/ls-1/connection", b"offline", retain=True)
        eventually(lambda: state(store) == ("offline", "last_will"), "red by last will", within=1.5)


def test_our_own_absence_is_no_outage_of_a_device(store: Store, mosquitto: Mosquitto, publisher: Publisher) -> None:
    its = settings(store.url, mosquitto.url)
    with serving(its):
        eventually(lambda: listening(store), "the subscription")
        publisher.say("ioc/05068/loudspeaker/ls-1/connection", b"online", retain=True)
        publisher.say("ioc/05068/loudspeaker/ls-1/status", json.dumps({"state": "idle"}))
        eventually(lambda: state(store)[0] == "online", "green")
        publisher.say("ioc/05068/loudspeaker/ls-1/status", json.dumps({"state": "idle", "volume_pct": 1}))
        eventually(lambda: row_count(store) == 2, "the second word")
        mosquitto.stop()
        eventually(lambda: state(store) == ("unknown", "blind"), "unknown, for we can't see")
        mosquitto.start()
        eventually(lambda: listening(store), "the connection")
    assert not store.rows("select 1 from state_span where state = 'offline'")
    uptime = store.row("select * from device_uptime('{05068}', null, now() - interval '1 hour', now())")
    assert uptime is not None
    assert uptime["offline_s"] == 0
    assert uptime["blind_s"] > 0
    assert uptime["online_s"] > 0
