"""Cases by how they stand to their limit, as times, say at every moment what the deadline's class says of it."""

import random
from datetime import UTC, datetime, timedelta

from ingest.store import Store

CLASSES = """
select c.id, m.at, deadline_class(c.kind, c.due, null, m.at) as deadline
from case_now c cross join unnest(%(moments)s::timestamptz[]) as m(at)
where c.opened_at <= m.at and coalesce(c.closed_at, 'infinity') > m.at order by 1, 2
"""
STANDING = """
select c.id, m.at, s.deadline
from case_now c cross join unnest(%(moments)s::timestamptz[]) as m(at)
join case_standing s using (unit, kind)
where s.opened_at <= m.at and coalesce(s.closed_at, 'infinity') > m.at order by 1, 2
"""
WRITE = """
insert into case_now (unit, kind, id, at, opened_at, closed_at, status, category, severity, due, source, received_at)
values (%s, %s, %s, now(), %s, %s, 'received', 'other', 'normal', %s, 'test', now())
"""


def test_classes_as_times_are_the_class_of_each_moment(store: Store) -> None:
    lots = random.Random(7)
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    moments = [now, *(now - lots.randrange(0, 300) * hour for _ in range(60))]
    for n in range(300):
        opened = now - lots.randrange(0, 300) * hour
        due = lots.choice([None, opened, *(opened + lots.randrange(-30, 400) * hour for _ in range(6))])
        closed = lots.choice([None, opened, *(opened + lots.randrange(0, 300) * hour for _ in range(2))])
        closed = None if closed is None or closed > now else closed
        case = f"c{n:03}"  # each case in a commune of its own, by which the view tells whose it is
        store.execute(WRITE, (case, lots.choice(["dossier", "field_report"]), case, opened, closed, due))
        if due is not None:
            moments += [at for at in (due, due - 24 * hour) if at <= now and n % 10 == 0]
    with store.transaction() as link:  # one now() for both
        asked = {"moments": moments}
        said = link.execute(STANDING, asked).fetchall()
        assert said == link.execute(CLASSES, asked).fetchall()
        assert {deadline for _, _, deadline in said} == {"no_due_date", "in_time", "due_soon", "overdue"}
        assert (
            link.execute("select count(*) from case_standing where closed_at is null").fetchone()
            == link.execute("select count(*) from case_now where closed_at is null").fetchone()
        )


def test_the_first_case_of_a_commune_is_found(store: Store) -> None:
    now = datetime.now(UTC)
    for unit, kind, days in (("a", "dossier", 3), ("a", "dossier", 9), ("a", "field_report", 20), ("b", "dossier", 1)):
        store.execute(WRITE, (unit, kind, f"{days}", now - timedelta(days=days), None, None))
    rows = store.rows("select unit, since from first_cases(array['a', 'b', 'a', 'c'], 'dossier') order by 1")
    assert [(row["unit"], row["since"]) for row in rows] == [
        ("a", now - timedelta(days=9)), ("b", now - timedelta(days=1)),
    ]  # fmt: skip
