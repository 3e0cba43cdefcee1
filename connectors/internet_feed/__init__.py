"""News and other sites that speak of the commune: RSS and Atom feeds, of which only mentions are counted."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.contract import LOCAL, Message, Observation, Period, Polled, SourceDown, Undecodable
from connectors.internet_feed.entries import REASONS, Entry, page
from connectors.internet_feed.memory import WINDOW, Memory
from connectors.internet_feed.topics import words
from connectors.talk import Arrived, Request, Talk

SourceType = Literal["newspaper", "website", "forum", "blog", "social", "zalo"]

_READS = "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.8"
_NAME_LENGTH = 80


class Site(BaseModel):
    """One feed of one site."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = Field(min_length=1, max_length=_NAME_LENGTH)
    """As it is called on screens; its figures go by this name."""
    url: str = Field(pattern=r"^https?://[^\s]+$")
    """Address of the RSS or Atom document; without credentials."""
    source_type: SourceType = "newspaper"
    """What kind of place it is."""

    @field_validator("url")
    @classmethod
    def _names_nobody(cls, value: str) -> str:
        if "@" in urlsplit(value).netloc:
            raise ValueError("an address with a user name or password would be stored with every figure; leave it out")
        return value


class InternetFeed(Polled):
    """Feeds of sites, asked one by one: how many entries a day speak of the commune's topics; no text is stored."""

    feed: ClassVar[str] = "internet_monitoring"
    title: ClassVar[str] = "Tin trên internet (RSS)"

    unit: str = Field(pattern=r"^[0-9]{5}$")
    """Commune code whose topics these are."""
    topics: Mapping[str, tuple[str, ...]] = Field(min_length=1)
    """Name of a topic and the terms that speak of it, as ``"Trạm y tế" = ["trạm y tế Hợp Kim"]``."""
    sites: tuple[Site, ...] = Field(min_length=1)
    """The feeds that are read."""
    every: timedelta = timedelta(minutes=15)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(hours=6)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=4 * 1024 * 1024, gt=0)
    """Bytes; a larger document is refused."""

    @field_validator("topics")
    @classmethod
    def _have_words(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for name, terms in value.items():
            if not 1 <= len(name) <= _NAME_LENGTH:
                raise ValueError(f"{name!r:.60}: a topic's name has 1 to {_NAME_LENGTH} signs")
            if not terms or not all(words(term) for term in terms):
                raise ValueError(f"{name}: every topic needs terms, and every term at least one word")
        return value

    @field_validator("sites")
    @classmethod
    def _differ(cls, value: tuple[Site, ...]) -> tuple[Site, ...]:
        for texts in ([site.name for site in value], [site.url for site in value]):
            if len(set(texts)) < len(texts):
                raise ValueError("every site has a name and an address of its own")
        return value

    def talks(self) -> tuple[str, ...]:
        """Return the names of the sites: one that is down does not keep the others."""
        return tuple(site.name for site in self.sites)

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask for one feed; a document that says nothing new gives no message, and 304 costs no body."""
        site = next(site for site in self.sites if site.name == name)
        memory = Memory.of(cursor, site.url, self.topics)
        answer = yield Request(site.url, headers={"Accept": _READS, **memory.conditions})
        if answer.error:
            raise SourceDown(f"{site.url}: {answer.error}")
        if answer.status == 304:
            return
        if not 200 <= answer.status < 300:
            raise SourceDown(f"{site.url} answers {answer.status}; open it in a browser, and correct or remove it")
        shown = page(answer.body, self.topics, self.largest_body)
        if shown.fault is None:
            then, shown = memory.met(shown, answer.answered_at)
            then = then.answered(answer)
        if shown.fault is not None:
            yield Arrived(site.url, shown.body())  # a rejection; asked for again, whatever its validators say
        elif then != memory:
            yield Arrived(site.url, shown.body(), cursor=then.cursor())

    def cleanse(self, body: bytes) -> bytes:
        """Return digests, instants and topics of the entries that count; no title, link, text or author."""
        return page(body, self.topics, self.largest_body).body()

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give ``mentions_total`` of every day that is spoken of: of the site, then by topic.

        Raises :class:`Undecodable` where the document is no feed, or the address none of ours.
        """
        site = next((site for site in self.sites if site.url == message.address), None)
        if site is None:
            raise Undecodable(f"{message.address!r:.120} is the address of none of our sites: add it", place="address")
        told = page(message.body, self.topics, self.largest_body)
        if told.fault:
            raise Undecodable(REASONS[told.fault], place="document")
        today = message.received_at.astimezone(LOCAL).date()
        entries = {entry.id: entry for entry in told.entries}
        by_day: dict[date, list[Entry]] = {day: [] for day in told.days or (today,)}
        for entry in entries.values():
            day = entry.day(message.received_at)
            if day in by_day or (not told.days and day >= today - WINDOW):
                by_day.setdefault(day, []).append(entry)
        return tuple(figure for day in sorted(by_day) for figure in self._counted(site, day, by_day[day]))

    def _counted(self, site: Site, day: date, entries: list[Entry]) -> Iterator[Observation]:
        period = Period(day, day, "day")
        dims = {"site": site.name, "source_type": site.source_type}
        yield Observation(self.unit, "mentions_total", period, Decimal(len(entries)), dims=dims)
        for topic in self.topics:
            count = sum(topic in entry.topics for entry in entries)
            yield Observation(self.unit, "mentions_total", period, Decimal(count), dims={**dims, "topic": topic})
