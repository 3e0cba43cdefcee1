"""A simulated budget office (mô phỏng): the commune's workbook of budget year 2026, growing from day to day."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, ClassVar
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from connectors.contract import LOCAL, Message, Observation, Period, Quality, Record, Simulator
from simulators.budget_forms import FORMS, REVENUE, Form, Item
from simulators.signals import chance

if TYPE_CHECKING:
    from openpyxl import Workbook

_MILLION = Decimal(1_000_000)
_SAMPLE_DAY = (8, 25)
_FIRST_YEAR = 2026
"""The budget year since which the forms are those of TT 26/2026/TT-BTC."""


class BudgetSimulator(Simulator):
    """One budget office; the seed decides in which part of the year each line is spent or earned."""

    connector: ClassVar[str] = "budget_workbook"

    def __init__(self, unit: str, seed: int) -> None:
        self.unit = unit
        self.seed = seed

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the figures of the local day in đồng, cumulative from 1 January."""
        day = at.astimezone(LOCAL).date()
        period = Period(date(day.year, 1, 1), day, "custom", cumulative=True)
        return tuple(figure for form in FORMS for figure in self._figures(form, period))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one workbook with both sheets, the same bytes for the same records and instant."""
        figures = [record for record in records if isinstance(record, Observation)]
        if not figures:
            return ()
        body = saved(workbook(figures), at)
        name = f"thu-chi-{figures[0].period.end.isoformat()}.xlsx"
        return (Message(self.connector, name, body, at.astimezone(UTC)),)

    def _figures(self, form: Form, period: Period) -> Iterator[Observation]:
        amounts = {item.path: self._amounts(form, item, period.end) for item in form.items if item.figures}
        for item in form.items:
            # The lines above others are their sums, so the sheet adds up on every day.
            below = [own for path, own in amounts.items() if path == item.path or path.startswith(_prefix(item.path))]
            sums = amounts.get(item.path) or tuple(map(_sum, zip(*below, strict=True)))
            dims = {"item": item.path, "name": item.name} if item.path else {}
            scope = "tt344_2016" if period.end.year < _FIRST_YEAR else ""
            said = dict(zip(form.indicators, sums, strict=True))
            for indicator, amount in said.items():
                quality: Quality = "missing" if amount is None else ""
                yield Observation(self.unit, indicator, period, amount, quality=quality, scope=scope, dims=dims)
            actual, estimate = said[form.actual], said[form.estimate]
            if actual is not None and estimate:
                percent = (actual * 100 / estimate).quantize(Decimal("0.0001"))
                yield Observation(
                    self.unit,
                    form.rate,
                    period,
                    percent,
                    numerator=actual,
                    denominator=estimate,
                    stated=round(percent, 1),
                    scope=scope,
                    dims=dims,
                )

    def _amounts(self, form: Form, item: Item, day: date) -> tuple[Decimal | None, ...]:
        """Scale the actual figures by the part of the year that has passed, in steps of a tenth of a million."""
        passed = min(1.0, day.timetuple().tm_yday / date(day.year, *_SAMPLE_DAY).timetuple().tm_yday)
        share = Decimal(passed ** (0.8 + 0.4 * chance(self.seed, self.unit, form.sheet, item.path)))
        amounts: list[Decimal | None] = []
        for at, text in enumerate(item.figures):
            if text == "-":
                amounts.append(None)
            else:
                whole = Decimal(text)
                part = whole if at < form.estimates else (whole * share).quantize(Decimal("0.1"))
                amounts.append(part * _MILLION)
        return tuple(amounts)


def workbook(figures: Iterable[Observation]) -> "Workbook":
    """Return the office's workbook of these figures, in triệu đồng, with the lines that they have."""
    from openpyxl import Workbook

    said = list(figures)
    book = Workbook()
    book.remove(book.active)
    for form in FORMS:
        indicators = {*form.indicators, form.rate}
        lines: dict[tuple[str, str], dict[str, Observation]] = {}
        for figure in said:
            if figure.indicator in indicators:
                key = figure.dims.get("item", ""), figure.dims.get("name", "Tổng số")
                lines.setdefault(key, {})[figure.indicator] = figure
        _fill(book.create_sheet(form.sheet), form, said[0].period.end, lines)
    return book


def _fill(sheet: Any, form: Form, day: date, lines: Mapping[tuple[str, str], Mapping[str, Observation]]) -> None:
    last = len(form.headings[0])
    sheet.cell(1, 1, f"{form.title} {day.year}")
    sheet.cell(2, 1, f"Lũy kế đến {day.day}/{day.month}/{day.year}")
    sheet.cell(3, last, "Đơn vị tính: Triệu đồng")
    for line, texts in enumerate(form.headings, start=5):
        for at, text in enumerate(texts, start=1):
            sheet.cell(line, at, text or None)
    bottom = 4 + len(form.headings)
    for at in range(1, last + 1):
        if bottom > 5 and form.headings[1][at - 1] == "":
            sheet.merge_cells(start_row=5, end_row=bottom, start_column=at, end_column=at)
    if bottom > 5:
        sheet.merge_cells(start_row=5, end_row=5, start_column=3, end_column=4)
    columns = _columns(form)
    for line, ((path, name), said) in enumerate(lines.items(), start=bottom + 1):
        sheet.cell(line, 1, re.sub(r"^-\d+$", "-", path.rpartition("/")[2]) or None)
        sheet.cell(line, 2, name)
        for at, indicator in enumerate(columns, start=3):
            if indicator in said:
                amount = said[indicator].value
                sheet.cell(line, at, "-" if amount is None else float(amount / _MILLION))
        if form.rate in said:
            stated = said[form.rate].stated
            sheet.cell(line, last, None if stated is None else float(stated))
    end = bottom + len(lines) + 2
    sheet.cell(end, 2, "Người lập biểu")
    sheet.cell(end, 4, "TM. ỦY BAN NHÂN DÂN")
    sheet.cell(end + 1, 4, "CHỦ TỊCH")
    sheet.column_dimensions["B"].width = 48


def _columns(form: Form) -> Sequence[str]:
    """Return the indicators in the order of the columns, which for revenue is not the order of the records."""
    if form is REVENUE:
        return ("revenue_estimate_assigned", "revenue_estimate_commune", "revenue_state", "revenue_commune_share")
    return form.indicators


def saved(book: "Workbook", at: datetime) -> bytes:
    """Return the file: openpyxl writes the clock into it twice, so both are set to ``at``."""
    moment = at.astimezone(UTC)
    first = BytesIO()
    book.save(first)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
    second = BytesIO()
    with ZipFile(first) as source, ZipFile(second, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(W3CDTF\">)[^<]*", rb"\g<1>" + stamp, part)
            entry = ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, part)
    return second.getvalue()


def _prefix(path: str) -> str:
    if not path:
        return ""
    return f"{path}." if re.search(r"(^|/)\d+$", path) else f"{path}/"


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
