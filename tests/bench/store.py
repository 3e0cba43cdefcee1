"""Storing understood batches with all that follows from them, against one raw COPY of the same rows."""

import time

import psycopg

from tests.bench.reports import commit, copied_out, copy_in, understood
from tests.bench.site import Site, site
from tests.bench.table import Line, Target

_FIELDS = "unit, kind, name, at, digest, received_at, state, readings, labels, source"


def figure(*, quick: bool) -> list[Line]:
    """Take both in alternating order, each on a fresh database."""
    count, rounds = (20_000, 2) if quick else (100_000, 5)
    ours: list[float] = []
    raw: list[float] = []
    with site() as here:
        rows = _rows(here, count)
        for turn in range(rounds):
            for kind in ("ours", "raw") if turn % 2 == 0 else ("raw", "ours"):
                if kind == "ours":
                    ours.append(count / _ours(here, count))
                else:
                    raw.append(count / _raw(here, rows))
    return [Line(f"store {count:,} in batches of 4,000", "rows/s", ours, raw, "one raw COPY", Target("≥", 0.8))]


def _rows(here: Site, count: int) -> bytes:
    with here.store() as store:
        commit(store, understood(store, count))
        with psycopg.connect(store.url) as link:
            return copied_out(link, f"select {_FIELDS} from device_report")  # noqa: S608 - our own names


def _ours(here: Site, count: int) -> float:
    with here.store() as store:
        batches = understood(store, count)
        here.postgres.execute("checkpoint")
        began = time.perf_counter()
        commit(store, batches)
        return time.perf_counter() - began


def _raw(here: Site, rows: bytes) -> float:
    with here.store() as store, psycopg.connect(store.url) as link:
        here.postgres.execute("checkpoint")
        began = time.perf_counter()
        copy_in(link, f"device_report ({_FIELDS})", rows)
        return time.perf_counter() - began
