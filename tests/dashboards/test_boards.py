"""Boards as Grafana is given them: fresh files, rules kept, nothing that Grafana would not understand."""

import copy
from pathlib import Path
from typing import Any

import pytest

from dashboards import build, grid, lint
from dashboards.boards import boards
from dashboards.indicators import load
from dashboards.panels import tile
from tests.dashboards.grafana_schema import lost

Json = dict[str, Any]


@pytest.fixture(scope="module")
def made() -> list[Json]:
    return [board.render() for board in boards().values()]


def test_the_committed_files_are_those_that_the_numbers_make() -> None:
    assert build.stale() == []


def test_a_file_that_is_old_missing_or_left_over_is_named(tmp_path: Path) -> None:
    build.write(tmp_path)
    assert build.stale(tmp_path) == []
    folder = tmp_path / "grafana" / "dashboards"
    (folder / "ioc-devices.json").write_text("{}", "utf-8")
    (folder / "ioc-overview.json").unlink()
    (folder / "mine.json").write_text("{}", "utf-8")
    assert build.stale(tmp_path) == [
        "grafana/dashboards/ioc-devices.json: is out of date",
        "grafana/dashboards/ioc-overview.json: is missing",
        "grafana/dashboards/mine.json: belongs to no definition",
    ]
    assert build.write(tmp_path)
    assert build.write(tmp_path) == []


def test_boards_keep_the_rules_and_every_number_is_on_one(made: list[Json]) -> None:
    assert lint.faults(made, list(load())) == []


@pytest.mark.parametrize("uid", list(boards()))
def test_grafanas_schema_gives_every_key_back(uid: str) -> None:
    board = boards()[uid].render()
    assert lost(board) == []


@pytest.mark.parametrize(
    ("path", "word"), [("options", "reduceOptoins"), ("fieldConfig", "defautls"), ("gridPos", "width")]
)
def test_a_misspelt_key_would_be_found(path: str, word: str) -> None:
    board = copy.deepcopy(boards()["ioc-overview"].render())
    board["panels"][0][path][word] = 1
    assert lost(board) == [f".panels[0].{path}.{word} is unknown"]


def test_each_rule_finds_its_fault() -> None:
    def spoilt(change: str, where: str, value: Any) -> list[str]:
        board = copy.deepcopy(boards()["ioc-overview"].render())
        panel = next(panel for panel in board["panels"] if panel["type"] == "stat")
        holder = {"board": board, "panel": panel, "query": panel["targets"][0], "grid": panel["gridPos"],
                  "defaults": panel["fieldConfig"]["defaults"]}[where]  # fmt: skip
        holder[change] = value
        return lint.faults([board])

    def says(found: list[str], words: str) -> bool:
        return len(found) == 1 and words in found[0]

    assert says(spoilt("description", "panel", " "), "has no description")
    assert says(spoilt("unit", "defaults", ""), "has no unit")
    assert says(spoilt("datasource", "query", {"type": "postgres", "uid": "mine"}), "is not provisioned")
    assert says(spoilt("rawSql", "query", "select $__timeGroup(a, '1d')"), "$__timeGroup()")
    assert says(spoilt("rawSql", "query", "select '${commune}'"), "${commune:sqlstring}")
    assert says(spoilt("rawSql", "query", "select ${village:sqlstring}"), "does not have: village")
    assert says(spoilt("rawSql", "query", "select 1 -- $__timeFrom()"), "has a comment")
    assert says(spoilt("schemaVersion", "board", 39), "schemaVersion")
    assert says(spoilt("timezone", "board", "browser"), "time zone")
    assert any("lie upon each other" in line for line in spoilt("w", "grid", 24))
    assert any("does not fit" in line for line in spoilt("w", "grid", 25))
    assert any("stands on several panels" in line for line in spoilt("title", "panel", "Độ mới của số liệu"))
    board = copy.deepcopy(boards()["ioc-devices"].render())
    chart = next(panel for panel in board["panels"] if panel["type"] == "geomap")
    chart["options"]["basemap"] = {"type": "default"}
    assert says(lint.faults([board]), "fetches tiles from the internet")
    board = boards()["ioc-overview"].render()
    assert says(lint.faults([board, {**board, "title": "Khác"}]), "uid 'ioc-overview'")
    assert lint.faults([board], ["network_loss"]) == ["indicator.network_loss: no board shows it"]


def test_a_row_that_does_not_fill_the_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="24 columns"):
        grid.place([[tile("procedures_overdue", width=12), tile("documents_overdue", width=14)]])
    with pytest.raises(ValueError, match="24 columns"):
        grid.place([[tile("procedures_overdue", width=12)]])


def test_thresholds_colour_a_value_as_the_number_judges_it(made: list[Json]) -> None:
    colours = {"critical": "#ff6159", "warning": "#f4b740", "": "#63b3a6"}
    judged = [one for one in load().values() if one.warn is not None or one.alarm is not None]
    assert judged
    for indicator in judged:
        steps = tile(indicator.key)["fieldConfig"]["defaults"]["thresholds"]["steps"]
        bounds = [bound for bound in (indicator.warn, indicator.alarm) if bound is not None]
        for value in [bound + shift for bound in bounds for shift in (-0.01, 0, 0.01)]:
            colour = [step["color"] for step in steps if step["value"] is None or step["value"] <= value][-1]
            assert colour == colours[indicator.level(value)], (indicator.key, value)
