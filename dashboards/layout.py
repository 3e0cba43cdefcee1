"""Where a board's panels lie: as code places them, or as somebody arranged them in Grafana and pulled them back.

A file ``layouts/<uid>.toml`` holds positions, sizes and collapsed rows by panel id, on Grafana's grid of 24 columns.
Whatever composes boards passes them through :func:`arranged`.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import ConfigError
from ingest.sources import faults_of

Board = dict[str, Any]
FOLDER = Path(__file__).parent / "layouts"


class Place(BaseModel):
    """Where one panel lies, in columns and rows of the grid; ``row`` is the id of the row that it is under."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    title: str
    """What the panel was called, so that a layout of another board is noticed."""
    x: int = Field(ge=0, le=23)
    y: int = Field(ge=0)
    w: int = Field(ge=1, le=24)
    h: int = Field(ge=1)
    row: int | None = None
    collapsed: bool | None = None
    """Of a row: whether its panels are folded away; None: it is no row."""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    panels: Mapping[int, Place]


@dataclass(frozen=True, slots=True)
class _Piece:
    panel: Board
    row: int | None


def panels(board: Board) -> dict[int, Board]:
    """Return every panel and row by id, those in collapsed rows too."""
    return {piece.panel["id"]: piece.panel for piece in _pieces(board)}


def places(board: Board) -> dict[int, Place]:
    """Return where everything lies by panel id."""
    return {piece.panel["id"]: _place(piece) for piece in _pieces(board)}


def recognised(theirs: Board, ours: Board) -> Board:
    """Return a board of Grafana with our rows by our ids: Grafana 13 gives rows other ids when it saves them."""
    known = {str(panel.get("title")): n for n, panel in panels(ours).items() if panel["type"] == "row"}
    return {
        **theirs,
        "panels": [
            {**panel, "id": known.get(str(panel.get("title")), panel.get("id"))}
            if panel.get("type") == "row"
            else panel
            for panel in theirs["panels"]
        ],
    }


def arranged(board: Board, folder: Path = FOLDER) -> Board:
    """Return the board as its layout file has it, itself where there is none; raises :class:`ConfigError`.

    A panel that came after the layout was pulled lies below everything else of its row.
    """
    file = folder / f"{board['uid']}.toml"
    if not file.exists():
        return board
    wanted, now = _read(file), places(board)
    faults = [
        f"{file.name}:panels.{n}: is {place.title!r} here and {now[n].title!r} in the board"
        if n in now
        else f"{file.name}:panels.{n}: the board has no such panel ({place.title})"
        for n, place in wanted.items()
        if n not in now or now[n].title != place.title
    ]
    if faults:
        raise ConfigError(*faults, f"{file.name}: correct these lines, or remove the file and pull again")
    below = max((place.y + place.h for place in wanted.values()), default=0)
    for n, place in now.items():
        if n not in wanted:
            wanted[n] = place.model_copy(update={"y": below + place.y})
    return _composed(board, wanted)


def text(title: str, found: Mapping[int, Place]) -> str:
    """Return the layout file of a board."""
    lines = [f"# {title}: as arranged in Grafana, by `ioc dashboards pull`. Without this file code places the panels."]
    lines.append("[panels]")
    for n, place in sorted(found.items()):
        fields = {name: value for name, value in place if value is not None}
        inline = ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items())
        lines.append(f"{n} = {{ {inline} }}")
    return "\n".join(lines) + "\n"


def _read(file: Path) -> dict[int, Place]:
    try:
        return dict(_File.model_validate(tomllib.loads(file.read_text("utf-8"))).panels)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file.name}: not TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError(*(f"{file.name}:{place}: {message}" for place, message in faults_of(error, _File))) from error


def _position(panel: Board) -> tuple[int, int]:
    grid = panel.get("gridPos", {})
    return int(grid.get("y", 0)), int(grid.get("x", 0))


def _pieces(board: Board) -> list[_Piece]:
    """Return rows and panels in reading order; a panel belongs to the row above it, or to the one that folds it."""
    found: list[_Piece] = []
    row = None
    for panel in sorted(board.get("panels", []), key=_position):
        if panel.get("type") != "row":
            found.append(_Piece(panel, row))
            continue
        row = panel["id"]
        found.append(_Piece(panel, None))
        found += [_Piece(inner, row) for inner in sorted(panel.get("panels") or [], key=_position)]
    return found


def _place(piece: _Piece) -> Place:
    grid, is_row = piece.panel.get("gridPos", {}), piece.panel.get("type") == "row"
    return Place(
        title=str(piece.panel.get("title") or ""),
        x=0 if is_row else grid.get("x", 0),
        y=grid.get("y", 0),
        w=24 if is_row else grid.get("w", 12),
        h=1 if is_row else grid.get("h", 8),
        row=piece.row,
        collapsed=bool(piece.panel.get("collapsed")) if is_row else None,
    )


def _composed(board: Board, wanted: Mapping[int, Place]) -> Board:
    """Return the board with its panels placed, and folded into the rows that are collapsed."""
    moved = {
        n: {**panel, "gridPos": {"x": wanted[n].x, "y": wanted[n].y, "w": wanted[n].w, "h": wanted[n].h}}
        for n, panel in panels(board).items()
    }
    top: list[Board] = []
    for n, panel in sorted(moved.items(), key=lambda entry: _position(entry[1])):
        place = wanted[n]
        if place.collapsed is not None:
            inner = [moved[m] for m in moved if wanted[m].row == n and place.collapsed]
            top.append({**panel, "collapsed": place.collapsed, "panels": sorted(inner, key=_position)})
        elif place.row is None or not wanted[place.row].collapsed:
            top.append(panel)
    return {**board, "panels": top}
