"""Imports and their undoing: the figures are always those of the imports that remain."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectors.contract import Message, Observation, Period
from ingest import imports
from ingest.batch import Committer, Outcome
from ingest.imports import CannotUndo
from ingest.pipeline import Delivery, Understood
from ingest.store import Store

T0 = datetime(2026, 11, 21, tzinfo=UTC)
MONTH = Period(date(2026, 10, 1), date(2026, 10, 31), "month")
Said = dict[str, int]
"""Indicator -> value, as one file states them."""


def file(source: str, said: Said, at: int = 0) -> Understood:
    body = repr((source, sorted(said.items()))).encode()
    records = tuple(Observation("05068", key, MONTH, Decimal(value)) for key, value in said.items())
    message = Message(source, "so-lieu.xlsx", body, T0 + timedelta(minutes=at))
    return Understood(message, records, delivery=Delivery(uuid4(), sha256(body).digest(), "lan"))


def bring(store: Store, source: str, said: Said) -> Outcome:
    (outcome,) = Committer(store).commit([file(source, said)])
    return outcome


def undo(store: Store, source: str) -> int | None:
    with store.transaction() as link:
        last = imports.last(link, source)
        if last is not None:
            imports.undo(link, last, by="hoa")
        return last


def stands(store: Store) -> Said:
    return {
        r["indicator"]: int(r["value"]) for r in store.rows("select indicator, value from observation where latest")
    }


def clear(store: Store) -> None:
    store.execute("truncate observation, import, taken restart identity")


def test_the_last_import_is_undone_and_what_was_said_before_is_the_latest_again(store: Store) -> None:
    assert bring(store, "a", {"x": 1, "y": 1}) == "stored"
    assert bring(store, "a", {"x": 2, "z": 3}) == "stored"
    assert stands(store) == {"x": 2, "y": 1, "z": 3}
    undo(store, "a")
    assert stands(store) == {"x": 1, "y": 1}
    history = store.rows("select indicator, revision, latest, undone_by from observation order by indicator, revision")
    assert [tuple(row.values()) for row in history] == [
        ("x", 1, True, None), ("x", 2, False, "hoa"), ("y", 1, True, None), ("z", 1, False, "hoa"),
    ]  # fmt: skip
    assert bring(store, "a", {"x": 2, "z": 3}) == "stored", "the same file can be imported again"
    assert stands(store) == {"x": 2, "y": 1, "z": 3}
    counts = store.rows("select new, changed, same, undone_by from import order by id")
    assert [tuple(row.values()) for row in counts] == [(2, 0, 0, None), (1, 1, 0, "hoa"), (1, 1, 0, None)]


def test_the_same_content_again_is_a_duplicate_and_no_import(store: Store) -> None:
    bring(store, "a", {"x": 1})
    assert bring(store, "a", {"x": 1}) == "duplicate"
    assert len(store.rows("select from import")) == 1


def test_a_file_that_states_a_figure_twice_says_the_same_when_it_comes_again(store: Store) -> None:
    one = file("a", {"x": 1})
    (said,) = one.records
    assert isinstance(said, Observation)
    twice = one._replace(records=(said, replace(said, value=Decimal(2))))
    again = twice._replace(delivery=Delivery(uuid4(), twice.delivery.digest, "minh")) if twice.delivery else twice
    assert Committer(store).commit([twice]) == ["stored"]
    assert stands(store) == {"x": 2}, "as it says last"
    assert Committer(store).commit([again]) == ["duplicate"]
    assert len(store.rows("select from import")) == 1


def test_only_the_last_import_of_a_source_can_be_undone(store: Store) -> None:
    for value in (1, 2):
        bring(store, "a", {"x": value})
    bring(store, "b", {"y": 1})
    with store.transaction() as link:
        with pytest.raises(CannotUndo, match="import 2 of a came after 1") as refused:
            imports.undo(link, 1, by="hoa")
        assert refused.value.first == 2
        with pytest.raises(KeyError):
            imports.undo(link, 77, by="hoa")
    undo(store, "a")
    with store.transaction() as link, pytest.raises(CannotUndo, match="undone by hoa"):
        imports.undo(link, 2, by="hoa")


def test_what_another_office_states_too_stays(store: Store) -> None:
    bring(store, "a", {"x": 1})
    bring(store, "b", {"x": 1})
    undo(store, "a")
    assert stands(store) == {"x": 1}
    undo(store, "b")
    assert stands(store) == {}


def test_what_a_page_states_too_stays(store: Store) -> None:
    bring(store, "a", {"x": 1})
    Committer(store).commit([file("a", {"x": 1})._replace(delivery=None)])
    undo(store, "a")
    assert stands(store) == {"x": 1}


SAID = st.dictionaries(st.sampled_from("xyz"), st.integers(1, 2), min_size=1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("file"), st.sampled_from("ab"), SAID),
        st.tuples(st.just("page"), st.sampled_from("ab"), SAID),
        st.tuples(st.just("undo"), st.sampled_from("ab"), st.just({})),
    ),
    max_size=14,
)


@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_any_imports_and_undos_are_as_if_only_those_that_remain_had_come(
    store: Store, steps: Sequence[tuple[str, str, Said]]
) -> None:
    clear(store)
    remain: dict[int, Understood] = {}
    """What came and was not undone, by the order in which it came; pages of conversations can't be undone."""
    imported: dict[int, int] = {}
    for at, (how, source, said) in enumerate(steps):
        if how == "undo":
            remain.pop(imported.pop(undo(store, source) or 0, -1), None)
        elif how == "page":
            remain[at] = file(source, said)._replace(delivery=None)
            Committer(store).commit([remain[at]])
        else:
            before = newest(store)
            bring(store, source, said)
            if newest(store) != before:
                imported[newest(store)] = at
                remain[at] = file(source, said)
        twice = store.rows("select 1 from observation group by indicator having count(*) filter (where latest) > 1")
        assert not twice
    stood = stands(store)
    lost = store.rows(
        "select 1 from observation where undone_at is null group by indicator"
        " having count(*) filter (where latest) <> 1"
    )
    assert not lost, "what is not undone has a latest revision"
    clear(store)
    for _, came in sorted(remain.items()):
        Committer(store).commit([came])
    assert stands(store) == stood
    clear(store)
    Committer(store).commit([came for _, came in sorted(remain.items())])
    assert stands(store) == stood, "in one batch, too"


def newest(store: Store) -> int:
    row = store.row("select max(id) as id from import")
    return int(row["id"] or 0) if row else 0


def test_writers_and_undoers_at_once_leave_one_latest_revision(store: Store) -> None:
    def office(source: str) -> None:
        for n in range(12):
            bring(store, source, {"x": n % 3, "y": 1})
            if n % 4 == 3:
                undo(store, source)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(office, source) for source in "abcd"]:
            done.result()
    assert set(stands(store)) == {"x", "y"}
