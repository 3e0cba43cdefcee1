"""The page for the morning meeting as PDF: one A4 upright, in Noto Sans; what does not fit is counted, not dropped."""

from collections.abc import Sequence
from importlib import resources
from typing import IO

from fpdf import FPDF

from api.screen import words as said
from ioc import brief_words as words
from ioc.brief import Brief, Number
from ioc.report_words import duration

_FONT = "noto"
_INK, _MUTED, _RULE, _FILL = (25, 30, 38), (90, 100, 112), (190, 196, 204), (238, 240, 243)
_TONES = {"critical": (184, 24, 17), "emergency": (184, 24, 17), "warning": (133, 86, 0)}
_MARKS = {
    "critical": ((0.0, 1.0), (1.0, 1.0), (0.5, 0.0)),
    "emergency": ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
    "warning": ((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)),
}
"""Corners of a mark, in parts of its side: the fonts have no such letters."""
_SIDE = 2.2
_WIDE = 186.0
_MOST = 9
"""Incidents that are listed."""


class _Paper(FPDF):
    """One upright A4."""

    def __init__(self, brief: Brief) -> None:
        super().__init__("portrait", "mm", "A4")
        fonts = resources.files("ioc").joinpath("fonts")
        for style, name in (("", "regular"), ("B", "bold")):
            with resources.as_file(fonts / f"noto-sans-{name}.ttf") as path:
                self.add_font(_FONT, style, path)
        self.set_creation_date(brief.made_at)
        self.set_title(f"{words.TITLE} – {words.period(brief)}")
        self.set_author(brief.unit_name)
        self.set_lang("vi")
        self.set_margins(12, 10)
        self.set_auto_page_break(auto=False)
        self.set_draw_color(*_RULE)
        self.add_page()

    def ink(self, size: float, style: str = "", colour: Sequence[int] = _INK) -> None:
        """Take a pen."""
        self.set_font(_FONT, style, size)
        self.set_text_color(*colour)

    def head(self, text: str) -> None:
        """Write a heading."""
        self.ln(2.5)
        self.ink(10.5, "B")
        self.cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")

    def line_(self, texts: Sequence[str], widths: Sequence[float], height: float, right: Sequence[int] = ()) -> None:
        """Write a row of cells, each cut where it is too long."""
        for n, (text, width) in enumerate(zip(texts, widths, strict=True)):
            self.cell(width, height, self.cut(text, width - 2), align="R" if n in right else "L")
        self.ln(height)
        self.line(self.l_margin, self.get_y(), self.l_margin + _WIDE, self.get_y())

    def heads(self, texts: Sequence[str], widths: Sequence[float], right: Sequence[int] = ()) -> None:
        """Write the headings of a table."""
        self.ink(7.5, "B", _MUTED)
        self.line_(texts, widths, 5, right)

    def mark(self, level: str, left: float, middle: float) -> None:
        """Draw the mark of a level, so that it is told by its shape too."""
        if level in _MARKS:
            self.set_fill_color(*_TONES[level])
            self.polygon([(left + x * _SIDE, middle + (y - 0.5) * _SIDE) for x, y in _MARKS[level]], style="F")

    def cut(self, text: str, width: float) -> str:
        """Return a text that fits a width in mm."""
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(f"{text}…") > width:
            text = text[:-1]
        return f"{text.rstrip()}…"


def write(brief: Brief, file: IO[bytes]) -> None:
    """Write the page."""
    paper = _Paper(brief)
    paper.ink(15, "B")
    paper.cell(0, 8, f"{words.TITLE} · {words.period(brief)}", new_x="LMARGIN", new_y="NEXT")
    paper.ink(9, "", _MUTED)
    mark = " · SỐ LIỆU MÔ PHỎNG" if brief.simulated else ""
    paper.cell(0, 5, f"{brief.unit_name} ({brief.unit}) · lập lúc {words.instant(brief.made_at)}{mark}",
               new_x="LMARGIN", new_y="NEXT")  # fmt: skip
    paper.ln(1.5)
    paper.ink(11.5, "B")
    paper.set_fill_color(*_FILL)
    text = brief.sentence if len(brief.sentence) <= 260 else f"{brief.sentence[:259]}…"
    paper.multi_cell(_WIDE, 6, text, fill=True, padding=2, new_x="LMARGIN", new_y="NEXT")
    _incidents(paper, brief)
    _devices(paper, brief)
    _numbers(paper, brief)
    _foot(paper, brief)
    file.write(paper.output())


def _incidents(paper: _Paper, brief: Brief) -> None:
    when = "còn mở cuối kỳ" if brief.over else "đang mở"
    paper.head(f"Sự cố {when}: {len(brief.incidents)} · phát sinh trong kỳ: {brief.begun}")
    if not brief.incidents:
        paper.ink(9)
        paper.cell(0, 5, "Không có.", new_x="LMARGIN", new_y="NEXT")
        return
    widths = (28.0, 96.0, 30.0, 32.0)
    paper.heads(("Mức độ", "Sự cố", "Từ lúc", "Người xử lý"), widths)
    for one in brief.incidents[:_MOST]:
        paper.ink(8.5, "", _TONES.get(one.severity, _INK))
        paper.mark(one.severity, paper.get_x() + 1, paper.get_y() + 2.7)
        paper.set_x(paper.get_x() + 4)
        paper.cell(widths[0] - 4, 5.4, said.ALARMS[one.severity])
        paper.ink(8.5)
        paper.line_((one.title, words.instant(one.since), one.who or "chưa ai nhận"), widths[1:], 5.4)
    if len(brief.incidents) > _MOST:
        paper.ink(8, "", _MUTED)
        paper.cell(0, 5, f"và {len(brief.incidents) - _MOST} sự cố khác", new_x="LMARGIN", new_y="NEXT")


def _devices(paper: _Paper, brief: Brief) -> None:
    paper.head("Thiết bị")
    widths = (46.0, 26.0, 34.0, 38.0, 42.0)
    paper.heads(("", "Thiết bị", "Đang hoạt động" if not brief.over else "", "Tỷ lệ hoạt động",
                 "Lần ngừng · dài nhất"), widths, range(1, 5))  # fmt: skip
    for line, online in brief.devices:
        share = line.account.availability
        paper.ink(8.5, "B" if line is brief.devices[-1][0] else "")
        paper.line_(
            (line.title, said.number(line.devices), "" if online is None else said.number(online),
             "–" if share is None else said.percent(share), f"{len(line.outages)} · {duration(line.longest)}"),
            widths, 5.2, range(1, 5),
        )  # fmt: skip
    if brief.worst:
        paper.ink(8, "", _MUTED)
        named = "; ".join(f"{one.title} ({duration(one.account.down)})" for one in brief.worst)
        paper.cell(0, 5, paper.cut(f"Ngừng lâu nhất: {named}", _WIDE), new_x="LMARGIN", new_y="NEXT")


def _numbers(paper: _Paper, brief: Brief) -> None:
    paper.head("Chỉ tiêu so với mục tiêu")
    widths = (47.0, 29.0, 22.0, 18.0, 28.0, 42.0)
    titles = ("Chỉ tiêu", "Giá trị", "Mục tiêu", "Thay đổi", "Diễn biến", "Kỳ · nguồn · tuổi số liệu")
    paper.heads(titles, widths, (1, 2, 3))
    for one in brief.numbers:
        top = paper.get_y()
        paper.ink(8.5)
        paper.cell(widths[0], 7.6, paper.cut(one.title, widths[0] - 2))
        paper.ink(8.5, "B" if one.level else "", _TONES.get(one.level, _INK if one.value is not None else _MUTED))
        shown = words.value(one) + ("*" if one.note else "")
        paper.mark(one.level, paper.get_x() + widths[1] - paper.get_string_width(shown) - 5, top + 3.8)
        paper.cell(widths[1], 7.6, paper.cut(shown, widths[1]), align="R")
        paper.ink(8.5)
        paper.cell(widths[2], 7.6, words.target(one), align="R")
        paper.cell(widths[3], 7.6, paper.cut(words.change(one), widths[3]), align="R")
        _course(paper, one, paper.get_x() + 3, top + 1.2, widths[4] - 6, 5.2)
        paper.set_xy(paper.l_margin + sum(widths[:5]), top)
        paper.ink(7, "", _MUTED)
        paper.cell(widths[5], 3.8, paper.cut(one.period or "–", widths[5]), new_x="LEFT", new_y="NEXT")
        told = " · ".join(filter(None, [one.source or "chưa khai báo nguồn", words.age(one, brief.made_at)]))
        paper.cell(widths[5], 3.4, paper.cut(told, widths[5]), new_x="LMARGIN", new_y="NEXT")
        paper.set_y(top + 7.6)
        paper.line(paper.l_margin, paper.get_y(), paper.l_margin + _WIDE, paper.get_y())


def _course(paper: _Paper, one: Number, left: float, top: float, wide: float, tall: float) -> None:
    """Draw the course of a number as a line, with its target dashed."""
    if len(one.points) < 2:
        return
    values = [float(value) for _, value in one.points]
    reach = [*values, float(one.target)] if one.target is not None else values
    low, high = min(reach), max(reach)
    low, high = (low, high) if high > low else (low - 1, high + 1)
    first, last = one.points[0][0], one.points[-1][0]

    def y(value: float) -> float:
        return top + tall - (value - low) / (high - low) * tall

    if one.target is not None:
        paper.set_dash_pattern(dash=0.8, gap=0.8)
        paper.line(left, y(float(one.target)), left + wide, y(float(one.target)))
        paper.set_dash_pattern()
    paper.set_draw_color(*_TONES.get(one.level, _INK))
    paper.set_line_width(0.35)
    paper.polyline([(left + (at - first) / (last - first) * wide, y(v)) for (at, _), v in
                    zip(one.points, values, strict=True)])  # fmt: skip
    paper.set_line_width(0.2)
    paper.set_draw_color(*_RULE)


def _foot(paper: _Paper, brief: Brief) -> None:
    """Write how old the sources are, and what the signs mean."""
    paper.set_y(-20)
    paper.ink(7, "", _MUTED)
    late = [f"{feed.title}: {said.FEEDS[feed.state]}" for feed in brief.feeds if feed.state in ("stale", "error")]
    heard = [feed.last for feed in brief.feeds if feed.last]
    newest = f"Số liệu mới nhất {words.instant(max(heard))}. " if heard else "Chưa nguồn nào có số liệu. "
    text = newest + (f"Nguồn trễ hoặc lỗi: {'; '.join(late)}." if late else "Không nguồn nào trễ.")
    paper.cell(0, 4, paper.cut(text, _WIDE), new_x="LMARGIN", new_y="NEXT")
    noted = "; ".join(f"{one.title}: {one.note}" for one in brief.numbers if one.note)
    paper.cell(0, 4, paper.cut(f"* {noted}", _WIDE) if noted else "", new_x="LMARGIN", new_y="NEXT")
    for level, word in (("critical", "vượt ngưỡng nghiêm trọng"), ("warning", "vượt ngưỡng cảnh báo")):
        paper.mark(level, paper.get_x() + 1, paper.get_y() + 2)
        paper.set_x(paper.get_x() + 4)
        paper.cell(paper.get_string_width(word) + 5, 4, word)
    paper.cell(0, 4, "Nét đứt: mục tiêu. Thay đổi: so với kỳ trước. Thiếu số liệu không phải là 0.")
