"""What must hold of every batch, in whatever order and company: nothing lost, nothing twice, counters that add up."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectors.contract import Connector, Message, Observation, Period
from connectors.field_reports import FieldReports
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from ingest.batch import Committer
from ingest.health import declare
from ingest.pipeline import Understood, understand
from ingest.store import Store
from tests.ingest.conftest import settings

T0 = datetime(2026, 11, 21, tzinfo=UTC)
LOUDSPEAKER, REPORTS = LoudspeakerMqtt(), FieldReports(unit="05068")


@pytest.fixture
def declared(store: Store) -> Store:
    sources: dict[str, Connector] = {"loa": LOUDSPEAKER, "pa": REPORTS}
    declare(store, settings(store.url, "mqtt://127.0.0.1:1", sources=sources))
    return store


def taking(connector: Connector, source: str, address: str, body: bytes, **more: Any) -> Understood:
    message = Message(source, address, body, more.pop("received_at", T0 + timedelta(hours=2)), **more)
    return understand(connector, message, {"05068"})


@st.composite
def messages(draw: st.DrawFn) -> Understood:
    device = draw(st.sampled_from(["a", "b", "c"]))
    if draw(st.integers(0, 9)) == 0:
        return taking(LOUDSPEAKER, "loa", f"ioc/05068/loudspeaker/{device}/status", draw(st.binary(max_size=8)))
    if draw(st.integers(0, 5)) == 0:
        word = draw(st.sampled_from([b"online", b"offline"]))
        received = T0 + timedelta(seconds=draw(st.integers(0, 50)))
        address = f"ioc/05068/loudspeaker/{device}/connection"
        return taking(LOUDSPEAKER, "loa", address, word, received_at=received)
    at = T0 + timedelta(days=draw(st.integers(-3, 0)), seconds=draw(st.integers(0, 3)))
    state = draw(st.sampled_from(["idle", "playing", "fault"]))
    said = json.dumps({"at": at.isoformat(), "state": state, "volume_pct": draw(st.integers(0, 2))})
    return taking(LOUDSPEAKER, "loa", f"ioc/05068/loudspeaker/{device}/status", said.encode())


def own(taken: Understood) -> object:
    """What makes a message one of its own."""
    if taken.rejection:
        return ("rejected", taken.message.address, taken.message.body)
    (record,) = taken.records
    return (taken.message.address, record.at, taken.message.body)  # type: ignore[union-attr]


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(messages(), min_size=1, max_size=12), min_size=1, max_size=5))
def test_whatever_comes_is_stored_once_and_counted_once(declared: Store, batches: list[list[Understood]]) -> None:
    for table in ("device_report", "device_state", "state_span", "device", "rejection", "source_minute"):
        declared.execute(f"truncate {table} cascade")
    declared.execute("update source set received = 0, stored = 0, duplicate = 0, rejected = 0")
    committer = Committer(declared)
    outcomes = [outcome for batch in batches for outcome in committer.commit(batch)]
    everything = [taken for batch in batches for taken in batch]
    good = {own(t) for t in everything if not t.rejection}
    bad = {own(t) for t in everything if t.rejection}
    row = declared.row("select received, stored, duplicate, rejected from source where name = 'loa'")
    assert row == {
        "received": len(everything),
        "stored": len(good),
        "duplicate": sum(not t.rejection for t in everything) - len(good),
        "rejected": sum(t.rejection is not None for t in everything),
    }
    assert [outcomes.count(o) for o in ("stored", "duplicate", "rejected")] == list(row.values())[1:]
    assert declared.row("select count(*) as n from device_report") == {"n": len(good)}
    kept = declared.row("select count(*) as n, coalesce(sum(times), 0) as times from rejection")
    assert kept == {"n": len(bad), "times": row["rejected"]}
    minutes = declared.row("select sum(stored + duplicate + rejected) as n from source_minute")
    assert minutes == {"n": len(everything)}
    # One open span a device, and it says what the wall says.
    assert not declared.rows(
        "select 1 from device_state d left join state_span s using (unit, kind, name)"
        " group by d.unit, d.kind, d.name, d.state having count(*) filter (where s.ended_at is null) <> 1"
        " or max(s.state) filter (where s.ended_at is null) <> d.state"
    )
    assert not declared.rows(
        "select 1 from state_span a join state_span b using (unit, kind, name)"
        " where a.started_at < b.started_at and a.ended_at > b.started_at"
    )


def test_all_again_changes_nothing(declared: Store) -> None:
    said = [json.dumps({"at": (T0 + timedelta(seconds=n)).isoformat(), "state": "idle"}).encode() for n in range(50)]
    batch = [taking(LOUDSPEAKER, "loa", "ioc/05068/loudspeaker/a/status", body) for body in said]
    committer = Committer(declared)
    assert set(committer.commit(batch)) == {"stored"}
    before = declared.rows("select * from device_report order by at")
    assert set(committer.commit(batch[::-1])) == {"duplicate"}
    assert declared.rows("select * from device_report order by at") == before


def test_a_redelivery_without_an_instant_is_known_but_the_next_equal_word_is_new(declared: Store) -> None:
    body, address = b'{"state": "idle"}', "ioc/05068/loudspeaker/a/status"
    committer = Committer(declared)
    first, again, next_ = (T0 + timedelta(seconds=s) for s in (0, 20, 30))
    assert committer.commit([taking(LOUDSPEAKER, "loa", address, body, received_at=first)]) == ["stored"]
    redelivered = taking(LOUDSPEAKER, "loa", address, body, received_at=again, redelivered=True)
    assert committer.commit([redelivered]) == ["duplicate"]
    assert committer.commit([taking(LOUDSPEAKER, "loa", address, body, received_at=next_)]) == ["stored"]


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "2020-02-29T23:59:59+07:00", "2026-11-22T01:00:00Z"])
def test_no_report_is_refused_for_want_of_a_partition(declared: Store, at: str) -> None:
    body = json.dumps({"at": at, "state": "idle"}).encode()
    assert Committer(declared).commit([taking(LOUDSPEAKER, "loa", "ioc/05068/loudspeaker/a/status", body)]) == [
        "stored"
    ]


def figure(value: int | None, message: int) -> Understood:
    period = Period(date(2026, 1, 1), date(2026, 8, 25), "custom", cumulative=True)
    number = None if value is None else Decimal(value)
    observation = Observation("05068", "revenue_state", period, number, dims={"item": "A", "name": "Thu"})
    received = T0 + timedelta(minutes=message)
    return Understood(Message("pa", f"file-{message}.xlsx", b"", received), (observation,))


def test_a_corrected_figure_is_a_revision_and_the_same_figure_a_duplicate(declared: Store) -> None:
    committer = Committer(declared)
    assert committer.commit([figure(1, 1)]) == ["stored"]
    assert committer.commit([figure(1, 2)]) == ["duplicate"]
    assert committer.commit([figure(2, 3), figure(None, 4)]) == ["stored", "stored"]
    rows = declared.rows("select value, revision, latest, address from observation order by revision")
    assert [(r["value"], r["revision"], r["latest"]) for r in rows] == [(1, 1, False), (2, 2, False), (None, 3, True)]


def test_persons_reach_no_table(declared: Store) -> None:
    person = {"name": "Nguyễn Văn A", "phone": "0912345678", "photos": ["data:image/png;base64,AAAA"]}
    good = json.dumps({"id": "1", "category": "ve_sinh", "created_at": T0.isoformat(), **person}).encode()
    bad = json.dumps({"id": "2", "category": "không có", **person}).encode()
    half = good[: len(good) - 20]
    from ingest.receive import Receiver

    receipt = Receiver({"pa": REPORTS}, Committer(declared), {"05068"}).receive("pa", [good, bad, half], "test")
    assert (receipt.received, receipt.stored, receipt.rejected) == (3, 1, 2)
    everything = str(declared.rows("select * from case_event")) + str(declared.rows("select * from rejection"))
    everything += str(
        [bytes(r["body"]).decode("utf-8", "replace") for r in declared.rows("select body from rejection")]
    )
    for secret in ("Nguyễn", "0912345678", "AAAA"):
        assert secret not in everything


def test_the_case_is_what_its_newest_event_says_in_whatever_order_they_come(declared: Store) -> None:
    def event(hour: int, status: str) -> Understood:
        at = (T0 + timedelta(hours=hour)).isoformat()
        body = json.dumps({"id": "7", "at": at, "created_at": T0.isoformat(), "category": "flooding", "status": status})
        return taking(REPORTS, "pa", "test", body.encode())

    Committer(declared).commit([event(0, "new"), event(5, "resolved")])
    Committer(declared).commit([event(2, "in_progress")])
    row = declared.row("select status, closed_at from case_now")
    assert row == {"status": "resolved", "closed_at": T0 + timedelta(hours=5)}
    assert declared.row("select count(*) as n from case_event") == {"n": 3}
