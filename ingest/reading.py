"""Who may only read: the role that Grafana's boards ask with, and exactly what it sees.

A role belongs to the server and not to a database, and no backup of a database carries it. So every ``ioc migrate``
makes it where it is missing and grants anew; it is no numbered migration.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from ingest.errors import ConfigError
from ingest.sql import QUERIES
from ingest.store import Link, Store

log = logging.getLogger(__name__)

_LOCK = 0x52454144  # "READ"
ROLE = "ioc_grafana"
SETTINGS: Mapping[str, str] = {
    "default_transaction_read_only": "on",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "1min",
    "TimeZone": "UTC",
    "jit": "off",  # long SQL over few rows: compiling it takes longer than answering
}
"""What its sessions begin with. Only habits: a session may change them, what guards the rows are the grants."""
CONNECTIONS = 20
"""At most; the service keeps the rest of ``max_connections``."""

READABLE: Mapping[str, tuple[str, ...]] = {
    "unit": (),
    "device": (),
    "device_now": (),
    "device_report": (),
    "device_source": (),
    "device_change": ("id", "unit", "kind", "name", "field", "old", "new", "valid_from"),
    "state_span": (),
    "blind_span": (),
    "canary_now": (),
    "maintenance": ("id", "unit", "kind", "name", "hamlet", "starts_at", "ends_at", "cancelled_at"),
    "contract_hours": (),
    "contract_exclusion": (),
    "uptime_day": (),
    "uptime_known": (),
    "uptime_grouped": (),
    "uptime_sum": (),
    "uptime_summed": (),
    "reading_slot": (),
    "reading_hour": (),
    "reading_due": (),
    "reading_day": (),
    "reading_day_due": (),
    "reading_greatest": (),
    "reading_greatest_of": (),
    "observation": (
        "unit", "indicator", "period_start", "period_end", "period_kind", "cumulative", "scope", "dims", "revision",
        "latest", "value", "numerator", "denominator", "bound", "low", "high", "stated", "quality", "source",
        "received_at", "level", "undone_at",
    ),
    "case_now": (),
    "case_standing": (),
    "broadcast": (),
    "broadcast_outcome": (),
    "source": (),
    "source_now": (),
    "poll": (),
    "source_minute": (),
    "rejection": ("id", "source", "received_at", "first_at", "times", "stage", "resolved_at"),
    "incident": (
        "id", "unit", "rule", "subject_kind", "subject", "subject_title", "title_vi", "title_en", "owner", "severity",
        "state", "opened_at", "since", "announced_at", "cleared_at", "closed_at", "value", "threshold", "folded_into",
    ),
    "outbox": ("id", "severity", "urgent", "state", "made_at", "attempts", "next_try_at", "ended_at"),
    "incident_event": ("id", "incident", "at", "action", "from_state", "to_state"),
}  # fmt: skip
"""Tables and views of the numbers and boards; no columns: all of them. Never who did something, what somebody wrote,
raw messages, accounts, tokens, sessions, or what is on its way to receivers."""


def prepare(link: Link) -> None:
    """Make the role where it is missing and may be made, and let it read; its absence stops nothing but Grafana."""
    if not exists(link):
        try:
            with link.transaction():
                link.execute(f"create role {ROLE} nologin connection limit {CONNECTIONS}")
        except psycopg.errors.InsufficientPrivilege:
            log.warning("no role %s: this user may not create one; `ioc doctor` says what to do", ROLE)
            return
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            pass  # another database of this server made it meanwhile
    for name, value in unlike(link).items():
        try:
            with link.transaction():
                setting = {"name": sql.Identifier(name), "value": sql.Literal(value)}
                _ask(link, "alter role {role} set {name} = {value}", **setting)
        except psycopg.errors.InsufficientPrivilege:
            log.warning("role %s lacks %s = %s: this user may not set it; see `ioc doctor`", ROLE, name, value)
            break
    grant(link)


def grant(link: Link) -> None:
    """Let the role read what it is to see, and no more; where there is no role, nothing is done.

    Called again whenever the schema ``indicator`` is made anew: what is dropped takes its grants along.
    """
    if not exists(link):
        return
    link.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))  # two grants at once disturb each other
    _ask(link, "revoke all on all tables in schema public from {role}")
    _ask(link, "grant usage on schema public to {role}")
    for table, columns in READABLE.items():
        some = sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, columns))) if columns else sql.SQL("")
        _ask(link, "grant select{some} on {table} to {role}", some=some, table=sql.Identifier(table))
    if link.execute("select to_regnamespace('indicator')").fetchone() != (None,):
        _ask(link, "grant usage on schema indicator to {role}")


def let_in(store: Store, password: str) -> None:
    """Give the role its password (stored as SCRAM-SHA-256) and let it log in.

    Raises :class:`ConfigError` where there is no role, or this user may not.
    """
    try:
        with store.transaction() as link:
            # Encrypted here: a statement may stand in the server's log.
            secret = link.pgconn.encrypt_password(password.encode(), ROLE.encode(), b"scram-sha-256").decode()
            _ask(link, "alter role {role} login password {secret}", secret=sql.Literal(secret))
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject) as error:
        reason = f"database.reader_password: can't be set: {error.diag.message_primary}; `ioc doctor` says what to do"
        raise ConfigError(reason) from error


def exists(link: Link) -> bool:
    """Tell whether the server has the role."""
    return link.execute("select 1 from pg_roles where rolname = %s", (ROLE,)).fetchone() is not None


def unlike(link: Link) -> dict[str, str]:
    """Return the settings that the role is to have and has not."""
    row = link.execute("select coalesce(rolconfig, '{}') from pg_roles where rolname = %s", (ROLE,)).fetchone()
    known = dict(entry.split("=", 1) for entry in row[0]) if row else {}
    return {name: value for name, value in SETTINGS.items() if known.get(name) != value}


def faults(link: Link) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the role, each with its remedy: (seen, remedy)."""
    if not exists(link):
        make = f"create role {ROLE} nologin connection limit {CONNECTIONS}"
        query = "select rolname, rolcreaterole or rolsuper from pg_roles where rolname = current_user"
        user, may = link.execute(query).fetchone() or ("?", False)
        if may:
            yield "the server has no such role; Grafana can't ask", "run `ioc migrate`"
        else:
            seen = f"the server has no such role, and {user} may not make one (no CREATEROLE); Grafana can't ask"
            yield seen, f"as a superuser: {make}; or alter role {user} createrole; then run `ioc migrate`"
        return
    if missing := unlike(link):
        words = "; ".join(f"alter role {ROLE} set {name} = '{value}'" for name, value in missing.items())
        yield f"its sessions do not begin with {', '.join(missing)}", f"run `ioc migrate`, or as a superuser: {words}"
    if unread := _named(link, "reader_may_not_read", **_columns()):
        yield f"it may not read {', '.join(unread)}", "run `ioc migrate`"
    if written := _named(link, "reader_may_write"):
        remedy = f"take back what it was given besides, by PUBLIC or another role; alter role {ROLE} nosuperuser"
        yield f"it may write {', '.join(written)}", remedy
    if link.execute("select has_schema_privilege(%s, 'public', 'create')", (ROLE,)).fetchone() == (True,):
        remedy = "as the owner of the database: revoke create on schema public from public"
        yield "it may make tables in the schema public", remedy


def _columns() -> dict[str, list[str | None] | list[str]]:
    pairs = [(table, column) for table, columns in READABLE.items() for column in columns or (None,)]
    return {"relations": [table for table, _ in pairs], "columns": [column for _, column in pairs]}


def _named(link: Link, query: str, **asked: Any) -> list[str]:
    return [name for (name,) in link.execute(QUERIES[query], {"role": ROLE, **asked})]


def _ask(link: Link, statement: LiteralString, **parts: sql.Composable) -> None:
    link.execute(sql.SQL(statement).format(role=sql.Identifier(ROLE), **parts))
