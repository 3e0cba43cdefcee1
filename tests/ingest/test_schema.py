"""Migrations: from nothing, step by step, never backwards; the nation's units."""

import os
import subprocess
from pathlib import Path

import pytest

from ingest.errors import ConfigError
from ingest.migrate import check, migrate
from ingest.sql import migrations
from ingest.store import Store
from tests.ingest.make_units import FOLDER, tables

SHAPE = """
select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
where table_schema = 'public' and table_name !~ '^device_report_[0-9]{8}$' order by 1, 2
"""
RULES = """
select conrelid::regclass::text as of, conname, pg_get_constraintdef(oid) as def from pg_constraint
where connamespace = 'public'::regnamespace and conrelid::regclass::text !~ '^device_report_[0-9]{8}$' order by 1, 2
"""
INDEXES = """
select tablename, indexdef from pg_indexes where schemaname = 'public' and tablename !~ '^device_report_[0-9]{8}$'
order by 1, 2
"""


def shape(store: Store) -> list[object]:
    return [store.rows(query) for query in (SHAPE, RULES, INDEXES)]


def test_step_by_step_gives_the_same_schema_as_at_once(store: Store, empty_database_url: str) -> None:
    with Store(empty_database_url, name="steps") as steps:
        for number, name, _sql in migrations():
            assert migrate(steps, up_to=number) == [f"{number:04} {name}"]
        migrate(steps)
        assert shape(steps) == shape(store)


def test_again_does_nothing(store: Store) -> None:
    assert migrate(store) == []


def test_migrations_are_numbered_without_gaps() -> None:
    assert [number for number, _, _ in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_newer_database_is_refused_with_the_remedy(store: Store) -> None:
    store.execute("insert into migration values (9999, 'future', 'x')")
    for act in (migrate, check):
        with pytest.raises(ConfigError, match=r"newer schema 9999 future.*install the version that made it"):
            act(store)


def test_an_empty_database_is_named_with_the_remedy(empty_database_url: str) -> None:
    with Store(empty_database_url, name="empty") as empty, pytest.raises(ConfigError, match="run `ioc migrate`"):
        check(empty)


def test_two_that_migrate_at_once_do_it_once(empty_database_url: str) -> None:
    command = ["python", "-c", "import sys; from ingest.migrate import migrate; from ingest.store import Store\n"
               "with Store(sys.argv[1]) as s: print(len(migrate(s)))", empty_database_url]  # fmt: skip
    environment = {**os.environ, "PATH": f"{Path(os.sys.executable).parent}:{os.environ['PATH']}"}  # type: ignore[attr-defined]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) for _ in range(2)]
    said = sorted(int(process.communicate(timeout=60)[0]) for process in running)
    assert said == [0, len(migrations())]


def test_every_commune_of_today_and_what_it_was(store: Store) -> None:
    today = store.rows("select level, count(*) as n from unit where valid_to is null group by level")
    assert {row["level"]: row["n"] for row in today} == {
        "province": 34,
        "commune": 2621,
        "ward": 687,
        "special_zone": 13,
    }
    names = store.rows(
        "select name, valid_from::text, valid_to::text from unit where code = '05068' order by valid_from"
    )
    assert [(row["name"], row["valid_to"]) for row in names] == [("Xã Nam Thượng", "2025-07-01"), ("Xã Hợp Kim", None)]
    assert store.rows("select successor, main from unit_successor where code = '04969'") == [
        {"successor": "04960", "main": True}
    ]


def test_the_units_are_what_the_packages_say() -> None:
    for name, text in tables().items():
        assert (FOLDER / name).read_text("utf-8") == text, f"{name} is not fresh: make units"
