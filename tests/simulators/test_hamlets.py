"""Reports of simulated citizens lie in the hamlet that they name."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import CaseReport
from ingest.config import load
from simulators.field_reports import CitizenSimulator
from simulators.hamlets import Hamlet
from tests.screen.commune import REGISTER

AT = datetime(2026, 5, 12, 3, 20, 7, tzinfo=UTC)
SQUARE = Hamlet("Vuông", ((105.0, 20.0), (105.1, 20.0), (105.1, 20.1), (105.0, 20.1), (105.0, 20.0)))
CORNER = Hamlet("Góc", ((105.0, 20.0), (105.1, 20.0), (105.1, 20.05), (105.05, 20.05), (105.05, 20.1), (105.0, 20.1)))


def test_every_report_lies_inside_the_outline_of_its_hamlet() -> None:
    hamlets = {h.name: Hamlet(h.name, h.outline) for h in load(REGISTER, {}).hamlets}
    people = CitizenSimulator("05068", 3, timedelta(days=9), hamlets=tuple(hamlets.values()))
    reports = [one for one in people.measure(AT) if isinstance(one, CaseReport)]
    assert {one.hamlet for one in reports} == set(hamlets)
    for one in reports:
        assert one.latitude is not None
        assert one.longitude is not None
        assert hamlets[one.hamlet].holds(one.latitude, one.longitude), one
    assert len({(one.latitude, one.longitude) for one in reports}) > len(hamlets)


def test_inside_is_inside_a_hollow_outline_too() -> None:
    assert SQUARE.holds(20.08, 105.08)
    assert not CORNER.holds(20.08, 105.08)
    assert CORNER.holds(20.08, 105.02)
    assert not CORNER.holds(20.02, 104.99)
    assert CORNER.place(1, "x") == CORNER.place(1, "x")
    assert {CORNER.place(1, n) for n in range(5)} != {CORNER.place(2, n) for n in range(5)}


@pytest.mark.parametrize("outline", [(), ((105.0, 20.0),), ((105.0, 20.0), (105.1, 20.1), (105.0, 20.0))])
def test_a_hamlet_without_an_outline_has_no_places(outline: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="outline"):
        Hamlet("Không", outline).place(1)
