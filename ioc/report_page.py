"""The monthly paper as PDF, A4, in Noto Sans (OFL, beside in ``fonts``), which has every Vietnamese letter."""

from collections.abc import Iterable, Sequence
from importlib import resources
from typing import IO

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout

from api.reasons import BLIND
from api.screen.words import KINDS, number
from ioc import report_words as words
from ioc.report import Line, Report

_FONT = "noto"
_WIDE = (12.0, 10.0, 6.0, 9.0, 9.0, 9.0, 10.0, 10.0, 10.0, 9.0)
_GREY, _INK, _RULE = (238, 240, 243), (25, 30, 38), (190, 196, 204)


class _Paper(FPDF):
    """A4 across, with who and when at the foot of each page."""

    def __init__(self, report: Report) -> None:
        super().__init__("landscape", "mm", "A4")
        self._foot = (
            f"{report.unit_name} ({report.unit}) · {words.period(report)} · lập lúc {words.instant(report.made_at)}"
        )
        fonts = resources.files("ioc").joinpath("fonts")
        for style, name in (("", "regular"), ("B", "bold")):
            with resources.as_file(fonts / f"noto-sans-{name}.ttf") as path:
                self.add_font(_FONT, style, path)
        self.set_creation_date(report.made_at)
        self.set_title(f"{words.TITLE} – {words.period(report)}")
        self.set_author(report.unit_name)
        self.set_lang("vi")
        self.set_margins(14, 12)
        self.set_auto_page_break(auto=True, margin=15)
        self.set_text_color(*_INK)
        self.set_draw_color(*_RULE)
        self.add_page()

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-11)
        self.set_font(_FONT, "", 7)
        self.cell(0, 5, self._foot)
        self.cell(0, 5, f"Trang {self.page_no()}/{{nb}}", align="R")

    def head(self, text: str, size: float = 11) -> None:
        """Write a heading; it never stands alone at the foot of a page."""
        if self.get_y() > self.h - 45:
            self.add_page()
        self.ln(3)
        self.set_font(_FONT, "B", size)
        self.multi_cell(0, size * 0.55, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(1)

    def text_(self, text: str) -> None:
        """Write a paragraph."""
        self.set_font(_FONT, "", 8.5)
        self.multi_cell(0, 4.4, text, new_x="LMARGIN", new_y="NEXT")

    def rows(self, titles: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]], texts: int) -> None:
        """Write a table; its first ``texts`` columns are words, the others figures."""
        self.set_font(_FONT, "", 7.5)
        with self.table(
            col_widths=tuple(widths), line_height=4, text_align=("LEFT",) * texts + ("RIGHT",) * (len(titles) - texts),
            headings_style=FontFace(emphasis="BOLD", fill_color=_GREY, color=_INK),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES, padding=0.8,
        ) as table:  # fmt: skip
            table.row(titles)
            for row in rows:
                table.row(row)


def write(report: Report, file: IO[bytes]) -> None:
    """Write the paper."""
    paper = _Paper(report)
    paper.set_font(_FONT, "B", 15)
    paper.multi_cell(0, 8, words.TITLE, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.set_font(_FONT, "", 10.5)
    mark = " · SỐ LIỆU MÔ PHỎNG" if report.simulated else ""
    head = f"{report.unit_name} ({report.unit}) · {words.period(report)}{mark}"
    paper.multi_cell(0, 6, head, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.head("Tổng hợp")
    titles = ["", "Thiết bị", *words.COLUMNS.values()]
    lines = [report.whole, *report.kinds]
    paper.rows(titles, (20.0, 7.0, *_WIDE), (_row(line) for line in lines), 1)
    paper.head("Theo thôn")
    paper.rows(titles, (20.0, 7.0, *_WIDE), map(_row, report.hamlets), 1)
    paper.head("Theo thiết bị")
    paper.rows(
        ["Thiết bị", "Loại", "Thôn", *words.COLUMNS.values()], (24.0, 10.0, 14.0, *_WIDE),
        ([line.title, KINDS.get(line.kind, line.kind), line.hamlet or "–", *_figures(line)] for line in report.devices),
        3,
    )  # fmt: skip
    if report.absent:
        paper.text_(f"Không tính {report.absent} thiết bị chờ lắp đặt, tạm ngưng hoặc đã thu hồi.")
    paper.head("Thời gian hệ thống không quan sát được")
    if report.blindness:
        paper.rows(
            ["Nguồn", "Lý do", "Từ", "Đến", "Thời lượng"], (30.0, 50.0, 30.0, 30.0, 15.0),
            ([b.source, BLIND.get(b.reason, b.reason), words.instant(b.started_at), words.instant(b.ended_at),
              words.duration(b.ended_at - b.started_at)] for b in report.blindness),
            2,
        )  # fmt: skip
        paper.text_("Thiết bị có nhiều nguồn chỉ không quan sát được khi mọi nguồn đều không quan sát được.")
    else:
        paper.text_("Không có.")
    paper.head("Cách tính")
    for text in words.FORMULA:
        paper.text_(text)
    paper.head("Giờ hợp đồng")
    for text in words.contract(report.agreed):
        paper.text_(text)
    file.write(paper.output())


def _row(line: Line) -> list[str]:
    return [line.title, number(line.devices), *_figures(line)]


def _figures(line: Line) -> list[str]:
    its = line.account
    return [
        _percent(its.availability), _percent(line.by_contract), number(len(line.outages)),
        *(words.duration(of) for of in (line.longest, line.mtbf, line.mttr, its.online, its.down, its.blind,
                                        its.maintenance)),
    ]  # fmt: skip


def _percent(value: float | None) -> str:
    return "–" if value is None else number(value, 2)
