"""Storing understood batches whole, and their rows alone, against raw COPY of the same rows."""

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import orjson
import psycopg
from psycopg.types.json import Jsonb, set_json_dumps

from connectors.contract import DeviceReport, Message
from ingest import reports
from ingest.pipeline import Understood
from tests.bench.reports import BATCH, commit, copied_out, copy_in, understood
from tests.bench.site import Site, site
from tests.bench.table import Line, Target

_FIELDS = "unit, kind, name, at, digest, received_at, state, readings, labels, source"
_ONE = "one raw COPY"
_MANY = "a raw COPY each"
_PYTHON = "psycopg's COPY row by row"
_ROWS = "rows"


def figure(*, quick: bool) -> list[Line]:
    """Take all in alternating order, each on a fresh database."""
    count, rounds = (20_000, 2) if quick else (100_000, 5)
    gc.set_threshold(100_000, 50, 100)  # as the ingest process does
    rate: defaultdict[str, list[float]] = defaultdict(list)
    with site() as here:
        raw = {_ONE: _rows(here, count, count), _MANY: _rows(here, count, BATCH)}
        ways: dict[str, Callable[[], float]] = {kind: partial(_raw, here, pieces) for kind, pieces in raw.items()}
        ways |= {kind: partial(way, here, count) for kind, way in _WAYS.items()}
        for turn in range(rounds):
            for kind in ways if turn % 2 == 0 else reversed(ways):
                rate[kind].append(count / ways[kind]())
    most = Target("≥", 0.8)
    return [
        Line(f"rows alone, {count:,} in batches of {BATCH:,}", "rows/s", rate[_ROWS], rate[_ONE], _ONE, most),
        Line("  with states, counters and the notice", "rows/s", rate["ours"], rate[_ONE], _ONE, most),
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


def _rows_alone(here: Site, count: int) -> float:
    """Pack and copy them as ingest does, a transaction a batch, and do nothing else with them."""
    with here.store() as store:
        batches = understood(store, count)
        gc.collect()
        gc.freeze()
        with store.transaction() as link:
            reports.ensure_partitions(link, [record for batch in batches for _, record in _said(batch)], set(), 400)
        here.postgres.execute("checkpoint")
        began = time.perf_counter()
        for batch in batches:
            with store.transaction() as link:
                rows = (reports.row(n, message, report) for n, (message, report) in enumerate(_said(batch)))
                assert sum(map(len, reports.copy(link, rows))) == len(batch)
        took = time.perf_counter() - began
        gc.unfreeze()
        return took


def _said(batch: Sequence[Understood]) -> Iterator[tuple[Message, DeviceReport]]:
    for one in batch:
        (report,) = one.records
        assert isinstance(report, DeviceReport)
        yield one.message, report


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
        said = [one for batch in understood(store, count) for one in _said(batch)]
        gc.collect()
        here.postgres.execute("checkpoint")
        began = time.perf_counter()
        with link.cursor() as cursor, cursor.copy(f"copy device_report ({_FIELDS}) from stdin (format binary)") as sink:
            sink.set_types(
                ["text", "text", "text", "timestamptz", "int8", "timestamptz", "text", "jsonb", "jsonb", "text"]
            )
            for n, (message, report) in enumerate(said):
                labels = Jsonb(report.labels) if report.labels else None
                sink.write_row((
                    *report.device, report.at, n, message.received_at, report.state, Jsonb(report.values), labels,
                    message.source,
                ))  # fmt: skip
        link.commit()
        return time.perf_counter() - began


_WAYS: Mapping[str, Callable[[Site, int], float]] = {"ours": _ours, _ROWS: _rows_alone, _PYTHON: _row_by_row}
