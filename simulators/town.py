"""The offices and the asked devices of one simulated commune (mô phỏng), on loopback ports in a row."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from connectors.contract import DeviceId
from simulators.budget_treasury import BudgetTreasurySimulator
from simulators.camera_onvif import OnvifCameraSimulator, OnvifOffice
from simulators.camera_rtsp import RtspCameraSimulator
from simulators.commune import ASKED, NEIGHBOUR, SECRET
from simulators.documents_rest import DocumentSystem
from simulators.field_reports import CitizenSimulator
from simulators.field_reports_rest import CitizenDesk
from simulators.hamlets import Hamlet
from simulators.health_dhis2 import HealthDhis2Simulator
from simulators.health_fhir import HealthFhirSimulator
from simulators.internet_feed import InternetSites
from simulators.internet_rest import ListeningService
from simulators.lgsp_rest import ProvincialGateway
from simulators.loudspeaker_http import BroadcastingOffice
from simulators.network_snmp import Line, NetworkSnmpSimulator
from simulators.office import Office, Offices
from simulators.procedures_rest import OneStopSystem
from simulators.recorder_snmp import Nvr, RecorderSnmpSimulator
from simulators.rtsp_server import RtspServer
from simulators.snmp import Agents
from simulators.socio_rest import ReportingSystem


@dataclass(frozen=True)
class Town:
    """A commune's offices and asked devices; ``port`` is the first of :data:`PORTS` on the loopback."""

    unit: str
    port: int
    seed: int = 1
    centre: tuple[float, float] = (20.6523, 105.589)
    hamlets: Sequence[Hamlet] = ()

    @contextmanager
    def open(self) -> Iterator[None]:
        """Serve all of it until the block ends; raises ``OSError`` where a port is taken."""
        streams = {f"Streaming/Channels/{name}": RtspCameraSimulator(self._camera(name), self.seed).scene
                   for name in ASKED}  # fmt: skip
        lines = [Line("rt-ubnd", interface="ether1"), Line("rt-tslcd", interface="ether1", peak_pct=104)]
        routers = NetworkSnmpSimulator(self.unit, self.seed, lines, SECRET)
        nvr = RecorderSnmpSimulator(self.unit, self.seed, [Nvr("nvr-01", dict(enumerate(ASKED, 1)))], SECRET)
        with ExitStack() as stack:
            stack.enter_context(Offices(self._offices(), self.port))
            stack.enter_context(RtspServer(streams, "giamsat", SECRET, port=self.port + 1))
            stack.enter_context(Agents([*routers.agents(), *nvr.agents()], self.port + 2))
            yield

    def _offices(self) -> list[Office]:
        unit, seed = self.unit, self.seed
        citizens = CitizenSimulator(unit, seed + 1, timedelta(days=30), centre=self.centre, hamlets=tuple(self.hamlets))
        cameras = [OnvifCameraSimulator(self._camera(name), seed) for name in ASKED]
        return [
            OnvifOffice(cameras, "giamsat", SECRET, rtsp=f"127.0.0.1:{self.port + 1}"),
            BroadcastingOffice(unit, seed, token=SECRET),
            BroadcastingOffice(NEIGHBOUR, seed, prefix="/lien-son", token=SECRET),
            HealthDhis2Simulator([unit], seed, username="ioc", password=SECRET),
            HealthFhirSimulator([unit], seed, token=SECRET),
            BudgetTreasurySimulator([unit], seed, token=SECRET),
            ReportingSystem(NEIGHBOUR, seed, token=SECRET),
            ProvincialGateway(unit, seed, offices=(OneStopSystem(unit, seed), DocumentSystem(unit, seed))),
            CitizenDesk(citizens, token=SECRET),
            InternetSites(unit, seed, base=f"http://127.0.0.1:{self.port}"),
            ListeningService(unit, seed, token=SECRET),
        ]

    def _camera(self, name: str) -> DeviceId:
        return DeviceId(self.unit, "camera", name)
