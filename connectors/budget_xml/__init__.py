"""The commune budget as accounting software exports it: summary lines by chapter, kind and item, from an XML file."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Literal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import Field, field_validator

from connectors.budget_xml.door import LINE, cleansed
from connectors.budget_xml.line import Line, line_of
from connectors.contract import FUTURE, LOCAL, Fault, Folder, Message, Observation, Polled, Undecodable

_REPORTS = ("B03a-X", "B03b-X")
_FIRST_YEAR = 2026
"""The budget year from which TT 26/2026/TT-BTC has its forms; those before are of TT 344/2016/TT-BTC."""
_OLDER = "tt344_2016"
_FAULTS_TOLD = 20


class BudgetXml(Polled):
    """A folder into which the accountant saves the XML: every new content is read wholly, or refused by line."""

    feed: ClassVar[str] = "budget"
    title: ClassVar[str] = "Thu – chi ngân sách xã (XML kế toán)"

    folder: Path
    """Folder that is watched."""
    pattern: str = "*.xml"
    """Names of the files that count."""
    branches: dict[str, str] = Field(min_length=1)
    """Code of the unit that uses the budget (mã ĐVQHNS, ``BranchCode``) → commune code."""
    revenue_report: Literal["B03a-X", "B03b-X"]
    """Which report is revenue; the other one is expenditure. Software differs, so look into one of its files."""
    revenue_indicator: Literal["revenue_commune_share", "revenue_state"] = "revenue_commune_share"
    """Whether revenue is the commune's share (thu ngân sách xã) or all that was collected (thu NSNN)."""
    cumulative: bool = False
    """Whether amounts run from 1 January to the end of their month, instead of being the month's own."""
    every: timedelta = timedelta(seconds=10)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(days=35)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=16 * 1024 * 1024, gt=0)
    """Bytes; a larger file is refused."""

    @field_validator("branches")
    @classmethod
    def _are_communes(cls, branches: dict[str, str]) -> dict[str, str]:
        for branch, unit in branches.items():
            if len(unit) != 5 or not unit.isascii() or not unit.isdigit():
                raise ValueError(f"{branch} = {unit!r}: a commune's code has 5 digits")
        return branches

    def places(self) -> tuple[Folder, ...]:
        """Return the folder to watch."""
        return (Folder(self.folder, self.pattern),)

    def cleanse(self, body: bytes) -> bytes:
        """Return the file without who prepared and signed it."""
        return cleansed(body)

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give of each commune, report and period the total, then the lines; raises :class:`Undecodable` by line.

        Amounts are đồng, the total is the sum of the lines; codes are texts, with their leading zeros.
        """
        latest = (message.received_at + FUTURE).astimezone(LOCAL).date()
        faults: list[Fault] = []
        books: dict[tuple[str, str, object], list[Line]] = {}
        for n, element in enumerate(_lines(message.body, self.largest_body), start=1):
            line = line_of(element, f"{LINE}[{n}]", latest, cumulative=self.cumulative, blame=faults.append)
            if line is None:
                continue
            if line.report not in _REPORTS:
                neither, vi = f"is neither {' nor '.join(_REPORTS)}", f"không phải {' hay '.join(_REPORTS)}"
                place = f"{line.place}.ReportID"
                faults.append(Fault(place, f"{line.report!r:.40} {neither}", f"“{line.report:.40}” {vi}"))
            unit = self.branches.get(line.branch)
            if unit is None:
                remedy = f'write `{line.branch:.40} = "<commune code>"` in `branches`'
                vi = f"chưa biết mã ĐVQHNS “{line.branch:.40}”; sửa lại, hoặc nhờ kỹ thuật khai báo trong `branches`"
                faults.append(Fault(f"{line.place}.BranchCode", f"{line.branch:.40} is unknown: {remedy}", vi))
                continue
            lines = books.setdefault((unit, line.report, line.period), [])
            lines.append(line)
        for lines in books.values():
            faults += _twice(lines)
        if faults:
            told = [f"{place}: {reason}" for place, reason, _ in faults[:_FAULTS_TOLD]]
            told += [f"… and {len(faults) - _FAULTS_TOLD} more"] * (len(faults) > _FAULTS_TOLD)
            raise Undecodable("; ".join(told), place=faults[0].place, faults=tuple(faults))
        return tuple(figure for (unit, _, _), lines in books.items() for figure in self._figures(unit, lines))

    def _figures(self, unit: str, lines: list[Line]) -> Iterable[Observation]:
        revenue = lines[0].report == self.revenue_report
        indicator, period = self.revenue_indicator if revenue else "expenditure_actual", lines[0].period
        scope = _OLDER if period.end.year < _FIRST_YEAR else ""
        yield Observation(unit, indicator, period, sum((line.amount for line in lines), Decimal(0)), scope=scope)
        for line in lines:
            yield Observation(unit, indicator, period, line.amount, scope=scope, dims=line.dims)


def _lines(body: bytes, largest: int) -> list[Element]:
    """Return the summary lines of a file; raises :class:`Undecodable` for what is no XML, or has none."""
    if len(body) > largest:
        raise _refused(f"{len(body)} bytes, at most {largest} are read", f"tệp {len(body)} byte, chỉ nhận {largest}")
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        reason = "declares a DTD or entities, which no report needs: export it again"
        raise _refused(reason, "tệp có khai báo DTD; kết xuất lại từ phần mềm") from error
    except (ParseError, ValueError, LookupError) as error:
        vi = "tệp XML không nguyên vẹn; kết xuất lại từ phần mềm rồi gửi lại"
        raise _refused(f"is no whole XML; send it again {error}", vi) from error
    found = [
        element for element in root.iter() if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == LINE
    ]
    if not found:
        vi = f"tệp không có dòng {LINE} nào; kết xuất báo cáo B03a-X và B03b-X"
        raise _refused(f"has no {LINE}: export the reports B03a-X and B03b-X", vi)
    return found


def _refused(reason: str, vi: str) -> Undecodable:
    return Undecodable(reason, place="file", faults=(Fault("file", reason, vi),))


def _twice(lines: list[Line]) -> Iterable[Fault]:
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for line in lines:
        first = seen.setdefault(tuple(line.dims.items()), line.place)
        if first != line.place:
            yield Fault(
                line.place,
                f"says the same codes again as {first}: add them up in the software, or remove one",
                f"trùng mã với {first}; cộng gộp trong phần mềm hoặc bỏ một dòng",
            )
