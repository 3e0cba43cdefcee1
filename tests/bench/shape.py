"""Two shapes of a report's numbers: one jsonb a row, or an array with a dictionary of quantities per kind."""

import time
from collections import defaultdict

import psycopg

from ingest.store import Store
from tests.bench.reports import commit, copied_out, copy_in, understood
from tests.bench.site import site
from tests.bench.table import Line

_REST = "unit, kind, name, at, digest, received_at, state, labels, source"
_DICTIONARY = """
create table quantity (kind text, place integer, key text, primary key (kind, place), unique (kind, key));
insert into quantity
select kind, row_number() over (partition by kind order by key), key
from (select distinct kind, jsonb_object_keys(readings) as key from device_report) as said
"""
_NUMBERS = {
    "jsonb": "readings",
    "float8[]": "array(select (readings ->> q.key)::float8 from quantity q where q.kind = r.kind order by q.place)",
    "real[]": "array(select (readings ->> q.key)::real from quantity q where q.kind = r.kind order by q.place)",
}


def figure(*, quick: bool) -> list[Line]:
    """Copy the same reports into both and weigh the tables."""
    count, rounds = (20_000, 1) if quick else (100_000, 5)
    rate: defaultdict[str, list[float]] = defaultdict(list)
    whole: dict[str, float] = {}
    heap: dict[str, float] = {}
    with site() as here, here.store() as store, psycopg.connect(store.url) as link:
        pieces = _pieces(store, link, count)
        for turn in range(rounds):
            for shape in pieces if turn % 2 == 0 else reversed(pieces):
                link.execute("drop table if exists shaped")
                link.execute(
                    "create table shaped (unit text not null, kind text not null, name text not null,"
                    " at timestamptz not null, digest bigint not null, received_at timestamptz not null,"
                    f" state text not null, labels jsonb, source text not null, readings {shape},"
                    " primary key (unit, name, at, digest))"
                )
                link.commit()
                here.postgres.execute("checkpoint")
                began = time.perf_counter()
                copy_in(link, f"shaped ({_REST}, readings)", pieces[shape])
                rate[shape].append(count / (time.perf_counter() - began))
                sizes = "select pg_total_relation_size('shaped'), pg_relation_size('shaped')"
                row = link.execute(sizes).fetchone()
                assert row is not None
                whole[shape], heap[shape] = (size / count for size in row)
                link.commit()
    lines = [Line(f"shape {count:,} rows, COPY of jsonb", "rows/s", rate["jsonb"])]
    for shape in ("float8[]", "real[]"):
        lines += [
            Line("  the same", "rows/s", rate["jsonb"], rate[shape], shape),
            Line("  size with the key", "bytes/row", [whole["jsonb"]], [whole[shape]], shape),
            Line("  size without", "bytes/row", [heap["jsonb"]], [heap[shape]], shape),
        ]
    return lines


def _pieces(store: Store, link: "psycopg.Connection[tuple[object, ...]]", count: int) -> dict[str, bytes]:
    """Return the same reports ready to copy, by shape."""
    commit(store, understood(store, count))
    link.execute(_DICTIONARY)
    link.commit()
    return {
        shape: copied_out(link, f"select {_REST}, {numbers} from device_report r")  # noqa: S608 - our own names
        for shape, numbers in _NUMBERS.items()
    }
