"""A listening service (giám sát thông tin trên internet): mentions by source, topic and sentiment; counts only."""

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field

from connectors.contract import FUTURE, LOCAL, Message, Observation, Undecodable
from connectors.internet_rest.mentions import SENTIMENTS, WHOLE, Bucket, Count, Sentiment, whole, words
from connectors.json_door import kept
from connectors.json_fields import Json, read
from connectors.named_fields import NamedFields
from connectors.paging import addressed, page_of
from connectors.spelling import code
from connectors.talk import Answer, Arrived, Question, Talk

SourceType = Literal["newspaper", "website", "forum", "blog", "social", "zalo"]

_SOURCE_TYPES: Mapping[str, tuple[str, ...]] = {
    "newspaper": ("Báo điện tử", "Báo", "news"),
    "website": ("Trang thông tin điện tử", "Website"),
    "forum": ("Diễn đàn",),
    "blog": ("Blog",),
    "social": ("Mạng xã hội", "Facebook", "YouTube", "TikTok"),
    "zalo": ("Zalo",),
}
_SENTIMENTS: Mapping[str, tuple[str, ...]] = {
    "positive": ("Tích cực",),
    "neutral": ("Trung lập", "Trung tính"),
    "negative": ("Tiêu cực",),
}
_FIELDS = ("bucket_start", "source_type", "topic", "sentiment", "mention_count", "reach", "negative_count", "agency")
_TOPIC_LENGTH = 80


class InternetRest(NamedFields):
    """A service that listens for the commune: one local day is asked for at a time, and is one message."""

    feed: ClassVar[str] = "internet_monitoring"
    title: ClassVar[str] = "Giám sát thông tin trên internet"
    usual: ClassVar[Mapping[str, str]] = {name: name for name in _FIELDS}

    path: str = Field(default="/mentions", pattern=r"^/\S*$")
    """Path of the counts; asked with ``from`` and ``to`` (local days, both included) and ``interval``."""
    interval: Literal["day", "hour"] = "day"
    """Length of the service's buckets."""
    back: int = Field(default=7, ge=0, le=366)
    """Days before today that the first look asks for."""
    again: int = Field(default=2, ge=0, le=31)
    """Days that the first look of each day asks for anew, because services judge late."""
    source_types: Mapping[str, SourceType] = Field(default_factory=dict)
    """The service's words for kinds of source, beside our ids and the Vietnamese labels."""
    sentiments: Mapping[str, Sentiment] = Field(default_factory=dict)
    """Its words for sentiments; of a service with five levels each is one of our three."""
    topics_overlap: bool = False
    """Whether a mention may count under several topics: then topics are never summed up."""
    every: timedelta = timedelta(minutes=30)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(hours=6)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=4 * 1024 * 1024, gt=0)
    """Bytes; a larger page is refused."""

    def talks(self) -> tuple[str, ...]:
        """Return the one conversation."""
        return ("mentions",)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask for the days since the cursor's; an unchanged day brings nothing, and no body where ETags are known."""
        today = now.astimezone(LOCAL).date()
        known = _remembered(cursor)
        last = _day(known.get("day")) or today - timedelta(days=self.back)
        first = min(last, today) if not known or last >= today else last - timedelta(days=self.again)
        for day in (first + timedelta(days=n) for n in range((today - first).days + 1)):
            its = known if known.get("day") == day.isoformat() else {}
            body, etag = yield from self._asked(day, its.get("etag", ""))
            digest = hashlib.blake2b(body or b"", digest_size=8).hexdigest()
            if body is not None and digest != its.get("digest"):
                at = json.dumps({"day": day.isoformat(), "digest": digest, "etag": etag})
                yield Arrived(addressed(self.path, self._params(day)), body, cursor=at)

    def _asked(self, day: date, etag: str) -> Generator[Question | Arrived, Answer, tuple[bytes | None, str]]:
        """Return a day's counts, the pages of one day as one; none where they are known, and their ETag."""
        rows: list[Any] = []
        page = self.paging.begin()
        while True:
            asked = {**self.params, **self._params(day), **page.params}
            answer = yield from self.ask(self.path, asked, {"If-None-Match": etag} if etag and not page.number else {})
            if answer.status == 304:
                return None, etag
            try:
                body = page_of(answer.body, self.largest_body)
                following = self.paging.after(page, body)
            except Undecodable:
                return answer.body, ""  # refused and kept; the day is asked for again on another day only
            if following is None and not page.number:
                return answer.body, answer.headers.get("etag", "")
            rows += body.at(self.paging.list).value
            if following is None:
                return self._joined(rows), ""
            page = following

    def _joined(self, rows: list[Any]) -> bytes:
        said: Any = rows
        for name in reversed(self.paging.list.split(".")):
            said = {name: said}
        return json.dumps(said, default=str).encode()  # exact numbers become texts, which are read as exactly

    def _params(self, day: date) -> Mapping[str, str]:
        return {"from": day.isoformat(), "to": day.isoformat(), "interval": self.interval}

    def cleanse(self, body: bytes) -> bytes:
        """Return the page with the fields of counts only."""
        return kept(body, self.wanted)

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give ``mentions_total``, by sentiment and ``mentions_reach`` of every bucket: of all topics, then by topic.

        The period is the local day, with dim ``hour`` where buckets are hours. Raises :class:`Undecodable` naming row
        and field.
        """
        names = self.names
        known = words(_SOURCE_TYPES, self.source_types), words(_SENTIMENTS, self.sentiments)
        counted: dict[Bucket, dict[str, Count]] = {}
        for row in read(message.body, self.largest_body).at(self.paging.list).rows():
            unit = self.unit_of(row.at(names["agency"]))
            if unit is None:
                continue
            source, feeling = row.at(names["source_type"]), row.at(names["sentiment"])
            start = self._start(row.at(names["bucket_start"]), message.received_at)
            hour = f"{start:%H}" if self.interval == "hour" else ""
            bucket = Bucket(unit, start.date(), hour, _word(source, known[0]))
            topic = row.at(names["topic"]).text(_TOPIC_LENGTH)
            topic = "" if code(topic) in WHOLE else topic
            word = "" if code(feeling.text()) in WHOLE else code(feeling.text())
            sentiment = next(one for one in SENTIMENTS if one == _word(feeling, known[1])) if word else None
            counted.setdefault(bucket, {}).setdefault(topic, Count()).take(sentiment, word, row, names)
        return tuple(self._figures(counted))

    def _figures(self, counted: Mapping[Bucket, Mapping[str, Count]]) -> Iterator[Observation]:
        for bucket, topics in counted.items():
            if "" not in topics and not self.topics_overlap:
                yield from whole(tuple(topics.values())).figures(bucket, "")
            for topic, count in topics.items():
                yield from count.figures(bucket, topic)

    def _start(self, said: Json, received_at: datetime) -> datetime:
        """Return when a bucket starts, local; a day may be said without time."""
        if self.interval == "day" and type(said.value) is str and len(said.value) == len("2026-11-21"):
            day = said.day()
            start = datetime(day.year, day.month, day.day, tzinfo=LOCAL) if day else None
            if start is not None and start > received_at + FUTURE:
                raise said.fault(f"{said.value!r} has not come yet")
        else:
            instant = said.instant(received_at)
            start = instant.astimezone(LOCAL) if instant else None
        if start is None:
            raise said.expected("the start of a bucket, as 2026-11-21T07:00:00+07:00,")
        if (start.hour and self.interval == "day") or start.minute or start.second or start.microsecond:
            raise said.fault(f"{said.value!r} begins no local {self.interval}: correct `interval`")
        return start


def _word(said: Json, known: Mapping[str, str]) -> str:
    text = said.text()
    if code(text) not in known:
        ours = ", ".join(dict.fromkeys(known.values()))
        raise said.fault(f"{text!r:.60} is none of {ours}: map it in the settings")
    return known[code(text)]


def _remembered(cursor: str) -> Mapping[str, str]:
    try:
        said = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
