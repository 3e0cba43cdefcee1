"""Budget reports as XML: codes are texts, totals are sums, months are not cumulative, preparers are not kept."""

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.budget_xml import BudgetXml
from connectors.contract import Message, Observation, Undecodable
from ingest.store import Store
from simulators.budget_xml import BudgetXmlSimulator, settings
from tests.connectors.golden import cases, configured, understood
from tests.ingest.conftest import counters, eventually, serving
from tests.ingest.conftest import settings as service_settings

CASES = Path(__file__).parents[2] / "connectors" / "budget_xml" / "cases"
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


def read(body: bytes, connector: BudgetXml | None = None) -> list[Observation]:
    its = connector or configured("budget_xml")
    return [
        figure
        for figure in its.decode(Message("budget_xml", "x.xml", its.cleanse(body), NOW))
        if isinstance(figure, Observation)
    ]


@given(seed=st.integers(0, 1000), day=st.dates(date(2024, 2, 1), date(2026, 11, 20)))
def test_totals_are_the_sums_of_their_lines(seed: int, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    office = BudgetXmlSimulator("20791", seed)
    (message,) = office.encode(office.measure(at), at)
    figures = read(message.body)
    for indicator in ("revenue_commune_share", "expenditure_actual"):
        total, *lines = [figure.value for figure in figures if figure.indicator == indicator]
        assert total == sum((line for line in lines if line is not None), Decimal(0))
    assert {figure.scope for figure in figures} == {"tt344_2016" if figures[0].period.end.year < 2026 else ""}


def test_leading_zeros_stay() -> None:
    figures = read((CASES / "leading_zeros" / "body.xml").read_bytes())
    assert figures[1].dims == {"chapter": "005", "kind": "010", "sub_kind": "011", "item": "6000", "sub_item": "6001"}


def test_an_accountant_reads_every_fault_in_vietnamese() -> None:
    told: dict[str, list[str]] = {}
    for case in cases():
        if case.name == "budget_xml" and not case.accepted:
            with pytest.raises(Undecodable) as refused:
                understood(case.connector, case.message)
            told[case.folder.name] = [f"{fault.place}: {fault.vi}" for fault in refused.value.faults]
            assert all(fault.vi and fault.vi != fault.reason for fault in refused.value.faults), case.folder.name
    assert told["unknown_branch"][0].startswith("SummaryB03abX[2].BranchCode: chưa biết mã ĐVQHNS “")
    assert any("Amount: cần số tiền bằng đồng" in fault for fault in told["every_fault"])
    assert told["torn"] == ["file: tệp XML không nguyên vẹn; kết xuất lại từ phần mềm rồi gửi lại"]


def test_which_report_is_revenue_must_be_said() -> None:
    with pytest.raises(ValidationError, match="revenue_report"):
        BudgetXml.model_validate({"folder": "/x", "branches": {"1": "20791"}})


@given(
    where=st.sampled_from(["<Header><PreparedBy>{}</PreparedBy></Header>", "<!-- {} -->", "<X by='{}'/>",
                           "<Amount>{}</Amount>", "<X><![CDATA[{}]]></X>", "<!DOCTYPE r [<!ENTITY a '{}'>]>", "{}"]),
    end=st.integers(0, 400),
)  # fmt: skip
def test_who_prepared_it_is_not_kept(where: str, end: int) -> None:
    said = where.format("Nguyễn Thị Bí Mật")
    whole = (
        f"{said}\n<Reports>{said}\n<SummaryB03abX><ReportID>B03a-X</ReportID></SummaryB03abX></Reports>{said}".encode()
    )
    connector = configured("budget_xml")
    for body in (whole, whole[:end], b"\xef\xbb\xbf" + whole, whole.decode().encode("utf-16")):
        kept = connector.cleanse(body)
        assert connector.cleanse(kept) == kept
        assert "Nguyễn".encode() not in kept
        assert "Mật".encode() not in kept


def test_files_are_taken_from_the_folder_and_a_corrected_one_is_a_revision(store: Store, tmp_path: Path) -> None:
    shutil.copy(CASES / "month" / "body.xml", tmp_path / "B03-X-202610.xml")
    shutil.copy(CASES / "entity_bomb" / "body.xml", tmp_path / "bomb.xml")
    source = BudgetXml(folder=tmp_path, every="PT0.1S", **settings("20791"))  # type: ignore[arg-type]
    with serving(service_settings(store.url, "mqtt://127.0.0.1:1", sources={"budget_xml": source})):
        eventually(lambda: counters(store, "budget_xml")["received"] == 2, "both files")
        assert counters(store, "budget_xml")["rejected"] == 1
        body = (CASES / "month" / "body.xml").read_text("utf-8")
        (tmp_path / "B03-X-202610-sua.xml").write_text(body.replace("322990000", "322990001"), "utf-8")
        eventually(lambda: counters(store, "budget_xml")["stored"] == 2, "the correction")
    rows = store.rows("select value, revision from observation where indicator = 'revenue_commune_share' and latest"
                      " and (dims = '{}' or dims ->> 'sub_item' = '1001') order by value")  # fmt: skip
    assert [(row["value"], row["revision"]) for row in rows] == [(322_990_001, 2), (4_360_898_001, 2)]
