"""A simulated DHIS2 of a province (mô phỏng): visits a day, cases by disease a week, telehealth a month.

The figure of 2021 for xã Nam Thượng, whose code xã Hợp Kim took over, is a published one; all others are invented.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import orjson

from connectors.contract import LOCAL, Message, Observation, Period, Record, Simulator
from simulators.office import Asked, Told
from simulators.signals import chance

ELEMENTS: Mapping[str, str] = {
    "visits": "LuotKham001",
    "cases_reported": "CaMacTuan01",
    "cases_linked": "CaLienQuan1",
    "telehealth_visits": "KhamTuXa001",
    "immunisation_rate": "TiemChung01",
    "ehr_rate": "HoSoDienTu1",
}
"""Indicator → data element; the identifiers are invented."""
DISEASES: Mapping[str, str] = {"dengue": "SotXuatHuy1", "hand_foot_mouth": "TayChanMie1", "influenza": "CumMuaVaAB1"}
"""Disease → category option combo."""
DATA_SET = "BieuTramYT1"
_DEFAULT = "HllvX50cXC0"
_PUBLISHED = time(7, 30)
"""Local time at which the station's figures of yesterday are in."""
_FIRST = {"05068": (2021, Decimal(100))}
"""Commune → year and percentage of people with an electronic health record, as published."""
_FIRST_IN = datetime(2022, 1, 5, tzinfo=UTC)
_HISTORY = timedelta(days=62)


def settings(units: Sequence[str]) -> dict[str, Any]:
    """Return what an operator writes to understand this office, but for `url` and credentials."""
    return {
        "data_sets": [DATA_SET],
        "org_units": {org_unit(unit): unit for unit in units},
        "elements": {element: {"indicator": indicator} for indicator, element in ELEMENTS.items()},
        "categories": {combo: {"disease": disease} for disease, combo in DISEASES.items()},
    }


def org_unit(unit: str) -> str:
    """Return the identifier of a commune's health station."""
    return f"TramYT{unit}"


class HealthDhis2Simulator(Simulator):
    """The DHIS2 of some communes' health stations; as an office it pages, filters by change, and knows ETags."""

    connector: ClassVar[str] = "health_dhis2"

    def __init__(
        self, units: Sequence[str], seed: int, *, prefix: str = "/dhis2", username: str = "", password: str = ""
    ) -> None:
        self.units = tuple(units)
        self.seed = seed
        self.prefix = prefix
        self._sign_in = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode() if username else ""

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return what was in last at the instant: yesterday's visits; on Mondays the week's cases; on the 1st the
        month's telehealth.
        """
        day = _last_day(at)
        return tuple(figure for unit in self.units for figure in (*_first(unit), *self._figures(unit, day)))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one page of all figures."""
        figures = [record for record in records if isinstance(record, Observation)]
        values = [self._value(figure, at) for figure in figures]
        body = orjson.dumps({"dataValues": values})
        return (Message(self.connector, "/api/dataValueSets", body, at.astimezone(UTC)),)

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer ``/api/dataValueSets`` as DHIS2 does: by what changed, limited and shifted."""
        if self._sign_in and asked.headers.get("authorization") != self._sign_in:
            return Told(b'{"httpStatus":"Unauthorized","httpStatusCode":401,"status":"ERROR"}', 401)
        if asked.path != "/api/dataValueSets":
            return Told(b'{"httpStatus":"Not Found","httpStatusCode":404,"status":"ERROR"}', 404)
        if "lastUpdated" not in asked.query:
            return Told(b'{"httpStatus":"Conflict","httpStatusCode":409,"message":"At least one period"}', 409)
        since = datetime.fromisoformat(asked.query["lastUpdated"])
        offset, limit = int(asked.query.get("offset", 0)), int(asked.query.get("limit", 0))
        values = list(self._changed(since, now))[offset:]
        body = orjson.dumps({"dataSet": DATA_SET, "dataValues": values[:limit] if limit else values})
        tag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        headers = {"Content-Type": "application/json;charset=UTF-8", "ETag": tag}
        if asked.headers.get("if-none-match") == tag:
            return Told(b"", 304, headers)
        return Told(body, 200, headers)

    def _changed(self, since: datetime, now: datetime) -> Iterator[dict[str, Any]]:
        if since <= _FIRST_IN:
            yield from (self._value(figure, _FIRST_IN) for unit in self.units for figure in _first(unit))
        day = max(_last_day(now - _HISTORY), since.astimezone(LOCAL).date() - timedelta(days=2))
        while day <= _last_day(now):
            in_at = datetime.combine(day + timedelta(days=1), _PUBLISHED, LOCAL)
            if since <= in_at <= now:
                for unit in self.units:
                    yield from (self._value(figure, in_at) for figure in self._figures(unit, day))
            day += timedelta(days=1)

    def _figures(self, unit: str, day: date) -> Iterator[Observation]:
        open_ = day.weekday() < 6
        yield Observation(unit, "visits", Period(day, day, "day"), self._count(unit, day, "visits", 45 if open_ else 6))
        if day.weekday() == 6:
            week = Period(day - timedelta(days=6), day, "week")
            for disease in DISEASES:
                # The rains bring dengue: most cases from June to November.
                most = 7 if disease == "dengue" and 6 <= day.month <= 11 else 3
                count = self._count(unit, day, disease, most)
                yield Observation(unit, "cases_reported", week, count, dims={"disease": disease})
                linked = min(count, self._count(unit, day, f"{disease} linked", 1))
                yield Observation(unit, "cases_linked", week, linked, dims={"disease": disease})
        if (day + timedelta(days=1)).day == 1:
            month = Period(day.replace(day=1), day, "month")
            yield Observation(unit, "telehealth_visits", month, self._count(unit, day, "telehealth", 30))

    def _count(self, unit: str, day: date, name: str, most: int) -> Decimal:
        return Decimal(int((most + 1) * chance(self.seed, unit, day, name)))

    def _value(self, figure: Observation, at: datetime) -> dict[str, Any]:
        start, kind = figure.period.start, figure.period.kind
        year, week, _ = start.isocalendar()
        periods = {"day": f"{start:%Y%m%d}", "week": f"{year}W{week}", "month": f"{start:%Y%m}", "year": f"{start:%Y}"}
        changed = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        return {
            "dataElement": ELEMENTS[figure.indicator],
            "period": periods[kind],
            "orgUnit": org_unit(figure.unit),
            "categoryOptionCombo": DISEASES.get(figure.dims.get("disease", ""), _DEFAULT),
            "attributeOptionCombo": _DEFAULT,
            "value": str(figure.value),
            "storedBy": "tram.yte (mô phỏng)",
            "created": changed,
            "lastUpdated": changed,
            "followup": False,
        }


def _first(unit: str) -> Iterator[Observation]:
    if unit in _FIRST:
        year, share = _FIRST[unit]
        yield Observation(unit, "ehr_rate", Period(date(year, 1, 1), date(year, 12, 31), "year"), share)


def _last_day(at: datetime) -> date:
    """Return the day whose figures are in."""
    local = at.astimezone(LOCAL)
    return local.date() - timedelta(days=1 if local.time() >= _PUBLISHED else 2)
