"""What `diff` tells of an edited board, what `pull` brings back, and that a board built from it is as it was edited."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import drift, layout, wanted
from dashboards.grafana_api import Grafana, GrafanaFault
from dashboards.pull import pull
from dashboards.push import Push, shown_boards
from ingest.errors import ConfigError
from ingest.sections import Grafana as Settings
from tests.dashboards.commune_files import DEVICES, ENVIRONMENT, OVERVIEW, Json, board, files, panel, row
from tests.peers import grafana as peer
from tests.peers.grafana_http import serving

OURS = {"ioc-overview": OVERVIEW, "ioc-devices": DEVICES}


@pytest.fixture
def there() -> Iterator[peer.Grafana]:
    """A Grafana that has our boards."""
    with serving(peer.Grafana()) as grafana:
        with reader(grafana) as ours:
            list(Push(ours, files(), ENVIRONMENT).steps())
        yield grafana


def reader(there: peer.Grafana) -> Grafana:
    return Grafana(Settings.model_validate({"url": there.url, "token": "glsa_admin"}))


def shown(there: peer.Grafana) -> dict[str, Json]:
    with reader(there) as grafana:
        return shown_boards(grafana, OURS)


def differences(there: peer.Grafana) -> list[drift.Difference]:
    return [one for uid, theirs in shown(there).items() for one in drift.compare(OURS[uid], theirs)]


def by_id(edited: Json, n: int) -> Any:
    return layout.panels(edited)[n]


def test_what_was_pushed_is_no_drift_even_when_it_was_opened_and_saved(there: peer.Grafana) -> None:
    assert differences(there) == []
    for uid in OURS:
        there.edit(uid, lambda edited: None)
    assert differences(there) == []


def test_each_edit_is_told_with_its_panel(there: peer.Grafana) -> None:
    def edit(edited: Json) -> None:
        one = by_id(edited, 1)
        one["gridPos"] |= {"x": 8}
        one["title"] = "Camera của tôi"
        one["targets"][0]["rawSql"] = "select 7"
        one["fieldConfig"]["defaults"]["unit"] = "short"
        one["fieldConfig"]["defaults"]["decimals"] = 0
        one["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] = 50
        by_id(edited, 2)["options"]["colorMode"] = "background"
        edited["panels"] = [entry for entry in edited["panels"] if entry["id"] != 3] + [panel(9, "Mới", 0, 20)]
        edited["time"]["from"] = "now-7d"
        edited["templating"]["list"][0]["query"] = "select name from unit"

    there.edit("ioc-overview", edit)
    told = {(one.panel, one.what): (one.ours, one.theirs) for one in differences(there)}
    assert told == {
        (None, "time.from"): ("now-24h", "now-7d"),
        (None, "SQL (templating.list.commune.query)"): ("select code from unit", "select name from unit"),
        (1, "position"): ({"x": 0, "y": 0, "w": 8, "h": 6}, {"x": 8, "y": 0, "w": 8, "h": 6}),
        (1, "title"): ("Camera", "Camera của tôi"),
        (1, "SQL (targets.A.rawSql)"): ("select 1", "select 7"),
        (1, "unit (fieldConfig.defaults.unit)"): ("percent", "short"),
        (1, "fieldConfig.defaults.decimals"): (None, 0),
        (1, "thresholds (fieldConfig.defaults.thresholds.steps)"): (
            [{"color": "red"}, {"color": "green", "value": 95}],
            [{"color": "red"}, {"color": "green", "value": 50}],
        ),
        (2, "options.colorMode"): (None, "background"),
        (3, "panel removed in Grafana"): ("Thu", None),
        (9, "panel added in Grafana"): (None, "Mới"),
    }
    lines = drift.lines(differences(there), {uid: str(one["title"]) for uid, one in OURS.items()})
    assert lines[0] == "Tổng quan (ioc-overview): 11 differences, file -> Grafana"
    assert "  panel 1 “Camera”" in lines
    assert "    position: x 0 y 0 w 8 h 6 -> x 8 y 0 w 8 h 6" in lines
    assert "    unit (fieldConfig.defaults.unit): “percent” -> “short”" in lines
    assert not any("Thiết bị" in line for line in lines)


def test_a_default_that_somebody_took_away_is_drift(there: peer.Grafana) -> None:
    there.edit("ioc-devices", lambda edited: by_id(edited, 2)["fieldConfig"]["defaults"]["custom"].update(lineWidth=4))
    assert [(one.panel, one.what, one.theirs) for one in differences(there)] == [
        (2, "fieldConfig.defaults.custom.lineWidth", 4)
    ]


def collapse(edited: Json, n: int) -> None:
    """Fold a row as the editor does: its panels go into it, what lies below moves up."""
    at = next(k for k, entry in enumerate(edited["panels"]) if entry["id"] == n)
    inner = []
    while at + 1 < len(edited["panels"]) and edited["panels"][at + 1]["type"] != "row":
        inner.append(edited["panels"].pop(at + 1))
    edited["panels"][at] |= {"collapsed": True, "panels": inner}
    for entry in edited["panels"][at + 1 :]:
        entry["gridPos"]["y"] -= 6


def test_a_layout_comes_back_and_builds_the_edited_board(there: peer.Grafana, tmp_path: Path) -> None:
    def edit(edited: Json) -> None:
        by_id(edited, 2)["gridPos"], by_id(edited, 3)["gridPos"] = (
            {**by_id(edited, 3)["gridPos"], "w": 16},
            by_id(edited, 2)["gridPos"],
        )
        collapse(edited, 10)

    there.edit("ioc-devices", edit)
    (pulled,) = [one for one in pull(OURS, shown(there), tmp_path) if one.file]
    assert (pulled.board, pulled.left, pulled.moved) == ("ioc-devices", (), 5)
    built = layout.arranged(DEVICES, tmp_path)
    assert [entry["id"] for entry in built["panels"]] == [1, 10, 20, 4]
    assert [entry["id"] for entry in built["panels"][1]["panels"]] == [3, 2]
    assert by_id(built, 2)["gridPos"] == {"x": 8, "y": 7, "w": 16, "h": 6}
    assert drift.compare(built, there.board("ioc-devices")) == []
    assert layout.arranged(OVERVIEW, tmp_path) == OVERVIEW
    # Pulled again, nothing moves and the file stays as it is.
    file = tmp_path / "ioc-devices.toml"
    before = file.read_text("utf-8")
    assert pull({"ioc-devices": built}, shown(there), tmp_path)[0].file is None
    assert file.read_text("utf-8") == before


def test_rows_that_grafana_13_numbered_anew_are_still_ours(there: peer.Grafana, tmp_path: Path) -> None:
    def renumber(edited: Json) -> None:
        for n, entry in enumerate(entry for entry in edited["panels"] if entry["type"] == "row"):
            entry["id"] = 90 + n

    there.edit("ioc-devices", renumber)
    assert differences(there) == []
    there.edit("ioc-devices", lambda edited: collapse(edited, 91))
    assert {(one.panel, one.what) for one in differences(there)} == {(20, "collapsed")}
    pull(OURS, shown(there), tmp_path)
    assert [entry["id"] for entry in layout.arranged(DEVICES, tmp_path)["panels"]] == [1, 10, 2, 3, 20]


def test_the_built_layout_can_be_pushed_without_overwriting(there: peer.Grafana, tmp_path: Path) -> None:
    there.edit("ioc-overview", lambda edited: by_id(edited, 1)["gridPos"].update(h=9))
    pull(OURS, shown(there), tmp_path)
    built = layout.arranged(OVERVIEW, tmp_path)
    with reader(there) as grafana:
        steps = {step.name: step.done for step in Push(grafana, files(built, DEVICES), ENVIRONMENT).steps()}
    assert steps["Tổng quan"] == "unchanged"


def test_what_can_not_be_brought_back_is_named_with_where_it_stands(there: peer.Grafana, tmp_path: Path) -> None:
    def edit(edited: Json) -> None:
        by_id(edited, 2)["targets"][0]["rawSql"] = "select 8"
        by_id(edited, 2)["fieldConfig"]["defaults"]["unit"] = "short"
        edited["panels"].append(panel(9, "Mới", 0, 6))

    there.edit("ioc-overview", edit)
    (pulled,) = [one for one in pull(OURS, shown(there), tmp_path) if one.left]
    assert pulled.file is None
    assert not list(tmp_path.iterdir())
    assert {(one.panel, one.what.split(" (")[0], one.home) for one in pulled.left} == {
        (2, "SQL", "dashboards/indicators or dashboards/boards.py"),
        (2, "unit", "the number's unit in dashboards/indicators"),
        (9, "panel added in Grafana", "dashboards/boards.py"),
    }


def test_a_panel_that_code_adds_later_lies_below_the_layout(tmp_path: Path) -> None:
    (tmp_path / "ioc-overview.toml").write_text(layout.text("Tổng quan", layout.places(OVERVIEW)), "utf-8")
    grown = {**OVERVIEW, "panels": [*OVERVIEW["panels"], panel(4, "Chi", 0, 0)]}
    placed = layout.places(layout.arranged(grown, tmp_path))
    assert placed[4].y == 6
    assert {n: place for n, place in placed.items() if n != 4} == layout.places(OVERVIEW)


def test_a_layout_that_no_longer_fits_its_board_is_refused_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "ioc-overview.toml"
    file.write_text(layout.text("Tổng quan", layout.places(OVERVIEW)), "utf-8")
    other = board("ioc-overview", "Tổng quan", panel(1, "Ca mê ra", 0, 0), panel(2, "Loa", 8, 0))
    with pytest.raises(ConfigError) as told:
        layout.arranged(other, tmp_path)
    assert told.value.faults == (
        "ioc-overview.toml:panels.1: is 'Camera' here and 'Ca mê ra' in the board",
        "ioc-overview.toml:panels.3: the board has no such panel (Thu)",
        "ioc-overview.toml: correct these lines, or remove the file and pull again",
    )
    file.write_text('[panels]\n1 = { title = "Camera", x = 30, y = 0, w = 8, hh = 6 }\n')
    with pytest.raises(ConfigError) as told:
        layout.arranged(OVERVIEW, tmp_path)
    places = {fault.rpartition(": ")[0].partition(": ")[0] for fault in told.value.faults}
    assert places == {f"ioc-overview.toml:panels.1.{name}" for name in ("x", "h", "hh")}


def test_a_board_in_the_newer_form_only_is_not_compared_silently(there: peer.Grafana) -> None:
    there.boards["ioc-overview"][-1]["data"] = {"uid": "ioc-overview", "elements": {}, "layout": {"kind": "GridLayout"}}
    with pytest.raises(GrafanaFault, match="newer form"):
        shown(there)


@given(st.data())
def test_any_arrangement_comes_back(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Law: whatever the grid and the folded rows, the file of a layout builds the layout."""
    folder = tmp_path_factory.mktemp("layouts")
    edited = copy.deepcopy(DEVICES)
    entries = [row(30, "Cuối", 99), *edited["panels"]]
    edited["panels"] = entries
    ours = copy.deepcopy(edited)
    y = 0
    rest = data.draw(st.permutations([entry for entry in entries if entry["type"] != "row"]))
    rows = data.draw(st.permutations([entry for entry in entries if entry["type"] == "row"]))
    edited["panels"] = []
    for header in [None, *rows]:
        under = [rest.pop() for _ in range(data.draw(st.integers(0, len(rest))))]
        folded = header is not None and data.draw(st.booleans())
        if header is not None:
            header |= {"collapsed": folded, "panels": []}
            header["gridPos"]["y"] = y
            edited["panels"].append(header)
            y += 1
        inner = y
        for entry in under:
            height = data.draw(st.integers(1, 9))
            entry["gridPos"] = {"x": data.draw(st.integers(0, 12)), "y": inner, "w": data.draw(st.integers(1, 12)),
                                "h": height}  # fmt: skip
            inner += height
            (header["panels"] if folded and header else edited["panels"]).append(entry)
        y = y if folded else inner
    missing = {entry["id"] for entry in rest}
    (folder / "ioc-devices.toml").write_text(
        layout.text("Thiết bị", {n: place for n, place in layout.places(edited).items() if n not in missing}), "utf-8"
    )
    built = layout.places(layout.arranged(ours, folder))
    assert {n: built[n] for n in layout.places(edited)} == layout.places(edited)


def test_the_folder_and_boards_are_those_of_the_files() -> None:
    assert wanted.boards(files()) == json.loads(json.dumps(OURS))
    assert wanted.folder(files()) == wanted.Folder("ioc", "Điều hành")
    with pytest.raises(ConfigError, match="ioc dashboards build"):
        wanted.folder({})
