"""Observations into rows: a figure that says something new is a revision, the same figure again is a duplicate."""

from collections import Counter
from collections.abc import Iterable

import orjson

from connectors.contract import Message, Observation
from ingest.sql import QUERIES
from ingest.store import Link

_COPY = """
copy staged_observation (n, unit, indicator, period_start, period_end, period_kind, cumulative, scope, dims, value,
    numerator, denominator, bound, low, high, stated, quality, level, source, address, received_at) from stdin
"""


Figure = tuple[int, Message, Observation]


def store(link: Link, figures: Iterable[Figure]) -> set[int]:
    """Write the figures of a batch; returns the places of the messages that brought something new.

    Where two messages of a batch speak of the same figure, the earlier one is kept as a revision too.
    """
    rounds: list[list[Figure]] = []
    seen: Counter[tuple[object, ...]] = Counter()
    for figure in figures:
        o = figure[2]
        key = (o.unit, o.indicator, o.period, o.scope, *sorted(o.dims.items()))
        if seen[key] == len(rounds):
            rounds.append([])
        rounds[seen[key]].append(figure)
        seen[key] += 1
    return {n for its in rounds for n in _store(link, its)}


def _store(link: Link, figures: Iterable[Figure]) -> set[int]:
    link.execute(QUERIES["stage_observations"])
    link.execute("truncate staged_observation")
    with link.cursor() as cursor, cursor.copy(_COPY) as sink:
        for n, message, o in figures:
            p = o.period
            dims = orjson.dumps(dict(o.dims), option=orjson.OPT_SORT_KEYS).decode()
            when = (p.start, p.end, p.kind, p.cumulative)
            said = (o.value, o.numerator, o.denominator, o.bound, o.low, o.high, o.stated, o.quality, o.level)
            origin = (message.source, message.address, message.received_at)
            sink.write_row((n, o.unit, o.indicator, *when, o.scope, dims, *said, *origin))
    link.execute(QUERIES["new_observations"])
    link.execute(QUERIES["retire_observations"])
    new = {n for (n,) in link.execute(QUERIES["take_observations"])}
    link.execute("drop table new_observation")
    return new
