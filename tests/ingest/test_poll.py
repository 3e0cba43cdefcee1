"""Workbooks in a folder: each content once, nothing half-written, whatever was refused is kept."""

import shutil
from pathlib import Path

import pytest

from connectors.budget_workbook import BudgetWorkbook
from ingest.store import Store
from tests.ingest.conftest import counters, eventually, serving, settings

CASES = Path(__file__).parents[2] / "connectors" / "budget_workbook" / "cases"


def its(store: Store, folder: Path):  # type: ignore[no-untyped-def]
    source = BudgetWorkbook(unit="05068", folder=folder, every=0.2)  # type: ignore[arg-type]  # seconds, as in TOML
    return settings(store.url, "mqtt://127.0.0.1:1", sources={"budget": source})


def test_a_workbook_is_taken_once_by_content_and_its_figures_are_there(store: Store, tmp_path: Path) -> None:
    shutil.copy(CASES / "real_2026" / "body.xlsx", tmp_path / "so.xlsx")
    with serving(its(store, tmp_path)):
        eventually(lambda: counters(store, "budget")["stored"] == 1, "the workbook")
        shutil.copy(tmp_path / "so.xlsx", tmp_path / "ban sao.xlsx")
    with serving(its(store, tmp_path)):
        eventually(lambda: store.rows("select 1 from source where heartbeat_at is not null"), "a look")
        shutil.copy(CASES / "wrong_unit" / "body.xlsx", tmp_path / "sai.xlsx")
        eventually(lambda: counters(store, "budget")["rejected"] == 1, "the refusal")
    assert counters(store, "budget")["received"] == 2, "the copy was taken for new"
    total = store.row("select value, numerator, denominator from observation"
                      " where indicator = 'expenditure_rate' and dims = '{}'")  # fmt: skip
    assert total is not None
    assert (total["numerator"], total["denominator"]) == (3_463_459_200_000, 3_794_740_000_000)
    kept = store.row("select place, reason, length(body) as size from rejection")
    assert kept is not None
    assert kept["size"] == (CASES / "wrong_unit" / "body.xlsx").stat().st_size
    assert "!" in kept["place"] or kept["place"]


def test_a_name_from_windows_is_no_other_kind_of_file(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "giai trinh.docx").write_bytes(b"PK")
    shutil.copy(CASES / "real_2026" / "body.xlsx", tmp_path / "THU-CHI.XLSX")
    with caplog.at_level("WARNING", "ingest.folders"), serving(its(store, tmp_path)):
        eventually(lambda: counters(store, "budget")["stored"] == 1, "the workbook")
    told = [record.getMessage() for record in caplog.records if record.name == "ingest.folders"]
    assert [("giai trinh.docx" in line, "*.xlsx" in line) for line in told] == [(True, True)]


def test_a_file_open_in_excel_or_still_growing_waits(store: Store, tmp_path: Path) -> None:
    (tmp_path / "~$so.xlsx").write_bytes(b"lock")
    shutil.copy(CASES / "real_2026" / "body.xlsx", tmp_path / "so.xlsx")
    whole = (CASES / "text_numbers" / "body.xlsx").read_bytes()
    with serving(its(store, tmp_path)):
        with (tmp_path / "dang-ghi.xlsx").open("wb") as growing:
            for n in range(0, len(whole), 500):
                growing.write(whole[n : n + 500])
                growing.flush()
        eventually(lambda: counters(store, "budget")["stored"] == 1, "the whole file")
        assert counters(store, "budget") == {"received": 1, "stored": 1, "duplicate": 0, "rejected": 0, "queued": 0}
        (tmp_path / "~$so.xlsx").unlink()
        eventually(lambda: counters(store, "budget")["received"] == 2, "the released file")


def test_a_folder_that_is_gone_is_a_fault_of_the_source_until_it_is_back(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "later"

    def fault() -> str:
        row = store.row("select error from source where name = 'budget'")
        return str(row["error"]) if row else ""

    with serving(its(store, folder)):
        eventually(lambda: "check the folder" in fault(), "the fault")
        folder.mkdir()
        shutil.copy(CASES / "real_2026" / "body.xlsx", folder)
        eventually(lambda: counters(store, "budget")["stored"] == 1, "the workbook")
        eventually(lambda: fault() == "", "the recovery")
