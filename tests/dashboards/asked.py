"""Every query that Grafana asks: of panels, variables, annotations and alert rules, from the files that it is given."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

from dashboards import build
from tests.dashboards.expander import VERSIONS, Page, Server, Variable, Version, step

Json = dict[str, Any]
_ROWS = re.compile(r"from indicator\.(\w+?)(_now|_every)?\(")


@dataclass(frozen=True)
class Query:
    """One query; ``kind`` is the type of its panel, or ``variable``, ``annotation``, ``alert``."""

    board: str
    place: str
    kind: str
    form: str
    sql: str
    panel: Json = field(default_factory=dict, hash=False, compare=False, repr=False)
    points: int = 1000
    variables: Sequence[str] = field(default=(), hash=False, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.board}: {self.place}"

    @property
    def rows_of(self) -> list[tuple[str, str]]:
        """The numbers whose rows it shows, each with how: empty (over time), ``_now``, ``_every``."""
        return _ROWS.findall(self.sql)

    def sent(
        self,
        start: datetime,
        stop: datetime,
        chosen: Mapping[str, Sequence[str]],
        version: Version = "12",
        *,
        timescaledb: bool = False,
    ) -> str:
        """Return the SQL that reaches PostgreSQL for a range and what somebody chose."""
        values = {name: Variable(chosen.get(name, ()), multi=True, include_all=True) for name in self.variables}
        server = Server(start, stop, step(start, stop, self.points), timescaledb, version)
        return server.expanded(Page(start, stop, values, version).filled(self.sql))

    def sent_ways(self, start: datetime, stop: datetime, chosen: Mapping[str, Sequence[str]]) -> set[str]:
        """Return what both versions send, with TimescaleDB and without: mostly one and the same."""
        return {
            self.sent(start, stop, chosen, version, timescaledb=flag) for version in VERSIONS for flag in (False, True)
        }


def boards() -> list[Json]:
    """Return the boards as files hold them."""
    return [json.loads(text) for path, text in sorted(build.files().items()) if path.endswith(".json")]


def rules() -> list[Json]:
    """Return the alert rules as files hold them."""
    files = [yaml.safe_load(text) for path, text in build.files().items() if "/alerting/" in path]
    return [rule for file in files for group in file.get("groups", []) for rule in group["rules"]]


def queries() -> list[Query]:
    """Return every query."""
    return [*(query for board in boards() for query in _of(board)), *map(_of_rule, rules())]


def _of(board: Json) -> Iterator[Query]:
    variables = board["templating"]["list"]
    names = tuple(one["name"] for one in variables)
    for one in variables:
        if one["type"] == "query":
            yield Query(board["uid"], f"${one['name']}", "variable", "table", one["query"], variables=names)
    for one in board["annotations"]["list"]:
        target = one.get("target") or {}
        if sql := target.get("rawSql") or one.get("rawQuery"):
            yield Query(board["uid"], one["name"], "annotation", "table", sql, variables=names)
    panels = [inner for panel in board["panels"] for inner in (panel, *panel.get("panels", []))]
    for panel in panels:
        for target in panel.get("targets", []):
            place = f"{panel['title']} {target['refId']}"
            points = panel.get("maxDataPoints") or 1000
            yield Query(board["uid"], place, panel["type"], target["format"], target["rawSql"], panel, points, names)


def _of_rule(rule: Json) -> Query:
    model = rule["data"][0]["model"]
    return Query("alert", rule["title"], "alert", model["format"], model["rawSql"], rule)
