"""The shared room of office tables: texts in every encoding, figures, periods, formats, and faults in two languages."""

import pickle
import string
import subprocess
import sys
import unicodedata
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Period, Undecodable
from connectors.sheets import kinds, unit_kinds
from connectors.sheets.book import Book
from connectors.sheets.fault import Kind, Slip
from connectors.sheets.figure import MISSING, Figure, figure
from connectors.sheets.legacy import ENCODINGS, encoding_of
from connectors.sheets.number import number
from connectors.sheets.period import period_of
from connectors.sheets.text import decoded
from tests.connectors.golden import cases, understood
from tests.connectors.sheet_files import ods, tcvn3, vni, windows_1258, xls, xlsx

SMALL = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
TITLE = "Cộng hòa xã hội chủ nghĩa Việt Nam; Độc lập - Tự do - Hạnh phúc; Tỷ lệ hộ gia đình có cáp quang; lũy kế quý"
ENGLISH = "Revenue, naïve café, Motörhead, señor, façade; Ångström; 20 °C, 5 m², © 2026"


@pytest.mark.parametrize(("encoding", "letters"), [("TCVN3", SMALL + "ĂÂĐÊÔƠƯ"), ("VNI", SMALL + SMALL.upper())])
def test_the_alphabet_goes_there_and_back(encoding: str, letters: str) -> None:
    write, read = {"TCVN3": tcvn3, "VNI": vni}[encoding], {e.name: e.read for e in ENCODINGS}[encoding]
    for letter in letters:
        assert read(write(f"k{letter}m")) == f"k{letter}m"
    assert all(ord(sign) < 256 for sign in write(letters))


def test_legacy_text_is_recognised_and_unicode_never_touched() -> None:
    assert encoding_of([tcvn3(TITLE)]) == ENCODINGS[0]
    assert encoding_of([vni(TITLE)]) == ENCODINGS[1]
    for text in (
        TITLE,
        unicodedata.normalize("NFD", TITLE),
        TITLE.upper(),
        ENGLISH,
        "Toà án, hoà bình, khoá, ngoài, toàn",
    ):
        assert encoding_of(text.split()) is None
    for body in (xlsx({"Chi": [[tcvn3(TITLE), vni("Hà")]]}), xlsx({"Chi": [[vni(TITLE)]]}), xlsx({"Chi": [[TITLE]]})):
        assert Book(body).grids(["Chi"])[0].text(0, 0) == TITLE


def test_a_unicode_cell_in_a_legacy_sheet_stays() -> None:
    grid = Book(xlsx({"Chi": [[tcvn3(TITLE)], ["Hộ nghèo"]]})).grids(["Chi"])[0]
    assert [text for _, text in grid.texts()] == [TITLE, "Hộ nghèo"]


@pytest.mark.parametrize("text", [TITLE, ENGLISH.encode("ascii", "ignore").decode(), "TT;Nội dung\n1;Tổng số"])
def test_text_files_of_every_encoding(text: str) -> None:
    assert decoded(text.encode()) == text
    assert decoded(text.encode("utf-8-sig")) == text
    assert decoded(text.encode("utf-16")) == text
    assert decoded(unicodedata.normalize("NFD", text).encode()) == text
    assert decoded(windows_1258(text)) == text
    assert decoded(tcvn3(text).encode("latin-1")) == text
    assert decoded(vni(text).encode("cp1252")) == text


@given(st.text(alphabet=SMALL + SMALL.upper() + string.digits + " .,;-", max_size=60))
def test_utf8_is_believed(text: str) -> None:
    assert decoded(text.encode()) == unicodedata.normalize("NFC", text)


ONE = Decimal(1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.463.459,2", Figure(Decimal("3463459.2"))),
        ("26.7%", Figure(Decimal("26.7"), percent=True)),
        ("24,4 %", Figure(Decimal("24.4"), percent=True)),
        ("> 90", Figure(Decimal(90), "gt")),
        ("> 460,9", Figure(Decimal("460.9"), "gt")),
        ("trên 82 %", Figure(Decimal(82), "gt", percent=True)),
        ("≥ 50%", Figure(Decimal(50), "gt", percent=True)),
        ("Từ 15 trở lên", Figure(Decimal(15), "gt")),
        ("dưới 5", Figure(Decimal(5), "lt")),
        ("~3.800", Figure(Decimal(3800), "approx")),
        ("~ 3.800 hộ", Figure(Decimal(3800), "approx")),
        ("khoảng 50", Figure(Decimal(50), "approx")),
        ("> 3.000 lượt", Figure(Decimal(3000), "gt")),
        ("1.978 văn bản", Figure(Decimal(1978))),
        ("08 thiết bị", Figure(Decimal(8))),
        ("75-80", Figure(None, "range", Decimal(75), Decimal(80))),
        ("75 – 80 %", Figure(None, "range", Decimal(75), Decimal(80), percent=True)),
        ("từ 4 đến 5", Figure(None, "range", Decimal(4), Decimal(5))),
        ("373/373", Figure(Decimal(100), numerator=Decimal(373), denominator=Decimal(373))),
        ("2.370/2.878", Figure(Decimal("82.3489"), numerator=Decimal(2370), denominator=Decimal(2878))),
        ("-", MISSING),
        ("chưa triển khai", MISSING),
        ("không có", Figure(Decimal(0))),
        ("không còn", Figure(Decimal(0))),
        ("toàn bộ", Figure(Decimal(100), percent=True, whole=True)),
        ("Đã ban hành", Figure(ONE, truth="Đã ban hành")),
        ("", None),
        ("   ", None),
    ],
)
def test_figures_as_offices_write_them(text: str, expected: Figure | None) -> None:
    assert figure(text) == expected
    assert figure(unicodedata.normalize("NFD", text)) == expected


@pytest.mark.parametrize(
    "text",
    ["1.234", "1.234 %", "abc", "12 abc", "80-75", "5/0", "1,2,3", "--5-", "9" * 50, "٣", "> ", "NaN", "5 hộ %", "1e5"],
)
def test_what_is_no_figure(text: str) -> None:
    with pytest.raises(Slip):
        figure(text)


@pytest.mark.parametrize("cell", [True, float("nan"), float("inf"), date(2026, 1, 1), 1e300])
def test_what_is_no_numeric_figure(cell: object) -> None:
    with pytest.raises(Slip):
        figure(cell)


def test_formats_of_percent_are_read() -> None:
    assert figure(0.913, percent=True) == Figure(Decimal("91.3"), percent=True)
    rows = {"S": [["a", "91.3%%", 0.5]]}
    for body in (xlsx(rows), xls(rows), ods(rows)):
        grid = Book(body).grids(["S"])[0]
        assert ((0, 1) in grid.marks.percents, (0, 2) in grid.marks.percents) == (True, False)
        assert number(grid.value((0, 1))) == Decimal("0.913")


@pytest.mark.parametrize(
    ("text", "start", "end", "kind", "cumulative"),
    [
        ("Quý III năm 2026", "2026-07-01", "2026-09-30", "quarter", False),
        ("QUÝ 3/2026", "2026-07-01", "2026-09-30", "quarter", False),
        ("Báo cáo quý IV/2025", "2025-10-01", "2025-12-31", "quarter", False),
        ("2026Q1", "2026-01-01", "2026-03-31", "quarter", False),
        ("Tháng 8 năm 2026", "2026-08-01", "2026-08-31", "month", False),
        ("tháng 02/2024", "2024-02-01", "2024-02-29", "month", False),
        ("8/2026", "2026-08-01", "2026-08-31", "month", False),
        ("Tháng Chín năm 2026", "2026-09-01", "2026-09-30", "month", False),
        ("Tháng Năm năm 2026", "2026-05-01", "2026-05-31", "month", False),
        ("Tháng mười hai năm 2025", "2025-12-01", "2025-12-31", "month", False),
        ("Từ tháng 7 đến tháng 9 năm 2026", "2026-07-01", "2026-09-30", "quarter", False),
        ("Tháng 12/2025 đến tháng 2/2026", "2025-12-01", "2026-02-28", "custom", False),
        ("Quý III năm 2026 (tháng 7, 8, 9)", "2026-07-01", "2026-09-30", "quarter", False),
        ("Tháng 9 năm 2026 (so với tháng 8 năm 2026)", "2026-09-01", "2026-09-30", "month", False),
        ("Từ ngày 01/07 đến ngày 30/9/2026", "2026-07-01", "2026-09-30", "custom", False),
        ("Từ ngày 15 tháng 6 đến ngày 14 tháng 7 năm 2026", "2026-06-15", "2026-07-14", "custom", False),
        ("Lũy kế từ 01/01/2026 đến 25/8/2026", "2026-01-01", "2026-08-25", "custom", True),
        ("6 tháng đầu năm 2026", "2026-01-01", "2026-06-30", "half_year", False),
        ("Sáu tháng cuối năm 2026", "2026-07-01", "2026-12-31", "half_year", False),
        ("9 tháng năm 2026", "2026-01-01", "2026-09-30", "nine_months", False),
        ("Năm 2023", "2023-01-01", "2023-12-31", "year", False),
        ("2023", "2023-01-01", "2023-12-31", "year", False),
        ("Lũy kế đến 25/8/2026", "2026-01-01", "2026-08-25", "custom", True),
        ("Luỹ kế 9 tháng năm 2026", "2026-01-01", "2026-09-30", "nine_months", True),
        ("Từ 08/12/2022 đến 23/10/2023", "2022-12-08", "2023-10-23", "custom", False),
        ("08/12/2022-23/10/2023", "2022-12-08", "2023-10-23", "custom", False),
        ("Giai đoạn 2021-2023", "2021-01-01", "2023-12-31", "custom", False),
        ("Tuần 5 năm 2026", "2026-01-26", "2026-02-01", "week", False),
        ("Ngày 25 tháng 8 năm 2026", "2026-08-25", "2026-08-25", "day", False),
        ("13/6/2021", "2021-06-13", "2021-06-13", "day", False),
    ],
)
def test_periods_in_words(text: str, start: str, end: str, kind: str, cumulative: bool) -> None:
    expected = Period(date.fromisoformat(start), date.fromisoformat(end), kind, cumulative)  # type: ignore[arg-type]
    assert period_of(text) == expected
    assert period_of(unicodedata.normalize("NFD", text).upper()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "31/2/2026", "Từ 23/10/2023 đến 08/12/2022", "Tháng 13/2026", "Quý III năm 9999", "Tuần 60/2026",
        "Từ 31/6 đến 30/9/2026", "Từ tháng 9 đến tháng 7 năm 2026",
        "Tháng 9 và 9 tháng đầu năm 2026", "Quý III và 9 tháng năm 2026",  # which of them?
        "Tình hình tháng 9, 9 tháng đầu năm và nhiệm vụ tháng 10 năm 2026",
        "Quý I, II năm 2026", "Tháng 7, 8, 9 năm 2026",  # not the whole year
        "Tháng     năm 2026", "Quý    năm 2026",  # a form that nobody filled in
    ],
)  # fmt: skip
def test_periods_that_are_none(text: str) -> None:
    with pytest.raises(Slip):
        period_of(text)


@pytest.mark.parametrize("text", ["", "Chỉ tiêu", "Thông tư 37", "Quý khách", "12 hộ"])
def test_texts_without_a_period(text: str) -> None:
    assert period_of(text) is None


@given(
    st.text(max_size=30) | st.from_regex(r"(quý|tháng|năm|từ|lũy kế) [0-9iv/ -]{1,12}(năm )?[0-9]{0,5}", fullmatch=True)
)
def test_any_text_is_a_period_or_none_or_a_slip(text: str) -> None:
    for read in (period_of, figure):
        with suppress(Slip):
            read(text)


def test_every_kind_of_fault_has_both_languages_over_the_same_words() -> None:
    for name, kind in (vars(kinds) | vars(unit_kinds)).items():
        if isinstance(kind, Kind):
            words = [{part[1] for part in string.Formatter().parse(text) if part[1]} for text in kind]
            assert kind.en != kind.vi, name
            assert "" not in kind, name
            assert words[1] <= words[0], name


def test_every_refused_budget_says_why_in_vietnamese_at_its_cell() -> None:
    told = {}
    for case in cases():
        if case.name == "budget_workbook" and not case.accepted:
            with pytest.raises(Undecodable) as refused:
                understood(case.connector, case.message)
            told[case.folder.name] = [f"{fault.place}: {fault.vi}" for fault in refused.value.faults]
            assert all(fault.vi and fault.reason for fault in refused.value.faults)
    assert told["bad_cells"][:2] == [
        "Chi!D7: “abc” không phải là số; viết như 3.463.459,2 hoặc để ô kiểu số",
        "Chi!C8: “1.234” là chữ và có hai cách hiểu: 1234 hay 1,234? Gõ vào ô kiểu số, hoặc viết 1.234,0 nếu là số"
        " thứ nhất",
    ]
    assert told["old_excel_bad"] == ["Thu!E15: #REF! ở ô cần số tiền “Thu NSNN”; sửa lại công thức"]
    assert not any("Bí Mật" in line for lines in told.values() for line in lines)


def test_a_workbook_that_names_persons_is_not_kept() -> None:
    case = next(case for case in cases() if case.name == "budget_workbook" and case.folder.name == "persons")
    kept = case.connector.cleanse(case.message.body)
    assert kept != case.message.body
    assert len(kept) < 60
    assert case.connector.cleanse(kept) == kept


def test_merged_cells_show_their_first() -> None:
    rows = {"S": [["Kỳ", "Số"], ["Năm 2023", 1], ["", 2]]}
    grid = Book(xls(rows, merged=[("S", 1, 2, 0, 0)])).grids(["S"])[0]
    assert (grid.shown((2, 0)), grid.value((2, 0)), grid.shown((2, 1))) == ("Năm 2023", "", 2)


APART = """
import pickle, sys
from connectors.contract import Undecodable
from connectors.sheets.book import Book
book = Book(sys.stdin.buffer.read())
try:
    said = book.grids(book.sheets)[0].value((0, 0)), [book.grids(["S"])[0].value((1, at)) for at in range(5)]
except Undecodable as refused:
    said = refused.faults[0].vi, str(refused)
sys.stdout.buffer.write(pickle.dumps((said, "pandas" in sys.modules)))
"""


def apart(body: bytes) -> tuple[Any, bool]:
    """Return what a fresh process reads of a workbook, and whether its libraries stayed there."""
    done = subprocess.run([sys.executable, "-c", APART], input=body, stdout=subprocess.PIPE, check=True)
    said: tuple[Any, bool] = pickle.loads(done.stdout)  # noqa: S301 - our own child
    return said


def test_a_workbook_is_read_without_its_libraries_staying() -> None:
    cells = [7, 2.5, datetime(2026, 8, 25), datetime(2026, 8, 25, 17, 30), "Năm"]  # noqa: DTZ001 - cells have no zone
    (title, read), loaded = apart(xlsx({"S": [["Kỳ"], cells]}))
    assert (title, read) == ("Kỳ", [7, 2.5, date(2026, 8, 25), cells[3], "Năm"])
    assert [type(cell) for cell in read] == [int, float, date, datetime, str]
    assert not loaded


def test_a_torn_workbook_is_refused_by_a_reader_apart_too() -> None:
    with ZipFile(BytesIO(xlsx({"S": [["Kỳ"], [1]]}))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    torn = BytesIO()
    with ZipFile(torn, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace(b"<sheetData>", b"<sheetData><row r=") if "sheet1" in name else part)
    (vi, reason), loaded = apart(torn.getvalue())
    assert vi.startswith("không đọc được tệp")
    assert "calamine can't read the file" in reason
    assert not loaded
