"""`docs/reference`: complete, and as fresh as the definitions that it is written from."""

import re
from pathlib import Path

import pytest

from connectors import CONNECTORS
from dashboards import build, indicators, layout, wanted
from ingest.config import Settings
from ingest.receivers import KINDS
from ingest.rules import load as rules
from ioc import reference
from tests.ioc.conftest import Desk


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return reference.pages()


def test_the_pages_are_as_fresh_as_the_definitions() -> None:
    assert reference.stale() == [], "out of date: `make docs` writes docs/reference anew"


def test_the_same_definitions_give_the_same_bytes(pages: dict[str, str]) -> None:
    assert reference.pages() == pages


def test_a_page_that_is_missing_or_old_is_named_and_written(tmp_path: Path) -> None:
    reference.write(tmp_path)
    assert reference.stale(tmp_path) == []
    (tmp_path / "rules.md").unlink()
    (tmp_path / "boards.md").write_text("old", "utf-8")
    assert reference.write(tmp_path) == ["boards.md", "rules.md"]
    assert reference.stale(tmp_path) == []


def test_every_setting_stands_there_with_its_meaning_and_variable(pages: dict[str, str]) -> None:
    text = pages["settings.md"]
    for section, field in Settings.model_fields.items():
        for key in getattr(field.annotation, "model_fields", {}):
            assert f"`IOC_{section}__{key}`".upper() in text.upper() or f"| `{key}` |" in text, (section, key)
    for name in CONNECTORS:
        assert f'### connector = "{name}"' in text
    for name in KINDS:
        assert f'### kind = "{name}"' in text
    rows = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) > 300
    # Fields of a vendor's own list say by their name what they are.
    dumb = [cells[0] for cells in rows if "." not in cells[0] and not "".join(cells[3:4]).strip()]
    assert dumb == [], "give these a docstring below their field, then `make docs`"


def test_defaults_are_those_of_the_model(pages: dict[str, str]) -> None:
    assert "| `keep_days` | whole number ≥ 2 | `400` |" in pages["settings.md"]
    assert "| `token` | secret or nothing |" in pages["settings.md"]
    assert re.search(r"\| `every` \| duration \| `PT5S` \| [^|]+ \| `IOC_CANARY__EVERY` \|", pages["settings.md"])


def test_every_number_rule_board_and_panel_stands_there(pages: dict[str, str]) -> None:
    for indicator in indicators.load().values():
        assert f"### `{indicator.key}`\n\n**{indicator.title}** · {indicator.title_en}" in pages["numbers.md"]
        for text in (indicator.help, indicator.help_en, indicator.source, indicator.source_en):
            assert text in pages["numbers.md"]
    for rule in rules():
        assert f"### `{rule.key}`" in pages["rules.md"]
    for board in wanted.boards(build.files()).values():
        its = pages["boards.md"].partition(f"\n## {board['title']}\n")[2].partition("\n## ")[0]
        assert f"`{board['uid']}`" in its
        missing = [panel["title"] for panel in layout.panels(board).values() if panel["title"] not in its]
        assert missing == []


def test_the_command_tells_what_is_out_of_date(desk: Desk) -> None:
    shown = desk.ioc("reference", "--check")
    assert (shown.status, shown.out) == (0, "docs/reference is up to date\n"), "`make docs` writes it anew"


def test_every_link_of_the_documents_leads_somewhere() -> None:
    root = reference.FOLDER.parents[1]
    dead = [
        f"{page.relative_to(root)}: {link}"
        for page in (*root.glob("*.md"), *root.glob("docs/**/*.md"))
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert dead == []
