"""Summaries of a FHIR server come in whole and once; of reports of persons nothing is kept."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from connectors.health_fhir import HealthFhir
from ingest.poll import Poller
from ingest.store import Store
from simulators.health_fhir import HealthFhirSimulator, settings
from simulators.office import Asked, Offices, Told
from tests.polling import polling

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


class Server(HealthFhirSimulator):
    """The simulated server, with ``troubles`` that are met by page."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(["05068", "20791"], 5, **fields)
        self.asked: list[Asked] = []
        self.forgets: set[str] = set()
        self.elsewhere = False
        self.bodies = 0

    def answer(self, asked: Asked, now: datetime) -> Told:
        self.asked.append(asked)
        if asked.query.get("_offset", "0") in self.forgets:
            self.forgets.discard(asked.query["_offset"])
            return Told(b'{"resourceType":"OperationOutcome"}', 410)
        told = super().answer(asked, now)
        if self.elsewhere:
            told = Told(told.body.replace(b"/fhir/MeasureReport?", b"/other?"), told.status, told.headers)
        self.bodies += len(told.body)
        return told


@contextmanager
def asking(store: Store, server: Server, **fields: Any) -> Iterator[Poller]:
    with Offices([server], clock=lambda: NOW) as offices:
        source = HealthFhir(url=f"{offices.url}/fhir", **{"page_size": 10, **settings(), **fields})
        with polling(store, fhir=source) as poller:
            yield poller


def stored(store: Store) -> int:
    row = store.row("select count(*) as n from observation where latest")
    assert row is not None
    return int(row["n"])


FIGURES = 5 + 12 * 2 * (1 + 1 + 4)
"""Published ones; a year of two communes: two rates, and cases in all and by three diseases."""


def test_every_report_once_and_with_nothing_new_one_question_without_a_body(store: Store) -> None:
    server = Server(token="mo-phong")
    with asking(store, server, token=SecretStr("mo-phong")) as poller:
        assert poller.look("fhir").fault == ""
        assert stored(store) == FIGURES
        assert len(server.asked) == 8
        poller.look("fhir")
        sent = server.bodies
        look = poller.look("fhir")
        assert (look.questions, sum(look.outcomes.values()), server.bodies - sent) == (1, 0, 0)
    assert store.row("select count(*) as n from rejection") == {"n": 0}


def test_a_forgotten_search_begins_again(store: Store) -> None:
    server = Server()
    server.forgets = {"30"}
    with asking(store, server) as poller:
        assert poller.look("fhir").fault == ""
    assert stored(store) == FIGURES
    assert [asked.query.get("_offset", "0") for asked in server.asked][:6] == ["0", "10", "20", "30", "0", "10"]


def test_the_next_page_is_never_asked_of_others(store: Store) -> None:
    server = Server()
    server.elsewhere = True
    with asking(store, server) as poller:
        assert "not below `url`" in poller.look("fhir").fault


def test_a_refused_sign_in_is_said_with_its_remedy(store: Store) -> None:
    with asking(store, Server(token="mo-phong")) as poller:
        assert "renew the credentials" in poller.look("fhir").fault


def test_published_figures_come_back_as_stated(store: Store) -> None:
    with asking(store, Server()) as poller:
        poller.look("fhir")
    rows = store.rows(
        "select unit, indicator, value, stated, scope, period_kind from observation where period_end < '2025-01-01'"
        " order by indicator, unit"
    )
    assert [(r["unit"], r["indicator"], r["value"], r["stated"], r["scope"]) for r in rows] == [
        ("06", "ehr_initialised_rate", 100, 100, ""),
        ("02122", "ehr_rate", 40, 40, ""),
        ("05068", "ehr_rate", 100, 100, ""),
        ("06", "health_software_units", 119, None, ""),
        ("17", "telehealth_stations", 2, None, "nam_thuong_lien_son"),
    ]
    assert {r["period_kind"] for r in rows} == {"year"}


@given(seed=st.integers(0, 1000), end=st.integers(1, 900), extra=st.sampled_from(["patient", "type", "xml"]))
def test_of_persons_nothing_is_kept(seed: int, end: int, extra: str) -> None:
    connector = HealthFhir(url="http://fhir.example", **settings())
    name = "Nguyễn Thị Bí Mật"
    told: dict[str, Any] = {
        "patient": {"resourceType": "Patient", "id": "7", "name": [{"text": name}], "birthDate": "1999-01-01"},
        "type": {"resourceType": "MeasureReport", "type": "individual", "subject": {"display": name}, "id": name},
        "xml": {"resourceType": "MeasureReport", "type": "summary", "HO_TEN": name, "SO_CCCD": "001199012345"},
    }[extra]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": told}], "note": f"{name} {seed}"}
    whole = json.dumps(bundle, ensure_ascii=False).encode()
    for body in (whole, whole[:end], b"\xff" + whole):
        kept = connector.cleanse(body)
        assert connector.cleanse(kept) == kept
        assert not any(word.encode() in kept for word in ("Nguyễn", "Mật", "1999", "0011"))


def test_a_change_stored_late_is_met_by_the_overlap(store: Store) -> None:
    server = Server()
    with asking(store, server, overlap=timedelta(days=400)) as poller:
        poller.look("fhir")
        poller.look("fhir")
    assert server.asked[-1].query["_lastUpdated"] < "gt2025-11"


def test_faults_of_the_settings_name_their_remedy() -> None:
    with pytest.raises(ValidationError, match="5 digits"):
        HealthFhir(url="http://fhir.example", **{**settings(), "facilities": {"Organization/1": "123456"}})
