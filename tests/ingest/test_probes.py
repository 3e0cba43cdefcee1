"""Probes from the question to the row: Debian's snmpd, our simulated agents, echoes on the loopback."""

import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.camera_icmp import CameraIcmp
from connectors.network_icmp import NetworkIcmp
from connectors.network_snmp import NetworkSnmp
from connectors.recorder_snmp import RecorderSnmp
from ingest.store import Store
from simulators.network_snmp import Line, NetworkSnmpSimulator
from simulators.recorder_snmp import Nvr, RecorderSnmpSimulator
from simulators.snmp import Agents
from tests.peers import net_snmp
from tests.peers.net_snmp import Snmpd
from tests.polling import polling
from tests.servers import free_port

UNIT = "05068"


def devices(store: Store) -> dict[str, dict[str, Any]]:
    return {
        row["name"]: dict(row) for row in store.rows("select name, kind, state, readings, labels from device_state")
    }


@pytest.mark.parametrize("version", ["v2c", "v3"])
def test_debians_agent_becomes_a_device_and_silence_becomes_offline(store: Store, tmp_path: Path, version: str) -> None:
    snmpd = Snmpd(tmp_path)
    snmpd.start()
    v3 = {"username": net_snmp.USERNAME, "auth_password": net_snmp.AUTH_PASSWORD,
          "privacy_password": net_snmp.PRIVACY_PASSWORD}  # fmt: skip
    source = NetworkSnmp.model_validate({
        "unit": UNIT, "retries": 0, "timeout": 1, **({"community": net_snmp.COMMUNITY} if version == "v2c" else v3),
        "devices": [
            {"name": "rt-ubnd", "host": "127.0.0.1", "port": snmpd.port, "interface": "lo"},
            {"name": "rt-tat", "host": "127.0.0.1", "port": free_port()},
        ],
    })  # fmt: skip
    try:
        with polling(store, lines=source) as poller:
            look = poller.look("lines")
            there = devices(store)
            assert (look.fault, look.outcomes["stored"]) == ("", 2)
            assert there["rt-ubnd"]["state"] == "online"
            assert there["rt-ubnd"]["labels"]["descr"] == net_snmp.DESCR
            assert there["rt-ubnd"]["readings"]["uptime_s"] < 60
            assert there["rt-tat"]["state"] == "offline"
            cursor = store.row("select value from cursor where source = 'lines' and name = 'rt-ubnd'")
            assert cursor is not None
            assert orjson.loads(cursor["value"])["octets_in"] >= 0
            snmpd.stop()
            assert poller.look("lines").fault == ""
            assert devices(store)["rt-ubnd"]["state"] == "offline"
    finally:
        snmpd.stop()


def test_silent_devices_delay_nobody(store: Store) -> None:
    simulator = NetworkSnmpSimulator(UNIT, 3, [Line(f"rt-{n:02}") for n in range(20)])
    noon = datetime(2026, 11, 2, 5, tzinfo=UTC)
    with Agents(simulator.agents(), clock=lambda: noon) as agents, socket.socket(type=socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        heard = [{"name": name, "host": "127.0.0.1", "port": port} for name, port in agents.ports.items()]
        dead = [{**one, "name": f"{one['name']}-tat", "port": silent.getsockname()[1]} for one in heard[:12]]
        source = NetworkSnmp.model_validate(
            {"unit": UNIT, "community": "mo-phong", "timeout": 2, "retries": 0, "devices": [*dead, *heard]}
        )
        began = datetime.now(UTC)
        with polling(store, lines=source) as poller:
            assert poller.look("lines").outcomes["stored"] == 32
        assert datetime.now(UTC) - began < timedelta(seconds=4)
    late = store.rows("select name from device_report where received_at > %s", (began + timedelta(seconds=1.5),))
    assert {row["name"] for row in late} == {one["name"] for one in dead}
    states = [row["state"] for row in store.rows("select state from device_state")]
    assert (states.count("offline") - len(dead), len(states)) == (
        sum(not agent.objects(noon) for agent in simulator.agents()),
        32,
    )


def test_the_load_of_a_simulated_line_is_the_one_it_carries(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.network_snmp.line._SHORTEST", timedelta(milliseconds=100))
    simulator = NetworkSnmpSimulator(UNIT, 3, [Line("rt-ubnd", interface="ether1", index=7, peak_pct=80)])
    hours = (datetime(2026, 11, 2, n, tzinfo=UTC) for n in range(24))
    truth = next(at for at in hours if [report.state for report in simulator.measure(at)] == ["online"])  # type: ignore[union-attr]
    began = datetime.now(UTC)
    with Agents(simulator.agents(), clock=lambda: truth + (datetime.now(UTC) - began)) as agents:
        source = NetworkSnmp.model_validate({
            "unit": UNIT, "community": "mo-phong",
            "devices": [{"name": "rt-ubnd", "host": "127.0.0.1", "port": agents.ports["rt-ubnd"],
                         "interface": "ether1", "capacity_mbps": 100}],
        })  # fmt: skip
        with polling(store, lines=source) as poller:
            poller.look("lines")
            assert "load_pct" not in devices(store)["rt-ubnd"]["readings"]
            time.sleep(1)
            look = poller.look("lines")
    assert look.questions == 2, "the index by its name, and the sample"
    (told,) = simulator.measure(truth)
    readings = devices(store)["rt-ubnd"]["readings"]
    assert readings["load_in_pct"] == pytest.approx(told.values["load_in_pct"], rel=0.1)  # type: ignore[union-attr]
    assert readings["load_pct"] == max(readings["load_in_pct"], readings["load_out_pct"])


def test_a_recorder_tells_of_its_disks_and_of_the_cameras_it_records(store: Store) -> None:
    simulator = RecorderSnmpSimulator(UNIT, 5, [Nvr("nvr-01", {1: "cam-01", 2: "cam-02"})])
    nvr = simulator.recorders["nvr-01"]
    hours = (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(24 * 90))
    still = next(at for at in hours if simulator.objects(nvr, at) and len({r.state for r in simulator.measure(at)}) > 1)  # type: ignore[union-attr]
    with Agents(simulator.agents(), clock=lambda: still) as agents:
        source = RecorderSnmp.model_validate({
            "unit": UNIT, "community": "mo-phong", "profile": {"recording": "1.3.6.1.3.5068.1.1"},
            "devices": [{"name": "nvr-01", "host": "127.0.0.1", "port": agents.ports["nvr-01"],
                         "channels": {"1": "cam-01", "2": "cam-02"}}],
        })  # fmt: skip
        with polling(store, recorders=source) as poller:
            assert poller.look("recorders").fault == ""
    found = devices(store)
    for told in simulator.measure(still):
        there = found[told.device.name]  # type: ignore[union-attr]
        assert there["kind"] == told.device.kind  # type: ignore[union-attr]
        assert {**there["readings"], "uptime_s": 0} == {**told.values, "uptime_s": 0}  # type: ignore[union-attr]
    store_states = {row["name"]: row["reported"] for row in store.rows("select name, reported from device_state")}
    assert store_states == {told.device.name: told.state for told in simulator.measure(still)}  # type: ignore[union-attr]


def test_echoes_become_states_of_cameras_and_network_devices(store: Store) -> None:
    cameras = [{"name": f"cam-{n:02}", "host": f"127.0.1.{n}"} for n in range(1, 41)]
    with polling(
        store,
        cameras=CameraIcmp.model_validate({"unit": UNIT, "devices": cameras}),
        routers=NetworkIcmp.model_validate({"unit": UNIT, "devices": [
            {"name": "rt-ubnd", "host": "127.0.2.1"}, {"name": "rt-sai", "host": "no-such-host.invalid"},
        ]}),
    ) as poller:  # fmt: skip
        began = datetime.now(UTC)
        assert poller.look("cameras").fault == ""
        assert datetime.now(UTC) - began < timedelta(seconds=10)
        assert "rt-sai: unknown host 'no-such-host.invalid'" in poller.look("routers").fault
    found = devices(store)
    assert {found[camera["name"]]["state"] for camera in cameras} == {"online"}
    assert set(found["cam-07"]["readings"]) == {"connected", "latency_ms", "loss_pct", "jitter_ms"}
    assert found["rt-ubnd"]["kind"] == "network"
    assert "rt-sai" not in found, "whom we could not ask is not called offline"
