"""The role that Grafana asks with: it reads the numbers, writes nothing, and sees no secret and nobody's name."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql

from dashboards import indicators
from ingest import reading
from ingest.errors import ConfigError
from ingest.migrate import migrate
from ingest.store import Link, Store
from tests.servers import Postgres

SECRETS = {
    "account": "select password_hash from account",
    "session": "select digest from session",
    "token": "select digest from token",
    "who did what": "select actor from audit",
    "who handled it": "select actor, note from incident_event",
    "who has it": "select assignee from incident",
    "who changed it": "select actor, reason from device_change",
    "who planned it": "select created_by, reason from maintenance",
    "raw messages": "select body from rejection",
    "why they were refused": "select reason from rejection",
    "who brought it": "select actor from import",
    "what is on its way": "select content from outbox",
    "passwords of the server": "select rolpassword from pg_authid",
    "files of the server": "select pg_read_file('/etc/passwd')",
}
WRITES = (
    "insert into unit_successor values ('1', '2026-01-01', '2', true, null)",
    "update device set title = 'x'",
    "delete from observation",
    "truncate state_span cascade",
    "insert into account (name, role, password_hash) values ('x', 'admin', 'x')",
    "update incident set state = 'resolved'",
    "create table here (x int)",
    "create schema there",
    "create function indicator.mine() returns int language sql as 'select 1'",
    "drop function indicator.devices_camera_total_now(text[])",
    "grant select on account to ioc_grafana",
    "alter role ioc_grafana createdb",
)


@pytest.fixture
def reader(store: Store, postgres: Postgres) -> Iterator[psycopg.Connection]:
    """A session of the role, logged in by itself."""
    indicators.install(store)
    reading.let_in(store, "mật khẩu của Grafana")
    with psycopg.connect(store.url.replace("postgres@", f"{reading.ROLE}@"), autocommit=True) as link:
        yield link


def test_it_begins_read_only_and_with_a_limit_of_time(reader: psycopg.Connection) -> None:
    for name, value in reading.SETTINGS.items():
        assert reader.execute(sql.SQL("show {}").format(sql.Identifier(name))).fetchone() == (value,)


def test_it_reads_every_number(reader: psycopg.Connection) -> None:
    for key in indicators.load():
        asked = sql.SQL("select * from {}(now() - interval '1 day', now(), array['05068'])")
        reader.execute(asked.format(sql.Identifier("indicator", key)))
        reader.execute(sql.SQL("select * from {}(array['05068'])").format(sql.Identifier("indicator", f"{key}_now")))


def test_it_reads_what_it_is_to_see(reader: psycopg.Connection) -> None:
    for table, columns in reading.READABLE.items():
        shown = sql.SQL(", ").join(map(sql.Identifier, columns)) if columns else sql.SQL("*")
        reader.execute(sql.SQL("select {} from {} limit 1").format(shown, sql.Identifier(table)))


@pytest.mark.parametrize("secret", SECRETS)
def test_it_sees_no_secret_and_nobody(reader: psycopg.Connection, secret: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(SECRETS[secret])  # type: ignore[arg-type]  # ours


def test_it_sees_no_other_table(reader: psycopg.Connection, store: Store) -> None:
    rows = store.rows(
        "select relname::text as name from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'v', 'm') and not relispartition"
    )
    others = {row["name"] for row in rows} - set(reading.READABLE)
    assert others >= {"account", "session", "token", "audit", "notice", "receiver", "cursor"}
    for name in sorted(others):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(sql.SQL("select 1 from {}").format(sql.Identifier(name)))


@pytest.mark.parametrize("write", WRITES)
def test_it_writes_nothing_however_it_asks(reader: psycopg.Connection, write: str) -> None:
    reader.execute("set default_transaction_read_only = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(write)  # type: ignore[arg-type]  # ours


def test_it_still_reads_when_the_numbers_are_made_anew(reader: psycopg.Connection, store: Store) -> None:
    store.execute("delete from store_meta where key = 'indicators'")
    assert indicators.install(store)
    reader.execute("select * from indicator.devices_camera_total_now(array['05068'])")


def test_what_it_was_given_besides_is_taken_back(reader: psycopg.Connection, store: Store) -> None:
    store.execute("grant select on account to ioc_grafana; grant update (title) on device to ioc_grafana")
    with store.transaction() as link:
        assert [seen for seen, _ in reading.faults(link)] == ["it may write device"]
    migrate(store)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("select name from account")
    with store.transaction() as link:
        assert list(reading.faults(link)) == []


def test_its_password_stands_encrypted(reader: psycopg.Connection, store: Store) -> None:
    row = store.row("select rolpassword, rolsuper, rolcreaterole from pg_authid where rolname = %s", (reading.ROLE,))
    assert row is not None
    assert row["rolpassword"].startswith("SCRAM-SHA-256$")
    assert not row["rolsuper"]
    assert not row["rolcreaterole"]


@pytest.fixture
def owned(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Store]]:
    """Makes an empty database and its owner, who is no superuser; the role has a name that nobody made yet."""
    monkeypatch.setattr(reading, "ROLE", "ioc_reader")
    opened: list[Store] = []

    def make(may: str) -> Store:
        postgres.execute(f"create role ioc_owner login {may}")
        postgres.execute("create database ioc_owned owner ioc_owner")
        opened.append(Store(postgres.url("ioc_owned").replace("postgres@", "ioc_owner@"), pool=2))
        opened[0].open()
        return opened[0]

    yield make
    for store in opened:
        store.close()
    postgres.execute("drop database if exists ioc_owned with (force)")
    for name in ("ioc_reader", "ioc_owner"):
        postgres.execute(f"drop role if exists {name}")


def found(store: Store) -> list[tuple[str, str]]:
    def all_of(link: Link) -> list[tuple[str, str]]:
        return list(reading.faults(link))

    with store.transaction() as link:
        return all_of(link)


def test_an_owner_who_may_make_roles_needs_nobody(owned: Callable[[str], Store]) -> None:
    store = owned("createrole")
    migrate(store)
    indicators.install(store)
    reading.let_in(store, "x")
    assert found(store) == []


def test_an_owner_who_may_not_is_told_what_to_do_and_that_does_it(
    owned: Callable[[str], Store], postgres: Postgres
) -> None:
    store = owned("nocreaterole")
    migrate(store)  # the service goes on without Grafana
    indicators.install(store)
    [(seen, remedy)] = found(store)
    assert "ioc_owner may not make one (no CREATEROLE)" in seen
    assert remedy.startswith("as a superuser: create role ioc_reader nologin")
    with pytest.raises(ConfigError, match=r"reader_password: can't be set: .*`ioc doctor` says what to do"):
        reading.let_in(store, "x")
    postgres.execute(remedy.removeprefix("as a superuser: ").split(";")[0])
    migrate(store)
    [(seen, remedy)] = found(store)
    assert "default_transaction_read_only" in seen
    for statement in remedy.partition("as a superuser: ")[2].split("; "):
        postgres.execute(statement)
    assert found(store) == []
