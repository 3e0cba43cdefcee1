"""`ioc import`: tried, stored, taken back; and a folder does not bring back what was taken back."""

import json
import os
import shutil
import time
from pathlib import Path

from ingest.store import Store
from tests.ingest.conftest import counters, eventually, serving
from tests.ingest.test_poll import its
from tests.ioc.conftest import Desk

CASES = Path(__file__).parents[2] / "connectors" / "budget_workbook" / "cases"
SOURCE = '[sources.budget]\nconnector = "budget_workbook"\nunit = "05068"\nfolder = "."\n'


def stored(store: Store) -> int:
    row = store.row("select count(*) as n from observation where latest")
    return int(row["n"]) if row else 0


def test_a_workbook_is_tried_stored_and_taken_back(office: Desk, store: Store) -> None:
    office.configure(SOURCE)
    book = CASES / "real_2026" / "body.xlsx"
    tried = office.ioc("import", "budget", book, "--dry-run")
    assert tried.status == 0, tried.err
    assert "chạy thử, không lưu gì: 26 mới, 0 thay đổi" in tried.out or " mới, 0 thay đổi, 0 như cũ" in tried.out
    assert "mới: 05068 expenditure_actual 01/01/2026–25/08/2026" in tried.out
    assert stored(store) == 0
    assert office.ioc("import", "budget", book).out.strip() == "stored=1  duplicate=0  rejected=0"
    assert office.ioc("import", "budget", book).out.strip() == "stored=0  duplicate=1  rejected=0"
    assert stored(store) > 0
    undone = office.ioc("import", "--undo", "budget", "--json")
    assert json.loads(undone.out)["undone_by"] == "command line"
    assert stored(store) == 0
    assert office.ioc("import", "--undo", "budget").status == 2
    assert office.ioc("import", "budget", book).out.startswith("stored=1")


def test_a_refused_workbook_is_told_by_cell(office: Desk, store: Store) -> None:
    office.configure(SOURCE)
    for options in (["--dry-run"], []):
        said = office.ioc("import", "budget", CASES / "bad_cells" / "body.xlsx", *options)
        assert said.status == 1
        assert "!" in said.out.splitlines()[0]
    assert stored(store) == 0
    assert office.ioc("import", "budget").status == 2
    assert office.ioc("import", "nothing", CASES / "bad_cells" / "body.xlsx").status == 2


def test_a_file_that_was_taken_back_waits_until_it_is_saved_again(office: Desk, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    office.configure(SOURCE.replace('"."', json.dumps(str(folder))))
    book = Path(shutil.copy(CASES / "real_2026" / "body.xlsx", folder))
    with serving(its(store, folder)):
        eventually(lambda: counters(store, "budget")["stored"] == 1, "the workbook")
    assert store.row("select actor from import") == {"actor": "folder"}
    assert office.ioc("import", "--undo", "budget").status == 0
    with serving(its(store, folder)):
        time.sleep(1.5)
        assert counters(store, "budget")["received"] == 1, "it came back by itself"
        os.utime(book)
        eventually(lambda: counters(store, "budget")["stored"] == 2, "the workbook saved again")
    assert stored(store) > 0
