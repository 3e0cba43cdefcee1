"""A simulated FHIR server of a health department (mô phỏng): one MeasureReport a month, place and measure.

What the communes published of their health records and telehealth is among its reports; all else is invented.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

import orjson

from connectors.contract import LOCAL, Message, Observation, Period, Record, Simulator
from simulators.office import Asked, Told
from simulators.signals import chance

BASE = "https://fhir.so-y-te.example/fhir"
MEASURES: Mapping[str, str] = {
    "immunisation_rate": "tiem-chung-day-du",
    "health_insurance_rate": "bao-phu-bhyt",
    "cases_reported": "ca-mac-theo-benh",
    "ehr_rate": "ho-so-suc-khoe",
    "ehr_initialised_rate": "ho-so-khoi-tao",
    "health_software_units": "don-vi-dung-phan-mem",
    "telehealth_stations": "tram-co-telehealth",
}
"""Indicator → measure and group; ``telehealth_stations`` is of the communes Nam Thượng and Liên Sơn together."""
DISEASES = ("dengue", "hand_foot_mouth", "influenza")
PILOTS = "nam_thuong_lien_son"

_PUBLISHED: tuple[tuple[str, str, int, str, str], ...] = (
    ("02122", "ehr_rate", 2023, "40", ""),  # xã Như Cố: people who have a record
    ("06", "health_software_units", 2023, "119", ""),
    ("06", "ehr_initialised_rate", 2023, "100", ""),  # the province: records that were begun
    ("05068", "ehr_rate", 2021, "100", ""),  # xã Nam Thượng, today Hợp Kim
    ("17", "telehealth_stations", 2021, "2", PILOTS),
)
_PUBLISHED_IN = datetime(2024, 1, 10, 1, tzinfo=UTC)
_COUNTS = frozenset({"cases_reported", "health_software_units", "telehealth_stations"})
_HISTORY = 12
"""Months of which there are reports."""
_PEOPLE = 7400


def settings() -> dict[str, Any]:
    """Return what an operator writes to understand this server, but for `url` and credentials."""
    groups: dict[str, dict[str, str]] = {code: {"indicator": indicator} for indicator, code in MEASURES.items()}
    groups["tram-co-telehealth"]["scope"] = PILOTS
    return {"groups": groups, "facilities": {"Organization/bac-kan": "06", "Organization/hoa-binh": "17"}}


class HealthFhirSimulator(Simulator):
    """The server; as an office it searches by change, sorts, pages by links, and knows ETags."""

    connector: ClassVar[str] = "health_fhir"

    def __init__(self, units: Sequence[str], seed: int, *, prefix: str = "/fhir", token: str = "") -> None:
        self.units = tuple(units)
        self.seed = seed
        self.prefix = prefix
        self._token = token

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the published figures, and those of the last month that is in."""
        first = _months(at)[-1]
        return tuple(figure for report in (*_published(), *self._reports(first)) for figure in report)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one bundle: a report for each figure, the strata in that of their total."""
        reports: list[list[Observation]] = []
        for figure in records:
            if isinstance(figure, Observation):
                if figure.dims:
                    reports[-1].append(figure)
                else:
                    reports.append([figure])
        entries = [_entry(report, at) for report in reports]
        return (Message(self.connector, "/MeasureReport", _bundle(entries, len(entries), ""), at.astimezone(UTC)),)

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer a search for MeasureReports that changed after an instant."""
        if self._token and asked.headers.get("authorization") != f"Bearer {self._token}":
            return Told(b'{"resourceType":"OperationOutcome"}', 401)
        if asked.path != "/MeasureReport":
            return Told(b'{"resourceType":"OperationOutcome"}', 404)
        after = datetime.fromisoformat(asked.query.get("_lastUpdated", "gt2000-01-01T00:00:00Z").removeprefix("gt"))
        entries = [entry for at, entry in self._entries(now) if after < at <= now]
        count, offset = int(asked.query.get("_count", 50)), int(asked.query.get("_offset", 0))
        more = offset + count < len(entries)
        query = urlencode({**asked.query, "_offset": str(offset + count)})
        host = asked.headers.get("host", "127.0.0.1")
        following = f"http://{host}{self.prefix}/MeasureReport?{query}" if more else ""
        body = _bundle(entries[offset : offset + count], len(entries), following)
        tag = f'W/"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        headers = {"Content-Type": "application/fhir+json;charset=UTF-8", "ETag": tag}
        return Told(b"", 304, headers) if asked.headers.get("if-none-match") == tag else Told(body, 200, headers)

    def _entries(self, now: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
        for report in _published():
            yield _PUBLISHED_IN, _entry(report, _PUBLISHED_IN)
        for first in _months(now):
            for report in self._reports(first):
                yield _in_at(first), _entry(report, _in_at(first))

    def _reports(self, first: date) -> Iterator[list[Observation]]:
        period = Period(first, _after(first) - timedelta(days=1), "month")
        for unit in self.units:
            children = 90 + int(30 * chance(self.seed, unit, "children"))
            immunised = children - int(8 * chance(self.seed, unit, first, "immunised"))
            yield [_rate(unit, "immunisation_rate", period, immunised, children)]
            insured = _PEOPLE - 200 - int(300 * chance(self.seed, unit, first, "insured"))
            yield [_rate(unit, "health_insurance_rate", period, insured, _PEOPLE)]
            cases = [int(9 * chance(self.seed, unit, first, disease)) for disease in DISEASES]
            yield [
                Observation(unit, "cases_reported", period, Decimal(sum(cases))),
                *(
                    Observation(unit, "cases_reported", period, Decimal(n), dims={"disease": disease})
                    for disease, n in zip(DISEASES, cases, strict=True)
                ),
            ]


def _published() -> Iterator[list[Observation]]:
    for unit, indicator, year, value, scope in _PUBLISHED:
        period = Period(date(year, 1, 1), date(year, 12, 31), "year")
        stated = None if indicator in _COUNTS else Decimal(value)
        yield [Observation(unit, indicator, period, Decimal(value), stated=stated, scope=scope)]


def _rate(unit: str, indicator: str, period: Period, part: int, whole: int) -> Observation:
    numerator, denominator = Decimal(part), Decimal(whole)
    value = (numerator * 100 / denominator).quantize(Decimal("0.0001"))
    return Observation(unit, indicator, period, value, numerator, denominator, stated=round(value, 1))


def _entry(report: Sequence[Observation], at: datetime) -> dict[str, Any]:
    figure, *strata = report
    code = MEASURES[figure.indicator]
    place = {"06": "bac-kan", "17": "hoa-binh"}.get(figure.unit, f"tram-y-te/{figure.unit}")
    group: dict[str, Any] = {"code": _concept(code), **_said(figure)}
    if strata:
        its = [{"value": _concept(one.dims["disease"]), **_said(one)} for one in strata]
        group["stratifier"] = [{"code": [_concept("disease")], "stratum": its}]
    name = f"{code}-{figure.unit}-{figure.period.start:%Y%m}"
    return {
        "fullUrl": f"{BASE}/MeasureReport/{name}",
        "resource": {
            "resourceType": "MeasureReport",
            "id": name,
            "meta": {"lastUpdated": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")},
            "text": {"status": "generated", "div": "<div>mô phỏng</div>"},
            "status": "complete",
            "type": "summary",
            "measure": f"{BASE}/Measure/{code}|1.0",
            "reporter": {"reference": f"Organization/{place}", "display": "Trạm Y tế (mô phỏng)"},
            "period": {"start": figure.period.start.isoformat(), "end": figure.period.end.isoformat()},
            "group": [group],
        },
        "search": {"mode": "match"},
    }


def _said(figure: Observation) -> dict[str, Any]:
    said: dict[str, Any] = {}
    counts = {"numerator": figure.numerator, "denominator": figure.denominator}
    if figure.indicator in _COUNTS:
        counts = {"initial-population": figure.value}
    populations = [{"code": _concept(code), "count": int(n)} for code, n in counts.items() if n is not None]
    if populations:
        said["population"] = populations
    if figure.stated is not None:
        said["measureScore"] = {"value": float(figure.stated), "unit": "%", "code": "%"}
    return said


def _concept(code: str) -> dict[str, Any]:
    return {"coding": [{"code": code}]}


def _bundle(entries: Sequence[Mapping[str, Any]], total: int, following: str) -> bytes:
    link = [{"relation": "self", "url": f"{BASE}/MeasureReport"}]
    link += [{"relation": "next", "url": following}] if following else []
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": link, "entry": entries}
    return orjson.dumps(bundle)


def _months(now: datetime) -> list[date]:
    """Return the first days of the months whose reports are in, the oldest first."""
    first = now.astimezone(LOCAL).date().replace(day=1)
    months: list[date] = []
    while len(months) < _HISTORY:
        first = (first - timedelta(days=1)).replace(day=1)
        if _in_at(first) <= now:
            months.append(first)
    return months[::-1]


def _in_at(first: date) -> datetime:
    """Return when a month's reports come in: on the fifth of the next, at 08:00 local."""
    after = _after(first)
    return datetime(after.year, after.month, 5, 8, tzinfo=LOCAL).astimezone(UTC)


def _after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
