"""Echoes on the loopback: what comes back, what is silence, and what could not be asked."""

from concurrent.futures import ThreadPoolExecutor

import icmplib
import orjson
import pytest

from connectors.talk import Ping
from ingest.fetch import icmp


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.7.9", "localhost"])
def test_a_host_that_answers(host: str) -> None:
    answer = orjson.loads(icmp.fetch(Ping(host, count=2), 2))
    assert (answer["sent"], answer["received"]) == (2, 2)
    assert all(0 < time < 1000 for time in answer["rtt_ms"])


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 250])
def test_an_unknown_host_is_named(host: str) -> None:
    with pytest.raises(OSError, match="unknown host"):
        icmp.fetch(Ping(host), 1)


def test_without_the_right_to_send_nobody_is_called_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, privileged: bool, **__: object) -> None:
        raise icmplib.SocketPermissionError(privileged)

    monkeypatch.setattr(icmp, "ping", refused)
    with pytest.raises(OSError, match=r"ping_group_range.*CAP_NET_RAW"):
        icmp.fetch(Ping("127.0.0.1"), 1)


def test_many_at_a_time_get_their_own_answers() -> None:
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda n: orjson.loads(icmp.fetch(Ping(f"127.0.{n}.1", count=2), 2)), range(200)))
    assert all(answer["received"] == 2 for answer in answers)
