"""The page for the morning meeting: one sheet of paper that says what is open, how it is, and where from."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from connectors.contract import LOCAL
from dashboards import indicators
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.sections import Commune, Database
from ingest.store import Store
from ioc import brief_page, brief_sheet, report_file
from ioc.brief import Brief, brief
from tests.screen import figures

UNIT = "05068"


@pytest.fixture
def told(store: Store) -> Store:
    """A commune with figures of its offices and twelve open incidents, one of them two hundred letters long."""
    indicators.install(store)
    figures.write(store)
    for n in range(12):
        severity = "critical" if n == 7 else "warning"
        title = "Camera " + "đ" * 200 if n == 3 else f"Sự cố thứ {n}"
        store.execute(
            "insert into incident (unit, rule, subject_kind, subject, title_vi, owner, severity, state, opened_at,"
            " since, announced_at) values (%s, 'device_offline', 'device', %s, %s, 'police_on_duty', %s, 'open',"
            " now() - interval '2 hours', now() - interval '2 hours', now() - interval '2 hours')",
            (UNIT, f"camera/cam-{n}", title, severity),
        )
    return store


def paper(its: Brief, folder: Path) -> PdfReader:
    """Return the page as it is read back."""
    with (folder / "a.pdf").open("wb") as file:
        brief_page.write(its, file)
    return PdfReader(folder / "a.pdf")


def text_of(reader: PdfReader) -> str:
    """Return the page's text with single spaces."""
    return " ".join(reader.pages[0].extract_text().split())


def test_one_page_says_what_is_open_and_how_numbers_stand(told: Store, tmp_path: Path) -> None:
    now = datetime.now(LOCAL)
    its = brief(told, UNIT, "", now, simulated=True)
    reader = paper(its, tmp_path)
    assert len(reader.pages) == 1
    said = text_of(reader)
    for part in (
        "BÁO CÁO NHANH", "Xã Hợp Kim (05068)", f"lập lúc {now:%H:%M %d/%m/%Y}", "SỐ LIỆU MÔ PHỎNG",
        "12 sự cố cần xử lý", "Sự cố thứ 7", "và 3 sự cố khác", "chưa ai nhận", "98,1 %*", "nguồn nêu 99,5 %",
        "Trạm Y tế · 14 phút", "chưa có dữ liệu",
    ):  # fmt: skip
        assert part in said, part
    assert said.index("Sự cố thứ 7") < said.index("Sự cố thứ 0")
    assert its.incidents[0].severity == "critical"


def test_the_workbook_has_real_numbers_and_instants(told: Store, tmp_path: Path) -> None:
    its = brief(told, UNIT, "", datetime.now(LOCAL))
    with (tmp_path / "a.xlsx").open("wb") as file:
        brief_sheet.write(its, file)
    book = load_workbook(tmp_path / "a.xlsx")
    rows = {row[0]: row for row in book["Chỉ tiêu"].iter_rows(min_row=2, values_only=True)}
    signed = rows["Văn bản đi ký số"]
    assert signed[1:4] == (pytest.approx(98.0707), "%", 100)
    assert "99,5" in signed[8]
    assert isinstance(signed[10], datetime)
    assert rows["Chi ngân sách"][1] is None
    assert rows["Chi ngân sách"][8] == "chưa có dữ liệu"
    since = book["Sự cố đang mở"]["C2"].value
    assert abs(since - (datetime.now(LOCAL).replace(tzinfo=None) - timedelta(hours=2))) < timedelta(minutes=5)
    course = list(book["Diễn biến"].iter_rows(min_row=2, values_only=True))
    assert {type(row[1]) for row in course} == {datetime}


def test_a_month_that_is_over_is_of_its_own_figures_and_incidents(told: Store, tmp_path: Path) -> None:
    now = datetime.now(LOCAL)
    last = now.replace(day=1) - timedelta(days=1)
    its = brief(told, UNIT, f"{last:%Y-%m}", now)
    signed = next(one for one in its.numbers if one.key == "documents_signed_rate")
    assert its.over
    assert signed.period == f"tháng {last.month}/{last.year}"
    assert (its.incidents, its.begun) == ([], 0)
    reader = paper(its, tmp_path)
    assert len(reader.pages) == 1
    assert f"Tháng {last.month}/{last.year}" in text_of(reader)
    assert "0 sự cố trong kỳ" in text_of(reader)


def test_a_commune_without_anything_has_a_page_too(store: Store, tmp_path: Path) -> None:
    indicators.install(store)
    its = brief(store, UNIT, "", datetime.now(LOCAL))
    reader = paper(its, tmp_path)
    assert len(reader.pages) == 1
    assert text_of(reader).count("chưa có dữ liệu") >= len(its.numbers)


@pytest.mark.parametrize(
    ("period", "form", "word"),
    [("2026-02-30", "pdf", "no day"), ("2999-01-01", "pdf", "has not begun"), ("hôm nay", "pdf", "no month"),
     ("", "docx", "there are xlsx and pdf")],
)  # fmt: skip
def test_what_is_no_time_or_no_form_is_said(store: Store, tmp_path: Path, period: str, form: str, word: str) -> None:
    settings = Settings(database=Database(url=store.url), commune=Commune(unit=UNIT))
    with pytest.raises(ConfigError, match=word):
        report_file.write_brief(settings, period, "", form, tmp_path / "a")
