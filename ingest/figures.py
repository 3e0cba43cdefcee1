"""Observations into rows: a figure that says something new is a revision, the same figure again is a duplicate."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import orjson
from psycopg.rows import DictRow, dict_row

from connectors.contract import Message, Observation
from ingest.sql import QUERIES
from ingest.store import Link

_COPY = """
copy staged_observation (n, unit, indicator, period_start, period_end, period_kind, cumulative, scope, dims, value,
    numerator, denominator, bound, low, high, stated, quality, level, source, address, received_at, import) from stdin
"""
_LOCK = 0x494F4346  # "IOCF"


Figure = tuple[int, Message, Observation]


class Brought(NamedTuple):
    """How many figures of a message nobody had stated, and how many say something else than before."""

    new: int
    changed: int


def lock(link: Link) -> None:
    """Write figures one after the other: else two transactions would both make the latest revision."""
    link.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))


def store(link: Link, figures: Iterable[Figure], imports: Mapping[int, int]) -> dict[int, Brought]:
    """Write the figures of a batch; returns what messages brought that was not known, by their places.

    ``imports`` has the import of a message's place. Where two messages of a batch speak of the same figure, the
    earlier one is kept as a revision too.
    """
    brought: defaultdict[int, Brought] = defaultdict(lambda: Brought(0, 0))
    for its in _rounds(figures):
        _stage(link, its, imports)
        link.execute(QUERIES["state_again"])
        link.execute(QUERIES["new_observations"])
        link.execute(QUERIES["retire_observations"])
        for n, new, changed in link.execute(QUERIES["take_observations"]):
            brought[n] = Brought(brought[n].new + new, brought[n].changed + changed)
        link.execute("drop table new_observation")
    return dict(brought)


def compare(link: Link, figures: Iterable[Figure]) -> list[DictRow]:
    """Return every figure with ``change`` (new, changed, same) and the old values, changed ones first; stores none.

    Where a figure is stated twice, the last one counts.
    """
    last = {_key(figure[2]): figure for figure in figures}
    _stage(link, last.values(), {})
    with link.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["compare_observations"]).fetchall()


def _key(o: Observation) -> tuple[object, ...]:
    return (o.unit, o.indicator, o.period, o.scope, *sorted(o.dims.items()))


def _rounds(figures: Iterable[Figure]) -> Iterator[list[Figure]]:
    rounds: list[list[Figure]] = []
    seen: Counter[tuple[object, ...]] = Counter()
    # What one message states twice it states as it says last: else the same file would change it each time it comes.
    for figure in {(figure[0], _key(figure[2])): figure for figure in figures}.values():
        key = _key(figure[2])
        if seen[key] == len(rounds):
            rounds.append([])
        rounds[seen[key]].append(figure)
        seen[key] += 1
    yield from rounds


def _stage(link: Link, figures: Iterable[Figure], imports: Mapping[int, int]) -> None:
    link.execute(QUERIES["stage_observations"])
    link.execute("truncate staged_observation")
    with link.cursor() as cursor, cursor.copy(_COPY) as sink:
        for n, message, o in figures:
            p = o.period
            dims = orjson.dumps(dict(o.dims), option=orjson.OPT_SORT_KEYS).decode()
            when = (p.start, p.end, p.kind, p.cumulative)
            said = (o.value, o.numerator, o.denominator, o.bound, o.low, o.high, o.stated, o.quality, o.level)
            origin = (message.source, message.address, message.received_at, imports.get(n))
            sink.write_row((n, o.unit, o.indicator, *when, o.scope, dims, *said, *origin))
