"""`ioc check`, `ioc schema`, `ioc explain` and `ioc dashboards check`: what is asked before anything runs."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from connectors import CONNECTORS
from dashboards import indicators
from dashboards.boards import boards
from ingest.store import Store
from tests.ioc.conftest import Desk

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "ioc.example.toml"
BAD = """
[commune]
unit = "5068"

[broker]
protocl = "5"

[http]
port = 99999

[database]
url = "postgresql://ioc:secret@db/ioc"

[sources.a]
connector = "camera"

[sources.b]
connector = "budget_workbook"
unit = "05068"
foldr = "/x"

[[devices]]
unit = "05068"
kind = "tractor"
name = "T 1"
"""


def test_a_good_configuration(desk: Desk) -> None:
    shown = desk.ioc("check", "--config", EXAMPLE, "--json")
    assert shown.status == 0
    assert json.loads(shown.out) == {
        "configuration": "good",
        "sources": 7,
        "indicators": len(indicators.load()),
        "indicators_sql": "prepared",
    }
    assert shown.err == ""
    assert "configuration: good" in desk.ioc("check", "--config", EXAMPLE).out


def test_no_configuration_at_all_is_good_too(desk: Desk) -> None:
    desk.file.unlink()
    assert desk.ioc("check").status == 0


def test_the_file_in_the_folder_is_read_without_being_named(desk: Desk) -> None:
    desk.configure("[brokr]\n")
    refused = desk.ioc("check")
    assert (refused.status, refused.err) == (2, "ioc.toml:brokr: unknown key; did you mean 'broker'?\n")


def test_all_mistakes_come_at_once_each_a_line_with_its_place(desk: Desk) -> None:
    desk.file.write_text(BAD, "utf-8")
    refused = desk.ioc("check", "--config", "ioc.toml", IOC_HTPP__PORT="1")
    assert refused.status == 2
    assert refused.out == ""
    lines = refused.err.splitlines()
    places = [line.split(": ")[0] for line in lines]
    assert sorted(places) == sorted(
        [
            "environment:IOC_HTPP__PORT",
            "ioc.toml:commune.unit",
            "ioc.toml:broker.protocl",
            "ioc.toml:http.port",
            "ioc.toml:database.url",
            "ioc.toml:sources.a.connector",
            "ioc.toml:sources.b.folder",
            "ioc.toml:sources.b.foldr",
            "ioc.toml:devices.0.kind",
            "ioc.toml:devices.0.name",
        ]
    )
    assert "secret@" not in refused.err
    meant = "ioc.toml:sources.a.connector: there is no connector 'camera'; did you mean 'camera_"
    assert any(line.startswith(meant) for line in lines)


def test_a_file_that_is_no_toml(desk: Desk) -> None:
    desk.file.write_text("[broker\n")
    refused = desk.ioc("check")
    assert refused.status == 2
    assert refused.err.startswith("ioc.toml: not TOML: ")
    assert refused.err.count("\n") == 1


def fits(schema: dict[str, Any], value: Any, whole: dict[str, Any]) -> bool:
    """Judge by the part of JSON schema that pydantic writes; a word that this does not know fails the test."""
    if "$ref" in schema:
        return fits(whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], value, whole)
    known = {"$defs", "title", "description", "default", "format", "type", "properties", "required",
             "additionalProperties", "propertyNames",
             "anyOf", "oneOf", "const", "enum", "items", "prefixItems", "minItems", "maxItems", "pattern", "minimum",
             "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"}  # fmt: skip
    assert set(schema) <= known, set(schema) - known
    for word, wanted in (("anyOf", any), ("oneOf", lambda found: sum(found) == 1)):
        if word in schema and not wanted([fits(one, value, whole) for one in schema[word]]):
            return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    types: dict[str, Any] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    types |= {"number": (int, float), "null": type(None)}
    given = schema.get("type", [])
    if given and not any(isinstance(value, types[one]) for one in ([given] if isinstance(given, str) else given)):
        return False
    if isinstance(value, dict):
        own, other = schema.get("properties", {}), schema.get("additionalProperties", True)
        rest = [name for name in value if name not in own]
        if (rest and other is False) or set(schema.get("required", [])) - set(value):
            return False
        if not all(fits(schema.get("propertyNames", {}), name, whole) for name in value):
            return False
        if isinstance(other, dict) and not all(fits(other, value[name], whole) for name in rest):
            return False
        return all(fits(own[name], value[name], whole) for name in value if name in own)
    if isinstance(value, list) and "prefixItems" in schema:
        return all(fits(one, item, whole) for one, item in zip(schema["prefixItems"], value, strict=True))
    return not isinstance(value, list) or all(fits(schema.get("items", {}), item, whole) for item in value)


def test_the_schema_names_every_connector_and_accepts_the_example(desk: Desk) -> None:
    shown = desk.ioc("schema")
    assert shown.status == 0
    schema = json.loads(shown.out)
    named = {one["$ref"] for one in schema["properties"]["sources"]["additionalProperties"]["oneOf"]}
    assert named == {f"#/$defs/{name}" for name in CONNECTORS}
    # As JSON has it: a day is a text there.
    example = json.loads(json.dumps(tomllib.loads(EXAMPLE.read_text("utf-8")), default=str))
    assert {table["connector"] for table in example["sources"].values()} <= set(CONNECTORS)
    assert fits(schema, example, schema)
    mistakes: tuple[dict[str, Any], ...] = (
        {"brokr": {}},
        {"broker": {"url": 5}},
        {"sources": {"a": {"connector": "tractor"}}},
        {"sources": {"a": {"connector": "budget_workbook"}}},
        {"sources": {"a": {"connector": "camera_mqtt", "folder": "x"}}},
        {"devices": [{"unit": "05068", "kind": "tractor", "name": "a"}]},
    )
    for mistake in mistakes:
        assert not fits(schema, mistake, schema), mistake


@pytest.fixture
def explaining(desk: Desk) -> Desk:
    desk.configure('[sources.loudspeakers]\nconnector = "loudspeaker_mqtt"\n')
    return desk


TOPIC = "ioc/05068/loudspeaker/ls-1/status"


def test_explain_shows_what_was_understood(explaining: Desk) -> None:
    body = '{"state": "playing", "volume_pct": 70, "programme": "Bản tin sáng"}'
    (explaining.folder / "body.json").write_text(body)
    shown = explaining.ioc("explain", "loudspeakers", "body.json", "--address", TOPIC, "--json")
    assert shown.status == 0
    told = json.loads(shown.out)
    assert told["refused"] is None
    assert (told["source"], told["connector"], told["address"]) == ("loudspeakers", "LoudspeakerMqtt", TOPIC)
    (record,) = told["understood"]
    assert record["type"] == "DeviceReport"
    assert record["device"] == ["05068", "loudspeaker", "ls-1"]
    assert record["state"] == "playing"
    assert record["values"] == {"volume_pct": 70}
    assert record["labels"]["programme"] == "Bản tin sáng"
    people = explaining.ioc("explain", "loudspeakers", "body.json", "--address", TOPIC)
    assert people.status == 0
    came, understood, record, refused = people.out.splitlines()[1:]
    assert came == f"came: {len(body.encode())} bytes as {TOPIC}"
    assert understood == "understood: 1 record"
    assert record.startswith("  DeviceReport  device=05068.loudspeaker.ls-1  at=")
    assert record.endswith("state=playing  values=volume_pct: 70  labels=programme: Bản tin sáng")
    assert refused == "refused: nothing"


@pytest.mark.parametrize(
    ("body", "address", "place"),
    [('{"stat', TOPIC, "body"), ('{"state": "dancing"}', TOPIC, "state"), ('{"state": "idle"}', "elsewhere", "topic")],
    ids=["half", "state", "topic"],
)
def test_explain_shows_what_was_refused_and_why(explaining: Desk, body: str, address: str, place: str) -> None:
    (explaining.folder / "body.json").write_text(body)
    shown = explaining.ioc("explain", "loudspeakers", "body.json", "--address", address, "--json")
    assert shown.status == 1
    told = json.loads(shown.out)
    assert told["understood"] == []
    assert told["refused"]["place"] == place
    assert told["refused"]["reason"]


def test_explain_does_nothing_to_the_terminal(explaining: Desk) -> None:
    (explaining.folder / "body.json").write_text('{"state": "playing", "programme": "\\u001b[2J\\nrefused: 9 faults"}')
    shown = explaining.ioc("explain", "loudspeakers", "body.json", "--address", TOPIC)
    assert "\x1b" not in shown.out
    assert "labels=programme: \\x1b[2J\\nrefused: 9 faults\n" in shown.out


def test_explain_lists_figures_and_faults_of_a_workbook_a_line_each(explaining: Desk) -> None:
    with (explaining.folder / "ioc.toml").open("a") as more:
        more.write('\n[sources.budget]\nconnector = "budget_workbook"\nunit = "05068"\nfolder = "."\n')
    cases = Path(__file__).parents[2] / "connectors" / "budget_workbook" / "cases"
    good = explaining.ioc("explain", "budget", str(cases / "real_2026" / "body.xlsx"))
    assert good.status == 0
    assert (
        "  Observation  unit=05068  indicator=expenditure_estimate  period=2026-01-01…2026-08-25 (custom, cumulative)"
        "  value=3794740000000  bound=exact\n"
    ) in good.out
    bad = explaining.ioc("explain", "budget", str(cases / "bad_cells" / "body.xlsx"))
    assert bad.status == 1
    told = bad.out.partition("refused: 7 faults\n")[2].splitlines()
    assert told[0].startswith("  Chi!D7: a number is expected, not 'abc'")
    assert told[1].startswith("    “abc” không phải là số")
    assert len(told) == 14


def test_explain_names_the_sources_there_are_and_the_file_it_could_not_read(explaining: Desk) -> None:
    refused = explaining.ioc("explain", "loudspeaker", "ioc.toml")
    assert (refused.status, refused.err) == (
        2,
        "sources.loudspeaker: there is no such source; there are loudspeakers\n",
    )
    missing = explaining.ioc("explain", "loudspeakers", "none.json")
    assert (missing.status, missing.err) == (2, "none.json: can't be read: No such file or directory\n")


def test_dashboards_check_prepares_every_number(office: Desk, store: Store) -> None:
    store.execute("drop schema indicator cascade; delete from store_meta where key = 'indicators'")
    shown = office.ioc("dashboards", "check", "--json")
    assert shown.status == 0
    assert json.loads(shown.out) == {"indicators": len(indicators.load()), "boards": len(boards())}
    assert not indicators.install(store)  # they are there now
