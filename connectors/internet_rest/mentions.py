"""Mentions of a listening service: its rows, one a sentiment, put together to figures whose sums are checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from connectors.contract import Observation, Period, Quality
from connectors.json_fields import Json
from connectors.spelling import code

Sentiment = Literal["positive", "neutral", "negative"]
SENTIMENTS: tuple[Sentiment, ...] = ("positive", "neutral", "negative")
WHOLE = frozenset({"", "all", "tat_ca", "tong"})
"""Code words of a topic or sentiment that stands for all of them."""


def words(table: Mapping[str, Sequence[str]], own: Mapping[str, str]) -> dict[str, str]:
    """Return code word → ours: the ids and Vietnamese labels of a table, and what an operator adds."""
    known = {code(word): ours for ours, labels in table.items() for word in (ours, *labels)}
    return known | {code(word): ours for word, ours in own.items()}


class Bucket(NamedTuple):
    """What a figure counts: whose mentions, on which local day (and hour ``08``), in which kind of source."""

    unit: str
    day: date
    hour: str
    source_type: str

    def figure(
        self, indicator: str, value: Decimal, topic: str, quality: Quality, stated: Decimal | None
    ) -> Observation:
        """Return one figure; the whole of all topics has no dim ``topic``."""
        dims = {"source_type": self.source_type, "hour": self.hour, "topic": topic}
        return Observation(
            self.unit, indicator, Period(self.day, self.day, "day"), value, stated=stated, quality=quality,
            dims={name: text for name, text in dims.items() if text},
        )  # fmt: skip


@dataclass
class Count:
    """The mentions of one bucket and topic, as the service's rows tell them."""

    total: Decimal | None = None
    parts: dict[Sentiment, Decimal] = field(default_factory=dict)
    reach: Decimal | None = None
    negative: Decimal | None = None
    """The number of negative ones that the service states beside its rows."""
    said: set[str] = field(default_factory=set)
    partial: bool = False
    """Whether it sums up counts of which some tell a total only, so that its sentiments may be fewer."""

    def take(self, sentiment: Sentiment | None, word: str, row: Json, names: Mapping[str, str]) -> None:
        """Add one row; a row without sentiment tells the total. Raises :class:`Undecodable` for a second such row."""
        if word in self.said:
            raise row.fault("the same bucket, source, topic and sentiment stand in an earlier row: remove one")
        self.said.add(word)
        counted = row.at(names["mention_count"])
        count = counted.count()
        if count is None:
            raise counted.expected("the number of mentions")
        reach, negative = row.at(names["reach"]).count(), row.at(names["negative_count"]).count()
        if sentiment is None:
            self.total, self.reach, self.negative = count, reach, negative
            return
        self.parts[sentiment] = self.parts.get(sentiment, Decimal(0)) + count
        if "" not in self.said:
            self.reach = _sum(self.reach, reach)
            self.negative = _sum(self.negative, negative) if sentiment == "negative" else self.negative

    def figures(self, bucket: Bucket, topic: str) -> Iterator[Observation]:
        """Give total, sentiments and reach; parts that do not add up are kept, and marked ``sum_mismatch``."""
        parts = sum(self.parts.values(), Decimal(0))
        total = parts if self.total is None else self.total
        differs = parts > total or (len(self.parts) == len(SENTIMENTS) and parts != total and not self.partial)
        yield bucket.figure("mentions_total", total, topic, "sum_mismatch" if differs else "", None)
        for sentiment in SENTIMENTS:
            value = self.parts.get(sentiment)
            quality: Quality = ""
            stated = None
            if sentiment == "negative" and self.negative is not None:
                value = self.negative if value is None else value
                if value != self.negative:
                    quality, stated = "sum_mismatch", self.negative
            if value is not None:
                yield bucket.figure(f"mentions_{sentiment}", value, topic, quality, stated)
        if self.reach is not None:
            yield bucket.figure("mentions_reach", self.reach, topic, "", None)


def whole(counts: Sequence[Count]) -> Count:
    """Return the sum of all topics, where a mention has only one."""
    made = Count()
    for count in counts:
        parts = sum(count.parts.values(), Decimal(0))
        made.total = _sum(made.total, parts if count.total is None else count.total)
        made.partial |= len(count.parts) < len(SENTIMENTS) and count.total not in (None, parts)
        for sentiment, value in count.parts.items():
            made.parts[sentiment] = made.parts.get(sentiment, Decimal(0)) + value
        made.reach = _sum(made.reach, count.reach)
        if "negative" not in count.parts:
            made.negative = _sum(made.negative, count.negative)
    if made.negative is not None:  # some topics tell their negative ones as rows, some beside
        made.parts["negative"] = made.parts.get("negative", Decimal(0)) + made.negative
        made.negative = None
    return made


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else one + other
