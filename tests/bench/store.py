"""Storing understood batches with all that follows from them, against raw COPY of the same rows."""

import gc
import time
from collections import defaultdict
from collections.abc import Sequence

import orjson
import psycopg
from psycopg.types.json import Jsonb, set_json_dumps

from connectors.contract import DeviceReport
from tests.bench.reports import BATCH, commit, copied_out, copy_in, understood
from tests.bench.site import Site, site
from tests.bench.table import Line, Target

_FIELDS = "unit, kind, name, at, digest, received_at, state, readings, labels, source"
_ONE = "one raw COPY"
_MANY = "a raw COPY each"
_PYTHON = "psycopg's COPY row by row"


def figure(*, quick: bool) -> list[Line]:
    """Take all in alternating order, each on a fresh database."""
    count, rounds = (20_000, 2) if quick else (100_000, 5)
    gc.set_threshold(100_000, 50, 100)  # as the ingest process does
    rate: defaultdict[str, list[float]] = defaultdict(list)
    with site() as here:
        raw = {_ONE: _rows(here, count, count), _MANY: _rows(here, count, BATCH)}
        kinds = ("ours", *raw, _PYTHON)
        for turn in range(rounds):
            for kind in kinds if turn % 2 == 0 else reversed(kinds):
                if kind in raw:
                    took = _raw(here, raw[kind])
                else:
                    took = _ours(here, count) if kind == "ours" else _row_by_row(here, count)
                rate[kind].append(count / took)
    return [
        Line(f"store {count:,} in batches of {BATCH:,}", "rows/s", rate["ours"], rate[_ONE], _ONE, Target("≥", 0.8)),
        Line("  the same", "rows/s", rate["ours"], rate[_MANY], _MANY),
        Line("  the same", "rows/s", rate["ours"], rate[_PYTHON], _PYTHON),
    ]


def _rows(here: Site, count: int, size: int) -> list[bytes]:
    """Return the rows that ours makes, in pieces of so many."""
    with here.store() as store:
        commit(store, understood(store, count))
        query = f"select {_FIELDS} from device_report order by at"  # noqa: S608 - our own names
        with psycopg.connect(store.url) as link:
            return [copied_out(link, f"{query} limit {size} offset {n}") for n in range(0, count, size)]


def _ours(here: Site, count: int) -> float:
    with here.store() as store:
        batches = understood(store, count)
        # Ingest never holds so many batches at once: looking through them is not part of storing them.
        gc.collect()
        gc.freeze()
        here.postgres.execute("checkpoint")
        began = time.perf_counter()
        commit(store, batches)
        took = time.perf_counter() - began
        gc.unfreeze()
        return took


def _raw(here: Site, pieces: Sequence[bytes]) -> float:
    with here.store() as store, psycopg.connect(store.url) as link:
        here.postgres.execute("checkpoint")
        began = time.perf_counter()
        for piece in pieces:
            copy_in(link, f"device_report ({_FIELDS})", piece)
        return time.perf_counter() - began


def _row_by_row(here: Site, count: int) -> float:
    """Store the bare rows from Python's values, as a program would that does nothing else."""
    with here.store() as store, psycopg.connect(store.url) as link:
        set_json_dumps(orjson.dumps, link)
        said = [(one.message, one.records[0]) for batch in understood(store, count) for one in batch]
        gc.collect()
        here.postgres.execute("checkpoint")
        began = time.perf_counter()
        with link.cursor() as cursor, cursor.copy(f"copy device_report ({_FIELDS}) from stdin (format binary)") as sink:
            sink.set_types(
                ["text", "text", "text", "timestamptz", "int8", "timestamptz", "text", "jsonb", "jsonb", "text"]
            )
            for n, (message, report) in enumerate(said):
                assert isinstance(report, DeviceReport)
                labels = Jsonb(report.labels) if report.labels else None
                sink.write_row((
                    *report.device, report.at, n, message.received_at, report.state, Jsonb(report.values), labels,
                    message.source,
                ))  # fmt: skip
        link.commit()
        return time.perf_counter() - began
