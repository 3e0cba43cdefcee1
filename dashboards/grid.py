"""Where panels stand on a board: rows of panels from left to right, 24 columns wide."""

from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

Panel = dict[str, Any]
COLUMNS = 24


def place(rows: Iterable[str | Sequence[Panel]]) -> list[Panel]:
    """Return the panels with their places and ids; a text opens a section of that title.

    An id is made of the title, so that it stays when other panels come and go: layouts and alert rules name it.

    Panels of a row share its width; one that names its own (``gridPos.w``) keeps it. A row is as high as its highest
    panel. Raises ``ValueError`` where a row does not fit.
    """
    placed: list[Panel] = []
    y = 0
    for row in rows:
        if isinstance(row, str):
            placed.append(_section(row, y))
            y += 1
            continue
        height = max(panel["gridPos"]["h"] for panel in row)
        for panel, x, width in _spread(row):
            placed.append({**panel, "gridPos": {"h": height, "w": width, "x": x, "y": y}})
        y += height
    return [{"id": identity(panel["title"]), **panel} for panel in placed]


def identity(title: str) -> int:
    """Return the id of the panel of this title."""
    return crc32(title.encode()) % 1_000_000 + 1


def _spread(row: Sequence[Panel]) -> Iterable[tuple[Panel, int, int]]:
    own = [panel["gridPos"].get("w") for panel in row]
    free = COLUMNS - sum(width or 0 for width in own)
    open_ = own.count(None)
    if free < open_ or (not open_ and free):
        raise ValueError(f"a row of {len(row)} panels does not fill {COLUMNS} columns: {row[0]['title']}")
    x = 0
    for panel, width in zip(row, own, strict=True):
        if width is None:
            width = free // open_
            free, open_ = free - width, open_ - 1
        yield panel, x, width
        x += width


def _section(title: str, y: int) -> Panel:
    return {
        "type": "row",
        "title": title,
        "collapsed": False,
        "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": y},
        "panels": [],
    }
