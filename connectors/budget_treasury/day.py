"""One day of one commune as the treasury states it: what was moved on that day, and since 1 January.

Nothing here adds days up. Figures that do not fit together are kept as stated, and marked ``sum_mismatch``: parts
that are not their total, a first of January that is not its day, a day that does not lead on from the one before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from connectors.contract import FUTURE, LOCAL, Observation, Period
from connectors.json_fields import Json
from connectors.office_figures import kind_of

FIELDS: Mapping[str, str] = {
    "agency": "maDonVi",
    "day": "ngay",
    "changed_at": "capNhat",
    "balance": "tonQuy",
    "revenue": "thu",
    "expenditure": "chi",
    "on_day": "trongNgay",
    "cumulative": "luyKe",
    "parts": "chiTiet",
}
"""Field of a day → its name; dots go deeper."""
PARTS: Mapping[str, Mapping[str, str]] = {
    "revenue": {"sector": "linhVuc", "tax": "sacThue"},
    "expenditure": {"field": "linhVucChi", "spender": "donViSuDung", "level": "capNganSach"},
}
"""Flow → dimension → field of a part."""

_MOST = Decimal(10) ** 15
_FIRST_YEAR = 2026
"""The budget year from which TT 26/2026/TT-BTC has its forms; those before are of TT 344/2016/TT-BTC."""
_OLDER = "tt344_2016"

Amounts = Mapping[str, Decimal | None]
"""``on_day`` and ``cumulative``, where they are said; ``None`` where it is said that there is none."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Revenue or expenditure of a day: the total, and the parts by their dims."""

    total: Amounts
    parts: tuple[tuple[Mapping[str, str], Amounts], ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """What the treasury says of a day, in đồng."""

    unit: str
    day: date
    balance: Mapping[str, Decimal | None] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)

    def figures(self, before: "Day | None") -> Iterator[Observation]:
        """Give the balance, then of each flow the total and its parts; ``before`` is the day before, if known."""
        for amount in self.balance.values():
            yield self._figure("treasury_balance", Period(self.day, self.day, "day"), amount, {})
        first = date(self.day.year, 1, 1)
        periods = {
            "on_day": Period(self.day, self.day, "day"),
            "cumulative": Period(first, self.day, kind_of(first, self.day), cumulative=True),
        }
        for name, flow in self.flows.items():
            earlier = before.flows.get(name) if before and self._follows(before) else None
            for kind, period in periods.items():
                if kind in flow.total:
                    doubtful = not _adds_up(flow, kind) or (kind == "cumulative" and not self._leads_on(flow, earlier))
                    yield self._figure(f"treasury_{name}", period, flow.total[kind], {}, doubtful=doubtful)
            for dims, amounts in flow.parts:
                for kind, period in periods.items():
                    if kind in amounts:
                        yield self._figure(f"treasury_{name}", period, amounts[kind], dims)

    def _follows(self, before: "Day") -> bool:
        return before.day == self.day - timedelta(days=1) and before.day.year == self.day.year

    def _leads_on(self, flow: Flow, earlier: Flow | None) -> bool:
        """Tell whether the cumulative figure is that of the day before and the day's own, as far as they are known."""
        on_day, cumulative = flow.total.get("on_day"), flow.total["cumulative"]
        if (self.day.month, self.day.day) == (1, 1):
            before: Decimal | None = Decimal(0)
        else:
            before = earlier.total.get("cumulative") if earlier else None
        if cumulative is None or before is None:
            return True
        return cumulative >= before if on_day is None else cumulative == before + on_day

    def _figure(
        self, indicator: str, period: Period, amount: Decimal | None, dims: Mapping[str, str], *, doubtful: bool = False
    ) -> Observation:
        scope = _OLDER if self.day.year < _FIRST_YEAR else ""
        figure = Observation(self.unit, indicator, period, amount, scope=scope, dims=dims)
        if amount is None:
            return replace(figure, quality="missing")
        return replace(figure, quality="sum_mismatch") if doubtful else figure


def day_of(
    row: Json, unit: str, received_at: datetime, names: Mapping[str, str], parts: Mapping[str, Mapping[str, str]],
    factor: Decimal,
) -> Day:  # fmt: skip
    """Read a day; ``factor`` is how many đồng one is. Raises :class:`Undecodable` by place."""
    said = row.at(names["day"])
    day = said.day()
    if day is None:
        raise said.expected("the day")
    if day > (received_at + FUTURE).astimezone(LOCAL).date():
        raise said.fault(f"{day} has not come yet")
    balance = _amounts(row, {"balance": names["balance"]}, factor)
    flows: dict[str, Flow] = {}
    kinds = {kind: names[kind] for kind in ("on_day", "cumulative")}
    for name in PARTS:
        flow = row.at(names[name])
        if not flow.absent:
            flows[name] = Flow(_amounts(flow, kinds, factor), tuple(_parts(flow, parts[name], kinds, names, factor)))
    if not balance and not flows:
        raise row.fault(f"says neither {names['balance']}, {names['revenue']} nor {names['expenditure']}")
    return Day(unit, day, balance, flows)


def _parts(
    flow: Json, dimensions: Mapping[str, str], kinds: Mapping[str, str], names: Mapping[str, str], factor: Decimal
) -> Iterator[tuple[Mapping[str, str], Amounts]]:
    parts = flow.at(names["parts"])
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for part in () if parts.absent else parts.rows():
        dims = {dimension: label for dimension, name in dimensions.items() if (label := part.at(name).text())}
        if not dims:
            raise part.fault(f"names none of {', '.join(dimensions.values())}")
        if (first := seen.setdefault(tuple(dims.items()), part.place)) != part.place:
            raise part.fault(f"says again what {first} says")
        yield dims, _amounts(part, kinds, factor)


def _amounts(said: Json, names: Mapping[str, str], factor: Decimal) -> dict[str, Decimal | None]:
    """Return the amounts in đồng that are said, be it null; a field that is not there is no figure."""
    found: dict[str, Decimal | None] = {}
    for kind, name in names.items():
        within, _, last = name.rpartition(".")
        if (said.at(within) if within else said).has(last):
            number = said.at(name).number(-_MOST / factor, _MOST / factor)
            found[kind] = None if number is None else number * factor
    return found


def _adds_up(flow: Flow, kind: str) -> bool:
    """Tell whether the parts are the total; parts of which one is missing or unsaid are no contradiction."""
    amounts = [amounts.get(kind) for _, amounts in flow.parts]
    total = flow.total[kind]
    if total is None or not amounts or None in amounts:
        return True
    return sum((amount for amount in amounts if amount is not None), Decimal(0)) == total
