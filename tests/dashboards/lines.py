"""Lines of two communes in a database with every number's functions, for a module's tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from dashboards import indicators
from ingest.store import Store
from tests.clock import stand
from tests.screen.commune import UNIT
from tests.servers import Postgres

OTHER = "05092"


@contextmanager
def two_communes(postgres: Postgres, template: str, name: str, clock: datetime | None = None) -> Iterator[Store]:
    """Make the database, whose clock stands where one is given, and drop it at the end."""
    postgres.execute(f"create database {name} template {template} strategy file_copy")
    url = postgres.url(name)
    if clock is not None:
        stand(url, clock)
    with Store(url, pool=4, name="test") as store:
        indicators.install(store)
        for unit, line in ((UNIT, "a"), (UNIT, "b"), (OTHER, "a")):
            store.execute(
                "insert into device (unit, kind, name, lifecycle) values (%s, 'network', %s, 'installed')", (unit, line)
            )
        yield store
    postgres.execute(f"drop database {name} with (force)")
