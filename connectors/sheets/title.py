"""The title of a table: the period that stands above it, and whether the headings of its columns agree."""

import re

from connectors.contract import Period
from connectors.sheets import kinds
from connectors.sheets.fault import Slip
from connectors.sheets.grid import Cell, Grid, address, word
from connectors.sheets.period import ASIDE, COUNTS, CUMULATIVE, MONTH_NAME, period_in, period_of

_DECREE = re.compile(r"\b(thong tu|quyet dinh|nghi quyet|nghi dinh|cong van|ban hanh|kem theo|ke hoach so|ttg?-|qd-)")
_LABELLED = re.compile(r"\W*(ky bao cao|thoi ky|ky so lieu|ky)\s*:?\s*(.*)")
_SIGNED = re.compile(r",\s*ngay\b.*\bthang\b.*\bnam\b")
_MONTH_ALONE = re.compile(rf"\bthang\s*({MONTH_NAME})\b(?!\s*thang\b)", re.ASCII)
_QUARTER_ALONE = re.compile(r"\bquy\s*(iv|i{1,3}|[1-4])\b", re.ASCII)
_MONTHS_ALONE = re.compile(r"\b(\d{1,2}|ba|sau|chin)\s*thang\b", re.ASCII)
_YEAR_ALONE = re.compile(r"\b((?:19|20)\d\d)\b", re.ASCII)


def stated_period(grid: Grid, stop: int) -> Period | None:
    """Return the period that stands above a table (line ``stop``); ``None`` where there is none or, as a fault, two.

    "Kỳ báo cáo: …" comes before titles; titles of decrees and the place and day of a signature are none.
    """
    titles: dict[Period, Cell] = {}
    labelled: dict[Period, Cell] = {}
    unclear: list[tuple[Cell, Slip]] = []
    for cell, text in grid.texts(stop):
        said = word(text)
        try:
            label = _LABELLED.fullmatch(said)
            if label is not None:
                beside = grid.right_of(cell)
                period = period_of(text) if label[2] else period_in(beside)
                if period is not None:
                    labelled.setdefault(period, cell)
            elif any(sign.isdecimal() for sign in said) and not _DECREE.search(said) and not _SIGNED.search(said):
                period = period_of(text)
                if period is not None and period.kind != "day":
                    titles.setdefault(period, cell)
        except Slip as slip:
            if label is not None:
                grid.note(cell, slip)
                return None
            if slip.kind is kinds.NO_PERIOD or CUMULATIVE.search(said):
                unclear.append((cell, slip))
    if unclear and not labelled:
        grid.note(*unclear[0])
        return None
    found = labelled or titles
    if len(found) > 1:
        first, second = list(found.values())[:2]
        grid.blame(second, kinds.SECOND_PERIOD, first=next(iter(found)).start, cell=address(first))
        return None
    return next(iter(found), None)


def contradicts(heading: str, period: Period, *, cumulative: bool = False) -> bool:
    """Tell whether a column's heading names months, quarters or years, and none of them is the period.

    A ``cumulative`` column may name what ends with the period: "Lũy kế 9 tháng" of September.
    """
    said = ASIDE.sub(" ", word(heading))
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
    named = [(month, 1) for one in _MONTH_ALONE.findall(said) if (month := COUNTS.get(one) or int(one))]
    named += [(3 * (COUNTS.get(one) or int(one)), 3) for one in _QUARTER_ALONE.findall(said)]
    named += [(count, count) for one in _MONTHS_ALONE.findall(said) if (count := COUNTS.get(one) or int(one))]
    if named and not any(end == period.end.month and (cumulative or months == length) for end, length in named):
        return True
    years = [int(year) for year in _YEAR_ALONE.findall(said)]
    return bool(years) and not any(period.start.year <= year <= period.end.year for year in years)
