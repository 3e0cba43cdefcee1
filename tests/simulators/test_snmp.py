"""The simulated agents, asked by Debian's SNMP tools: what they walk is what the agent has; hostile bytes are left."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.ber import GET, GET_BULK, GET_NEXT, INTEGER, Asked, Name, read, response
from simulators.network_snmp import Line, NetworkSnmpSimulator
from simulators.recorder_snmp import RECORDING, Nvr, RecorderSnmpSimulator
from simulators.snmp import Agents, answer
from tests.peers import net_snmp

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
LINES = [Line("rt-ubnd"), Line("rt-tslcd", capacity_mbps=1000, peak_pct=100, near_turnover=True)]
ROUTERS = NetworkSnmpSimulator("05068", 1, LINES)
RECORDERS = RecorderSnmpSimulator("05068", 1, [Nvr("nvr-01", {n: f"cam-{n:02}" for n in range(1, 21)})])


@pytest.fixture(scope="module")
def agents() -> Iterator[Agents]:
    with Agents([*ROUTERS.agents(), *RECORDERS.agents()], clock=lambda: NOON) as served:
        yield served


def dotted(name: Name) -> str:
    return "." + ".".join(map(str, name))


@pytest.mark.parametrize("bulk", [True, False], ids=["getbulk", "getnext"])
def test_a_walk_finds_every_object_in_order(agents: Agents, bulk: bool) -> None:
    for simulator_agent in (*ROUTERS.agents(), *RECORDERS.agents()):
        objects = simulator_agent.objects(NOON)
        lines = net_snmp.walk(agents.ports[simulator_agent.name], ".1.3.6", bulk=bulk)
        found = [line.split(" = ")[0] for line in lines if "No more variables" not in line]
        assert found == [dotted(name) for name in sorted(objects)]


def test_a_get_tells_the_values_and_what_there_is_not(agents: Agents) -> None:
    line = ROUTERS.objects(LINES[1], NOON)
    octets = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 2)
    said = net_snmp.get(agents.ports["rt-tslcd"], dotted(octets), ".1.3.6.1.2.1.1.1.0", ".1.3.6.1.2.1.99.0")
    assert f"{dotted(octets)} = Counter64: {line[octets][1]}" in said
    assert "No Such Object" in said
    recorded = net_snmp.get(agents.ports["nvr-01"], dotted((*RECORDING, 20)))
    assert recorded.strip() in {f"{dotted((*RECORDING, 20))} = INTEGER: {n}" for n in (0, 1)}


def test_who_does_not_say_the_community_hears_nothing(agents: Agents) -> None:
    assert net_snmp.get(agents.ports["rt-ubnd"], ".1.3.6.1.2.1.1.1.0", community="public") == ""


@given(st.binary(max_size=200))
def test_bytes_that_are_no_question_get_no_answer(datagram: bytes) -> None:
    assert answer(datagram, ROUTERS.agents()[0], NOON) is None


@given(
    st.binary(max_size=20),
    st.sampled_from([GET, GET_NEXT, GET_BULK]),
    st.integers(-(2**31), 2**31 - 1),
    st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=9).map(lambda tail: (1, 3, *tail)), max_size=4),
    st.data(),
)
def test_a_question_is_read_as_it_was_written_and_damage_breaks_nothing(
    community: bytes, kind: int, request: int, names: list[Name], choices: st.DataObject
) -> None:
    asked = Asked(community, GET, request, 0, 0, tuple(names))
    told = bytearray(response(asked, [(name, (INTEGER, -129)) for name in names]))
    told[told.index(0xA2)] = kind  # the first octet that can be the tag of a response is it, unless a community has it
    if b"\xa2" not in community:
        assert read(bytes(told)) == asked._replace(kind=kind)
    told[choices.draw(st.integers(0, len(told) - 1))] = choices.draw(st.integers(0, 255))
    answer(bytes(told), ROUTERS.agents()[0], NOON)


def test_counters_rise_turn_over_and_start_again() -> None:
    line = LINES[1]
    octets = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 2)
    hours = [NOON + timedelta(hours=n) for n in range(24 * 25)]
    counts = [int(str(found[octets][1])) for hour in hours if (found := ROUTERS.objects(line, hour))]
    falls = [before for before, after in pairwise(counts) if after < before]
    assert any(before > 2**63 for before in falls), "it turns over"
    assert len(falls) < 6
    assert len(set(counts)) > 20 * 24
