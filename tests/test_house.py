"""House rules that no other tool looks after: what is documented, what may import what, and how text is written."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from connectors import CONNECTORS
from ioc import cli

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "connectors", "dashboards", "ingest", "ioc", "simulators")
README = ROOT / "README.md"
TEXTS = {".py", ".toml", ".js", ".css", ".sql", ".md", ".svg", ".csv"}
_HOME = re.compile(r"(?<![\w.])/(?:home|work|root|Users|tmp/pytest)/\w")


def commands(group: object, above: str = "ioc") -> Iterator[str]:
    """Yield every command as it is typed."""
    for name, command in getattr(group, "commands", {}).items():
        below = list(commands(command, f"{above} {name}"))
        yield from below or [f"{above} {name}"]


def sources(*folders: str, suffixes: frozenset[str] | set[str] = frozenset({".py"})) -> list[Path]:
    """Return the files of some folders that people wrote."""
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes and path.is_file() and "__pycache__" not in path.parts
    )


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    """Return the top-level names of what a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("command", sorted(commands(typer.main.get_command(cli.app))))
def test_the_readme_names_every_command(command: str) -> None:
    text = README.read_text("utf-8")
    group, _, last = command.rpartition(" ")
    # Commands of a group may stand together: `ioc user add|passwd|disable`.
    together = re.compile(rf"{re.escape(group)} [\w|\\/, ]*\b{re.escape(last)}\b")
    assert command in text or together.search(text)


@pytest.mark.parametrize("connector", sorted(CONNECTORS))
def test_the_readme_names_every_connector(connector: str) -> None:
    assert connector in README.read_text("utf-8")


def test_the_readme_names_every_folder() -> None:
    text = README.read_text("utf-8")
    hidden = {"build", "dist", "data", "log"}
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.suffix != ".egg-info"} - hidden
    assert set(PACKAGES) < folders
    assert not {folder for folder in folders if not folder.startswith((".", "_")) and f"{folder}/" not in text}


@pytest.mark.parametrize("connector", sorted(CONNECTORS))
def test_every_connector_is_documented_and_has_cases(connector: str) -> None:
    folder = ROOT / "connectors" / connector
    assert (folder / "README.md").read_text("utf-8").startswith("# ")
    cases = [case for case in (folder / "cases").iterdir() if case.is_dir()]
    assert cases
    for case in cases:
        assert {"message.toml", "expected.json"} <= {path.name for path in case.iterdir()}, named(case)


def test_every_module_says_what_it_is() -> None:
    silent = [
        named(path) for path in sources(*PACKAGES) if not (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")
    ]
    assert silent == []


def test_one_module_opens_connections_to_the_database() -> None:
    opens = re.compile(r"\b(?:psycopg|Connection|AsyncConnection)\.connect\(|\b(?:Async)?ConnectionPool\(|psycopg2")
    assert [named(path) for path in sources(*PACKAGES) if opens.search(path.read_text("utf-8"))] == ["ingest/store.py"]


def test_nobody_takes_connect_out_of_its_module() -> None:
    for path in sources(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("psycopg"):
                taken = {alias.name for alias in node.names}
                allowed = {"ConnectionPool"} if named(path) == "ingest/store.py" else set()
                assert not taken & {"connect", "AsyncConnection", "ConnectionPool", "AsyncConnectionPool"} - allowed


def test_three_modules_speak_mqtt() -> None:
    assert [named(path) for path in sources(*PACKAGES) if "paho" in imports(path)] == [
        "ingest/mqtt.py",
        "ioc/handshake.py",
        "simulators/publish.py",
    ]


def test_text_is_composed() -> None:
    """A name typed on a Mac and one typed on Windows must be equal: NFC everywhere, so that ``=`` finds them."""
    files = [*sources(*PACKAGES, "tests", "docs", suffixes=TEXTS), *ROOT.glob("*.md"), *ROOT.glob("*.toml")]
    # What offices really send stands in the cases as they send it.
    files = [path for path in files if path.stem != "body"]
    assert any("ỵ" in path.read_text("utf-8") for path in files)
    assert not [named(path) for path in files if not unicodedata.is_normalized("NFC", path.read_text("utf-8"))]


def test_no_file_knows_whose_machine_it_was_written_on() -> None:
    files = [
        *sources(*PACKAGES, "tests", "docs", ".ci", suffixes=TEXTS | {".json", ".txt", ""}),
        *(path for path in ROOT.iterdir() if path.is_file()),
    ]
    assert _HOME.search("cd /" + "home/lan")
    assert not [named(path) for path in files if _HOME.search(path.read_text("utf-8", errors="replace"))]
