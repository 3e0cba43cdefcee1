"""All SQL of ingest: ``schema/*.sql`` ordered migrations, every other ``*.sql`` named queries."""

import re
from importlib import resources
from typing import LiteralString, cast

_NAMED = re.compile(r"^-- (\w+): (.+)\n((?:(?!^-- \w+: ).*\n?)*)", re.MULTILINE)


def named(package: str) -> dict[str, LiteralString]:
    """Return the named queries of a package's ``*.sql``; the files are ours, so their text is vouched for here."""
    files = (entry for entry in resources.files(package).iterdir() if entry.name.endswith(".sql"))
    texts = [entry.read_text("utf-8") for entry in files]
    return {name: cast("LiteralString", sql.strip()) for text in texts for name, _why, sql in _NAMED.findall(text)}


QUERIES = named(__name__)


def migrations() -> list[tuple[int, str, str]]:
    """Return (number, name, sql) of every migration, in order."""
    folder = resources.files(__name__).joinpath("schema")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [(int(f.name[:4]), f.name[5:-4], f.read_text("utf-8")) for f in files]
