"""The expander says what Grafana's own code says: expectations of the plugin's tests and of runs of Go."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.dashboards.expander import (
    VERSIONS,
    Page,
    Server,
    Unexpandable,
    Variable,
    Version,
    rfc3339,
    step,
    uncommented,
    worded,
)

START = datetime(2018, 4, 12, 18, 0, tzinfo=UTC)
STOP = START + timedelta(minutes=5)
GIVEN = {
    "select $__time(time_column)": 'select time_column AS "time"',
    "select $__time( time_column )": 'select time_column AS "time"',
    "select $__timeEpoch(t)": 'select extract(epoch from t) as "time"',
    "where $__timeFilter(t)": "where t BETWEEN '2018-04-12T18:00:00Z' AND '2018-04-12T18:05:00Z'",
    "where t > $__timeFrom() and t <= $__timeTo()": (
        "where t > '2018-04-12T18:00:00Z' and t <= '2018-04-12T18:05:00Z'"
    ),
    "f($__timeFrom(), $__timeTo())": "f('2018-04-12T18:00:00Z', '2018-04-12T18:05:00Z')",
    "where $__unixEpochFilter(t)": "where t >= 1523556000 AND t <= 1523556300",
    "where $__unixEpochNanoFilter(t)": "where t >= 1523556000000000000 AND t <= 1523556300000000000",
    "$__unixEpochNanoFrom() $__unixEpochNanoTo()": "1523556000000000000 1523556300000000000",
    "$__unixEpochFrom() $__unixEpochTo()": "1523556000 1523556300",
    "select $__unixEpochGroup(t,'5m')": "select floor((t)/300)*300",
    "select $__unixEpochGroupAlias(t,'5m')": 'select floor((t)/300)*300 AS "time"',
    "every $__interval, $__interval_ms ms": "every 1m, 60000 ms",
}
GROUPED = {
    "$__timeGroup(t,'5m')": ("floor(extract(epoch from t)/300)*300", "time_bucket('300.000s',t)"),
    "$__timeGroup( t , '5m')": ("floor(extract(epoch from t)/300)*300", "time_bucket('300.000s',t)"),
    "$__timeGroup(t,'5m'), v": (
        'floor(extract(epoch from t)/300)*300 AS "time", v',
        "time_bucket('300.000s',t) AS \"time\", v",
    ),
    "$__timeGroupAlias(t,5m,NULL)": (
        'floor(extract(epoch from t)/300)*300 AS "time"',
        "time_bucket('300.000s',t) AS \"time\"",
    ),
    "$__timeGroup(t,'20ms')": ("floor(extract(epoch from t)/0.02)*0.02", "time_bucket('0.020s',t)"),
    "$__timeGroup(t,'1h30m')": ("floor(extract(epoch from t)/5400)*5400", "time_bucket('5400.000s',t)"),
    "$__timeGroup(t,'$__interval')": ("floor(extract(epoch from t)/60)*60", "time_bucket('60.000s',t)"),
    "$__timeGroup(t,'1w')": ("floor(extract(epoch from t)/604800)*604800", "time_bucket('604800.000s',t)"),
    "$__timeGroup(t,'10d')": ("floor(extract(epoch from t)/864000)*864000", "time_bucket('864000.000s',t)"),
    "$__timeGroup(t,'12d')": ("floor(extract(epoch from t)/1.0368e+06)*1.0368e+06", "time_bucket('1036800.000s',t)"),
    "$__timeGroup(t,'30d')": ("floor(extract(epoch from t)/2.592e+06)*2.592e+06", "time_bucket('2592000.000s',t)"),
    "$__timeGroup(t,'365d')": (
        "floor(extract(epoch from t)/3.1536e+07)*3.1536e+07",
        "time_bucket('31536000.000s',t)",
    ),
}
EITHER = pytest.mark.parametrize("version", VERSIONS)


@EITHER
@pytest.mark.parametrize("timescaledb", [False, True])
@pytest.mark.parametrize("sql", GIVEN)
def test_macros_that_know_no_extension(sql: str, timescaledb: bool, version: Version) -> None:
    assert Server(START, STOP, timescaledb=timescaledb, version=version).expanded(sql) == GIVEN[sql]


@EITHER
@pytest.mark.parametrize("sql", GROUPED)
def test_buckets_with_and_without_the_extension(sql: str, version: Version) -> None:
    plain, bucketed = GROUPED[sql]
    assert Server(START, STOP, version=version).expanded(sql) == plain
    assert Server(START, STOP, timescaledb=True, version=version).expanded(sql) == bucketed


def test_the_alias_of_a_bucket_is_decided_where_it_stands_first() -> None:
    sql = "select $__timeGroup(t,'1m'), v from x group by $__timeGroup(t,'1m')"
    sent = Server(START, STOP).expanded(sql)
    assert sent.count('floor(extract(epoch from t)/60)*60 AS "time"') == 2


@pytest.mark.parametrize(
    "sql",
    [
        "$__timeFilter()",
        "$__time()",
        "$__timeGroup(t)",
        "$__timeGroup(t,'5x')",
        "$__timeGroup(t,'')",
        "$__timeGroup(t,'1m',zero)",
        "$__nothing(t)",
        "select $1(x)",
    ],
)
def test_what_grafana_refuses(sql: str) -> None:
    with pytest.raises(Unexpandable):
        Server(START, STOP).expanded(sql)


@pytest.mark.parametrize("interval", ["1M", "2y"])
def test_buckets_of_months_and_years_are_refused(interval: str) -> None:
    with pytest.raises(Unexpandable, match="depends on the clock"):
        Server(START, STOP).expanded(f"$__timeGroup(t,'{interval}')")


def test_a_comment_is_expanded_by_12_and_dropped_by_13_2() -> None:
    sql = "select 1 -- $__unknown(x)\n, '--' /* $__unknown(y) */, \"--\", $tag$--$tag$"
    with pytest.raises(Unexpandable):
        Server(START, STOP, version="12").expanded(sql)
    assert Server(START, STOP, version="13.2").expanded(sql) == "select 1 \n, '--' , \"--\", $tag$--$tag$"
    assert uncommented("select 'it''s -- none'") == "select 'it''s -- none'"


def test_a_tag_of_tracing_stays_at_the_end_in_13_2() -> None:
    sql = "select $__timeFrom() /* gone */ /*application='grafana',traceparent='00-1'*/"
    sent = Server(START, STOP, version="13.2").expanded(sql)
    assert sent == "select '2018-04-12T18:00:00Z'  /*application='grafana',traceparent='00-1'*/"


def test_instants_are_utc_with_the_digits_that_count() -> None:
    assert rfc3339(START.replace(microsecond=120_000)) == "2018-04-12T18:00:00.12Z"
    assert rfc3339(datetime.fromisoformat("2026-11-21T07:00:00+07:00")) == "2026-11-21T00:00:00Z"


NAMES = ("Thôn Nà Mười", 'Thôn "O\'Neil"')


@EITHER
def test_values_are_quoted_as_sql_alike_in_both(version: Version) -> None:
    page = Page(START, STOP, {"x": Variable(NAMES, multi=True), "one": Variable("O'Neil")}, version)
    assert page.filled("in (${x:sqlstring})") == "in ('Thôn Nà Mười','Thôn \"O''Neil\"')"
    assert page.filled("in (${one:sqlstring})") == "in ('O''Neil')"
    assert page.filled("${x:csv}") == 'Thôn Nà Mười,Thôn "O\'Neil"'
    assert page.filled("in ([[x:sqlstring]])") == "in ('Thôn Nà Mười','Thôn \"O''Neil\"')"
    assert page.filled("$x and [[x]]") == " and ".join(["'Thôn Nà Mười','Thôn \"O''Neil\"'"] * 2)
    assert page.filled("$__timeFrom() $unknown ${unknown:csv}") == "$__timeFrom() $unknown ${unknown:csv}"


def test_a_single_value_without_a_format_differs() -> None:
    for variable in (Variable("O'Neil", multi=True), Variable("O'Neil", include_all=True)):
        assert Page(START, STOP, {"x": variable}, "12").filled("= $x") == "= 'O''Neil'"
        assert Page(START, STOP, {"x": variable}, "13.2").filled("= $x") == "= O''Neil"
    for version in VERSIONS:
        assert Page(START, STOP, {"x": Variable("O'Neil")}, version).filled("= '$x'") == "= 'O''Neil'"


def test_what_the_page_knows_of_its_time() -> None:
    page = Page(START, STOP)
    assert page.filled("$__from ${__to} ${__from:date:iso}") == "1523556000000 1523556300000 2018-04-12T18:00:00.000Z"
    assert page.filled("$__timezone ${__to:date:seconds}") == "Asia/Ho_Chi_Minh 1523556300"


@pytest.mark.parametrize(
    ("span", "points", "said"),
    [
        (timedelta(hours=1), 1000, "1m"),  # 3.6 s, but the data source asks for a minute at least
        (timedelta(hours=24), 1000, "1m"),
        (timedelta(days=7), 1000, "10m"),
        (timedelta(days=30), 1000, "30m"),
        (timedelta(days=365), 1000, "6h"),
        (timedelta(days=365), 300, "1d"),
        (timedelta(days=365), 20, "7d"),
        (timedelta(days=3650), 100, "30d"),
    ],
)
def test_the_interval_that_a_panel_asks_for(span: timedelta, points: int, said: str) -> None:
    assert worded(step(STOP - span, STOP, points)) == said


def test_an_interval_is_said_in_its_largest_unit() -> None:
    said = [worded(timedelta(milliseconds=ms)) for ms in (20, 10_000, 60_000, 5_400_000, 86_400_000, 604_800_000)]
    assert said == ["20ms", "10s", "1m", "90m", "1d", "7d"]
