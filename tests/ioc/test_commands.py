"""Every command explains itself, and ends with 0 (good), 1 (failed) or 2 (the operator's mistake)."""

import pytest
import typer
from typer.testing import CliRunner

from ioc import cli
from tests.ioc.conftest import Desk

GROUP = typer.main.get_command(cli.app)


def commands(group: object = GROUP, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the words of every command."""
    found: list[tuple[str, ...]] = []
    for name, command in getattr(group, "commands", {}).items():
        below = commands(command, (*above, name))
        found += below or [(*above, name)]
    return found


COMMANDS = commands()
SILENT = {("demo",), ("run",), ("simulate",)}
"""They go on, and log."""


def test_these_are_the_commands() -> None:
    assert {" ".join(words) for words in COMMANDS} == {
        "demo", "run", "check", "explain", "migrate", "doctor", "schema", "simulate", "rejections list",
        "rejections show", "rejections retry", "user add", "user passwd", "user disable", "token create",
        "token revoke", "dashboards check", "dashboards build",
        "dashboards push", "dashboards diff", "dashboards pull", "reference", "record", "replay", "import", "poll",
        "devices import", "report brief", "report devices", "notify test",
    }  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli.app, [*words, "--help"])
    assert shown.exit_code == 0
    assert " ".join(words) in shown.output
    command: object = GROUP
    for word in words:
        command = getattr(command, "commands")[word]  # noqa: B009 - of a group that typer makes, untyped
    told = str(getattr(command, "help", ""))
    assert told.endswith(".")
    assert " ".join(told.split())[:30] in " ".join(shown.output.replace("│", " ").split())


@pytest.mark.parametrize("words", [w for w in COMMANDS if w not in SILENT], ids=" ".join)
def test_what_prints_data_prints_it_as_json_too(words: tuple[str, ...]) -> None:
    assert "--json" in CliRunner().invoke(cli.app, [*words, "--help"], env={"COLUMNS": "200"}).output


def test_the_program_and_its_groups_explain_themselves(desk: Desk) -> None:
    shown = desk.ioc("--help")
    assert shown.status == 0
    for words in COMMANDS:
        assert words[0] in shown.out
    for group in {words[0] for words in COMMANDS if len(words) == 2}:
        inner = desk.ioc(group, "--help")
        assert inner.status == 0
        assert all(words[1] in inner.out for words in COMMANDS if words[0] == group)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tractor"], "No such command"),
        (["check", "--tractor"], "No such option"),
        (["explain"], "Missing argument"),
        (["demo", "--devices", "-1"], "devices"),
        (["simulate", "--faults", "drop,tractor"], "there is no fault tractor; there are drop, delay, duplicate"),
        (["simulate", "--devices", "0"], "devices"),
        (["rejections", "list", "--limit", "0"], "limit"),
        (["run", "--only", "nonsense"], "--only: 'nonsense' is neither 'ingest' nor 'api'"),
        (["explain", "tractors", "ioc.toml"], "sources.tractors: there is no such source"),
        (["user", "add", "lan", "boss"], "role: 'boss' is none of viewer, operator, technician, admin"),
        (["token", "create", "pump", "--role", "boss"], "role: 'boss' is none of"),
        (["check", "--config", "none.toml"], "none.toml: there is no such file"),
    ],
    ids=lambda said: " ".join(said) if isinstance(said, list) else "",
)
def test_a_mistake_ends_with_2_and_is_named(desk: Desk, words: list[str], said: str) -> None:
    refused = desk.ioc(*words)
    assert refused.status == 2
    assert said in " ".join(refused.err.replace("│", " ").split())
    assert refused.out == ""


@pytest.mark.parametrize("words", [["migrate"], ["token", "revoke", "pump"]], ids=" ".join)
def test_a_database_that_is_away_is_no_mistake_but_a_failure(desk: Desk, words: list[str]) -> None:
    failed = desk.ioc(*words)
    assert failed.status == 1
    assert failed.err.strip() == "the database does not answer; see `ioc doctor`"
    assert failed.out == ""
