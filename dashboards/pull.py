"""An edited board's layout brought back from Grafana as code, and plainly what can't be: SQL, units, thresholds, …"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboards import drift, layout
from dashboards.drift import Difference
from dashboards.layout import Board
from ingest.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Pulled:
    """One board: the layout file that was written (None: nothing was moved), how much moved, and what stays behind."""

    board: str
    title: str
    file: Path | None
    moved: int
    left: tuple[Difference, ...]


def pull(ours: Mapping[str, Board], theirs: Mapping[str, Board], folder: Path = layout.FOLDER) -> list[Pulled]:
    """Write the layout file of every board that was arranged otherwise; raises :class:`ConfigError` where it can't.

    Both are boards by uid: as built now, and as Grafana shows them. Panels that were added there have no code to lie in
    and are told; panels that were removed there are told and keep a place.
    """
    found: list[Pulled] = []
    for uid, board in theirs.items():
        if uid not in ours:
            continue
        differences = drift.compare(ours[uid], board)
        moved = [one for one in differences if not one.home]
        left = tuple(one for one in differences if one.home)
        file = _written(ours[uid], board, folder) if moved else None
        found.append(Pulled(uid, str(ours[uid]["title"]), file, len({one.panel for one in moved}), left))
    return found


def _written(ours: Board, theirs: Board, folder: Path) -> Path:
    here, there = layout.places(ours), layout.places(layout.recognised(theirs, ours))
    known = {n: there[n].model_copy(update={"title": place.title}) for n, place in here.items() if n in there}
    file = folder / f"{ours['uid']}.toml"
    try:
        folder.mkdir(exist_ok=True)
        file.write_text(layout.text(str(ours["title"]), known), "utf-8")
    except OSError as error:
        raise ConfigError(f"{file}: can't be written: {error.strerror}; pull in a checkout of the project") from error
    return file
