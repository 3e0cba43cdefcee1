"""One suite for every connector of the registry: golden cases, refusal instead of failure, and decode undoes encode."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import CONNECTORS
from connectors.contract import (
    LOCAL,
    Broadcast,
    CaseReport,
    DeviceId,
    DeviceReport,
    Message,
    Observation,
    Period,
    Plan,
    Simulator,
    Undecodable,
)
from simulators.budget_treasury import BudgetTreasurySimulator
from simulators.budget_workbook import BudgetSimulator
from simulators.budget_xml import BudgetXmlSimulator
from simulators.camera_mqtt import CameraSimulator
from simulators.camera_onvif import OnvifCameraSimulator
from simulators.camera_rtsp import RtspCameraSimulator
from simulators.documents_rest import DocumentSystem
from simulators.dti_workbook import DtiSimulator
from simulators.field_reports import CitizenSimulator
from simulators.field_reports_rest import CitizenDesk
from simulators.health_dhis2 import HealthDhis2Simulator
from simulators.health_fhir import HealthFhirSimulator
from simulators.health_workbook import HealthStationSimulator
from simulators.internet_feed import InternetSites
from simulators.internet_rest import ListeningService
from simulators.lgsp_rest import ProvincialGateway
from simulators.loudspeaker_http import BroadcastingOffice
from simulators.loudspeaker_mqtt import LoudspeakerSimulator
from simulators.network_mqtt import NetworkSimulator
from simulators.network_snmp import Line, NetworkSnmpSimulator
from simulators.procedures_rest import OneStopSystem
from simulators.reachability import CameraEchoSimulator, NetworkEchoSimulator
from simulators.recorder_snmp import Nvr, RecorderSnmpSimulator
from simulators.socio_rest import ReportingSystem
from simulators.socio_workbook import StatisticsSimulator
from tests.connectors.golden import CONNECTORS_FOLDER, MINIMAL, Case, cases, configured, outcome, understood

UNIT = "20791"
SIMULATORS: dict[str, Callable[[int], Simulator]] = {
    BudgetSimulator.connector: lambda seed: BudgetSimulator(UNIT, seed),
    DtiSimulator.connector: lambda seed: DtiSimulator(UNIT, seed),
    HealthStationSimulator.connector: lambda seed: HealthStationSimulator(UNIT, seed),
    StatisticsSimulator.connector: lambda seed: StatisticsSimulator(UNIT, seed),
    CameraSimulator.connector: lambda seed: CameraSimulator(DeviceId(UNIT, "camera", f"cam-{seed}"), seed),
    CitizenDesk.connector: lambda seed: CitizenDesk(CitizenSimulator(UNIT, seed, timedelta(hours=6))),
    OnvifCameraSimulator.connector: lambda seed: OnvifCameraSimulator(DeviceId(UNIT, "camera", f"cam-{seed}"), seed),
    ReportingSystem.connector: lambda seed: ReportingSystem(UNIT, seed),
    RtspCameraSimulator.connector: lambda seed: RtspCameraSimulator(DeviceId(UNIT, "camera", f"cam-{seed}"), seed),
    CitizenSimulator.connector: lambda seed: CitizenSimulator(UNIT, seed, timedelta(hours=6)),
    BudgetTreasurySimulator.connector: lambda seed: BudgetTreasurySimulator([UNIT, "05068"], seed),
    BudgetXmlSimulator.connector: lambda seed: BudgetXmlSimulator(UNIT, seed),
    HealthDhis2Simulator.connector: lambda seed: HealthDhis2Simulator([UNIT, "05068"], seed),
    HealthFhirSimulator.connector: lambda seed: HealthFhirSimulator([UNIT, "05068"], seed),
    InternetSites.connector: lambda seed: InternetSites(UNIT, seed),
    BroadcastingOffice.connector: lambda seed: BroadcastingOffice(UNIT, seed, interval=timedelta(hours=13)),
    ListeningService.connector: lambda seed: ListeningService(UNIT, seed),
    LoudspeakerSimulator.connector: lambda seed: LoudspeakerSimulator(
        DeviceId(UNIT, "loudspeaker", f"loa-{seed}"), seed
    ),
    NetworkSimulator.connector: lambda seed: NetworkSimulator(DeviceId(UNIT, "network", f"rt-{seed}"), seed),
    DocumentSystem.connector: lambda seed: DocumentSystem(UNIT, seed),
    ProvincialGateway.connector: lambda seed: ProvincialGateway(UNIT, seed),
    OneStopSystem.connector: lambda seed: OneStopSystem(UNIT, seed),
    CameraEchoSimulator.connector: lambda seed: CameraEchoSimulator(UNIT, seed, [("cam-cong-01", "10.20.1.11")]),
    NetworkEchoSimulator.connector: lambda seed: NetworkEchoSimulator(UNIT, seed, [("rt-ubnd", "10.20.0.1")]),
    NetworkSnmpSimulator.connector: lambda seed: NetworkSnmpSimulator(
        UNIT, seed, [Line("rt-ubnd", "10.20.0.1"), Line("rt-tslcd", "10.20.0.1", peak_pct=100, near_turnover=True)]
    ),
    RecorderSnmpSimulator.connector: lambda seed: RecorderSnmpSimulator(
        UNIT, seed, [Nvr("nvr-01", {1: "cam-cong-01", 2: "cam-cong-02"}, "10.20.0.9")]
    ),
}
GOLDEN = cases()
RECORDS = (DeviceReport, Observation, CaseReport, Broadcast, Plan)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
every_connector = pytest.mark.parametrize("name", sorted(CONNECTORS))
some_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def golden_of(name: str) -> list[Case]:
    return [case for case in GOLDEN if case.name == name]


def hear(name: str, message: Message) -> None:
    """Decode as ingest does: records or Undecodable, and nothing else comes out; cleansing twice is cleansing once."""
    connector = configured(name)
    cleansed = connector.cleanse(message.body)
    assert connector.cleanse(cleansed) == cleansed
    try:
        said = understood(connector, message)
    except Undecodable as refusal:
        blank = not (refusal.reason and refusal.place)
    else:
        blank = not all(isinstance(record, RECORDS) for record in said)
    assert not blank


def test_registry_and_folders_agree() -> None:
    folders = {path.parent.name for path in CONNECTORS_FOLDER.glob("*/README.md")}
    assert folders == set(CONNECTORS)
    assert set(SIMULATORS) == set(CONNECTORS)
    assert set(MINIMAL) <= set(CONNECTORS)


@every_connector
def test_words_for_the_screen(name: str) -> None:
    connector = CONNECTORS[name]
    assert connector.feed
    assert connector.title


@every_connector
def test_readme_shows_a_payload(name: str) -> None:
    readme = (CONNECTORS_FOLDER / name / "README.md").read_text("utf-8")
    assert f'connector = "{name}"' in readme
    assert "mô phỏng" in readme
    assert "```json" in readme or "```text" in readme


@every_connector
def test_cases_accept_and_refuse(name: str) -> None:
    assert {case.accepted for case in golden_of(name)} == {True, False}


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case.name}/{case.folder.name}")
def test_golden(case: Case) -> None:
    assert outcome(case.connector, case.message) == case.expected


@every_connector
@FEW
@given(body=st.binary(max_size=300))
def test_any_bytes(name: str, body: bytes) -> None:
    hear(name, replace(golden_of(name)[0].message, body=body))


@every_connector
@FEW
@given(address=st.text(max_size=60))
def test_any_address(name: str, address: str) -> None:
    hear(name, replace(golden_of(name)[0].message, address=address))


@every_connector
@FEW
@given(said=some_json)
def test_any_json(name: str, said: object) -> None:
    hear(name, replace(golden_of(name)[0].message, body=json.dumps(said).encode()))


@pytest.mark.parametrize("name", sorted({case.name for case in GOLDEN if (case.folder / "body.json").exists()}))
@FEW
@given(choices=st.data())
def test_any_value_of_a_known_field(name: str, choices: st.DataObject) -> None:
    fields = [case.message for case in golden_of(name) if case.accepted and (case.folder / "body.json").exists()]
    message = choices.draw(st.sampled_from(fields))
    said = json.loads(message.body)
    said[choices.draw(st.sampled_from(sorted(said)))] = choices.draw(some_json)
    hear(name, replace(message, body=json.dumps(said).encode()))


@every_connector
@FEW
@given(choices=st.data())
def test_damaged_bodies(name: str, choices: st.DataObject) -> None:
    message = choices.draw(st.sampled_from(golden_of(name))).message
    body = bytearray(message.body)
    for _ in range(choices.draw(st.integers(1, 3))):
        if body:
            body[choices.draw(st.integers(0, len(body) - 1))] = choices.draw(st.integers(0, 255))
    del body[choices.draw(st.integers(0, len(body))) if choices.draw(st.booleans()) else len(body) :]
    hear(name, replace(message, body=bytes(body)))


@FEW
@given(choices=st.data())
def test_damaged_parts_of_a_workbook(choices: st.DataObject) -> None:
    """Damage inside the zip, with checksums that are right again, so that it reaches the readers."""
    message = next(case.message for case in golden_of("budget_workbook") if case.folder.name == "moved_columns")
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(message.body)) as source, zipfile.ZipFile(packed, "w") as target:
        names = [name for name in source.namelist() if not name.startswith("docProps")]
        hurt = choices.draw(st.sampled_from(names))
        for name in names:
            part = bytearray(source.read(name))
            if name == hurt:
                at = choices.draw(st.integers(0, len(part) - 1))
                part[at : at + choices.draw(st.integers(0, 9))] = choices.draw(
                    st.binary(max_size=6)
                    | st.sampled_from([b'"', b"</v>", b"<f>", b"9" * 20, b"XFD", b't="e"', b"-", b"1e308"])
                )
            target.writestr(name, bytes(part))
    hear("budget_workbook", replace(message, body=packed.getvalue()))


@every_connector
@FEW
@given(seed=st.integers(0, 2**32), at=instants)
def test_decode_undoes_encode(name: str, seed: int, at: datetime) -> None:
    simulator = SIMULATORS[name](seed)
    truth = simulator.measure(at)
    messages = simulator.encode(truth, at)
    connector = configured(name)
    assert tuple(record for message in messages for record in understood(connector, message)) == truth
    assert simulator.encode(simulator.measure(at), at) == messages
    assert {message.source for message in messages} <= {name}


@FEW
@given(seed=st.integers(0, 1000), day=st.dates(date(2026, 8, 25), date(2026, 12, 31)))
def test_budget_reaches_the_published_totals(seed: int, day: date) -> None:
    at = datetime.combine(day, time(9), LOCAL)
    totals = {
        figure.indicator: (figure.value, figure.stated)
        for figure in BudgetSimulator(UNIT, seed).measure(at)
        if isinstance(figure, Observation) and not figure.dims
    }
    assert totals == {
        "expenditure_estimate": (Decimal(3794740000000), None),
        "expenditure_actual": (Decimal(3463459200000), None),
        "expenditure_rate": (Decimal("91.2700"), Decimal("91.3")),
        "revenue_estimate_assigned": (Decimal(3993010000000), None),
        "revenue_estimate_commune": (Decimal(4681290000000), None),
        "revenue_state": (Decimal(4316764300000), None),
        "revenue_commune_share": (Decimal(3300800500000), None),
        "revenue_rate": (Decimal("92.2131"), Decimal("92.2")),
    }


def test_budget_of_the_real_workbook() -> None:
    case = next(case for case in golden_of("budget_workbook") if case.folder.name == "real_2026")
    figures = [record for record in understood(case.connector, case.message) if isinstance(record, Observation)]
    keys = {(figure.indicator, *sorted(figure.dims.items())) for figure in figures}
    assert len(keys) == len(figures)
    assert {figure.period for figure in figures} == {
        Period(date(2026, 1, 1), date(2026, 8, 25), "custom", cumulative=True)
    }


def test_loudspeakers_play_at_their_hours() -> None:
    speakers = [SIMULATORS["loudspeaker_mqtt"](seed) for seed in range(40)]

    def playing(clock: time) -> int:
        at = datetime.combine(date(2026, 11, 21), clock, LOCAL)
        reports = [record for speaker in speakers for record in speaker.measure(at)]
        return sum(isinstance(report, DeviceReport) and report.state == "playing" for report in reports)

    assert all(playing(clock) > 30 for clock in (time(5, 30), time(6, 29), time(17), time(17, 59)))
    assert not any(playing(clock) for clock in (time(5, 29), time(6, 30), time(12), time(16, 59), time(18)))


@given(
    said=st.dictionaries(
        st.sampled_from(
            ["name", "Họ tên", "SĐT", "so_dien_thoai", "email", "noi_dung", "photos", "reporter", "cccd", "ghi chú"]
        ),
        st.just("Nguyễn Thị Bí Mật 0900000999 bimat@example.vn"),
        min_size=1,
    ),
    end=st.integers(0, 200),
)
def test_no_person_passes_the_door(said: dict[str, str], end: int) -> None:
    connector = configured("field_reports")
    body = json.dumps({"id": "PA-1", **said, "tail": [said]}, ensure_ascii=False).encode()
    for one in (body, body[:end], body.replace(b"PA", b"\xff"), b"\xff\xfe" + body):
        kept = connector.cleanse(one)
        assert not any(part.encode() in kept for part in ("Nguyễn", "Thị", "Bí", "Mật", "0900", "bimat", "example"))
