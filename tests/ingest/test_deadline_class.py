"""The deadline class in SQL is the same rule as in Python, and what ``/cases`` and the numbers show."""

import random
from datetime import UTC, datetime, timedelta

from connectors.contract import LOCAL
from connectors.procedures_rest.deadline import deadline_class
from ingest.store import Store

MIDNIGHT = datetime(2026, 11, 23, tzinfo=LOCAL)
EDGES = [MIDNIGHT + timedelta(days=days, seconds=seconds, microseconds=micro)
         for days in (-1, 0, 1, 2) for seconds in (-1, 0, 1, 7 * 3600) for micro in (-1, 0, 1)]  # fmt: skip


def test_sql_and_python_judge_alike(store: Store) -> None:
    lots = random.Random(3)
    triples: list[tuple[datetime | None, datetime | None, datetime]] = [
        (due, closed, now) for due in (None, *EDGES) for closed in (None, *EDGES) for now in EDGES[::5]
    ]
    for _ in range(2000):
        due, closed, now = (MIDNIGHT + timedelta(seconds=lots.randrange(-(10**6), 10**6)) for _ in range(3))
        triples.append((due, lots.choice([None, closed]), now))
    columns = [[one.astimezone(UTC) if one else None for one in column] for column in zip(*triples, strict=True)]
    rows = store.rows(
        "select deadline_class('dossier', due, closed_at, moment) as said"
        " from unnest(%s::timestamptz[], %s::timestamptz[], %s::timestamptz[]) with ordinality"
        " as t(due, closed_at, moment, n) order by n",
        columns,
    )
    assert [row["said"] for row in rows] == [deadline_class(*triple) for triple in triples]


def test_a_citizens_report_has_its_hours(store: Store) -> None:
    row = store.row("""
        select deadline_class('field_report', due, null, due) as at,
               deadline_class('field_report', due, null, due + interval '1 us') as after,
               deadline_class('field_report', due, due + interval '1 us', due) as late
        from (select timestamptz '2026-11-23T08:00+07') as of(due)
    """)
    assert row == {"at": "due_soon", "after": "overdue", "late": "overdue"}
