"""Every number, by its case files: what is put in, and the rows that come out."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from psycopg import sql

from dashboards import indicators
from ingest.store import Link, Store
from tests.dashboards.casefile import FOLDER, TABLES, Case, Row, cases, instant, put_in, rows
from tests.servers import Postgres

CASES = cases()
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


def test_every_number_has_a_case_and_every_case_a_number() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(indicators.load())
    assert {case.key for case in CASES} == set(indicators.load())


def test_no_case_says_what_nobody_reads() -> None:
    known = {"that", "range", "units", "series", "now", *TABLES}
    assert not {word for case in CASES for word in case.fields} - known
    assert all(case.lines("series") or case.lines("now") or "no" in case.fields["that"].split() for case in CASES)
    assert len({str(case) for case in CASES}) == len(CASES)
