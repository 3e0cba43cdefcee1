"""A simulated state treasury (mô phỏng): of each commune one day after the other, sorted by its last change.

Revenue and expenditure reach on 25/8/2026 what a commune of Đà Nẵng published; how they came there is invented.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any, ClassVar

import orjson

from connectors.contract import LOCAL, Message, Observation, Period, Record, Simulator
from simulators.office import Asked, Told
from simulators.signals import chance

_PUBLISHED = {"revenue": Decimal(4316764300000), "expenditure": Decimal(3463459200000)}
"""Cumulative from 1 January to 25 August 2026, đồng."""
_SAMPLE = (8, 25)
_CLOSED = time(17, 5)
"""Local time at which the day's statement is there."""
_PARTS: Mapping[str, tuple[tuple[Mapping[str, str], int], ...]] = {
    "revenue": (
        ({"sector": "Công thương nghiệp ngoài quốc doanh", "tax": "Thuế GTGT"}, 22),
        ({"sector": "Đất đai", "tax": "Tiền sử dụng đất"}, 58),
        ({"sector": "Phí, lệ phí", "tax": "Lệ phí trước bạ"}, 20),
    ),
    "expenditure": (
        ({"field": "Đầu tư phát triển", "spender": "Ban QLDA", "level": "xã"}, 32),
        ({"field": "Giáo dục", "spender": "Trường học", "level": "xã"}, 41),
        ({"field": "Quản lý nhà nước, Đảng, đoàn thể", "spender": "Văn phòng", "level": "xã"}, 27),
    ),
}
"""Flow → parts and their share of it, percent."""
_FIELDS = {
    "sector": "linhVuc",
    "tax": "sacThue",
    "field": "linhVucChi",
    "spender": "donViSuDung",
    "level": "capNganSach",
}
_FLOWS = {"revenue": "thu", "expenditure": "chi"}


def agency(unit: str) -> str:
    """Return the identifier of a commune's office; invented."""
    return f"H17.{unit}"


def settings(units: Sequence[str]) -> dict[str, Any]:
    """Return what an operator writes to understand this treasury, but for `url` and credentials."""
    return {"units": {agency(unit): unit for unit in units}}


class BudgetTreasurySimulator(Simulator):
    """The treasury; as an office it answers ``/thu-chi-ngay?capNhatTu&page&size``."""

    connector: ClassVar[str] = "budget_treasury"

    def __init__(self, units: Sequence[str], seed: int, *, prefix: str = "/kho-bac", token: str = "") -> None:
        self.units = tuple(units)
        self.seed = seed
        self.prefix = prefix
        self._token = token

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the last statement of each commune: balance, then of both flows totals and parts."""
        day = _last(at)
        return tuple(figure for unit in self.units for figure in self._figures(unit, day))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one page of these statements."""
        days: dict[tuple[str, date], list[Observation]] = {}
        for figure in records:
            if isinstance(figure, Observation):
                days.setdefault((figure.unit, figure.period.end), []).append(figure)
        rows = [_row(figures) for figures in days.values()]
        return (Message(self.connector, "/thu-chi-ngay?page=1", _page(rows, len(rows)), at.astimezone(UTC)),)

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer the list of statements, by last change."""
        if self._token and asked.headers.get("authorization") != f"Bearer {self._token}":
            return Told(b'{"error": "unauthorized"}', 401)
        if asked.path != "/thu-chi-ngay":
            return Told(b'{"error": "not found"}', 404)
        since = datetime.fromisoformat(asked.query.get("capNhatTu", f"{now.year}-01-01T00:00:00+07:00"))
        page, size = int(asked.query.get("page", 1)), int(asked.query.get("size", 200))
        last = _last(now)
        first = max(date(last.year, 1, 1), since.astimezone(LOCAL).date())
        count = max(0, (last - first).days + 1)
        changed = [first + timedelta(days=n) for n in range(count) if _closed(first + timedelta(days=n)) >= since]
        keys = [(unit, day) for day in changed for unit in self.units]
        rows = [_row(list(self._figures(unit, day))) for unit, day in keys[(page - 1) * size : page * size]]
        body = _page(rows, len(keys))
        headers = {"Content-Type": "application/json", "ETag": f'"{blake2b(body, digest_size=8).hexdigest()}"'}
        return (
            Told(b"", 304, headers)
            if asked.headers.get("if-none-match") == headers["ETag"]
            else Told(body, 200, headers)
        )

    def _figures(self, unit: str, day: date) -> Iterator[Observation]:
        scope = "tt344_2016" if day.year < 2026 else ""
        own, since = Period(day, day, "day"), _since(day)
        moved = {name: (self._on_day(unit, name, day), self._until(unit, name, day)) for name in _FLOWS}
        balance = 90_000_000_000 + moved["revenue"][1] - moved["expenditure"][1]
        yield Observation(unit, "treasury_balance", own, balance, scope=scope)
        for name, (on_day, until) in moved.items():
            yield Observation(unit, f"treasury_{name}", own, on_day, scope=scope)
            yield Observation(unit, f"treasury_{name}", since, until, scope=scope)
            parts = _PARTS[name]
            for (dims, _), part, whole in zip(parts, _split(on_day, name), _split(until, name), strict=True):
                yield Observation(unit, f"treasury_{name}", own, part, scope=scope, dims=dims)
                yield Observation(unit, f"treasury_{name}", since, whole, scope=scope, dims=dims)

    def _on_day(self, unit: str, name: str, day: date) -> Decimal:
        begin = Decimal(0) if (day.month, day.day) == (1, 1) else self._until(unit, name, day - timedelta(days=1))
        return self._until(unit, name, day) - begin

    def _until(self, unit: str, name: str, day: date) -> Decimal:
        return _until(self.seed, unit, name, day)


@lru_cache(4096)
def _until(seed: int, unit: str, name: str, day: date) -> Decimal:
    """Return the cumulative amount: the published one on its day, in steps of whole thousands of đồng."""
    share = _weight(seed, unit, name, day) / _weight(seed, unit, name, date(day.year, *_SAMPLE))
    return round(_PUBLISHED[name] * Decimal(share) / 1000) * Decimal(1000)


@lru_cache(4096)
def _weight(seed: int, unit: str, name: str, day: date) -> float:
    """Return how much of a year has been moved: more on working days, and never less than the day before."""
    days = (date(day.year, 1, 1) + timedelta(days=n) for n in range(day.timetuple().tm_yday))
    return (
        sum(
            (0.5 + chance(seed, unit, name, one)) * (one.weekday() < 5 or (one.month, one.day) == _SAMPLE)
            for one in days
        )
        or 1e-9
    )


def _split(amount: Decimal, name: str) -> list[Decimal]:
    parts = [round(amount * share / 100) * Decimal(1) for _, share in _PARTS[name][1:]]
    return [amount - sum(parts), *parts]


def _row(figures: Sequence[Observation]) -> dict[str, Any]:
    day = figures[0].period.end
    row: dict[str, Any] = {
        "maDonVi": agency(figures[0].unit),
        "ngay": day.isoformat(),
        "capNhat": _closed(day).isoformat(),
        "nguoiLap": "Kế toán (mô phỏng)",
    }
    for figure in figures:
        amount = None if figure.value is None else int(figure.value)
        kind = "luyKe" if figure.period.cumulative else "trongNgay"
        name = figure.indicator.removeprefix("treasury_")
        if name == "balance":
            row["tonQuy"] = amount
        elif not figure.dims:
            row.setdefault(_FLOWS[name], {})[kind] = amount
        else:
            parts = row.setdefault(_FLOWS[name], {}).setdefault("chiTiet", [])
            its = {_FIELDS[dimension]: label for dimension, label in figure.dims.items()}
            if not parts or its.items() - parts[-1].items():
                parts.append(its)
            parts[-1][kind] = amount
    return row


def _page(rows: Sequence[Mapping[str, Any]], total: int) -> bytes:
    return orjson.dumps({"data": rows, "total": total})


def _since(day: date) -> Period:
    first = date(day.year, 1, 1)
    months = {(1, 31): "month", (3, 31): "quarter", (6, 30): "half_year", (9, 30): "nine_months", (12, 31): "year"}
    kind: Any = months.get((day.month, day.day), "custom")
    if day == first:
        kind = "day"
    elif first.weekday() == 0 and day.day == 7 and day.month == 1:
        kind = "week"
    return Period(first, day, kind, cumulative=True)


def _closed(day: date) -> datetime:
    return datetime.combine(day, _CLOSED, LOCAL)


def _last(at: datetime) -> date:
    local = at.astimezone(LOCAL)
    return local.date() - timedelta(days=local.time() < _CLOSED)
