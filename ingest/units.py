"""The nation's administrative units, before and since the reform of 1 July 2025.

Source: the packages vietnam-provinces 2025.10.1 and vietnamadminunits 1.0.4, written down in ``sql/units.csv`` and
``sql/successors.csv`` (3,321 communes today; an unknown beginning is 1900-01-01, an unknown share empty).
"""

import hashlib
from importlib import resources

from ingest.store import Link, Store

_FILES = {
    "unit": ("units.csv", "code, level, valid_from, valid_to, name, parent, latitude, longitude"),
    "unit_successor": ("successors.csv", "code, valid_to, successor, main, share"),
}


def load_units(link: Link) -> None:
    """Bring the unit tables to the files' content; nothing is done where they have it."""
    texts = {table: (resources.files("ingest.sql") / file).read_bytes() for table, (file, _) in _FILES.items()}
    digest = hashlib.sha256(b"".join(texts.values())).hexdigest()
    if link.execute("select value from store_meta where key = 'units'").fetchone() == (digest,):
        return
    for table, (_file, columns) in _FILES.items():
        link.execute(f"delete from {table}")  # noqa: S608 - our own two names
        with link.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin (format csv, header)") as sink:
            sink.write(texts[table])
    link.execute(
        "insert into store_meta values ('units', %s) on conflict (key) do update set value = excluded.value", (digest,)
    )


def unit_codes(store: Store) -> frozenset[str]:
    """Return every code that a commune, district or province has or had: figures speak of all of them."""
    return frozenset(row["code"] for row in store.rows("select distinct code from unit"))
