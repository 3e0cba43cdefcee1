"""Every query of every board and alert rule: expanded as Grafana does, asked as the role that may only read.

It answers for any range and choice, has the columns that its panel needs, and shows the rows that the API shows.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from dashboards import indicators
from dashboards.words import measure
from ingest import reading
from tests.dashboards.asked import Query, queries
from tests.dashboards.asking import Asked, Chosen, Row
from tests.dashboards.expander import rfc3339, step
from tests.dashboards.lived import COMMUNES

QUERIES = queries()
BOARDS = sorted({query.board for query in QUERIES})
RANGES = {
    "1 h": timedelta(hours=1), "24 h": timedelta(hours=24), "30 d": timedelta(days=30), "1 y": timedelta(days=365),
}  # fmt: skip
NUMBER, TIME, TEXT = {20, 21, 23, 700, 701, 1700}, {1184}, {25, 1043, 19}
"""Types of PostgreSQL, by what Grafana makes of them."""
Said = tuple[str, bool, float]
"""An instant (empty: now), whether there is a value, and the value."""


def test_there_is_something_to_ask() -> None:
    kinds = {query.kind for query in QUERIES}
    assert {"stat", "timeseries", "table", "geomap", "state-timeline", "variable", "annotation", "alert"} <= kinds
    assert len(BOARDS) > 10


@pytest.mark.parametrize("board", BOARDS)
def test_it_answers_for_every_range_and_choice_with_the_columns_it_needs(asked: Asked, board: str) -> None:
    wrong = [
        f"{query}, {name}, {choice}: {fault}"
        for query in QUERIES
        if query.board == board
        for name, span in RANGES.items()
        for choice, chosen in asked.chosen.items()
        for sql in query.sent_ways(asked.now - span, asked.now, chosen)
        for fault in _faults(asked, query, sql)
    ]
    assert wrong == []


@pytest.mark.parametrize("board", BOARDS)
def test_it_answers_where_nothing_happened_yet(nothing: Asked, board: str) -> None:
    wrong = [
        f"{query}, {choice}: {fault}"
        for query in QUERIES
        if query.board == board
        for choice, chosen in nothing.chosen.items()
        for sql in query.sent_ways(nothing.now - RANGES["30 d"], nothing.now, chosen)
        for fault in _faults(nothing, query, sql, empty=query.kind in ("timeseries", "variable", "alert", "geomap"))
    ]
    assert wrong == []


def _faults(asked: Asked, query: Query, sql: str, *, empty: bool = False) -> list[str]:
    try:
        columns, rows = asked.rows(sql)
    except psycopg.Error as error:
        return [str(error)]
    return [*_misfits(query, columns, rows), *(["rows of nothing"] if empty and rows else [])]


def _misfits(query: Query, columns: Mapping[str, int], rows: Sequence[Row]) -> Iterator[str]:
    kinds = {name: "number" if t in NUMBER else "time" if t in TIME else "text" if t in TEXT else str(t)
             for name, t in columns.items()}  # fmt: skip
    numbers = [name for name, kind in kinds.items() if kind == "number"]
    if query.form == "time_series" and kinds.get("time") != "time":
        yield "a time series has a column `time` with a zone"
    match query.kind:
        case "timeseries":
            if list(kinds.values()) != ["time", "text", "number"] or list(columns)[1] != "metric":
                yield f"time, metric and one number are expected, not {kinds}"
            times = [row[0] for row in rows]
            if times != sorted(times):
                yield "rows out of order"
            twice = [key for key, n in Counter(row[:2] for row in rows).items() if n > 1]
            if twice:
                yield f"two values of one series at one time: {twice[:2]}"
        case "stat" | "bargauge" | "gauge" | "piechart":
            shown = re.compile(query.panel["options"]["reduceOptions"]["fields"].strip("/") or "^value$")
            if not [name for name in (columns if query.kind == "stat" else numbers) if shown.search(name)]:
                yield f"nothing is shown by {shown.pattern}: {kinds}"
        case "state-timeline" | "status-history":
            if kinds.get("time") != "time" or len(columns) < 2:
                yield f"`time` and a column of states are expected, not {kinds}"
        case "geomap":
            for name in ("latitude", "longitude"):
                if kinds.get(name) != "number":
                    yield f"{name} is no number"
        case "variable":
            if not {"__text", "__value"} <= set(columns):
                yield "`__text` and `__value` are expected"
        case "annotation":
            if kinds.get("time") != "time" or kinds.get("text") != "text":
                yield f"`time` and `text` are expected, not {kinds}"
        case "alert":
            # What is labels to an alert: every column but the one number; no time, or it would be a series.
            if len(numbers) != 1 or set(kinds.values()) - {"number", "text"}:
                yield f"one number beside texts is expected, not {kinds}"


def test_every_column_that_a_panel_shows_otherwise_is_one_that_there_is(asked: Asked) -> None:
    """A misspelt one would show a column without its title and unit; lists alike share their columns."""
    chosen, start = asked.chosen["one commune"], asked.now - RANGES["24 h"]
    columns = {column for query in QUERIES for column in asked.rows(query.sent(start, asked.now, chosen))[0]}
    named = {
        (override["matcher"]["options"], str(query))
        for query in QUERIES
        for override in query.panel.get("fieldConfig", {}).get("overrides", [])
        if override["matcher"]["id"] == "byName" and not query.panel.get("transformations")
    }
    assert [one for one in sorted(named) if one[0] not in columns] == []


# -- the same as the API says -----------------------------------------------------------------------------------------

_NARROWED = re.compile(r"^where ", re.MULTILINE)
"""A panel that shows a part of a number's rows."""
SHOWN = [query for query in QUERIES if query.kind in ("stat", "timeseries", "bargauge", "alert") and query.rows_of]


def test_most_queries_are_held_against_the_api() -> None:
    assert len(SHOWN) > 200
    assert {key for query in SHOWN for key, _ in query.rows_of} >= {
        "devices_camera_availability",
        "budget_revenue_rate",
    }


@pytest.mark.parametrize(
    ("span", "choice"),
    [(span, choice) for span in RANGES for choice in ("one commune", "all communes")],
)
def test_boards_show_what_the_api_shows(asked: Asked, span: str, choice: str) -> None:
    """Values and instants alike, number by number; what is divided for its unit is multiplied back."""
    start, stop, chosen = asked.now - RANGES[span], asked.now, asked.chosen[choice]
    # As of now is as of now, whatever the range.
    shown = [query for query in SHOWN if span == "1 h" or any(how != "_now" for _, how in query.rows_of)]
    differ = [fault for query in shown if (fault := _difference(asked, query, start, stop, chosen))]
    assert differ == []


def _difference(asked: Asked, query: Query, start: datetime, stop: datetime, chosen: Chosen) -> str:
    """Return how the rows differ; of what goes on with the clock, the API's lies between a board's before and after."""
    over = any(how != "_now" for _, how in query.rows_of)
    units: Sequence[str] = COMMUNES if query.kind == "alert" else chosen["commune"]
    sql = query.sent(start, stop, chosen)
    before = _shown(asked, sql, over=over)
    wanted = sorted(one for key, how in query.rows_of for one in told(asked, key, how, query, start, stop, units))
    narrowed = bool(_NARROWED.search(query.sql))
    if before == wanted or (narrowed and Counter(before) <= Counter(wanted)):
        return ""
    after = _shown(asked, sql, over=over)
    if len(before) == len(after) and (narrowed or len(before) == len(wanted)):
        left = iter(wanted)  # all three are sorted: each pair of the board's has its own of the API's, in their order
        if all(
            any(_between(before_, one, after_) for one in left) for before_, after_ in zip(before, after, strict=True)
        ):
            return ""
    less, more = Counter(wanted) - Counter(after), Counter(after) - Counter(wanted)
    return f"{query}: not shown {list(less)[:2]}, shown besides {list(more)[:2]}"


def _between(before: Said, one: Said, after: Said) -> bool:
    same = before[:2] == one[:2] == after[:2]
    return same and min(before[2], after[2]) <= one[2] <= max(before[2], after[2])


def _shown(asked: Asked, sql: str, *, over: bool) -> list[Said]:
    columns, rows = asked.rows(sql, anew=True)
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    return sorted(_said(row["time"] if over else None, row["value"]) for row in named)


def _said(at: datetime | None, value: Any, divisor: int = 1) -> Said:
    instant = at.astimezone(UTC).isoformat() if at else ""
    return instant, value is not None, 0.0 if value is None else float(f"{float(value) / divisor:.9g}")


def test_the_rows_compared_are_many(asked: Asked) -> None:
    """A year of two communes fills most panels; without this, nothing could equal nothing."""
    chosen = asked.chosen["all communes"]
    start = asked.now - RANGES["1 y"]
    empty = [str(query) for query in SHOWN if not asked.rows(query.sent(start, asked.now, chosen))[1]]
    assert len(empty) < len(SHOWN) / 3, empty


def told(
    asked: Asked, key: str, how: str, query: Query, start: datetime, stop: datetime, units: Sequence[str]
) -> Iterator[Said]:
    """Yield what the API says of a number, each row's instant (over time) and value as the panel's unit has it."""
    divisor = 1 if query.kind == "alert" else measure(indicators.load()[key].unit).divisor
    for unit in units:
        params = {"unit": unit}
        if how != "_now":
            params |= {"start": rfc3339(start), "stop": rfc3339(stop)}
        if how == "_every":
            params["step"] = f"PT{step(start, stop, query.points) // timedelta(seconds=1)}S"
        answer = asked.api.get(f"/api/v1/indicators/{key}{'/now' if how == '_now' else ''}", params=params)
        assert answer.status_code == 200, answer.text
        for row in answer.json()["items"]:
            yield _said(None if how == "_now" else datetime.fromisoformat(row["time"]), row["value"], divisor)


def test_nothing_is_readable_for_nothing(asked: Asked) -> None:
    """Every table that the role may read is asked by a query, a number, or a function that these call."""
    functions = asked.link.execute(
        "select prosrc from pg_proc where pronamespace in ('public'::regnamespace, 'indicator'::regnamespace)"
    )
    texts = "\n".join([*(query.sql for query in QUERIES), *(row[0] for row in functions)])
    assert [name for name in reading.READABLE if not re.search(rf"\b(from|join)\s+{name}\b", texts)] == []
