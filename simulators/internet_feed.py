"""Simulated sites (mô phỏng): two feeds, RSS and Atom, that speak of the commune now and then; all is invented."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import ClassVar, NamedTuple
from xml.sax.saxutils import escape

from connectors.contract import LOCAL, Message, Observation, Period, Record, Simulator
from simulators.office import Asked, Told, marked
from simulators.signals import chance

TOPICS: Mapping[str, Sequence[str]] = {
    "Xã Hợp Kim": ("xã Hợp Kim",),
    "Trạm y tế": ("trạm y tế",),
    "Ngập lụt": ("ngập lụt", "sạt lở"),
}
"""Topics of the demo commune, with their terms; none stands within another."""

_SLOT = timedelta(hours=1)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_NEWS = ("họp giao ban tuần", "khai trương chợ phiên", "thông báo lịch cúp điện", "hội thao mừng ngày truyền thống")
_AUTHORS = ("Nguyễn Văn Mô Phỏng", "Trần Thị Giả Định")


class Site(NamedTuple):
    """One simulated site: its name on screens, path below the office, kind of source and format."""

    name: str
    path: str
    source_type: str
    atom: bool


SITES = (
    Site("Báo Mô Phỏng", "/bao.rss", "newspaper", atom=False),
    Site("Trang tin Mô Phỏng", "/trang-tin.atom", "website", atom=True),
)


@dataclass(frozen=True, slots=True)
class _Post:
    number: int
    at: datetime
    topics: tuple[str, ...]
    title: str
    summary: str
    author: str


class InternetSites(Simulator):
    """Sites that publish about ``odds`` entries an hour, and show the last ``shown``; also their web server.

    ``base`` is where they are reached, without the prefix.
    """

    connector: ClassVar[str] = "internet_feed"

    def __init__(
        self,
        unit: str,
        seed: int,
        base: str = "https://mo-phong.example",
        prefix: str = "/internet",
        odds: float = 0.4,
        shown: int = 20,
        topics: Mapping[str, Sequence[str]] = TOPICS,
    ) -> None:
        self.unit = unit
        self.seed = seed
        self.base = base
        self.prefix = prefix
        self.odds = odds
        self.shown = shown
        self.topics = topics

    def url(self, site: Site) -> str:
        """Return the address of a site's feed."""
        return f"{self.base}{self.prefix}{site.path}"

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the mentions a day among the entries that the sites show at the instant; today's too where none."""
        today = at.astimezone(LOCAL).date()
        figures: list[Record] = []
        for site in SITES:
            posts = [post for post in self._posts(site, at) if post.topics]
            days = {today} | {post.at.astimezone(LOCAL).date() for post in posts}
            for day in sorted(days):
                figures += self._figures(site, day, [post for post in posts if post.at.astimezone(LOCAL).date() == day])
        return tuple(figures)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return the documents of the sites of the records, as they are at the instant."""
        named = {record.dims.get("site") for record in records if isinstance(record, Observation)}
        return tuple(
            Message(self.connector, self.url(site), self._document(site, at), at.astimezone(UTC))
            for site in SITES
            if site.name in named
        )

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer a request for a feed; 304 where the validators say that it is known."""
        site = next((site for site in SITES if site.path == asked.path), None)
        if site is None or asked.method != "GET":
            return Told(b"no such feed", 404)
        body = self._document(site, now)
        newest = max((post.at for post in self._posts(site, now)), default=_EPOCH)
        headers = {
            "Last-Modified": format_datetime(newest, usegmt=True),
            "Content-Type": "application/atom+xml" if site.atom else "application/rss+xml",
        }
        return marked(asked, body, headers)

    def _figures(self, site: Site, day: date, posts: Sequence[_Post]) -> Iterator[Observation]:
        period = Period(day, day, "day")
        dims = {"site": site.name, "source_type": site.source_type}
        yield Observation(self.unit, "mentions_total", period, Decimal(len(posts)), dims=dims)
        for topic in self.topics:
            count = sum(topic in post.topics for post in posts)
            yield Observation(self.unit, "mentions_total", period, Decimal(count), dims={**dims, "topic": topic})

    def _posts(self, site: Site, at: datetime) -> list[_Post]:
        """Return the last entries up to the instant, oldest first."""
        now = at.astimezone(UTC)
        posts: list[_Post] = []
        slot = (now - _EPOCH) // _SLOT
        while len(posts) < self.shown and slot >= 0:
            if chance(self.seed, site.name, "post", slot) < self.odds:
                post = self._post(site, slot)
                if post.at <= now:
                    posts.append(post)
            slot -= 1
        return posts[::-1]

    def _post(self, site: Site, slot: int) -> _Post:
        def lot(*names: object) -> float:
            return chance(self.seed, site.name, slot, *names)

        names = tuple(self.topics)
        topics = tuple(name for name in names if lot("topic", name) < 0.3)
        terms = [self.topics[name][int(lot("term", name) * len(self.topics[name]))] for name in topics]
        title = f"{'; '.join(terms) or 'Tin trong tỉnh'}: {_NEWS[int(lot('news') * len(_NEWS))]} (mô phỏng)"
        # A third is written as phones and old editors write: without diacritics, or with signs that are not composed.
        if lot("hand") < 0.2:
            title = _bare(title)
        elif lot("hand") < 0.35:
            title = unicodedata.normalize("NFD", title)
        return _Post(
            number=slot,
            at=_EPOCH + slot * _SLOT + timedelta(seconds=int(lot("second") * _SLOT.total_seconds())),
            topics=topics,
            title=title,
            summary=f"<p>Nội dung số {slot}, <b>mô phỏng</b>.</p>",
            author=_AUTHORS[int(lot("author") * len(_AUTHORS))],
        )

    def _document(self, site: Site, at: datetime) -> bytes:
        posts = self._posts(site, at)[::-1]
        write = self._atom if site.atom else self._rss
        return write(site, posts).encode()

    def _rss(self, site: Site, posts: Sequence[_Post]) -> str:
        items = "\n".join(
            f"<item><title>{escape(post.title)}</title><link>{self.base}/{post.number}.html</link>"
            f'<guid isPermaLink="false">{site.path}#{post.number}</guid>'
            f"<pubDate>{format_datetime(post.at.astimezone(LOCAL))}</pubDate><author>{post.author}</author>"
            f"<description>{escape(post.summary)}</description></item>"
            for post in posts
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>{site.name}</title>'
            f"<link>{self.base}</link><description>mô phỏng</description>\n{items}\n</channel></rss>\n"
        )

    def _atom(self, site: Site, posts: Sequence[_Post]) -> str:
        entries = "\n".join(
            f"<entry><id>{self.base}/{post.number}</id><title>{escape(post.title)}</title>"
            f"<published>{post.at.isoformat()}</published><updated>{post.at.isoformat()}</updated>"
            f'<author><name>{post.author}</name></author><summary type="html">{escape(post.summary)}</summary></entry>'
            for post in posts
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>{self.base}</id><title>{site.name}</title>\n{entries}\n</feed>\n"
        )


def _bare(text: str) -> str:
    signs = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in signs if not unicodedata.combining(sign))
