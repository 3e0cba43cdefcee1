"""Builds the workbooks of the golden cases, always the same bytes: ``python -m tests.connectors.make_workbooks``."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from connectors.contract import Observation
from simulators.budget_workbook import BudgetSimulator, saved, workbook
from tests.connectors import make_statements
from tests.connectors.golden import CONNECTORS_FOLDER
from tests.connectors.sheet_files import csv, ods, rows_of, tcvn3, xls

SAMPLE = datetime(2026, 8, 25, 9, tzinfo=UTC)
SHORT = frozenset({"", "A", "A/I", "A/II", "A/II/1.1", "A/II/1.1/-1", "B"})
CASES = CONNECTORS_FOLDER / "budget_workbook" / "cases"
HEADERS = 'address = "thu-chi-2026-08-25.xlsx"\nreceived_at = 2026-08-26T08:00:00+07:00\n'


def office(short: bool = True) -> Workbook:
    """Return the workbook of the sample day, with all its lines or a few."""
    figures = [f for f in BudgetSimulator("20791", 7).measure(SAMPLE) if isinstance(f, Observation)]
    return workbook([f for f in figures if not short or f.dims.get("item", "") in SHORT])


def vietnamese(number: float) -> str:
    """Return a number as an accountant types it: 3463459.2 → 3.463.459,2."""
    return f"{number:,.1f}".removesuffix(".0").translate(str.maketrans(",.", ".,"))


def text_numbers(book: Workbook) -> None:
    for sheet, title in zip(book, ("CHI", "Thu NS"), strict=True):
        sheet.title = "Khác"  # openpyxl takes CHI for a second Chi
        sheet.title = title
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float):
                    percent = cell.column == sheet.max_column
                    cell.value = vietnamese(cell.value) + ("%" if percent else "")
                    if "." in cell.value and cell.value.count(".") == 1 and "," not in cell.value:
                        cell.value += ",0"
    sheet = book["CHI"]
    unit = next(cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("Đơn vị tính"))
    unit.value = "Triệu đồng"
    sheet.cell(unit.row, unit.column - 1, "ĐVT:")
    book["Thu NS"]["A2"] = "Luỹ kế đến hết ngày 25 tháng 08 năm 2026"


def moved_columns(book: Workbook) -> None:
    chi, thu = book["Chi"], book["Thu"]
    chi.insert_cols(1)
    chi.insert_cols(4)
    chi["D5"] = "Mã số"
    for row in range(5, chi.max_row + 1):
        chi.cell(row, 5).value, chi.cell(row, 6).value = chi.cell(row, 6).value, chi.cell(row, 5).value
    chi.insert_rows(6)
    for at, text in zip("BCEFG", ("A", "B", "1", "2", "3=1/2"), strict=True):
        chi[f"{at}6"] = text
    thu["C6"] = "Tỉnh giao"
    thu["D6"] = "HĐND xã quyết định"
    for row in range(5, thu.max_row + 1):
        if (row, 5) != (6, 5):
            thu.cell(row, 5).value, thu.cell(row, 6).value = thu.cell(row, 6).value, thu.cell(row, 5).value


def stated_rates(book: Workbook) -> None:
    """One rate as a fraction in Excel's percent format, one wrong, one #DIV/0!."""
    chi = book["Chi"]
    chi["E6"], chi["E6"].number_format = 0.9127, "0.0%"
    chi["E7"] = 85
    _error(chi, "E12", "#DIV/0!")


def in_dong(book: Workbook) -> None:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float) and cell.column < sheet.max_column:
                    cell.value = round(cell.value * 1_000_000)
                if cell.value == "Đơn vị tính: Triệu đồng":
                    cell.value = "Đơn vị tính: Đồng"


def wrong_unit(book: Workbook) -> None:
    book["Chi"]["E3"] = "Đơn vị tính: USD"
    book["Thu"]["G3"] = None


def bad_dates(book: Workbook) -> None:
    book["Chi"]["A2"] = "Lũy kế đến 31/2/2026"
    book["Thu"]["A2"] = None


def future_date(book: Workbook) -> None:
    book["Chi"]["A2"] = "Lũy kế đến 25/8/2062"


def bad_cells(book: Workbook) -> None:
    chi, thu = book["Chi"], book["Thu"]
    chi["D7"] = "abc"
    chi["C8"] = "1.234"
    chi["C9"] = -5
    chi["D10"] = True
    _error(thu, "E9", "#REF!")
    thu["F8"] = "=SUM(F9:F10)"
    thu["D8"] = datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)


def one_sheet_bad(book: Workbook) -> None:
    _error(book["Thu"], "E7", "#VALUE!")


def no_revenue(book: Workbook) -> None:
    book["Thu"].title = "Chi tiết"


def missing_column(book: Workbook) -> None:
    book["Chi"]["D5"] = "Số liệu"
    book["Thu"]["D6"] = "TP giao bổ sung"


def same_label(book: Workbook) -> None:
    book["Chi"]["A9"] = "I"
    for sheet in book:
        sheet["B" + str(5 + (sheet.title == "Thu") + 1)] = "Cả năm"


def other_totals(book: Workbook) -> None:
    """The total's title in the column of TT, and a sheet in which A is all there is."""
    chi, thu = book["Chi"], book["Thu"]
    chi["A6"], chi["B6"] = "TỔNG CỘNG", None
    thu.delete_rows(7)
    last = next(row for row in range(7, 20) if thu.cell(row, 1).value == "B")
    thu.delete_rows(last)


def far_cell(book: Workbook) -> None:
    book["Chi"]["XFD1048576"] = 1


def budget_year_2025(book: Workbook) -> None:
    """A year of the older forms."""
    for sheet in book:
        sheet["A2"] = "Lũy kế đến 31/12/2025"


def persons(book: Workbook) -> None:
    """The payroll in a third sheet."""
    sheet = book.create_sheet("Lương")
    for at, text in enumerate(("TT", "Họ và tên", "Số CCCD", "Số tiền"), start=1):
        sheet.cell(1, at, text)
        sheet.cell(2, at, ("1", "Nguyễn Thị Bí Mật", "001099000999", 5_000_000)[at - 1])


def legacy(book: Workbook) -> None:
    """Texts of TCVN3 fonts, as in workbooks that are older than Unicode."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = tcvn3(cell.value)


def _error(sheet: Worksheet, cell: str, error: str) -> None:
    sheet[cell] = error
    sheet[cell].data_type = "e"


SHORT_CASES: tuple[Callable[[Workbook], None], ...] = (
    text_numbers,
    moved_columns,
    stated_rates,
    in_dong,
    wrong_unit,
    bad_dates,
    future_date,
    bad_cells,
    one_sheet_bad,
    no_revenue,
    missing_column,
    same_label,
    other_totals,
    far_cell,
    budget_year_2025,
    persons,
    legacy,
)


def write(case: str, body: bytes, headers: str = HEADERS, suffix: str = "xlsx") -> None:
    """Write the message of a case; its expectation is written by hand or by ``tests.connectors.golden``."""
    folder = CASES / case
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"body.{suffix}").write_bytes(body)
    (folder / "message.toml").write_text(headers, "utf-8")


def main() -> None:
    """Write all cases."""
    real = saved(office(short=False), SAMPLE)
    write("real_2026", real)
    write("half_written", real[: len(real) * 2 // 3])
    for change in SHORT_CASES:
        book: Any = office()
        change(book)
        config = "\n[config]\nall_or_nothing = false\n" if change is one_sheet_bad else ""
        write(change.__name__, saved(book, SAMPLE), HEADERS + config)
    sheets = {sheet.title: rows_of(sheet) for sheet in office()}
    write("old_excel", xls(sheets), HEADERS.replace(".xlsx", ".xls"), "xls")
    broken = sheets | {"Thu": [*sheets["Thu"], ["D", "Thu khác", 1, 2, "#REF!", 3]]}
    write("old_excel_bad", xls(broken), HEADERS.replace(".xlsx", ".xls"), "xls")
    write("open_document", ods(sheets), HEADERS.replace(".xlsx", ".ods"), "ods")
    text = [[_typed(value) for value in row] for row in sheets["Chi"]]
    write("text_1258", csv(text, ";", "cp1258"), HEADERS.replace("thu-chi", "chi").replace(".xlsx", ".csv"), "bin")
    write("text_utf8", csv(text, ",", "utf-8-sig"), HEADERS.replace("thu-chi-2026-08-25.xlsx", "messages"), "csv")
    make_statements.main()


def _typed(value: object) -> object:
    """Return a cell as a text file has it."""
    return vietnamese(value) + ("" if value % 1 else ",0") if isinstance(value, int | float) else value


if __name__ == "__main__":
    main()
