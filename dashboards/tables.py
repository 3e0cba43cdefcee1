"""Tables: rows under Vietnamese headings, codes as mark, word and colour."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from dashboards import queries, rows
from dashboards.grid import Panel
from dashboards.indicators import load
from dashboards.panels import described, link, mapping, panel, target
from dashboards.words import CALM, CRITICAL, FEEDS, LEVELS, TARGETS, WARNING, Word

MOMENT = "time:HH:mm DD/MM/YYYY"
DURATION = "dthms"
SHARE = ((None, CRITICAL), (90, WARNING), (95, CALM))
"""Bounds of an availability in percent."""

PLAIN_STEPS = {"mode": "absolute", "steps": [{"value": None, "color": "text"}]}


class Column(NamedTuple):
    """How a column is headed and written; ``words`` map its codes, ``gauge`` draws it against these bounds."""

    title: str
    unit: str = ""
    words: Mapping[str, Word | str] = {}
    width: int = 0
    gauge: tuple[tuple[float | None, str], ...] = ()


def table(
    title: str,
    description: str,
    sql: str,
    columns: Mapping[str, Column],
    *,
    width: int | None = None,
    height: int = 9,
    board: str = "",
) -> Panel:
    """Return a table with Vietnamese headings; a code shows as mark and word in its colour."""
    return panel(
        "table",
        title,
        description,
        [target(sql.strip())],
        defaults={
            "unit": "none",
            "color": {"mode": "thresholds"},
            "thresholds": PLAIN_STEPS,
            "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "filterable": True},
        },
        options={"showHeader": True, "cellHeight": "sm"},
        overrides=[_override(name, column) for name, column in columns.items()],
        height=height,
        width=width,
        links=[link("Xem chi tiết", board)] if board else (),
    )


def _override(name: str, column: Column) -> dict[str, Any]:
    properties: list[dict[str, Any]] = [{"id": "displayName", "value": column.title}]
    if column.unit:
        properties.append({"id": "unit", "value": column.unit})
    if column.width:
        properties.append({"id": "custom.width", "value": column.width})
    if column.words:
        words = {
            code: word if isinstance(word, Word) else Word("", word, "text") for code, word in column.words.items()
        }
        properties.append({"id": "mappings", "value": mapping(words)})
        properties.append({"id": "custom.cellOptions", "value": {"type": "color-text"}})
    if column.gauge:
        steps = [{"value": bound, "color": colour} for bound, colour in column.gauge]
        properties += [
            {"id": "thresholds", "value": {"mode": "absolute", "steps": steps}},
            {"id": "custom.cellOptions", "value": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}},
            {"id": "min", "value": 0},
            {"id": "max", "value": 100},
        ]
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


def freshness(*feeds: str, width: int | None = None, height: int = 6) -> Panel:
    """Return the table of the sources of these feeds, of all where none is named."""
    return table(
        "Độ mới của số liệu",
        "Các nguồn của bảng này: tình trạng, và lần gần nhất có tin. Số liệu cũ hơn hạn của nguồn hiện là “Trễ”.",
        rows.freshness(*feeds),
        {
            "source": Column("Nguồn"),
            "state": Column("Tình trạng", words=FEEDS, width=170),
            "age": Column("Cách đây", width=110),
            "newest": Column("Tin gần nhất", MOMENT, width=160),
            "error": Column("Lỗi"),
        },
        width=width,
        height=height,
        board="ioc-sources",
    )


def scorecard(
    title: str, description: str, keys: Iterable[str], *, weights: str = "", width: int | None = None, height: int = 12
) -> Panel:
    """Return numbers as of now against their targets, a row each; ``weights``: the score whose parts they are."""
    columns = {
        "name": Column("Chỉ số"),
        "value": Column("Giá trị", width=110),
        "unit": Column("Đơn vị", width=150),
        "target": Column("Chỉ tiêu", width=110),
        "gap": Column("Chênh lệch", width=110),
        "points": Column("Điểm", width=80),
        "weight": Column("Điểm tối đa", width=110),
        "status": Column("Kết quả", words=TARGETS, width=170),
        "as_of": Column("Số liệu đến", "time:DD/MM/YYYY", width=120),
        "commune": Column("Xã", width=150),
    }
    if not weights:
        columns = {name: column for name, column in columns.items() if name not in ("points", "weight")}
    return table(title, description, queries.scorecard(keys, weights), columns, width=width, height=height)


def against(title: str, key: str, bound: str, more: Mapping[str, str], *, height: int = 10) -> Panel:
    """Return a labelled number beside its bound, which is headed ``bound``, and beside other numbers (key: heading)."""
    columns = {
        "label": Column("Loại"),
        "value": Column(load()[key].title, width=190),
        "bound": Column(bound, width=130),
        "status": Column("So với ngưỡng", words=LEVELS, width=150),
        **{other: Column(heading, width=190) for other, heading in more.items()},
        "as_of": Column("Số liệu đến", "time:DD/MM/YYYY", width=120),
        "commune": Column("Xã", width=150),
    }
    return table(title, described(load()[key]), queries.against(key, *more), columns, height=height)
