"""A desk in a process of its own: the same promises, whoever of the two dies."""

import os
import signal
import time

import psutil

from ingest.sections import Ingest
from ingest.store import Store
from tests.ingest.conftest import Publisher, counters, eventually, serving, settings
from tests.ingest.test_delivery import TOPIC, balanced, listening, status, stored
from tests.servers import Mosquitto, Postgres

APART = Ingest(apart=True, batch_rows=50)


def desks() -> list[psutil.Process]:
    """Return the children that understand and store: one, or none while it begins anew."""
    children = [p for p in psutil.Process().children() if p.status() != psutil.STATUS_ZOMBIE]
    return [p for p in children if "spawn_main" in " ".join(p.cmdline())]


def test_messages_cross_whole_and_come_back_acknowledged(
    store: Store, mosquitto: Mosquitto, publisher: Publisher
) -> None:
    its = settings(store.url, mosquitto.url, ingest=APART)
    with serving(its):
        eventually(lambda: listening(store), "the subscription")
        for n in range(20):
            publisher.say(TOPIC.format("ls-1"), status(n))
        publisher.say(TOPIC.format("ls-1"), "{not json")
        eventually(lambda: counters(store)["received"] == 21, "all of it")
        (pid,) = (p.pid for p in desks())
    assert counters(store)["rejected"] == 1
    assert stored(store) == 20
    assert not psutil.pid_exists(pid), "the desk outlived its service"
    with serving(its):
        time.sleep(1)
    assert counters(store)["received"] == 21, "acknowledged messages came again"


def test_a_desk_that_is_killed_loses_nothing(store: Store, mosquitto: Mosquitto, publisher: Publisher) -> None:
    with serving(settings(store.url, mosquitto.url, ingest=APART)):
        eventually(lambda: listening(store), "the subscription")
        publisher.say(TOPIC.format("ls-1"), status(0))
        eventually(lambda: stored(store) == 1, "the first row")
        for n in range(1, 600):
            publisher.say(TOPIC.format(f"ls-{n % 5}"), status(n))
            if n in (200, 400):
                eventually(desks, "the desk")
                os.kill(desks()[0].pid, signal.SIGKILL)
        eventually(lambda: stored(store) == 600, "all rows", within=30)
    assert balanced(counters(store))


def test_the_database_away_behind_a_desk_apart(
    postgres: Postgres, store: Store, mosquitto: Mosquitto, publisher: Publisher
) -> None:
    def back() -> bool:
        try:
            return stored(store) == 150
        except Exception:  # noqa: BLE001 - the database is still starting
            return False

    with serving(settings(store.url, mosquitto.url, ingest=APART)):
        eventually(lambda: listening(store), "the subscription")
        publisher.say(TOPIC.format("ls-1"), status(0))
        eventually(lambda: stored(store) == 1, "the first row")
        postgres.stop(how=signal.SIGQUIT)
        try:
            for n in range(1, 150):
                publisher.say(TOPIC.format(f"ls-{n % 5}"), status(n))
        finally:
            postgres.start()
        eventually(back, "all rows", within=40)
    assert balanced(counters(store))
