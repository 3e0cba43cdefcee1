"""The blind-spot guard with real sockets: when we can't see, devices are unknown and never offline."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.loudspeaker_http import LoudspeakerHttp
from connectors.network_icmp import NetworkIcmp
from connectors.network_snmp import NetworkSnmp
from ingest.guard import Guard, hidden
from ingest.health import Health, Pulse, declare
from ingest.sections import Canary, Ingest
from ingest.store import Store
from simulators.snmp import Agents, system
from tests.ingest.conftest import eventually, serving, settings
from tests.polling import polling
from tests.servers import free_port

UNIT = "05068"


class Gate:
    """A gateway that takes connections, until it is shut."""

    def __init__(self) -> None:
        self.port = free_port()
        self._door: socket.socket | None = None

    def open(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port), backlog=200)

    def shut(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None


class Switch:
    """A network device that can be switched off."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.community = "mo-phong"
        self.on = threading.Event()
        self.on.set()

    def objects(self, now: datetime) -> Mapping[Any, Any]:
        return system("switch", now - timedelta(days=1), now) if self.on.is_set() else {}


class Commune:
    """A gateway and two switches behind it, asked twice a second."""

    def __init__(self, store: Store, agents: Agents, switches: list[Switch], gate: Gate) -> None:
        self.store = store
        self.switches = switches
        self.gate = gate
        source = NetworkSnmp.model_validate({
            "unit": UNIT, "community": "mo-phong", "timeout": 0.3, "retries": 0, "every": 0.6,
            "devices": [{"name": name, "host": "127.0.0.1", "port": port} for name, port in agents.ports.items()],
        })  # fmt: skip
        canary = Canary(every=timedelta(seconds=0.2), timeout=timedelta(seconds=0.2), failures=2,
                        gateway=f"127.0.0.1:{gate.port}", clock="")  # fmt: skip
        self.settings = settings(
            store.url, "mqtt://127.0.0.1:1", sources={"lines": source}, canary=canary, ingest=Ingest()
        )

    def cut(self) -> None:
        """Unplug our own cable: neither the gateway nor any device answers us."""
        self.gate.shut()
        for switch in self.switches:
            switch.on.clear()

    def plug(self) -> None:
        self.gate.open()
        for switch in self.switches:
            switch.on.set()

    def states(self) -> dict[str, str]:
        return {row["name"]: row["state"] for row in self.store.rows("select name, state from device_now")}

    def spans(self, name: str) -> list[str]:
        rows = self.store.rows("select state from state_span where name = %s order by started_at", (name,))
        return [row["state"] for row in rows]


@pytest.fixture
def commune(store: Store) -> Iterator[Commune]:
    switches, gate = [Switch("sw-1"), Switch("sw-2")], Gate()
    gate.open()
    with Agents(switches) as agents:
        yield Commune(store, agents, switches, gate)
    gate.shut()


def test_our_own_cable_makes_devices_unknown_and_not_offline(commune: Commune, store: Store) -> None:
    both = ["sw-1", "sw-2"]
    with serving(commune.settings):
        eventually(lambda: commune.states() == dict.fromkeys(both, "online"), "green")
        eventually(lambda: store.rows("select from canary_now where state = 'ok'"), "a canary that is well")
        commune.cut()
        eventually(lambda: commune.states() == dict.fromkeys(both, "unknown"), "unknown")
        (canary,) = store.rows("select state, hides, reason from canary_now where name = 'gateway'")
        assert (canary["state"], canary["hides"]) == ("failing", ["lines"])
        assert str(commune.gate.port) in canary["reason"]
        time.sleep(2)  # looks go on, and nobody answers
        assert commune.states() == dict.fromkeys(both, "unknown")
        commune.plug()
        eventually(lambda: commune.states() == dict.fromkeys(both, "online"), "green again")
        eventually(lambda: not store.rows("select from blind_span where ended_at is null"), "sight")
        commune.switches[0].on.clear()
        eventually(lambda: commune.states()["sw-1"] == "offline", "an outage that is one")
        assert commune.states()["sw-2"] == "online"
    assert commune.spans("sw-2") == ["online", "unknown", "online"]
    assert commune.spans("sw-1") == ["online", "unknown", "online", "offline"]
    assert {row["reason"] for row in store.rows("select reason from blind_span")} == {"network_down"}
    row = store.row("select offline_s, blind_s from device_uptime('{05068}', null, now() - interval '1 hour', now())"
                    " where name = 'sw-2'")  # fmt: skip
    assert row is not None
    assert (row["offline_s"], row["blind_s"] > 2) == (0, True)


def test_a_gateway_that_falls_silent_while_devices_answer_hides_nobody(commune: Commune, store: Store) -> None:
    with serving(commune.settings):
        eventually(lambda: commune.states() == {"sw-1": "online", "sw-2": "online"}, "green")
        eventually(lambda: store.rows("select from canary_now where state = 'ok'"), "a canary that is well")
        commune.gate.shut()
        eventually(lambda: store.rows("select from canary_now where state = 'failing'"), "a canary that fails")
        eventually(lambda: not store.rows("select from blind_span where ended_at is null"), "sight")
        commune.switches[0].on.clear()
        eventually(lambda: commune.states()["sw-1"] == "offline", "an outage that is one")
    assert "offline" not in commune.spans("sw-2")


@contextmanager
def guarding(store: Store, **fields: Any) -> Iterator[tuple[Guard, Any, Any]]:
    source = NetworkIcmp.model_validate(
        {"unit": UNIT, "every": 10, "devices": [{"name": "rt-1", "host": "127.0.0.1"}], **fields}
    )
    its = settings(store.url, "mqtt://127.0.0.1:1", sources={"lines": source}, canary=Canary(gateway="", clock=""))
    declare(store, its)
    with polling(store, lines=source) as poller:  # type: ignore[arg-type]  # any polled source
        yield Guard(its, store, poller), poller, its


def test_a_poll_that_does_not_run_is_our_blindness(store: Store) -> None:
    with guarding(store) as (guard, poller, _):
        poller.look("lines")
        looked = poller.began_at("lines")
        assert guard.blindness("lines", looked + timedelta(seconds=20)) is None
        blind = guard.blindness("lines", looked + timedelta(seconds=31))
        assert blind == (poller.saw_at("lines"), "poll_not_run")
        since, reason = blind
        pulse = {"now": Pulse(0, "", since, None, reason)}
        health = Health(store, {"lines": lambda: pulse["now"]})
        health.beat()
        rows = store.rows("select started_at, ended_at, reason from blind_span")
        assert [(row["started_at"], row["ended_at"], row["reason"]) for row in rows] == [(since, None, "poll_not_run")]
        pulse["now"] = Pulse()
        health.beat()
        assert not store.rows("select from blind_span where ended_at is null")
        pulse["now"] = Pulse(0, "", since, None, reason)
        health.beat()
        assert store.rows("select from blind_span where ended_at is null"), "the same blindness again"


def test_a_source_that_can_t_be_asked_does_not_see(store: Store) -> None:
    with guarding(store, devices=[{"name": "rt-1", "host": "no-such-host.invalid"}]) as (guard, poller, _):
        born = poller.saw_at("lines")
        poller.look("lines")
        assert guard.blindness("lines", poller.began_at("lines") + timedelta(seconds=5)) is None
        assert guard.blindness("lines", born + timedelta(seconds=26)) in (
            (born, "source_down"), (born, "poll_not_run")
        )  # fmt: skip


def test_a_source_on_a_calendar_is_never_late(store: Store) -> None:
    with guarding(store, cron="30 6 * * *") as (guard, poller, _):
        assert guard.blindness("lines", poller.began_at("lines") + timedelta(days=2)) is None


def test_who_is_hidden_by_what() -> None:
    probes = NetworkIcmp.model_validate({"unit": UNIT, "devices": [{"name": "rt-1", "host": "127.0.0.1"}]})
    vendor = LoudspeakerHttp.model_validate({"unit": UNIT, "url": "http://127.0.0.1:1"})
    connectors = {"lines": probes, "loa": vendor}
    assert hidden(connectors, "gateway") == ("lines", "loa")
    assert hidden(connectors, "uplink") == ("loa",)
    assert hidden(connectors, "broker") == ()


def test_who_was_never_seen_is_unknown(commune: Commune, store: Store) -> None:
    for switch in commune.switches:
        switch.on.clear()
    with serving(commune.settings):
        eventually(lambda: set(commune.states().values()) == {"offline"}, "an outage, as far as we know")
        eventually(lambda: store.rows("select from canary_now where state = 'ok'"), "a canary that is well")
    store.execute("update canary set good_at = good_at - interval '1 hour'")
    commune.cut()
    with serving(commune.settings):
        eventually(lambda: set(commune.states().values()) == {"unknown"}, "unknown")
        commune.plug()
        eventually(lambda: set(commune.states().values()) == {"online"}, "green")
    assert commune.spans("sw-1") == ["unknown", "online"]


def test_a_failure_is_remembered_over_a_restart_with_its_begin(commune: Commune, store: Store) -> None:
    with serving(commune.settings):
        eventually(lambda: commune.states() == {"sw-1": "online", "sw-2": "online"}, "green")
        eventually(lambda: store.rows("select from canary_now where state = 'ok'"), "a canary that is well")
        commune.cut()
        eventually(lambda: store.rows("select from canary_now where state = 'failing'"), "a failure")
    before = store.row("select since from canary")
    with serving(commune.settings):
        eventually(
            lambda: store.rows("select from canary where checked_at > now() - interval '0.3 s'"), "the next looks"
        )
        eventually(lambda: set(commune.states().values()) == {"unknown"}, "unknown")
        time.sleep(1)
    assert store.row("select since from canary where state = 'failing'") == before
    assert commune.spans("sw-1") == commune.spans("sw-2") == ["online", "unknown"]
