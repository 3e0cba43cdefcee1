"""`ioc dashboards push`, `diff`, `pull` and `ioc doctor` against a Grafana, as an operator types them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards import build, provisioning, wanted
from dashboards.layout import panels
from ingest.sections import Grafana as Settings
from ioc import grafana
from tests.ioc.conftest import Desk
from tests.peers import grafana as peer
from tests.peers.grafana_http import serving
from tests.servers import free_port


@pytest.fixture
def there() -> Iterator[peer.Grafana]:
    with serving(peer.Grafana()) as made:
        yield made


@pytest.fixture
def operator(desk: Desk, there: peer.Grafana) -> Desk:
    """Somebody whose ioc.toml names the Grafana."""
    desk.configure(f'[grafana]\nurl = "{there.url}"\n')
    desk.environment["IOC_GRAFANA__TOKEN"] = "glsa_viewer"
    return desk


@pytest.fixture
def shown(there: peer.Grafana) -> dict[str, peer.Json]:
    """Our boards, in the Grafana."""
    ours = wanted.boards(build.files())
    for uid, board in ours.items():
        there.enter(uid, board)
    return ours


def test_diff_is_silent_about_equal_boards_and_names_every_drift(
    operator: Desk, there: peer.Grafana, shown: dict[str, peer.Json]
) -> None:
    same = operator.ioc("dashboards", "diff")
    assert (same.status, same.out) == (0, f"{len(shown)} boards, no difference\n")
    for uid in shown:
        there.edit(uid, lambda board: None)
    assert operator.ioc("dashboards", "diff").status == 0, operator.ioc("dashboards", "diff").out
    edited = next(panel for panel in panels(there.board("ioc-overview")).values() if panel["type"] == "stat")
    there.edit("ioc-overview", lambda board: panels(board)[edited["id"]].update(title="Của tôi"))
    del there.boards["ioc-devices"]
    drift = operator.ioc("dashboards", "diff")
    assert drift.status == 1
    assert "(ioc-devices): Grafana does not have it" in drift.out
    assert "Tổng quan (ioc-overview): 1 difference, file -> Grafana" in drift.out
    assert f"    title: “{edited['title']}” -> “Của tôi”" in drift.out
    told = json.loads(operator.ioc("dashboards", "diff", "--json").out)
    assert told["missing"] == ["ioc-devices"]
    (one,) = told["differences"]
    assert (one["board"], one["panel"], one["ours"], one["theirs"]) == (
        "ioc-overview", edited["id"], edited["title"], "Của tôi",
    )  # fmt: skip


def test_push_sends_what_build_writes_and_the_second_time_nothing(operator: Desk, there: peer.Grafana) -> None:
    operator.environment |= dict.fromkeys(provisioning.ENVIRONMENT, "grafana:5432")
    operator.environment |= {Path(path).name.upper(): peer.PASSWORD for path in provisioning.SECRETS}
    operator.environment["IOC_GRAFANA__TOKEN"] = "glsa_admin"
    tried = operator.ioc("dashboards", "push", "--dry-run")
    assert (tried.status, there.sent) == (0, [])
    assert tried.out.endswith("nothing was sent\n")
    first = operator.ioc("dashboards", "push")
    assert first.status == 0, first
    assert "created   board Tổng quan\n" in first.out
    assert "its token, shown once: glsa_commune-ioc_1" in first.out
    ours = wanted.boards(build.files())
    assert set(there.boards) == set(ours)
    assert there.passwords["commune-ioc"] == peer.PASSWORD
    rules = [rule["uid"] for group in there.groups.values() for rule in group["rules"]]
    assert rules
    assert len(rules) == len(set(rules))
    there.sent.clear()
    second = json.loads(operator.ioc("dashboards", "push", "--json").out)
    assert second["unchanged"] == len(second["steps"])
    assert there.sent == []
    assert operator.ioc("dashboards", "diff").out == f"{len(ours)} boards, no difference\n"
    # A board that somebody edited is kept, and the status says so.
    there.edit("ioc-overview", lambda board: board.update(title="Của tôi"))
    kept = operator.ioc("dashboards", "push")
    assert kept.status == 1
    assert "kept      board Tổng quan: admin edited it in Grafana (version 2)" in kept.out


def test_pull_writes_the_layout_and_names_what_stays(
    operator: Desk, there: peer.Grafana, shown: dict[str, peer.Json]
) -> None:
    edited = next(panel for panel in panels(there.board("ioc-overview")).values() if panel["type"] == "stat")

    def edit(board: peer.Json) -> None:
        panels(board)[edited["id"]]["gridPos"]["h"] += 1
        panels(board)[edited["id"]]["fieldConfig"]["defaults"]["unit"] = "short"

    there.edit("ioc-overview", edit)
    pulled = operator.ioc("dashboards", "pull", "--to", "layouts")
    assert pulled.status == 0
    assert "1 panels moved, written to layouts/ioc-overview.toml" in pulled.out
    assert "can't be brought back, change it in code" in pulled.out
    assert "unit (fieldConfig.defaults.unit)" in pulled.out
    assert "it stands in the number's unit in dashboards/indicators" in pulled.out
    assert f"{edited['id']} = {{ title = " in (operator.folder / "layouts" / "ioc-overview.toml").read_text("utf-8")


def found(there: peer.Grafana, **more: str) -> dict[str, grafana.Seen]:
    settings = Settings.model_validate({"url": there.url, "token": "glsa_viewer", **more})
    return {seen[0]: seen for seen in grafana.assess(settings)}


def test_the_datasource_is_asked_through_grafana(there: peer.Grafana) -> None:
    assert found(there)["grafana datasource commune-ioc"][3] == "`ioc dashboards push` makes it"
    there.sources["commune-ioc"] = {"uid": "commune-ioc", "type": peer.POSTGRES}
    there.passwords["commune-ioc"] = peer.PASSWORD
    assert found(there)["grafana datasource"] == ("grafana datasource", True, "Database Connection OK", "")
    there.passwords["commune-ioc"] = "cũ"
    _, good, seen, remedy = found(there)["grafana datasource commune-ioc"]
    assert not good
    assert "password authentication failed" in seen
    assert "password" in remedy
    there.plugins.clear()
    assert "plugins folder" in found(there)["grafana datasource commune-ioc"][3]


@pytest.mark.parametrize(
    ("version", "good"), [("11.6.0", False), ("12.4.11", True), ("13.2.1", False), ("13.2.3", True)]
)
def test_versions_that_do_not_serve_are_named(there: peer.Grafana, version: str, good: bool) -> None:
    there.version = version
    assert found(there)["grafana"][1] is good


def test_who_may_not_and_who_is_away_are_told(there: peer.Grafana) -> None:
    assert "IOC_GRAFANA__TOKEN" in found(there, token="glsa_old")["grafana datasource commune-ioc"][3]
    away = found(there, url=f"http://127.0.0.1:{free_port()}")["grafana"]
    assert (away[1], away[3]) == (False, "start Grafana, or correct [grafana] url")
    assert list(grafana.assess(Settings())) == []


def test_the_doctor_tells_of_grafana(office: Desk, there: peer.Grafana) -> None:
    office.configure(f'[grafana]\nurl = "{there.url}"\n')
    said = office.ioc("doctor", IOC_GRAFANA__TOKEN="glsa_viewer")
    assert f"ok   grafana: 12.4.11 at {there.url}" in said.out
    assert "BAD  grafana datasource commune-ioc: 404 Data source not found" in said.out
    assert "     -> `ioc dashboards push` makes it" in said.out


def test_without_the_extra_it_is_said_how_to_install_it(operator: Desk, tmp_path: Path) -> None:
    absent = tmp_path / "absent" / "grafana_client"
    absent.mkdir(parents=True)
    (absent / "__init__.py").write_text("raise ModuleNotFoundError(name='grafana_client')\n")
    refused = operator.ioc("dashboards", "diff", PYTHONPATH=str(absent.parent))
    assert refused.status == 2
    assert "pip install 'commune-ioc[grafana]'" in refused.err


def test_without_an_address_it_is_said_where_to_write_it(desk: Desk) -> None:
    refused = desk.ioc("dashboards", "diff")
    assert (refused.status, refused.err.startswith("ioc.toml:grafana.url: is missing")) == (2, True)


def test_who_may_not_is_told_and_the_status_is_1(operator: Desk, shown: dict[str, peer.Json]) -> None:
    refused = operator.ioc("dashboards", "diff", IOC_GRAFANA__TOKEN="glsa_old")
    assert refused.status == 1
    assert "401 Invalid API key" in refused.err
    assert "-> the token ended" in refused.err
