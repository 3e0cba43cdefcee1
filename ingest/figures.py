"""Observations into rows: a figure that says something new is a revision, the same figure again is a duplicate."""

from collections.abc import Iterable

import orjson

from connectors.contract import Message, Observation
from ingest.sql import QUERIES
from ingest.store import Link

_COPY = """
copy staged_observation (n, unit, indicator, period_start, period_end, period_kind, cumulative, scope, dims, value,
    numerator, denominator, bound, low, high, stated, quality, source, address, received_at) from stdin
"""


def store(link: Link, figures: Iterable[tuple[int, Message, Observation]]) -> set[int]:
    """Write the figures of a batch; returns the places of the messages that brought something new."""
    link.execute(QUERIES["stage_observations"])
    with link.cursor() as cursor, cursor.copy(_COPY) as sink:
        for n, message, o in figures:
            p = o.period
            sink.write_row(
                (n, o.unit, o.indicator, p.start, p.end, p.kind, p.cumulative, o.scope)
                + (orjson.dumps(dict(o.dims), option=orjson.OPT_SORT_KEYS).decode(), o.value, o.numerator)
                + (o.denominator, o.bound, o.low, o.high, o.stated, o.quality)
                + (message.source, message.address, message.received_at)
            )
    link.execute(QUERIES["new_observations"])
    link.execute(QUERIES["retire_observations"])
    new = {n for (n,) in link.execute(QUERIES["take_observations"])}
    link.execute("drop table new_observation")
    return new
