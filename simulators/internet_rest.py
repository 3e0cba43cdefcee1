"""A simulated listening service (mô phỏng): mentions by day, source, topic and sentiment, all of them invented."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import ClassVar

import orjson

from connectors.contract import LOCAL, Message, Observation, Period, Record, Simulator
from simulators.gateway import refused, told
from simulators.office import Asked, Told
from simulators.signals import chance

_SOURCES = {"newspaper": 3, "social": 25, "forum": 5}
"""Kind of source and about how many mentions a day a topic has there."""
_TOPICS = ("Xã Hợp Kim", "Trạm y tế", "Ngập lụt")
_WORDS = {"newspaper": "Báo điện tử", "social": "Mạng xã hội", "forum": "Diễn đàn"}
_SENTIMENTS = {"positive": "Tích cực", "neutral": "Trung lập", "negative": "Tiêu cực"}
_INDICATORS = ("mentions_total", *(f"mentions_{sentiment}" for sentiment in _SENTIMENTS), "mentions_reach")
_EARLIEST = date(2020, 1, 1)


class ListeningService(Simulator):
    """A service that listens for one commune; also its web server, which asks for ``token`` where it is set."""

    connector: ClassVar[str] = "internet_rest"

    def __init__(self, unit: str, seed: int, prefix: str = "/listening", token: str = "") -> None:
        self.unit = unit
        self.seed = seed
        self.prefix = prefix
        self.token = token

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the counts of the local day up to the instant; a mention has one topic, so topics add up."""
        local = at.astimezone(LOCAL)
        passed = (local - datetime.combine(local.date(), time(), LOCAL)).total_seconds() / 86_400
        figures: list[Record] = []
        for source, usual in _SOURCES.items():
            by_topic = {topic: self._counts(local.date(), source, topic, usual, passed) for topic in _TOPICS}
            sums = tuple(sum(column, Decimal(0)) for column in zip(*by_topic.values(), strict=True))
            for topic, counts in {"": sums, **by_topic}.items():
                figures += self._figures(local.date(), source, topic, counts)
        return tuple(figures)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one page with the rows of every topic: the total, then one a sentiment."""
        figures = [record for record in records if isinstance(record, Observation) and "topic" in record.dims]
        rows: list[dict[str, object]] = []
        for first in range(0, len(figures), len(_INDICATORS)):
            rows += _rows(figures[first : first + len(_INDICATORS)])
        day = at.astimezone(LOCAL).date().isoformat()
        body = orjson.dumps({"data": rows, "total": len(rows)})
        return (Message(self.connector, f"/mentions?from={day}&to={day}&interval=day", body, at.astimezone(UTC)),)

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer ``GET /mentions?from&to&interval=day&page&size`` for one day; 304 for a page that is known."""
        if refusal := refused(asked, self.token):
            return refusal
        if (asked.method, asked.path) != ("GET", "/mentions"):
            return Told(b'{"error": "no such list"}', 404)
        try:
            day = date.fromisoformat(asked.query["from"])
        except (KeyError, ValueError):
            return Told(b'{"error": "from and to, as 2026-11-21"}', 400)
        if asked.query.get("to") != day.isoformat() or asked.query.get("interval") != "day" or day < _EARLIEST:
            return Told(b'{"error": "one day at a time, interval=day"}', 400)
        end = min(now, datetime.combine(day, time(23, 59, 59), LOCAL))
        said = (
            orjson.loads(self.encode(self.measure(end), end)[0].body)["data"]
            if end.astimezone(LOCAL).date() == day
            else []
        )
        return told(asked, said)

    def _counts(self, day: date, source: str, topic: str, usual: int, passed: float) -> tuple[Decimal, ...]:
        def lot(*names: object) -> float:
            return chance(self.seed, self.unit, day, source, topic, *names)

        total = int(2 * usual * lot("total") * passed)
        negative = int(total * 0.3 * lot("negative"))
        positive = int((total - negative) * lot("positive"))
        reach = total * (50 + int(200 * lot("reach")))
        return tuple(map(Decimal, (total, positive, total - positive - negative, negative, reach)))

    def _figures(self, day: date, source: str, topic: str, counts: Sequence[Decimal]) -> list[Observation]:
        dims = {"source_type": source} | ({"topic": topic} if topic else {})
        return [
            Observation(self.unit, indicator, Period(day, day, "day"), count, dims=dims)
            for indicator, count in zip(_INDICATORS, counts, strict=True)
        ]


def _rows(figures: Sequence[Observation]) -> list[dict[str, object]]:
    """Return the rows of one source and topic: as a listening service's export has them, no author and no text."""
    values = [int(figure.value or 0) for figure in figures]
    total, *parts, reach = values
    start = datetime.combine(figures[0].period.start, time(), LOCAL).isoformat()
    its = {
        "bucket_start": start,
        "source_type": _WORDS[figures[0].dims["source_type"]],
        "topic": figures[0].dims["topic"],
    }
    whole: dict[str, object] = {
        **its,
        "sentiment": None,
        "mention_count": total,
        "reach": reach,
        "negative_count": parts[-1],
    }
    rows: list[dict[str, object]] = [whole]
    for word, count in zip(_SENTIMENTS.values(), parts, strict=True):
        rows.append({**its, "sentiment": word, "mention_count": count})
    return rows
