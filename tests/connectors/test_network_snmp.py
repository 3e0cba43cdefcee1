"""A line's load from two samples: never negative, never of a restart; and the conversation that brings it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.contract import DeviceReport, Message, SourceDown
from connectors.network_snmp import NetworkSnmp
from connectors.network_snmp.line import IF_HC_IN_OCTETS, IF_NAME, Counters, errors, loads
from connectors.talk import NO_ANSWER, Answer, Arrived, Question, Snmp

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
FIVE = timedelta(minutes=5)
LONGEST = timedelta(minutes=15)
counts = st.integers(0, 2**64 - 1)


def sample(at: datetime, **fields: Any) -> Counters:
    return Counters(**{"at": at, "index": 2, "uptime": 10**8, "octets_in": 0, "octets_out": 0, "errors": 0, **fields})


def pair(seconds: float = 300, **after: Any) -> tuple[Counters, Counters]:
    before = sample(NOON)
    return before, sample(NOON + timedelta(seconds=seconds), uptime=10**8 + round(100 * seconds), **after)


@given(st.integers(0, 100), st.integers(0, 100), st.sampled_from([2, 34, 100, 1000, 10_000]), st.integers(10, 900))
def test_what_was_carried_over_what_could_be_is_the_load(inward: int, outward: int, mbps: int, seconds: int) -> None:
    octets = mbps * 1_000_000 // 8 * seconds // 100
    before, now = pair(seconds, octets_in=inward * octets, octets_out=outward * octets)
    assert loads(before, now, mbps, mbps, LONGEST) == (pytest.approx(inward), pytest.approx(outward))


@given(counts, counts, counts, counts, st.floats(0.1, 1e5), st.integers(0, 10_000), st.integers(-(10**4), 10**6))
def test_a_load_is_never_negative_nor_more_than_the_port_carries(
    in_then: int, in_now: int, out_then: int, out_now: int, capacity: float, port: int, seconds: int
) -> None:
    before = sample(NOON, octets_in=in_then, octets_out=out_then)
    now = sample(NOON + timedelta(seconds=seconds), octets_in=in_now, octets_out=out_now, uptime=10**8 + 100 * seconds)
    found = loads(before, now, capacity, port, LONGEST)
    if found is not None:
        assert all(0 <= load <= 111 * max(capacity, port) / capacity for load in found)
        assert in_now >= in_then
        assert out_now >= out_then
        assert 10 <= seconds <= 900


@given(st.integers(0, 2**32 - 1), st.integers(10, 900), st.data())
def test_a_device_that_started_again_between_the_samples_has_no_load(
    uptime: int, seconds: int, choices: st.DataObject
) -> None:
    """Whatever its counters: it ran for less than the time between, so its clock and ours part."""
    ran = choices.draw(st.integers(0, 100 * seconds))
    before = sample(NOON, uptime=uptime)
    now = sample(NOON + timedelta(seconds=seconds), uptime=ran, octets_in=1, octets_out=1, errors=1)
    apart = uptime + 100 * seconds - ran > 100 * (5 + seconds / 100)
    if apart:
        assert loads(before, now, 100, 100, LONGEST) is None
        assert errors(before, now, LONGEST) is None


def test_a_restart_is_seen_though_the_uptime_is_higher_than_before() -> None:
    before = sample(NOON, uptime=6_000)
    now = sample(NOON + FIVE, uptime=29_000, octets_in=10**6, octets_out=10**6)
    assert loads(before, now, 100, 100, LONGEST) is None


@given(counts, counts)
def test_a_counter_that_runs_backwards_takes_both_directions_with_it(one: int, other: int) -> None:
    lower, higher = sorted((one, other))
    if lower == higher:
        return
    before = sample(NOON, octets_in=higher)
    _, now = pair(octets_in=lower, octets_out=1)
    assert loads(before, now, 100, 1e9, LONGEST) is None


@given(st.builds(sample, st.datetimes(timezones=st.just(UTC)), octets_in=st.none() | counts, uptime=st.none() | counts))
def test_a_cursor_gives_its_counters_back(counters: Counters) -> None:
    assert Counters.before(orjson.loads(counters.text())) == counters


# The conversation


def network(**device: Any) -> NetworkSnmp:
    fields = {"name": "rt-ubnd", "host": "10.20.0.1", "capacity_mbps": 100, **device}
    return NetworkSnmp(unit="05068", community="mo-phong", devices=[fields])  # type: ignore[arg-type]  # as in TOML


def told(at: datetime, values: dict[str, object] | None = None, error: str = "") -> Answer:
    return Answer(orjson.dumps(values or {}), at, at, error=error)


def objects(index: int, ticks: int, octets: int) -> dict[str, object]:
    return {"1.3.6.1.2.1.1.3.0": ticks, "1.3.6.1.2.1.2.2.1.8." + str(index): 1, f"{IF_HC_IN_OCTETS}.{index}": octets,
            f"1.3.6.1.2.1.31.1.1.1.10.{index}": octets, f"1.3.6.1.2.1.31.1.1.1.15.{index}": 100}  # fmt: skip


def hold(source: NetworkSnmp, cursor: str, *answers: Answer) -> tuple[list[Question], list[Arrived], str]:
    """Play the other side; returns what was asked, what arrived, and the fault that ended it."""
    asked: list[Question] = []
    arrived: list[Arrived] = []
    talk = source.talk("rt-ubnd", cursor, NOON)
    left = iter(answers)
    try:
        step = next(talk)
        while True:
            if isinstance(step, Arrived):
                arrived.append(step)
                step = talk.send(told(NOON))
            else:
                asked.append(step)
                step = talk.send(next(left))
    except StopIteration:
        return asked, arrived, ""
    except SourceDown as down:
        return asked, arrived, str(down)


def report(source: NetworkSnmp, arrived: Arrived, at: datetime) -> DeviceReport:
    (found,) = source.decode(Message("lines", arrived.address, arrived.body, at))
    return found


def test_the_cursor_of_one_sample_gives_the_load_of_the_next() -> None:
    source = network(interface=2)
    _, (first,), _ = hold(source, "", told(NOON, objects(2, 30_000, 0)))
    assert "load_pct" not in report(source, first, NOON).values
    assert first.cursor
    later = NOON + FIVE
    asked, (second,), fault = hold(source, first.cursor, told(later, objects(2, 60_000, 37_500_000 * 50)))
    assert report(source, second, later).values["load_pct"] == 50
    assert len(asked) == 1, "one question a sample"
    assert fault == ""


def test_silence_is_a_result_and_keeps_the_cursor() -> None:
    source = network(interface=2)
    _, (arrived,), fault = hold(source, "", told(NOON, error=f"{NO_ANSWER} from 10.20.0.1:161 within 3 s"))
    assert report(source, arrived, NOON).state == "offline"
    assert (arrived.cursor, fault) == (None, "")


def test_refused_credentials_are_a_fault_of_the_source_and_nobody_is_offline() -> None:
    _, arrived, fault = hold(network(interface=2), "", told(NOON, error="10.20.0.1:161 refuses us: compare username"))
    assert arrived == []
    assert fault == "rt-ubnd: 10.20.0.1:161 refuses us: compare username"


def test_an_interface_is_found_by_name_and_a_missing_one_is_named_beside_those_there_are() -> None:
    names: dict[str, object] = {f"{IF_NAME}.1": "lo", f"{IF_NAME}.7": "ether1"}
    asked, (arrived,), fault = hold(network(interface="ether1"), "", told(NOON, names), told(NOON, objects(7, 1, 0)))
    assert isinstance(asked[1], Snmp)
    assert f"{IF_HC_IN_OCTETS}.7" in asked[1].get
    assert fault == ""
    source = network(interface="sfp1")
    _, (arrived,), fault = hold(source, "", told(NOON, names), told(NOON, {"1.3.6.1.2.1.1.3.0": 100}))
    assert report(source, arrived, NOON).state == "online", "the device is there, if not its line"
    assert fault == "rt-ubnd has no interface 'sfp1'; correct `interface`: it has ether1, lo"


@given(st.text(max_size=60) | st.just('{"at": "2026-11-21T07:00:00+07:00", "index": -1}'))
def test_a_broken_cursor_costs_one_load_and_no_sample(cursor: str) -> None:
    source = network(interface=2)
    _, (arrived,), fault = hold(source, cursor, told(NOON, objects(2, 1, 0)))
    assert report(source, arrived, NOON).state == "online"
    assert fault == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "IOC_SOURCES__<NAME>__COMMUNITY"),
        ({"community": "x", "username": "ioc", "auth_password": "12345678"}, "either community"),
        ({"username": "ioc"}, "IOC_SOURCES__<NAME>__AUTH_PASSWORD"),
        ({"username": "ioc", "auth_password": "short"}, "at least 8"),
        ({"community": "x", "auth_password": "12345678"}, "needs a username"),
        ({"community": "x", "devices": [{"name": "a", "host": "h"}] * 2}, "two devices of one name: a"),
    ],
)
def test_a_configuration_that_can_not_work_is_refused_with_its_remedy(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        NetworkSnmp.model_validate({"unit": "05068", "devices": [{"name": "a", "host": "h"}], **fields})
