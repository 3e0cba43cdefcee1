"""`ioc doctor`: every dependency probed, with the remedy beside each failure."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from connectors.contract import Polled
from dashboards import indicators
from ingest import migrate, reading
from ingest.config import Settings
from ingest.errors import IocError, StoreDown
from ingest.sql import QUERIES
from ingest.store import Store
from ioc import grafana, handshake, timescale


@dataclass(frozen=True)
class Finding:
    """One dependency: good or not, what was seen, what to do."""

    what: str
    good: bool
    seen: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = "ok  " if self.good else "BAD "
        return f"{mark} {self.what}: {self.seen}" + (f"\n     -> {self.remedy}" if self.remedy else "")

    def as_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Probe database, schema, numbers, broker, Grafana, folders and disk."""
    return [
        *_database(settings),
        Finding("broker", *handshake.assess(settings.broker)),
        *_grafana(settings),
        *_folders(settings),
        _disk(),
    ]


def _database(settings: Settings) -> Iterator[Finding]:
    with Store(settings.database.url, name="ioc-doctor", wait=5) as store:
        try:
            row = store.row("select version() as version, now() - pg_postmaster_start_time() as up")
        except StoreDown as down:
            yield Finding("database", False, str(down), "start PostgreSQL, or correct IOC_DATABASE__URL")
            return
        yield Finding("database", True, f"{row['version'].split(' on ')[0]}, up {row['up']}" if row else "")
        yield _schema(store)
        yield from _timescale(settings, store)
        yield from _reader(store)
        yield from _receivers(settings, store)
        yield _tried("numbers", lambda: f"{len(indicators.load())} defined", "mend the definition named above")


def _schema(store: Store) -> Finding:
    try:
        migrate.check(store)
    except IocError as error:
        newer = "newer schema" in str(error)
        remedy = "install the version that made it, or restore a backup" if newer else "run `ioc migrate`"
        return Finding("schema", False, str(error), remedy)
    mode = store.row("select value from store_meta where key = 'mode'")
    units = store.row(
        "select count(*) as n from unit where valid_to is null and level in ('commune','ward','special_zone')"
    )
    seen = f"this version's, mode {mode and mode['value']}, {units and units['n']} communes"
    return Finding("schema", True, seen)


def _timescale(settings: Settings, store: Store) -> Iterator[Finding]:
    """Tell how reports are kept; the schema's finding comes before it."""
    try:
        with store.transaction() as link:
            yield Finding("timescaledb", *timescale.assess(link, settings.database.keep_days))
    except psycopg.errors.UndefinedTable:
        return  # the schema's finding says why


def _reader(store: Store) -> Iterator[Finding]:
    """Tell whether Grafana's role reads what it should, and no more; the schema's finding comes before it."""
    what = f"role {reading.ROLE}"
    try:
        with store.transaction() as link:
            found = list(reading.faults(link))
    except psycopg.errors.UndefinedTable:
        return
    for seen, remedy in found:
        yield Finding(what, False, seen, remedy)
    if not found:
        yield Finding(what, True, f"reads {len(reading.READABLE)} tables and views, and may write nothing")


def _receivers(settings: Settings, store: Store) -> Iterator[Finding]:
    """Tell how those are doing who are told of incidents; `ioc notify test` says whether one can be reached now."""
    if not settings.receivers:
        return
    try:
        known = {row["name"]: row for row in store.rows(QUERIES["receivers"])}
    except (StoreDown, psycopg.Error):
        return  # the schema's finding says why
    for receiver in settings.receivers:
        row = known.get(receiver.name)
        what, test = f"receiver {receiver.name}", f"`ioc notify test {receiver.name}` tells more"
        if row is None or row["state"] == "never":
            yield Finding(what, True, f"{receiver.kind}, nothing sent yet; `ioc notify test {receiver.name}` tries it")
        elif row["state"] == "failing":
            waits = f"{row['waiting']} messages and {row['notices']} notices wait"
            yield Finding(what, False, f"failing since {row['failing_since']:%F %T}Z: {row['error']}; {waits}", test)
        elif row["dead_7d"]:
            given_up = f"{row['dead_7d']} messages given up within 7 days"
            yield Finding(what, False, given_up, f"GET /api/v1/outbox?state=dead says which and why; {test}")
        else:
            yield Finding(what, True, f"{receiver.kind}, last message arrived {row['sent_at']:%F %T}Z")


def _tried(what: str, probe: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(what, True, probe())
    except IocError as error:
        return Finding(what, False, str(error), remedy)


def _grafana(settings: Settings) -> Iterator[Finding]:
    for seen in grafana.assess(settings.grafana):
        yield Finding(*seen)


def _folders(settings: Settings) -> Iterator[Finding]:
    for name, source in settings.sources.items():
        if isinstance(source, Polled):
            for path in dict.fromkeys(folder.path for folder in source.places()):
                good = path.is_dir()
                yield Finding(f"folder of {name}", good, str(path), "" if good else f"make it: mkdir -p {path}")


def _disk() -> Finding:
    usage = shutil.disk_usage(Path.cwd())
    share = 100 * usage.free / usage.total
    good = share > 10
    return Finding("disk", good, f"{share:.0f} % free", "" if good else "free some, or lower database.keep_days")
