"""Whether we can see, judged from real sockets, names and clocks; hysteresis, the true begin, and looks that hang."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import sight
from ingest.canary import Canary, Sighting, any_of, judge
from ingest.sight import Lookout
from ingest.store import Store
from tests.servers import free_port

T0 = datetime(2026, 11, 21, tzinfo=UTC)
GOOD, BAD, BLANK = Sighting(True), Sighting(False, "no echo"), Sighting(None, "no right")


def play(word: str, *, proven: bool = False, failures: int = 3) -> Canary:
    """Judge one look a second: g good, b bad, ? not to be told."""
    known: Canary | None = None
    for n, sign in enumerate(word):
        seen = {"g": GOOD, "b": BAD, "?": BLANK}[sign]
        known = judge(known, seen, T0 + timedelta(seconds=n), failures=failures, proven=proven)
    assert known is not None
    return known


def second(n: int) -> datetime:
    return T0 + timedelta(seconds=n)


@pytest.mark.parametrize(
    ("word", "state", "since"),
    [
        ("g", "ok", 0),
        ("ggg", "ok", 0),
        ("gbb", "ok", 0),  # not yet believed
        ("ggbbb", "failing", 1),  # since it was last well
        ("ggbbbg", "failing", 1),  # one good look is chance
        ("ggbbbgbg", "failing", 1),
        ("ggbbbgg", "ok", 6),
        ("gbgbgbgb", "ok", 0),
        ("bbb", "failing", 0),
        ("?", "unknown", 0),
        ("gg?", "unknown", 2),
        ("??g", "ok", 2),
    ],
)
def test_a_failure_is_believed_late_and_begins_early(word: str, state: str, since: int) -> None:
    known = play(word)
    assert (known.state, known.since) == (state, second(since))


def test_a_gateway_that_never_answered_is_no_failure() -> None:
    assert play("bbbbbb", proven=True).state == "unknown"
    assert play("bbbgbbb", proven=True).state == "failing"


@given(st.text("gb?", min_size=1, max_size=40))
def test_the_begin_never_lies_before_the_last_good_look_nor_after_now(word: str) -> None:
    known = play(word)
    assert T0 <= known.since <= second(len(word) - 1)
    if known.state == "failing":
        assert known.noticed_at is not None
        assert known.since <= known.noticed_at
        assert known.reason
    if known.state == "ok":
        assert known.reason == ""


def test_one_way_out_is_enough() -> None:
    assert any_of([BAD, GOOD]).good is True
    assert any_of([BAD, BLANK, BAD]) == Sighting(False, "no echo; no echo")
    assert any_of([BLANK]).good is None


@contextmanager
def gate() -> Iterator[int]:
    """Listen on a port of the loopback."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as door:
        yield int(door.getsockname()[1])


def test_a_connection_an_echo_and_a_name() -> None:
    with gate() as port:
        assert sight.reach(f"127.0.0.1:{port}", 1).good
    closed = sight.reach(f"127.0.0.1:{port}", 1)
    assert (closed.good, f"127.0.0.1:{port}" in closed.reason) == (False, True)
    echo = sight.reach("127.0.0.1", 1)
    assert echo.good
    assert echo.measured is not None
    assert echo.measured < 1000
    assert sight.resolve("localhost", 1).good
    assert sight.resolve("no-such-name.invalid", 1).good is False


def test_the_gateway_is_the_default_route_s(tmp_path: Path) -> None:
    head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    lan = "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
    far = "wlan0\t00000000\tFE02A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
    near = "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
    (tmp_path / "route").write_text(head + lan + far + near)
    assert sight.gateway(tmp_path / "route") == "192.168.1.1"
    (tmp_path / "route").write_text(head + lan)
    assert sight.gateway(tmp_path / "route") is None
    assert sight.gateway(tmp_path / "none") is None


@contextmanager
def time_server(ahead: float, stratum: int = 2) -> Iterator[int]:
    """Serve SNTP on the loopback with a clock that is so many seconds ahead."""
    with socket.socket(type=socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        door.settimeout(5)

        def serve() -> None:
            _, who = door.recvfrom(512)
            now = time.time() + ahead + 2_208_988_800
            stamp = struct.pack(">II", int(now), int(now % 1 * 2**32))
            door.sendto(bytes([0x24, stratum]) + bytes(22) + bytes(8) + stamp + stamp, who)

        thread = threading.Thread(target=serve)
        thread.start()
        yield door.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(("ahead", "good"), [(0, True), (60, False), (-41.5, False)])
def test_our_clock_beside_a_time_server_s(ahead: float, good: bool) -> None:
    with time_server(ahead) as port:
        seen = sight.ntp_clock(f"127.0.0.1:{port}", 5)(2)
    assert seen.good is good
    assert seen.measured == pytest.approx(-ahead, abs=0.5)
    if not good:
        assert ("behind" if ahead > 0 else "ahead of") in seen.reason


def test_a_time_server_that_is_not_in_step_or_away_says_nothing() -> None:
    with time_server(60, stratum=0) as port:
        assert sight.ntp_clock(f"127.0.0.1:{port}", 5)(2).good is None
    assert sight.ntp_clock(f"127.0.0.1:{free_port()}", 5)(0.3).good is None


def test_our_clock_beside_the_database_s(store: Store) -> None:
    seen = sight.clock(store, 1)(2)
    assert seen.good
    assert seen.measured == pytest.approx(0, abs=0.5)


def test_a_look_that_hangs_delays_no_other_and_is_not_begun_twice() -> None:
    freed = threading.Event()
    begun: list[float] = []

    def hang(timeout: float) -> Sighting:
        begun.append(timeout)
        freed.wait(60)
        return GOOD

    def broken(_: float) -> Sighting:
        raise RuntimeError("a bug")

    lookout = Lookout()
    began = time.monotonic()
    for _ in range(2):
        found = lookout.look({"a": hang, "b": lambda _: GOOD, "c": broken}, 0.1)
        assert (found["a"].good, found["b"].good, found["c"].good) == (False, True, None)
    assert time.monotonic() - began < 30, "the hanging one was waited for"
    assert len(begun) == 1
    freed.set()
