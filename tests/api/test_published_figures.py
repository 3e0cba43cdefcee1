"""What communes published of one-stop offices and documents: through real pages and PostgreSQL, back as stated."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.documents_rest import DocumentsRest
from connectors.procedures_rest import ProceduresRest
from ingest.store import Store
from simulators.documents_rest import DocumentSystem
from simulators.office import Offices
from simulators.procedures_rest import OneStopSystem
from simulators.procedures_seed import AGENCIES
from tests.api.conftest import Api
from tests.api.test_devices import walk
from tests.polling import polling

Figure = Mapping[str, Any]
Key = tuple[str, str, str, str, str, str]

TERM = ("2022-12-08", "2023-10-23")
ROWS: dict[Key, dict[str, Any]] = {}


def row(unit: str, indicator: str, year: int | tuple[str, str], value: Any, *, tier: str = "", by: str = "",
        scope: str = "", **more: Any) -> None:  # fmt: skip
    start, end = (f"{year}-01-01", f"{year}-12-31") if isinstance(year, int) else year
    part = tier or (f"by {by}" if by else "")
    level = tier or ("district_legacy" if len(unit) == 3 else "")
    kind = "year" if isinstance(year, int) else "custom"
    ROWS[unit, indicator, start, end, part, scope] = {"value": value, "level": level, "period_kind": kind} | more


MISMATCH = {"quality": "sum_mismatch"}
# Documents: Nam Thượng 2020 had no outgoing documents on the system, which is null; 610 of 622 are not 99.5 %.
row("05068", "documents_incoming", 2020, 1147)
row("05068", "documents_outgoing", 2020, None, quality="missing")
row("05068", "documents_signed", 2020, None, quality="missing")
row("05068", "documents_incoming", 2021, 1978)
row("05068", "documents_outgoing", 2021, 622)
row("05068", "documents_signed", 2021, 610)
row("05068", "signed_rate", 2021, 98.0707, numerator=610, denominator=622, stated=99.5, quality="stated_mismatch")
row("04969", "documents_incoming", 2020, 2045)
row("04969", "signed_rate", 2020, 99.5902, numerator=972, denominator=976, stated=99.6, quality="")
row("04969", "documents_incoming", 2021, 3177)
row("04969", "signed_rate", 2021, 100, numerator=2015, denominator=2015, stated=100, quality="")
row("352", "documents_incoming", 2023, 78229)
row("352", "documents_signed", 2023, 7348)
row("352", "documents_online_rate", 2023, 99.99, tier="district_legacy", stated=99.99)
row("352", "documents_online_rate", 2023, 100, tier="commune", stated=100)
row("352", "signatures_issued", 2023, 12)
row("352", "document_accounts_issued", 2023, 36)
row("13543", "signed_rate", 2023, 100, stated=100)
row("377", "staff_signature_rate", 2022, 100, tier="commune", scope="pilot_units", stated=100)
row("377", "documents_processed_rate", 2022, 100, tier="commune", scope="pilot_units", stated=100)
row("377", "documents_backlog", 2022, 0, tier="commune", scope="pilot_units")
row("02122", "staff_document_system_rate", 2023, 100, stated=100)
row("02122", "documents_online_rate", 2023, 90, bound="gt", stated=90, quality="lower_bound")
# One-stop: what is neither on time nor overdue is shown; 26.7 % was of the resolved, 20.93 % is of the received.
for unit, year, received, on_time, late, left, online, stated, rate in (
    ("05068", 2020, 2529, 1669, 2, 858, 0, None, 0),
    ("05068", 2021, 1964, 1541, 2, 421, 411, 26.7, 20.9267),
    ("04969", 2020, 2690, 2137, 14, 539, 657, 24.4, 24.4238),
    ("04969", 2021, 2749, 1318, 2, 1429, 2140, 77.8, 77.8465),
):
    row(unit, "dossiers_received", year, received, **MISMATCH)
    row(unit, "dossiers_resolved_on_time", year, on_time, quality="")
    row(unit, "dossiers_resolved_overdue", year, late, quality="")
    row(unit, "dossiers_unclassified", year, left, **MISMATCH)
    row(unit, "dossiers_received_online", year, online, quality="")
    quality = "stated_mismatch" if stated == 26.7 else ""
    row(unit, "online_rate", year, rate, numerator=online, denominator=received, stated=stated, quality=quality)
row("05068", "on_time_rate", 2021, 99.8704, numerator=1541, denominator=1543)
row("05068", "on_time_of_received_rate", 2021, 78.4623, numerator=1541, denominator=1964)
# Bình Lục: 1,628 + 11,765 are not 20,606; the term is no calendar year.
row("352", "dossiers_received", TERM, 20606, **MISMATCH)
row("352", "dossiers_unclassified", TERM, 7213, by="tier", **MISMATCH)
for tier, received, online, in_time, postal, level3, level4 in (
    ("district_legacy", 1628, 80, 99.8, 7.92, 97.75, 86.68),
    ("commune", 11765, 56.82, 99.94, 18.5, 66.36, 94.5),
):
    row("352", "dossiers_received", TERM, received, tier=tier, quality="")
    row("352", "online_rate", TERM, online, tier=tier, stated=online, denominator=received, numerator=None)
    row("352", "on_time_rate", TERM, in_time, tier=tier, stated=in_time)
    row("352", "result_postal_rate", TERM, postal, tier=tier, stated=postal)
    row("352", "online_level3_rate", TERM, level3, tier=tier, stated=level3)
    row("352", "online_level4_rate", TERM, level4, tier=tier, stated=level4)
for tier, total, level3, level4, rate in (
    ("district_legacy", 212, 32, 176, 98.1132),
    ("commune", 115, 28, 76, 90.4348),
):
    row("352", "services_total", 2023, total, tier=tier)
    row("352", "services_level3", 2023, level3, tier=tier)
    row("352", "services_level4", 2023, level4, tier=tier)
    row("352", "services_online_rate", 2023, rate, tier=tier, numerator=level3 + level4, denominator=total)
row("377", "one_stop_rate", 2022, 100, tier="commune", scope="pilot_units", stated=100)
row("20329", "online_rate", 2023, None, bound="range", low=75, high=80, quality="range")
row("20194", "online_rate", 2021, 88.89, scope="excl_notarisation_civil_status", stated=88.89)
row("20194", "online_rate", 2022, 99.02, scope="excl_notarisation_civil_status", stated=99.02)


def key(item: Figure) -> Key:
    dims = item["dims"]
    part = dims.get("tier") or (f"by {dims['by']}" if "by" in dims else "")
    return item["unit"], item["indicator"], item["period_start"], item["period_end"], part, item["scope"]


@pytest.fixture
def offices() -> Iterator[str]:
    with Offices([OneStopSystem("05068", 3), DocumentSystem("05068", 3)]) as served:
        yield served.url


def test_every_published_row_comes_back_as_stated(api: Api, store: Store, offices: str) -> None:
    one_stop = ProceduresRest(url=f"{offices}/mot-cua", statistics="/thong-ke", periods=(), units=AGENCIES)
    documents = DocumentsRest(url=f"{offices}/van-ban", periods=(), units=AGENCIES)
    for source in (one_stop, documents):
        with polling(store, its=source) as poller:
            assert poller.look("its").fault == ""
            again = poller.look("its")
            assert (again.questions, dict(again.outcomes)) == (1, {})
        store.execute("delete from cursor")
    found = {key(item): item for item in walk(api.client(), "/api/v1/observations", limit=200)}
    wrong = {
        name: (expected, {field: found.get(name, {}).get(field) for field in expected})
        for name, expected in ROWS.items()
        if {field: found.get(name, {}).get(field, "nothing") for field in expected} != expected
    }
    assert not wrong
    published = {name for name, item in found.items() if item["period_kind"] in ("year", "custom")}
    beside = {"documents_outgoing", "documents_signed", "on_time_rate", "on_time_of_received_rate"}
    assert not {name for name in published - set(ROWS) if name[1] not in beside}, "more than was published"


def test_a_dossier_says_how_it_stands_to_its_deadline(api: Api, store: Store, offices: str) -> None:
    its = ProceduresRest(url=f"{offices}/mot-cua", dossiers="/ho-so", units=AGENCIES)
    with polling(store, its=its) as poller:
        assert poller.look("its").fault == ""
    items = walk(api.client(), "/api/v1/cases", kind="dossier", limit=200)
    classes = {item["deadline"] for item in items}
    assert {"early", "in_time"} <= classes
    assert classes <= {"early", "on_time", "in_time", "due_soon", "overdue", "no_due_date"}
    for item in items:
        assert item["overdue"] == (item["closed_at"] is None and item["deadline"] == "overdue")
        if item["due"] and item["closed_at"] is None:
            due = datetime.fromisoformat(item["due"])
            assert (item["deadline"] == "in_time") <= (due > datetime.now(UTC) + timedelta(hours=23))
