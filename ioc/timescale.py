"""What `ioc doctor` says of TimescaleDB: version, edition, chunks, policies, and the remedy."""

from collections.abc import Iterator
from datetime import timedelta

from ingest import timescale
from ingest.store import Link
from ingest.timescale import PRELOAD, Policy, Server

_CREATE = "`create extension timescaledb` in a new database, then `ioc migrate`"
_STAYS = "reports in daily partitions"
_COMMUNITY = "start the server with the community edition, timescaledb.license = 'timescale', as it was"
_WORKERS = "see timescaledb_information.job_errors, and that timescaledb.max_background_workers is not 0"


def assess(link: Link, keep_days: int) -> tuple[bool, str, str]:
    """Return whether it is well, what was seen and the remedy; raises ``UndefinedTable`` before the first migration."""
    there, hyper = timescale.server(link), timescale.is_hypertable(link)
    if hyper and there.edition is None:
        return False, "reports lie in a hypertable and the library is not loaded: they can't be read", PRELOAD
    if hyper:
        return _hypertable(link, there, keep_days)
    if there.version is not None:
        seen = f"{_named(there)} is there, but this database was made before it: {_STAYS}, which serve as well"
        return True, seen, "none needed; moving a database that has reports is not offered yet"
    if there.available is None:
        return True, f"not installed: {_STAYS}", ""
    seen = f"{there.available} is installed and not created in this database: {_STAYS}"
    return True, seen, f"to use it: {_CREATE}" if there.preloaded else f"to use it: {PRELOAD}; {_CREATE}"


def _hypertable(link: Link, there: Server, keep_days: int) -> tuple[bool, str, str]:
    days = timescale.chunks(link)
    by_column = sum(days.values())
    span = f", {min(days):%F} to {max(days):%F}" if days else ""
    seen = [f"{_named(there)}, hypertable device_report, {len(days)} chunks of a day{span}, {by_column} by column"]
    if there.edition == "apache":
        seen.append(f"old days are dropped by `ioc run` after {keep_days}")
        faults = [("chunks by column can't be read by this edition", _COMMUNITY)] if by_column else []
    else:
        policies = timescale.policies(link)
        seen += [_told(name, policy) for name, policy in policies.items()]
        faults = list(_faults(policies, keep_days))
    if timescale.noted(link) != there.edition and not faults:
        faults = [(f"the last migration met the edition {timescale.noted(link)}", "run `ioc migrate`")]
    said = "; ".join([*seen, *(fault for fault, _ in faults)])
    return not faults, said, "; ".join(dict.fromkeys(remedy for _, remedy in faults))


def _faults(policies: dict[str, Policy], keep_days: int) -> Iterator[tuple[str, str]]:
    for name in ("columnstore", "retention"):
        policy = policies.get(name)
        if policy is None:
            yield f"no {name} policy", "run `ioc migrate`"
        elif policy.last == "Failed":
            yield f"the {name} policy failed last", _WORKERS
        elif name == "retention" and policy.after != timedelta(days=keep_days):
            yield f"database.keep_days is {keep_days}", "run `ioc migrate`"


def _told(name: str, policy: Policy) -> str:
    last = f"last run {policy.last_at:%F %T}Z" if policy.last_at else "not run yet"
    return f"{name} after {policy.after.days} days, {last}"


def _named(there: Server) -> str:
    return f"{there.version}, {there.edition} edition" if there.edition else f"{there.version}, library not loaded"
