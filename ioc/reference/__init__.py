"""What `docs/reference` says of every setting, number, board and rule, written from their definitions."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ioc.reference import boards, numbers, rules, settings

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
HEAD = "<!-- Written by `make docs`: edit the definitions, not this file. -->\n\n"
PAGES: Mapping[str, Callable[[], str]] = {
    "settings.md": settings.page,
    "numbers.md": numbers.page,
    "boards.md": boards.page,
    "rules.md": rules.page,
}


def pages() -> dict[str, str]:
    """Return the text of every page by its file, the same byte for byte from the same definitions."""
    return {name: HEAD + page() for name, page in PAGES.items()}


def stale(folder: Path = FOLDER) -> list[str]:
    """Return the pages that differ from the definitions, or are missing."""
    return [
        name
        for name, text in pages().items()
        if not (folder / name).exists() or (folder / name).read_text("utf-8") != text
    ]


def write(folder: Path = FOLDER) -> list[str]:
    """Write the pages that differ; returns their names."""
    touched = stale(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in touched:
        (folder / name).write_text(pages()[name], "utf-8")
    return touched
