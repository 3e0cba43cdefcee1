"""A database of a year, asked by two: Grafana's role with a board's SQL, and a technician with the API's routes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg

from dashboards import indicators
from ingest import reading
from ingest.config import Settings
from ingest.store import Store
from tests.api.conftest import Api
from tests.dashboards.lived import COMMUNES
from tests.servers import Postgres, free_port

Chosen = Mapping[str, Sequence[str]]
Row = tuple[Any, ...]


@dataclass
class Asked:
    """A session of Grafana's role, the API over the same database for a technician, and choices by a name for each."""

    link: psycopg.Connection
    api: httpx.Client
    now: datetime
    chosen: dict[str, Chosen]
    _answers: dict[str, tuple[dict[str, int], list[Row]]] = field(default_factory=dict)

    def rows(self, sql: str, *, anew: bool = False) -> tuple[dict[str, int], list[Row]]:
        """Return the types of the columns by their names, and the rows; the same is asked once, unless ``anew``."""
        if anew or sql not in self._answers:
            cursor = self.link.execute(sql.encode())
            assert cursor.description is not None
            names = [column.name for column in cursor.description]
            assert len(names) == len(set(names)), f"columns of one name: {names}"
            self._answers[sql] = {c.name: c.type_code for c in cursor.description}, cursor.fetchall()
        return self._answers[sql]

    def shown(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows as they are now, each by the names of its columns."""
        columns, rows = self.rows(sql, anew=True)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def told(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """Return every item that the API lists, page by page."""
        items: list[dict[str, Any]] = []
        piece: dict[str, Any] = {}
        while True:
            answer = self.api.get(f"/api/v1/{path}", params=params | piece | {"limit": 1000})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
            if page["next"] is None:
                return items
            piece = {"cursor": page["next"]}


@contextmanager
def asking(postgres: Postgres, template: str, name: str) -> Iterator[tuple[Store, Asked]]:
    postgres.execute(f"create database {name} template {template} strategy file_copy")
    url = postgres.url(name)
    settings = Settings.model_validate(
        {"commune": {"unit": COMMUNES[0]}, "database": {"url": url, "pool": 4}, "http": {"port": free_port()}}
    )
    with Store(url, name="test") as store:
        indicators.install(store)
        reading.let_in(store, "test")
        with (
            Api(settings, store) as api,
            psycopg.connect(url.replace("postgres@", f"{reading.ROLE}@"), autocommit=True) as link,
        ):
            yield store, Asked(link, api.client("technician"), datetime.now(UTC), {})
    postgres.execute(f"drop database {name} with (force)")
