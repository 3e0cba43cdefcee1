"""What a number's definition must say, how a broken one is refused, and how all of them get into the database."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from psycopg import sql

from connectors.contract import LOCAL
from dashboards import indicators
from ingest.errors import ConfigError
from ingest.store import Store
from ioc import cli
from ioc.rehearsal import rehearse
from tests.dashboards.casefile import Case, cases, instant, put_in

GOOD = {
    "title": "Thử",
    "title_en": "Trial",
    "unit": "camera",
    "grain": "1 day",
    "better": "none",
    "owner": "technician",
    "help": "Chỉ để thử.",
    "help_en": "A trial only.",
    "source": "Không có",
    "source_en": "None",
    "sql": "select start as time, 'a' as unit, '' as label, 1::numeric as value",
    "sql_now": "select now() as time, 'a' as unit, '' as label, 1::numeric as value",
}

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Puts definitions of the test's own in the place of the real ones: ``write(trial_one={"unit": None})``."""
    folder = tmp_path / "indicators"
    folder.mkdir()
    monkeypatch.setattr("dashboards.indicators.resources", SimpleNamespace(files=lambda _package: tmp_path))

    def write_(**changes: dict[str, str | None]) -> None:
        tables = []
        for key, change in changes.items():
            fields = {name: value for name, value in (GOOD | change).items() if value is not None}
            lines = "\n".join(f"{name} = '''{value}'''" for name, value in fields.items())
            tables.append(f"[{key.removeprefix('trial_')}]\n{lines}\n")
        (folder / "trial.toml").write_text("\n".join(tables), "utf-8")
        indicators.load.cache_clear()

    yield write_
    monkeypatch.undo()
    indicators.load.cache_clear()


def names(store: Store) -> list[str]:
    query = "select proname from pg_proc where pronamespace = to_regnamespace('indicator') order by proname"
    return [row["proname"] for row in store.rows(query)]


@pytest.mark.parametrize("field", sorted(set(GOOD) - {"sql", "sql_now"}))
def test_what_every_number_must_say(write: Write, field: str) -> None:
    write(trial_whole={}, trial_broken={field: None})
    with pytest.raises(ConfigError) as refused:
        indicators.load()
    assert list(refused.value.faults) == [f"trial.toml:broken.{field}: Field required"]


@pytest.mark.parametrize("change", [{"sql": None}, {"sql_now": None}, {"figure": "households"}])
def test_a_number_is_defined_once(write: Write, change: dict[str, object]) -> None:
    write(trial_whole={}, trial_broken=change)
    with pytest.raises(ConfigError, match=r"trial\.toml:broken: .*either `figure`, .* or both `sql` and `sql_now`"):
        indicators.load()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"title": ""}, "trial.toml:broken.title: "),
        ({"owner": ""}, "trial.toml:broken.owner: "),
        ({"help_en": None}, "trial.toml:broken.help_en: "),
        ({"source_en": ""}, "trial.toml:broken.source_en: "),
        ({"unit": "kilogram"}, "trial.toml:broken.unit: "),
        ({"grain": "1 fortnight"}, "trial.toml:broken.grain: "),
        ({"better": "maybe"}, "trial.toml:broken.better: "),
        ({"target": "many"}, "trial.toml:broken.target: "),
        ({"colour": "red"}, "trial.toml:broken.colour: "),
        ({"of": "trial_nothing"}, "trial.toml:broken.of: 'trial_nothing' names no indicator"),
        ({"amount": "trial_nothing"}, "trial.toml:broken.amount: 'trial_nothing' names no indicator"),
    ],
    ids=lambda said: ",".join(said) if isinstance(said, dict) else "",
)
def test_a_broken_number_is_refused_by_its_name(write: Write, change: dict[str, str | None], place: str) -> None:
    write(trial_whole={}, trial_broken=change)
    with pytest.raises(ConfigError) as refused:
        indicators.load()
    assert len(refused.value.faults) == 1
    assert refused.value.faults[0].startswith(place)


def test_all_that_is_broken_is_said_at_once(write: Write) -> None:
    write(trial_a={"title": None, "unit": "kg"}, trial_b={"of": "trial_z"})
    with pytest.raises(ConfigError) as refused:
        indicators.load()
    assert [fault.split(" ")[0] for fault in refused.value.faults] == [
        "trial.toml:a.title:",
        "trial.toml:a.unit:",
        "trial.toml:b.of:",
    ]


def test_a_file_that_is_no_toml_is_refused_by_its_name(write: Write, tmp_path: Path) -> None:
    write(trial_whole={})
    (tmp_path / "indicators" / "other.toml").write_text("[half")
    indicators.load.cache_clear()
    with pytest.raises(ConfigError, match=r"other\.toml: not TOML"):
        indicators.load()


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (
            {"sql": "select at as time, unit, '' as label, 1::numeric as value from device_nowhere"},
            "sql", 'in line 1: relation "device_nowhere" does not exist; correct the name, or `ioc migrate`',
        ),
        (
            {"sql": "select d.registered_at,\n  d.unt, '' as label, 1::numeric as value\nfrom device d"},
            "sql", 'in line 2: column d.unt does not exist; Perhaps you meant to reference the column "d.unit".',
        ),
        ({"sql_now": "selekt 1"}, "sql_now", 'in line 1: syntax error at or near "selekt"'),
        (
            {"sql_now": "select now() as time, 'a' as unit, 1::numeric as value"},
            "sql_now", "return type mismatch in function declared to return record; Final statement returns too few",
        ),
        (
            {"sql_now": "select start as time, 'a' as unit, '' as label, 2::numeric as value"},
            "sql_now", 'in line 1: column "start" does not exist',
        ),
        ({"sql": None, "sql_now": None, "figure": "households", "label": "o'clock"}, "figure", "syntax error"),
    ],
    ids=["no-table", "no-column", "no-sql", "three-columns", "no-start-of-now", "figure"],
)  # fmt: skip
def test_sql_that_does_not_prepare_is_refused_and_the_numbers_before_stay(
    store: Store, write: Write, change: dict[str, str | None], place: str, said: str
) -> None:
    write(trial_before={})
    indicators.install(store)
    write(trial_whole={}, trial_broken=change)
    with pytest.raises(ConfigError) as refused:
        indicators.install(store)
    assert len(refused.value.faults) == 1
    assert refused.value.faults[0].startswith(f"trial.toml:broken.{place}: its SQL does not prepare")
    assert said in refused.value.faults[0]
    assert names(store) == ["trial_before", "trial_before_every", "trial_before_now"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"trial_a": {"unit": None}}, ["trial.toml:a.unit: Field required"]),
        ({"trial_a": {"title": None}}, ["trial.toml:a.title: Field required"]),
        ({"trial_a": {"owner": None}}, ["trial.toml:a.owner: Field required"]),
        (
            {
                "trial_a": {"sql": "select d.unt as time, d.unit, '' as label, 1::numeric as value from device d"},
                "trial_b": {"sql_now": "select now() as time, 'a' as unit,\n'' as label 1 as value"},
                "trial_c": {},
            },
            [
                "trial.toml:a.sql: its SQL does not prepare in line 1: column d.unt does not exist; "
                'Perhaps you meant to reference the column "d.unit".',
                'trial.toml:b.sql_now: its SQL does not prepare in line 2: syntax error at or near "1"; '
                "correct the name, or `ioc migrate` an older database",
            ],
        ),
    ],
    ids=["no-unit", "no-title", "no-owner", "unknown-column-and-no-sql"],
)  # fmt: skip
def test_ioc_check_refuses_a_broken_number_and_says_where_and_what_to_do(
    write: Write,
    changes: dict[str, Any],
    said: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(**changes)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["ioc", "check"])
    monkeypatch.setattr("ingest.rules.Rules.unknown_numbers", lambda *_: [])  # rules speak of the real numbers
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.splitlines()) == ("", said)


def test_without_the_embedded_database_the_check_says_that_it_did_not_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.embedded._WHEEL", None)
    assert not rehearse()


def test_installing_twice_does_nothing_and_a_change_renews_all(store: Store, write: Write) -> None:
    write(trial_a={}, trial_b={})
    assert indicators.install(store)
    before = store.rows("select oid from pg_proc where proname like 'trial%%' order by oid")
    assert not indicators.install(store)
    assert store.rows("select oid from pg_proc where proname like 'trial%%' order by oid") == before
    write(trial_a={"sql": GOOD["sql"].replace("1::", "2::")})
    assert indicators.install(store)
    assert names(store) == ["trial_a", "trial_a_every", "trial_a_now"]
    now = datetime.fromisoformat("2026-03-01T00:00+07:00")
    assert [row["value"] for row in indicators.series(store, "trial_a", now, now, [])] == [2]


def test_python_and_sql_give_the_same_rows(store: Store) -> None:
    """What the API shows is what a board reads: one case of every number, asked both ways."""
    indicators.install(store)
    first: dict[str, Case] = {}
    for case in cases():
        if not first.get(case.key) or not first[case.key].lines("series"):
            first[case.key] = case
    assert set(first) == set(indicators.load())
    for key, case in first.items():
        with store.transaction() as link:
            now = datetime.now().astimezone()
            tables = (
                "device device_state state_span observation case_now broadcast source_minute source maintenance"
                " contract_hours incident_event incident"
            )
            for table in tables.split():
                link.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))
            put_in(link, case, now)
        start, stop = (instant(word, now) for word in case.fields["range"].split())
        for function, arguments, given in (
            (key, (start, stop, case.units), indicators.series(store, key, start, stop, case.units)),
            (f"{key}_now", (case.units,), indicators.now(store, key, case.units)),
        ):
            places = sql.SQL(", ").join(sql.Placeholder() for _ in arguments)
            query = sql.SQL("select unit, label, value from {}({})").format(
                sql.Identifier("indicator", function), places
            )
            direct = sorted(map(repr, (tuple(row.values()) for row in store.rows(query, arguments))))
            assert direct == sorted(repr((row["unit"], row["label"], row["value"])) for row in given)
        assert indicators.series(store, key, start, stop, case.units), key


def test_there_is_no_number_of_that_name(store: Store) -> None:
    now = datetime.now().astimezone()
    with pytest.raises(KeyError):
        indicators.series(store, "devices_tractor_online", now, now, [])
    with pytest.raises(KeyError):
        indicators.now(store, "devices_tractor_online", [])


def test_a_target_and_a_bound_that_are_figures_come_from_the_figures(store: Store) -> None:
    """The own target before the plan's, the estimate as the revenue's target, the threshold of each disease."""
    indicators.install(store)
    quarter = "period_kind=quarter cumulative=false period_start=2026-07-01"
    march = 'period_kind=month cumulative=false dims={"disease":"dengue"}'
    figures = [
        f"05068 fibre_household_rate 2026-09-30 40 {quarter}",
        f"05068 fibre_household_rate 2026-09-30 80 {quarter} scope=target",
        f"05068 smartphone_adult_rate 2026-09-30 90 {quarter}",
        "05068 revenue_state 2026-08-25 7",
        "05068 revenue_estimate_commune 2026-08-25 12",
    ]
    month = datetime.now(LOCAL).date().replace(day=1)
    for year, cases_ in zip(range(6), (7, 6, 4, 4, 4, 2), strict=True):  # this year's first: 7 is above 4 + 2 · √2
        figures.append(f"05068 cases_reported {month.replace(year=month.year - year, day=28)} {cases_} {march}")
    with store.transaction() as link:
        put_in(link, Case("", {"figures": "\n".join(figures)}), datetime.now(LOCAL))
    shown = {
        key: [(row["target"], row["level"]) for row in indicators.judged(store, key, ["05068"])]
        for key in ("dti_fibre_households", "dti_smartphone_adults", "budget_revenue", "health_cases_so_far")
    }
    assert shown == {
        "dti_fibre_households": [(80, "")],
        "dti_smartphone_adults": [(100, "")],
        "budget_revenue": [(12, "")],
        "health_cases_so_far": [(None, "critical")],
    }


@pytest.mark.parametrize(
    ("key", "value", "level"),
    [
        ("devices_camera_availability", 95.0, ""),
        ("devices_camera_availability", 94.99, "warning"),
        ("devices_camera_availability", 90.0, "warning"),
        ("devices_camera_availability", 89.99, "critical"),
        ("devices_camera_availability", 0.0, "critical"),
        ("devices_camera_availability", None, ""),
        ("field_reports_overdue", 0.0, ""),
        ("field_reports_overdue", 1.0, "warning"),
        ("field_reports_overdue", 3.0, "critical"),
        ("field_reports_open", 1000.0, ""),
    ],
)
def test_thresholds_judge_in_the_number_s_own_direction(key: str, value: float | None, level: str) -> None:
    assert indicators.load()[key].level(value) == level
