"""Every number, by its case files: what is put in, and the rows that come out."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from psycopg import sql

from connectors.contract import LOCAL
from dashboards import indicators
from dashboards.formulas import formula
from ingest.store import Link, Store
from tests.dashboards.casefile import FOLDER, TABLES, Case, Row, cases, instant, put_in, rows
from tests.servers import Postgres

CASES = cases()
ORIGIN = datetime(2020, 1, 1, tzinfo=LOCAL)
ALL = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(scope="module")
def numbers(postgres: Postgres, template: str) -> Iterator[Store]:
    """A database with every number's functions, and no row."""
    postgres.execute(f"create database ioc_numbers template {template} strategy file_copy")
    with Store(postgres.url("ioc_numbers"), pool=2, name="test") as store:
        indicators.install(store)
        yield store
    postgres.execute("drop database ioc_numbers with (force)")


@pytest.fixture
def link(numbers: Store) -> Iterator[Link]:
    """A transaction that is undone: its clock stands still."""
    with numbers.transaction() as link:
        yield link
        link.rollback()


def clock(link: Link) -> datetime:
    found = link.execute("select now()").fetchone()
    assert found is not None
    now: datetime = found[0]
    return now


def called(link: Link, function: str, *arguments: object) -> list[Row]:
    places = sql.SQL(", ").join(sql.Placeholder() for _ in arguments)
    query = sql.SQL("select time, unit, label, value from {}({}) order by time, unit, label")
    return [tuple(row) for row in link.execute(query.format(sql.Identifier("indicator", function), places), arguments)]


def series(link: Link, case: Case, now: datetime) -> list[Row]:
    start, stop = (instant(word, now) for word in case.fields["range"].split())
    return called(link, case.key, start, stop, case.units)


@ALL
def test_rows_in_rows_out(link: Link, case: Case) -> None:
    now = clock(link)
    put_in(link, case, now)
    assert series(link, case, now) == rows(case, "series", now)
    if "now" in case.fields:
        assert called(link, f"{case.key}_now", case.units) == rows(case, "now", now)


@ALL
def test_of_nothing_comes_nothing(link: Link, case: Case) -> None:
    now = clock(link)
    assert series(link, case, now) == []
    assert called(link, f"{case.key}_now", case.units) == []


@ALL
def test_of_others_comes_nothing(link: Link, case: Case) -> None:
    now = clock(link)
    put_in(link, case, now)
    asked = Case(case.key, {**case.fields, "units": "99999"})
    assert series(link, asked, now) == []
    assert called(link, f"{case.key}_now", asked.units) == []


@ALL
def test_zooming_changes_no_number(link: Link, case: Case) -> None:
    """Asked for any one instant, a bucket shows what it shows in the whole range."""
    now = clock(link)
    put_in(link, case, now)
    whole = series(link, case, now)
    for time in {row[0] for row in whole}:
        apart = called(link, case.key, time, time.replace(microsecond=time.microsecond + 1), case.units)
        assert apart == [row for row in whole if row[0] == time]


@ALL
def test_wider_buckets_begin_with_the_grain_and_follow_the_same_law(link: Link, case: Case) -> None:
    """Steps below the grain give the series; a wide step gives each of its buckets alike, alone or among others."""
    now = clock(link)
    put_in(link, case, now)
    start, stop = (instant(word, now) for word in case.fields["range"].split())
    every = f"{case.key}_every"
    assert called(link, every, start, stop, case.units, timedelta(seconds=1)) == series(link, case, now)
    wide = called(link, every, start, stop, case.units, timedelta(days=2))
    stepped = formula(indicators.load()[case.key], indicators.load()).stepped
    for time in {row[0] for row in wide}:
        if stepped:
            assert (time - ORIGIN) % timedelta(days=2) == timedelta()
        apart = called(link, every, time, time + timedelta(microseconds=1), case.units, timedelta(days=2))
        assert apart == [row for row in wide if row[0] == time]


def test_a_wider_bucket_tells_of_all_that_is_in_it(link: Link) -> None:
    """What happened adds up; what stands is that of its end; a share is of all the time."""
    now = clock(link)
    link.execute("insert into device (unit, kind, name, lifecycle, registered_at) values"
                 " ('05068', 'camera', 'a-1', 'installed', '2025-01-01')")  # fmt: skip
    fields = {
        "reports": "05068 field_report c-1 2026-03-01T08:00 2026-03-03T09:00 -\n"
        "05068 field_report c-2 2026-03-03T08:00 - -\n05068 field_report c-3 2026-03-04T08:00 - -",
        "spans": "05068 camera a-1 online 2026-03-01T00:00 2026-03-02T12:00\n"
        "05068 camera a-1 offline 2026-03-02T12:00 2026-03-03T00:00",
    }
    put_in(link, Case("", fields), now)
    start, stop = (instant(f"2026-03-{day}T00:00", now) for day in ("01", "05"))
    asked = (start, stop, ["05068"], timedelta(days=2))
    assert [row[3] for row in called(link, "field_reports_open_every", *asked)] == [1, 1, 2]
    shown = called(link, "field_reports_new_every", *asked)
    assert [row[3] for row in shown if row[2] == "other"] == [1, 1, 1]
    assert [(row[0], row[3]) for row in called(link, "devices_camera_availability_every", *asked)] == [
        (instant("2026-02-28T00:00", now), 100), (instant("2026-03-02T00:00", now), 50)
    ]  # fmt: skip
    assert [row[3] for row in called(link, "devices_camera_availability_every", *asked[:3], timedelta(days=7))] == [75]


def test_every_number_has_a_case_and_every_case_a_number() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(indicators.load())
    assert {case.key for case in CASES} == set(indicators.load())


def test_no_case_says_what_nobody_reads() -> None:
    known = {"that", "range", "units", "series", "now", *TABLES}
    assert not {word for case in CASES for word in case.fields} - known
    assert all(case.lines("series") or case.lines("now") or "no" in case.fields["that"].split() for case in CASES)
    assert len({str(case) for case in CASES}) == len(CASES)
