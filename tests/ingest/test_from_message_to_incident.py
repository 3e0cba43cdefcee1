"""What an office or a device really sends in, an incident out: for rules whose figures come seldom."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest

from connectors.camera_mqtt import CameraMqtt
from connectors.contract import LOCAL, Connector, Message
from connectors.documents_rest import DocumentsRest
from connectors.health_dhis2 import HealthDhis2
from connectors.health_fhir import HealthFhir
from connectors.procedures_rest import ProceduresRest
from dashboards import indicators
from ingest.batch import Committer
from ingest.due import spoken
from ingest.pipeline import understand
from ingest.store import Store
from ingest.units import unit_codes
from tests.ingest.test_watch import UNIT, Commune

URL = "http://127.0.0.1:1/x"


class Office(Commune):
    """A commune into which messages come as they are sent."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.now = datetime.now(UTC)
        self.units = unit_codes(store)

    @property
    def today(self) -> date:
        return self.now.astimezone(LOCAL).date()

    def take(self, connector: Connector, address: str, body: object, source: str = "office") -> None:
        understood = understand(connector, Message(source, address, orjson.dumps(body), self.now), self.units)
        assert understood.rejection is None, understood.rejection
        Committer(self.store).commit([understood])

    def told(self, minutes: float, *rules: str) -> list[dict[str, Any]]:
        self.watch.tick(self.now + timedelta(minutes=minutes))
        return [one for one in self.incidents(*rules) if one["state"] != "resolved"]


@pytest.fixture
def office(store: Store) -> Office:
    indicators.install(store)
    return Office(store)


def test_five_linked_cases_that_a_health_station_reported_to_dhis2(office: Office) -> None:
    its = HealthDhis2(
        url=URL, data_sets=["BieuTramYT1"], org_units={"TramYT05068": UNIT},
        elements={"CaLienQuan1": {"indicator": "cases_linked"}}, categories={"Soi00000001": {"disease": "measles"}},
    )  # fmt: skip

    def report(value: int) -> None:
        row = {"dataElement": "CaLienQuan1", "period": f"{office.today:%Y%m%d}", "orgUnit": "TramYT05068",
               "categoryOptionCombo": "Soi00000001", "value": str(value)}  # fmt: skip
        office.take(its, "/api/dataValueSets", {"dataValues": [row]})

    report(4)
    assert office.told(0, "outbreak_linked") == []
    office.now += timedelta(minutes=2)
    report(5)
    (linked,) = office.told(2, "outbreak_linked")
    assert (linked["subject"], linked["severity"], linked["value"], linked["owner"]) == (
        "disease/measles", "critical", 5, "health_station"
    )  # fmt: skip


def test_linked_cases_in_a_fhir_summary(office: Office) -> None:
    first = office.today.replace(day=1)
    its = HealthFhir(url=URL, groups={"ca-lien-quan": {"indicator": "cases_linked"}}, stratifiers={"benh": "disease"})
    stratum = {"value": {"text": "measles"}, "population": [_population(6)]}
    group = {"code": {"coding": [{"code": "ca-lien-quan"}]}, "population": [_population(6)],
             "stratifier": [{"code": [{"text": "benh"}], "stratum": [stratum]}]}  # fmt: skip
    report = {"resourceType": "MeasureReport", "status": "complete", "type": "summary", "measure": "http://x/giam-sat",
              "period": {"start": first.isoformat(), "end": office.today.isoformat()},
              "reporter": {"reference": f"Organization/{UNIT}"}, "group": [group]}  # fmt: skip
    office.take(its, "/MeasureReport", report)
    assert [(one["subject"], one["value"]) for one in office.told(0, "outbreak_linked")] == [("disease/measles", 6)]


def _population(count: int) -> dict[str, Any]:
    return {"code": {"coding": [{"code": "initial-population"}]}, "count": count}


def test_signature_certificates_that_expire_by_the_document_system(office: Office) -> None:
    its = DocumentsRest(url=URL, units={"H28.24.7": UNIT})
    day = office.today.isoformat()

    def say(expiring: int, expired: int) -> None:
        row = {"MaDonVi": "H28.24.7", "TuNgay": day, "DenNgay": day, "VanBanDen": 3,
               "ChungThuSoSapHetHan": expiring, "ChungThuSoHetHan": expired}  # fmt: skip
        office.take(its, "/thong-ke-van-ban", {"data": [row], "page": 1, "size": 200, "total": 1})

    say(0, 0)
    names = ("signature_certificate", "signature_certificate_expired")
    assert office.told(0, *names) == []
    office.now += timedelta(minutes=11)
    say(2, 1)
    told = {one["rule"]: (one["severity"], one["value"], one["evidence"]["period"]) for one in office.told(11, *names)}
    period = spoken(office.today, office.today)
    assert told == {
        "signature_certificate": ("warning", 2, period),
        "signature_certificate_expired": ("critical", 1, period),
    }
    office.now += timedelta(minutes=11)
    say(0, 0)
    assert office.told(11, *names) == []


@pytest.mark.parametrize(("said", "told"), [({"certified": False}, 1), ({"certified": True}, 0), ({}, 0)])
def test_a_camera_that_is_said_to_be_without_a_conformity_certificate(
    office: Office, said: dict[str, bool], told: int
) -> None:
    body = {"at": office.now.isoformat(), "state": "online", "connected": True, **said}
    office.take(CameraMqtt(), f"ioc/{UNIT}/camera/cam-1/status", body, "cameras")
    found = office.told(0, "camera_certificate")
    assert [(one["subject"], one["severity"]) for one in found] == [("camera/cam-1", "info")] * told


def test_a_rate_of_a_month_that_is_not_over_names_its_period_and_no_instant_to_come(office: Office) -> None:
    """A month's figure stands at the month's last day: as an instant that would lie in the future."""
    first = office.today.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    its = ProceduresRest(url=URL, units={"H28.24.7": UNIT}, statistics="/thong-ke")
    row = {"MaDonVi": "H28.24.7", "TuNgay": first.isoformat(), "DenNgay": last.isoformat(), "DaXuLyTruocHan": 100,
           "DaXuLyDungHan": 80, "DaXuLyQuaHan": 20}  # fmt: skip
    office.take(its, "/thong-ke", {"data": [row], "page": 1, "size": 200, "total": 1})
    (rate,) = office.told(0, "on_time_rate")
    assert (rate["severity"], rate["value"]) == ("critical", 90)
    assert rate["evidence"] == {"number": "procedures_on_time_rate", "period": f"tháng {first.month}/{first.year}"}
    assert rate["opened_at"] <= office.now


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), "tháng 10/2026"),
        (date(2026, 7, 1), date(2026, 9, 30), "quý III/2026"),
        (date(2026, 1, 1), date(2026, 6, 30), "6 tháng đầu năm 2026"),
        (date(2026, 1, 1), date(2026, 12, 31), "năm 2026"),
        (date(2026, 11, 21), date(2026, 11, 21), "ngày 21/11/2026"),
        (date(2026, 1, 1), date(2026, 10, 31), "từ 1/1 đến 31/10/2026"),
        (date(2026, 2, 1), date(2026, 4, 30), "từ 1/2 đến 30/4/2026"),
        (date(2025, 12, 29), date(2026, 1, 4), "từ 29/12/2025 đến 4/1/2026"),
    ],
)
def test_a_period_is_called_by_its_name(first: date, last: date, said: str) -> None:
    assert spoken(first, last) == said
