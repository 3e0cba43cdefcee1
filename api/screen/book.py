"""A board as a workbook: a sheet for each chart and table, numbers as numbers, instants as local dates."""

import re
import tempfile
from datetime import UTC, datetime
from typing import IO, Any

from openpyxl import Workbook

from api.screen.language import say
from api.sheet import cell, heads

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_LONGEST = 31
"""Characters of a sheet's name."""


def workbook(board: dict[str, Any]) -> IO[bytes]:
    """Write a drawn board into a workbook on the disk and return it, at its begin; the caller closes it."""
    book = Workbook(write_only=True)
    for number, part in enumerate(board["parts"], 1):
        name = f"{number} {_FORBIDDEN.sub(' ', part['title'] or board['title'])}"[:_LONGEST].strip()
        page = book.create_sheet(name)
        page.column_dimensions["A"].width = 28
        {"figures": _figures, "chart": _chart, "table": _table, "card": _card}[part["type"]](page, part)
    if board["missing"]:
        page = book.create_sheet(say("Chưa có dữ liệu"))
        page.column_dimensions["A"].width = 48
        page.append(heads(page, [say("Chỉ số"), say("Nguồn"), say("Gần nhất")]))
        for one in board["missing"]:
            page.append([cell(page, one[key]) for key in ("title", "source", "latest")])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    book.save(file)
    file.seek(0)
    return file


def _figures(page: Any, part: dict[str, Any]) -> None:
    page.append(heads(page, [say(text) for text in ("Chỉ số", "Giá trị", "Đơn vị", "Kỳ", "Mục tiêu", "Nguồn")]))
    for tile in part["tiles"]:
        line = (tile["title"], tile["number"], tile["unit"], tile["period"], tile["target"], tile["source"])
        page.append([cell(page, value) for value in line])


def _chart(page: Any, part: dict[str, Any]) -> None:
    if part["form"] in ("ranking", "shares"):
        page.append(heads(page, [part["title"], part["word"]]))
        for name, value in part["series"][0]["points"]:
            page.append([cell(page, name), cell(page, value)])
    else:
        page.append(heads(page, [say("Thời điểm"), *(f"{one['name']} ({part['word']})" for one in part["series"])]))
        values = [dict(map(tuple, one["points"])) for one in part["series"]]
        for at in sorted({at for its in values for at in its}):
            page.append([cell(page, datetime.fromtimestamp(at, UTC)), *(cell(page, its.get(at)) for its in values)])
    _foot(page, part)


def _table(page: Any, part: dict[str, Any]) -> None:
    page.append(heads(page, [column["title"] for column in part["columns"]]))
    for row in part["exact"]:
        page.append([cell(page, value) for value in row])
    _foot(page, part)


def _card(page: Any, part: dict[str, Any]) -> None:
    page.append(heads(page, part["heads"]))
    for row in part["exact"]:
        page.append([cell(page, value) for value in row])
    for title in part["without"]:
        page.append([cell(page, title), cell(page, say("chưa có dữ liệu"))])
    _foot(page, part)


def _foot(page: Any, part: dict[str, Any]) -> None:
    page.append([])
    told = [f"{say('Kỳ')}: {part['period']}"] if part["period"] else []
    page.append([cell(page, " · ".join([*told, f"{say('Nguồn')}: {part['source']}"]))])
