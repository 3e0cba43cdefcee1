"""All SQL of ingest: ``schema/*.sql`` ordered migrations, ``queries.sql`` named queries."""

import re
from importlib import resources
from typing import LiteralString, cast

_NAMED = re.compile(r"^-- (\w+): (.+)\n((?:(?!^-- \w+: ).*\n?)*)", re.MULTILINE)


def named(package: str) -> dict[str, LiteralString]:
    """Return the named queries of a package's ``queries.sql``; the file is ours, so its text is vouched for here."""
    text = resources.files(package).joinpath("queries.sql").read_text("utf-8")
    return {name: cast("LiteralString", sql.strip()) for name, _why, sql in _NAMED.findall(text)}


QUERIES = named(__name__)


def migrations() -> list[tuple[int, str, str]]:
    """Return (number, name, sql) of every migration, in order."""
    folder = resources.files(__name__).joinpath("schema")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [(int(f.name[:4]), f.name[5:-4], f.read_text("utf-8")) for f in files]
