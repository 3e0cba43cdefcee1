"""A year of the simulated commune and its neighbour, written as ingest writes it: what boards are asked about.

Records come from the simulators themselves, so no network is needed; the farther back, the wider apart they are.
"""

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from connectors.contract import DeviceId, Message, Simulator
from dashboards import indicators
from ingest.batch import Committer
from ingest.config import Settings, load
from ingest.health import declare
from ingest.pipeline import Rejection, Understood
from ingest.rollup import roll_up
from ingest.rules import load as rules
from ingest.store import Store
from ingest.watch import Watch
from simulators.budget_treasury import BudgetTreasurySimulator
from simulators.budget_workbook import BudgetSimulator
from simulators.budget_xml import BudgetXmlSimulator
from simulators.camera_mqtt import CameraSimulator
from simulators.commune import NEIGHBOUR, SECRET, sources
from simulators.documents_rest import DocumentSystem
from simulators.dti_workbook import DtiSimulator
from simulators.field_reports import CitizenSimulator
from simulators.health_dhis2 import HealthDhis2Simulator
from simulators.health_fhir import HealthFhirSimulator
from simulators.health_workbook import HealthStationSimulator
from simulators.internet_rest import ListeningService
from simulators.loudspeaker_http import BroadcastingOffice
from simulators.loudspeaker_mqtt import LoudspeakerSimulator
from simulators.network_mqtt import NetworkSimulator
from simulators.network_snmp import Line, NetworkSnmpSimulator
from simulators.procedures_rest import OneStopSystem
from simulators.recorder_snmp import Nvr, RecorderSnmpSimulator
from simulators.socio_workbook import StatisticsSimulator
from tests.screen.commune import REGISTER, UNIT

QUOTED = 'Thôn "O\'Neil"'
"""A hamlet whose name every query must survive."""
COMMUNES = (UNIT, NEIGHBOUR)
_MQTT: dict[str, Callable[[DeviceId, int], Simulator]] = {
    "camera": CameraSimulator,
    "loudspeaker": LoudspeakerSimulator,
    "network": NetworkSimulator,
}
_BATCH = 2_000


def live(store: Store, now: datetime) -> None:
    """Write the year that ends at the instant (UTC): register, states, figures, cases, broadcasts, incidents."""
    settings = load(REGISTER)
    tables = tomllib.loads(sources(UNIT, 5000, "inbox"))["sources"]
    settings = settings.model_copy(update={"sources": Settings.model_validate({"sources": tables}).sources})
    indicators.install(store)
    declare(store, settings)
    for name in ("cam-01", "cam-02", "loa-01"):
        store.execute(
            "insert into device (unit, kind, name, title, hamlet, latitude, longitude, lifecycle)"
            " select %s, kind, name, %s, %s, latitude, longitude, 'installed' from device"
            " where unit = %s and name = %s",
            (NEIGHBOUR, "Cổng 'A' \"B\" $1 \\", QUOTED, UNIT, name),
        )
    store.execute("update device set registered_at = %s", (now - timedelta(days=400),))
    devices = [
        DeviceId(**row) for row in store.rows("select unit, kind, name from device where lifecycle = 'installed'")
    ]
    store.execute(
        "insert into maintenance (unit, kind, name, starts_at, ends_at, reason, created_by)"
        " values (%s, 'camera', 'cam-03', %s, %s, 'thay ổ cứng', 'test')",
        (UNIT, now - timedelta(days=3), now - timedelta(days=2, hours=20)),
    )
    store.execute(
        "insert into blind_span values ('cameras', %s, %s, 'connection')",
        (now - timedelta(days=5), now - timedelta(days=5) + timedelta(minutes=40)),
    )
    committer, batch = Committer(store), []
    for said in _said(devices, now):
        batch.append(said)
        if len(batch) >= _BATCH:
            committer.commit(batch)
            batch = []
    committer.commit(batch)
    store.execute("update source set heartbeat_at = %s, last_stored_at = last_message_at", (now,))
    store.execute("insert into canary values ('gateway', 'ok', %s, '', %s, %s, '5 s', 2.5, '{}')", (now, now, now))
    while roll_up(store):
        pass
    Watch(store, rules(settings.rules), UNIT).tick(now)
    store.execute("analyze")


def _said(devices: list[DeviceId], now: datetime) -> Iterator[Understood]:
    """Yield everything that was heard within the year, in the order of time."""
    fleet = [(f"{device.kind}s", _MQTT[device.kind](device, 1)) for device in devices]
    heard = [(name, office) for unit in COMMUNES for name, office in offices(unit)]
    probes: list[tuple[str, Simulator]] = [
        ("lines", NetworkSnmpSimulator(UNIT, 1, [Line("rt-tslcd", interface="ether1", peak_pct=104)], SECRET)),
        ("recorders", RecorderSnmpSimulator(UNIT, 1, [Nvr("nvr-01", {1: "cam-17", 2: "cam-18"})], SECRET)),
    ]
    minute = now.replace(second=0, microsecond=0)
    at = minute - timedelta(days=370)
    while at <= minute:
        age = minute - at
        spoke = [*fleet, *probes]
        if age % timedelta(days=1) == timedelta() and (age < timedelta(days=4) or at.day <= 5):
            spoke += heard
        for source, simulator in spoke:
            records = simulator.measure(at)
            yield Understood(Message(source, f"{source}/{at:%F}", b"", at), records)
        at += timedelta(days=5) if age > timedelta(days=35) else timedelta(hours=24 if age > timedelta(days=1) else 1)
        at = min(at, minute) if age else at
    refused = Message("cameras", "ioc/05068/camera/cam-01/status", b"{", now)
    yield Understood(refused, (), Rejection(refused, "understand", "body", "not JSON"))


def offices(unit: str) -> list[tuple[str, Simulator]]:
    """Return every office of a commune, by the name of its source."""
    return [
        ("treasury", BudgetTreasurySimulator([unit], 1)),
        ("budget", BudgetSimulator(unit, 1)),
        ("budget_xml", BudgetXmlSimulator(unit, 1)),
        ("documents", DocumentSystem(unit, 1)),
        ("dti", DtiSimulator(unit, 1)),
        ("reports", CitizenSimulator(unit, 1, timedelta(days=1))),
        ("health_dhis2", HealthDhis2Simulator([unit], 1)),
        ("health_fhir", HealthFhirSimulator([unit], 1)),
        ("health", HealthStationSimulator(unit, 1)),
        ("listening", ListeningService(unit, 1)),
        ("programme", BroadcastingOffice(unit, 1)),
        ("procedures", OneStopSystem(unit, 1)),
        ("socio", StatisticsSimulator(unit, 1)),
    ]
