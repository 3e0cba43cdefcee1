"""What Grafana reads when it starts: whole, without a secret, without the internet; no alarm is raised twice."""

import configparser
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from dashboards import alerting, build, provisioning, wanted
from dashboards.boards import boards
from dashboards.indicators import Indicator, load
from ingest import reading, rules
from ingest.conditions import SEVERITIES
from tests.dashboards import asked

Json = dict[str, Any]
FILES = provisioning.files()
TABLES = {path.split("/")[2]: yaml.safe_load(text) for path, text in FILES.items() if path.endswith(".yaml")}
RULES = asked.rules()
NUMBERS = [rule for rule in RULES if "indicator" in rule["labels"]]
UNREPLACED = {"model", "annotations", "relativeTimeRange"}
"""What of alerting Grafana leaves as it stands."""


def texts(node: Any) -> Iterator[str]:
    """Yield every text in which Grafana replaces variables."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if key not in UNREPLACED:
                yield from texts(value)
    elif isinstance(node, list):
        for one in node:
            yield from texts(one)


def test_they_are_among_the_files_that_are_built() -> None:
    made = build.files()
    assert {path: made[path] for path in FILES} == FILES
    assert set(TABLES) == {"datasources", "dashboards", "alerting", "plugins"}
    assert {table["apiVersion"] for table in TABLES.values()} == {1}


def test_every_variable_and_secret_is_told_and_none_is_told_for_nothing() -> None:
    said = [text for table in TABLES.values() for text in texts(table)]
    assert set(re.findall(r"\$__file\{([^}]+)\}", " ".join(said))) == set(provisioning.SECRETS)
    bare = [re.sub(r"\$__file\{[^}]+\}", "", text) for text in said]
    assert set(re.findall(r"\$\{?(\w+)", " ".join(bare))) == set(provisioning.ENVIRONMENT)


def test_the_data_source_asks_as_the_role_that_may_only_read_and_holds_no_secret() -> None:
    [source] = TABLES["datasources"]["datasources"]
    assert source["user"] == reading.ROLE
    assert source["secureJsonData"] == {"password": "$__file{/run/secrets/grafana_reader_password}"}
    assert source["jsonData"]["timescaledb"] is False
    assert source["jsonData"]["maxOpenConns"] <= reading.CONNECTIONS // 2  # two of them at a restart
    assert not source["editable"]
    assert all(board["panels"][0]["datasource"]["uid"] in (source["uid"], None) for board in asked.boards())


def test_boards_lie_where_the_home_board_is_looked_for() -> None:
    [provider] = TABLES["dashboards"]["providers"]
    ini = configparser.ConfigParser(interpolation=None)
    ini.read_string(FILES["grafana/grafana.ini"])
    home = ini["dashboards"]["default_home_dashboard_path"]
    assert home.startswith(provider["options"]["path"] + "/")
    assert home.rpartition("/")[2].removesuffix(".json") in boards()
    assert f"grafana/dashboards/{home.rpartition('/')[2]}" in build.files()


def test_rules_lie_in_a_folder_of_their_own() -> None:
    """Grafana makes it by its title, under a uid of its own: with the boards' title there would be two of that name."""
    boards_lie = {provider["folder"] for provider in TABLES["dashboards"]["providers"]}
    rules_lie = {group["folder"] for group in TABLES["alerting"]["groups"]}
    assert len(rules_lie) == 1
    assert not rules_lie & boards_lie


OFFLINE = """
analytics.reporting_enabled analytics.check_for_updates analytics.check_for_plugin_updates
analytics.feedback_links_enabled news.news_feed_enabled snapshots.external_enabled plugins.preinstall_auto_update
plugins.plugin_admin_enabled geomap.enable_custom_baselayers public_dashboards.enabled auth.anonymous.enabled
"""


def test_nothing_is_asked_of_the_internet() -> None:
    ini = configparser.ConfigParser(interpolation=None)
    ini.read_string(FILES["grafana/grafana.ini"])
    off = {name: ini[name.rpartition(".")[0]][name.rpartition(".")[2]] for name in OFFLINE.split()}
    assert set(off.values()) == {"false"}
    for name in ("security.disable_gravatar", "plugins.preinstall_disabled", "plugins.public_key_retrieval_disabled"):
        section, _, key = name.partition(".")
        assert ini[section][key] == "true"
    assert ini["date_formats"]["default_timezone"] == "Asia/Ho_Chi_Minh"
    assert "http" not in FILES["grafana/grafana.ini"]


def test_it_can_be_pushed_too() -> None:
    environment = dict.fromkeys(provisioning.ENVIRONMENT, "x")
    folder = wanted.folder(FILES)
    assert (folder.uid, folder.title) == (provisioning.FOLDER_UID, provisioning.FOLDER)
    table = {path: re.sub(r"\$__file\{[^}]+\}", "secret", text) for path, text in FILES.items()}
    assert [one["uid"] for one in wanted.datasources(table, environment)] == ["commune-ioc"]
    found = wanted.alerting(table, environment, folder)
    assert sum(len(group["rules"]) for group in found.groups) == len(RULES)
    assert found.contact_points[0]["settings"]["url"] == "x/api/v1/grafana/alerts"


def test_rules_are_such_as_grafana_takes() -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,40}", rule["uid"]) for rule in RULES)
    for unique in ("uid", "title"):
        assert [name for name, count in Counter(rule[unique] for rule in RULES).items() if count > 1] == []
    for rule in RULES:
        query, judged = rule["data"]
        assert (query["datasourceUid"], judged["datasourceUid"]) == ("commune-ioc", "__expr__")
        assert rule["condition"] == judged["refId"] == judged["model"]["refId"]
        assert query["model"]["refId"] == query["refId"] == "A"
        assert query["model"]["rawQuery"]
        assert not re.search(r"\$(?!A\b)", judged["model"]["expression"])
        assert rule["labels"]["severity"] in SEVERITIES
        assert rule["noDataState"] == "OK"
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
    assert [rule["uid"] for rule in RULES if rule["execErrState"] == "Error"] == ["ioc-collector-silent"]


def test_nothing_is_told_twice() -> None:
    ours = {key for key, rule in load().items() if {key, rule.figure} & {name for _, name in alerting.followed_by_us()}}
    theirs = {rule["labels"]["indicator"] for rule in NUMBERS}
    assert theirs
    assert not theirs & ours
    judged = {key for key, one in load().items() if one.warn is not None or one.alarm is not None}
    assert judged == (judged & ours) | theirs | (set(alerting.TOLD_OTHERWISE) - ours)


def test_what_is_told_otherwise_is_told_by_a_rule_that_there_is() -> None:
    assert set(alerting.TOLD_OTHERWISE) <= set(load())
    assert {name for name in alerting.TOLD_OTHERWISE.values() if name} <= set(rules.shipped())


def fires(rule: Json, value: float) -> bool:
    expression = rule["data"][1]["model"]["expression"].replace("$A", repr(value)).replace("&&", "and")
    assert re.fullmatch(r"[\d.e+<>=\- and]+", expression)
    return bool(eval(expression))  # noqa: S307 - numbers and comparisons, as checked


@pytest.mark.parametrize("key", sorted(alerting.watched()))
def test_a_rule_fires_just_where_the_number_is_judged_so(key: str) -> None:
    indicator: Indicator = load()[key]
    its = [rule for rule in NUMBERS if rule["labels"]["indicator"] == key]
    bounds = [bound for bound in (indicator.warn, indicator.alarm) if bound is not None]
    for value in sorted({bound + by for bound in bounds for by in (-1000.0, -0.01, 0.0, 0.01, 1000.0)}):
        fired = [rule["labels"]["severity"] for rule in its if fires(rule, value)]
        assert fired == [level for level in [indicator.level(value)] if level], value
