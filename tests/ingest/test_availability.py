"""Availability: what the time of a device counts as; totals by the day are the spans' sums, whatever changes when."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.contract import LOCAL
from ingest import contracts
from ingest.availability import Account, Outage, Piece, account, blind_to, outages, pieces
from ingest.contracts import Contracts
from ingest.rollup import roll_up
from ingest.store import Store
from ingest.timeline import Interval, Span

UNIT = "05068"
DAY = timedelta(days=1)
# Midnight at the commune, and late enough in the past that every day of the tests is over.
T0 = datetime(2026, 3, 1, tzinfo=LOCAL).astimezone(UTC)
STATES = ("online", "degraded", "fault", "offline", "maintenance", "unknown")


def hour(n: float) -> datetime:
    return T0 + timedelta(hours=n)


def counted(spans: Sequence[tuple[float, str]], start: float, stop: float, **windows: Sequence[Interval]) -> Account:
    its = [Span(hour(at), state, "") for at, state in spans]
    return account(pieces(its, hour(start), hour(stop), **windows))


def h(n: float) -> timedelta:
    return timedelta(hours=n)


def test_degraded_counts_as_online_unknown_as_blind_and_before_the_first_word_as_nothing() -> None:
    spans = [(0, "online"), (1, "degraded"), (2, "fault"), (4, "offline"), (5, "unknown"), (8, "maintenance")]
    its = counted(spans, -5, 10)
    assert its == Account(online=h(2), offline=h(1), fault=h(2), maintenance=h(2), blind=h(3))
    assert its.availability == pytest.approx(40)
    assert counted(spans, -5, 0).availability is None
    assert counted(spans, 6, 7).availability is None


def test_maintenance_goes_before_blindness_and_both_before_the_state() -> None:
    windows = {"maintenance": [(hour(2), hour(4))], "blind": [(hour(3), hour(6))], "absent": [(hour(8), hour(99))]}
    its = counted([(0, "offline")], 0, 10, **windows)
    assert its == Account(offline=h(4), maintenance=h(2), blind=h(2))


def test_a_device_is_unseen_only_while_none_of_its_sources_sees() -> None:
    blind = {"mqtt": [(hour(0), hour(5)), (hour(4), hour(8))], "icmp": [(hour(7), hour(9))]}
    assert blind_to(["mqtt"], blind) == [(hour(0), hour(8))]
    assert blind_to(["mqtt", "icmp"], blind) == [(hour(7), hour(8))]
    assert blind_to(["mqtt", "rtsp"], blind) == []
    assert blind_to([], blind) == []


def test_an_outage_goes_on_behind_what_was_not_seen_and_counts_what_was() -> None:
    spans = [(0, "online"), (1, "offline"), (2, "unknown"), (5, "offline"), (6, "fault"), (7, "online"), (9, "fault")]
    its = pieces([Span(hour(at), state, "") for at, state in spans], hour(0), hour(10))
    assert outages(its) == [Outage(hour(1), hour(7), h(3)), Outage(hour(9), None, h(1))]
    assert outages([Piece(hour(0), hour(1), "online")]) == []


# ------------------------------------------------------------------------------------------------------ the database


class Books:
    """A device of the database, beside the same facts for the pure calculation."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.spans: list[Span] = []
        self.blind: dict[str, list[Interval]] = {"mqtt": [], "icmp": []}
        self.maintenance: list[Interval] = []
        self.absent: list[Interval] = []
        for table in ("state_span", "device_state", "device_change", "device", "blind_span", "maintenance",
                      "uptime_day", "uptime_rolled"):  # fmt: skip
            store.execute(f"truncate {table} cascade")
        store.execute(
            "insert into device (unit, kind, name, lifecycle) values (%s, 'camera', 'a', 'installed')", (UNIT,)
        )
        self.hear("mqtt")

    def hear(self, *sources: str) -> None:
        facts = "{" + ", ".join(f'"{source}": []' for source in sources) + "}"
        self.sources = sources
        self.store.execute(
            "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source, facts)"
            " values (%s, 'camera', 'a', now(), now(), 'online', 'online', now(), %s, %s)"
            " on conflict (unit, kind, name) do update set facts = excluded.facts, source = excluded.source",
            (UNIT, sources[0], facts),
        )

    def states(self, spans: Sequence[Span]) -> None:
        """Write spans as ingest does: what stood there from the first one's begin on is replaced."""
        with self.store.transaction() as link:
            first = spans[0].started_at
            link.execute("delete from state_span where started_at >= %s", (first,))
            link.execute(
                "update state_span set ended_at = %s where coalesce(ended_at, 'infinity') > %s", (first, first)
            )
            for one, after in zip(spans, [*spans[1:], None], strict=True):
                link.execute(
                    "insert into state_span (unit, kind, name, started_at, ended_at, state, source, word)"
                    " values (%s, 'camera', 'a', %s, %s, %s, '', '')",
                    (UNIT, one.started_at, after.started_at if after else None, one.state),
                )
        self.spans = [span for span in self.spans if span.started_at < first] + list(spans)

    def cannot_see(self, source: str, window: Interval) -> None:
        # As health writes it: open first, closed later.
        self.store.execute(
            "insert into blind_span values (%s, %s, null, 'test') on conflict do nothing", (source, window[0])
        )
        self.store.execute(
            "update blind_span set ended_at = %s where source = %s and started_at = %s", (window[1], source, window[0])
        )
        self.blind[source] = [w for w in self.blind[source] if w[0] != window[0]] + [window]

    def maintain(self, window: Interval) -> None:
        self.store.execute(
            "insert into maintenance (unit, starts_at, ends_at, reason, created_by) values (%s, %s, %s, '', '')",
            (UNIT, *window),
        )
        self.maintenance.append(window)

    def cancel(self) -> None:
        self.store.execute("update maintenance set cancelled_at = now()")
        self.maintenance = []

    def retire(self, at: datetime) -> None:
        if self.absent:
            return
        with self.store.transaction() as link:
            link.execute("update device set lifecycle = 'retired'")
            link.execute(
                "insert into device_change (unit, kind, name, field, old, new, valid_from, actor)"
                " values (%s, 'camera', 'a', 'lifecycle', 'installed', 'retired', %s, 'test')",
                (UNIT, at),
            )
        self.absent = [(at, datetime.max.replace(tzinfo=UTC))]

    def by_hand(self, start: datetime, stop: datetime) -> Account:
        return account(
            pieces(self.spans, start, stop, blind=blind_to(self.sources, self.blind), maintenance=self.maintenance,
                   absent=self.absent)
        )  # fmt: skip

    def asked(self, start: datetime, stop: datetime) -> Account:
        row = self.store.row("select * from device_uptime(%s, 'camera', %s, %s)", ([UNIT], start, stop))
        return Account(*(timedelta(seconds=row[f"{field}_s"]) for field in Account._fields)) if row else Account()


@pytest.fixture
def books(store: Store) -> Books:
    return Books(store)


minutes = st.integers(0, 8 * 1440)  # eight days
windows = st.tuples(minutes, st.integers(1, 3000)).map(
    lambda w: (T0 + timedelta(minutes=w[0]), T0 + timedelta(minutes=w[0] + w[1]))
)
spans_ = st.lists(st.tuples(minutes, st.sampled_from(STATES)), min_size=1, max_size=8, unique_by=lambda s: s[0]).map(
    lambda its: [Span(T0 + timedelta(minutes=at, microseconds=at), state, "") for at, state in sorted(its)]
)
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("states"), spans_),
        st.tuples(st.sampled_from(["cannot_see mqtt", "cannot_see icmp", "maintain"]), windows),
        st.tuples(st.just("retire"), minutes.map(lambda m: T0 + timedelta(minutes=m))),
        st.tuples(st.just("hear"), st.sampled_from([("mqtt",), ("icmp", "mqtt"), ("icmp",)])),
        st.tuples(st.sampled_from(["cancel", "roll up"]), st.none()),
    ),
    max_size=10,
)


def happen(books: Books, what: str, given: Any) -> None:
    match what.split():
        case ["states"]:
            books.states(given)
        case ["cannot_see", source]:
            books.cannot_see(source, given)
        case ["maintain"]:
            books.maintain(given)
        case ["retire"]:
            books.retire(given)
        case ["hear"]:
            books.hear(*given)
        case ["cancel"]:
            books.cancel()
        case _:
            roll_up(books.store)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans_, happenings, st.lists(windows, min_size=1, max_size=3))
def test_totals_by_the_day_are_the_spans_sums_whatever_changed_since(
    books: Books, first: list[Span], story: list[tuple[str, Any]], asked: list[Interval]
) -> None:
    books.__init__(books.store)  # type: ignore[misc]  # each story has books of its own
    books.states(first)
    for what, given_ in [("roll up", None), *story]:
        happen(books, what, given_)
    everything = T0 - DAY, T0 + 12 * DAY
    for start, stop in [*asked, everything, (T0 + DAY, T0 + 5 * DAY)]:
        assert books.asked(start, stop) == books.by_hand(start, stop)
    roll_up(books.store)
    row = books.store.row("select min(upto) as upto, current_date as today from uptime_rolled")
    assert row is not None
    assert row["upto"] >= row["today"]  # local days are never behind those of UTC
    for start, stop in [*asked, everything]:
        assert books.asked(start, stop) == books.by_hand(start, stop)


def test_totals_stay_right_while_the_past_is_written_and_they_are_made(books: Books) -> None:
    books.states([Span(hour(0), "online", "")])
    ended = threading.Event()

    def keep() -> None:
        while not ended.is_set():
            roll_up(books.store)

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        for n in range(60):
            begin = 24 * (n * 7 % 10)
            books.states([Span(hour(begin + n / 60), "offline", ""), Span(hour(begin + 2), "online", "")])
            assert books.asked(hour(0), hour(24 * 14)) == books.by_hand(hour(0), hour(24 * 14))
    finally:
        ended.set()
        keeper.join(30)
    assert books.asked(hour(0), hour(24 * 14)) == books.by_hand(hour(0), hour(24 * 14))


def test_totals_are_used_and_made_once(books: Books) -> None:
    books.states([Span(hour(0), "online", ""), Span(hour(30), "offline", "")])
    assert roll_up(books.store) == 1
    assert roll_up(books.store) == 0
    # Totals that are false on purpose show that they are what is read.
    books.store.execute("update uptime_day set online = online + 3600000000 where day = '2026-03-03'")
    assert books.asked(hour(0), hour(72)).online == h(31)
    assert books.asked(hour(0), hour(71)).online == h(30)
    books.cannot_see("icmp", (hour(1), hour(2)))  # another source's blindness is none of its
    assert books.asked(hour(0), hour(72)).online == h(31)
    books.cannot_see("mqtt", (hour(1), hour(2)))
    assert books.asked(hour(0), hour(72)).online == h(29)


def test_a_state_that_lasts_counts_up_to_now_and_a_window_of_the_future_is_nothing(books: Books) -> None:
    now = datetime.now(UTC)
    books.states([Span(now - h(50), "online", "")])
    roll_up(books.store)
    its = books.asked(now - h(60), now + h(60))
    assert abs(its.online - h(50)) < timedelta(minutes=1)
    assert books.asked(now + h(1), now + h(9)) == Account()


def test_a_device_counts_where_it_stood_and_while_it_was_there(books: Books) -> None:
    books.states([Span(hour(0), "online", ""), Span(hour(24), "offline", "")])
    with books.store.transaction() as link:
        link.execute("update device set hamlet = 'Thôn 2'")
        link.execute(
            "insert into device_change (unit, kind, name, field, old, new, valid_from, actor)"
            " values (%s, 'camera', 'a', 'hamlet', 'Thôn 1', 'Thôn 2', %s, 'test')",
            (UNIT, hour(30)),
        )
    for _ in range(2):
        rows = books.store.rows(
            "select hamlet, online_s, offline_s from hamlet_uptime(%s, null, %s, %s) order by hamlet",
            ([UNIT], hour(0), hour(48)),
        )
        assert [tuple(row.values()) for row in rows] == [("Thôn 1", 86400, 21600), ("Thôn 2", 0, 64800)]
        roll_up(books.store)


# ------------------------------------------------------------------------------------------------------- by contract


def declared(store: Store, **tables: Any) -> None:
    with store.transaction() as link:
        contracts.declare(link, Contracts.model_validate(tables), UNIT)


def by_contract(store: Store, start: datetime, stop: datetime) -> tuple[float, float]:
    row = store.row("select * from device_uptime(%s, null, %s, %s)", ([UNIT], start, stop))
    return (row["contract_online_s"] / 3600, row["contract_down_s"] / 3600) if row else (0, 0)


def test_a_contract_counts_its_hours_without_what_is_excluded(books: Books) -> None:
    # Offline from 04:00 to 09:00 and from 21:00 to 23:00 of the first day, online else, seen two days.
    spans = [(0, "online"), (4, "offline"), (9, "online"), (21, "offline"), (23, "online"), (48, "unknown")]
    books.states([Span(hour(at), state, "") for at, state in spans])
    cut = {"start": hour(8), "stop": hour(10), "reason": "Cắt điện theo lịch của Điện lực"}
    for _ in range(2):  # from spans, then from totals
        declared(books.store)
        assert by_contract(books.store, hour(0), hour(48)) == (41, 7)  # no contract: the raw figure
        roll_up(books.store)
        # 05–22: down 05–09 and 21–22; 34 hours in two days
        declared(books.store, hours={"camera": ("05:00", "22:00")})
        assert by_contract(books.store, hour(0), hour(48)) == (29, 5)
        roll_up(books.store)
        # without 08–10: an hour of outage and an hour online less
        declared(books.store, hours={"camera": ("05:00", "22:00")}, exclusions=[cut])
        assert by_contract(books.store, hour(0), hour(48)) == (28, 4)
        roll_up(books.store)
        # from 20:00 to 04:00 of the next day: 00–04, 20–28, 44–48
        declared(books.store, hours={"camera": ("20:00", "04:00")})
        assert by_contract(books.store, hour(0), hour(48)) == (14, 2)
        roll_up(books.store)
        declared(books.store, exclusions=[{**cut, "kind": "loudspeaker"}, {**cut, "unit": "00004"}])
        assert by_contract(books.store, hour(0), hour(48)) == (41, 7)
        roll_up(books.store)
    assert books.asked(hour(0), hour(48)).availability == pytest.approx(100 * 41 / 48)


@pytest.mark.parametrize(
    ("tables", "word"),
    [
        ({"hours": {"camera": ("5:00", "22:00")}}, "HH:MM"),
        ({"hours": {"camera": ("05:00", "25:00")}}, "HH:MM"),
        ({"hours": {"siren": ("05:00", "22:00")}}, "loudspeaker"),
        ({"exclusions": [{"start": hour(2), "stop": hour(1), "reason": "x"}]}, "before stop"),
        ({"exclusions": [{"start": datetime(2026, 3, 1), "stop": hour(1), "reason": "x"}]}, "timezone"),  # noqa: DTZ001
        ({"exclusions": [{"start": hour(0), "stop": hour(1)}]}, "reason"),
    ],
)
def test_a_contract_that_means_nothing_is_refused(tables: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        Contracts.model_validate(tables)


def test_the_local_day_is_the_communes(books: Books) -> None:
    books.states([Span(hour(-3), "online", ""), Span(hour(3), "unknown", "")])
    roll_up(books.store)
    rows = books.store.rows("select day, online / 3600000000 as h from uptime_day order by day limit 2")
    assert [tuple(row.values()) for row in rows] == [(date(2026, 2, 28), 3), (date(2026, 3, 1), 6)]
