"""The manners of an office's REST interface, behind a provincial gateway (LGSP) or not: address, credentials, refusals.

A connector of a REST feed is a :class:`Gateway` with its own conversation; it asks with :meth:`Gateway.ask`, which says
in the operator's words why an answer is none. :meth:`Gateway.walk` brings a list that is small or has no order,
:meth:`Gateway.follow` one that is sorted by its last change; both give one message a page.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from connectors.contract import Polled, SourceDown, Undecodable
from connectors.json_fields import Json
from connectors.paging import Page, Paging, addressed, page_of
from connectors.talk import Answer, Arrived, Auth, Basic, Bearer, ClientCredentials, Question, Request, Talk

Asking = Generator[Question | Arrived, Answer, Answer]

_AGENCY = re.compile(r"(?=.{1,35}$)[0-9A-Z]+(\.[0-9A-Z]+)*")
"""An agency's identifier, QĐ 20/2020/QĐ-TTg: at most 35 signs, dotted groups of digits and capital letters."""
_UNIT = re.compile(r"[0-9]{2}|[0-9]{3}|[0-9]{5}")

_REMEDIES = {
    400: "it does not understand our request; compare the source's settings with its manual",
    401: "it does not know us; renew the credentials (IOC_SOURCES__<NAME>__…)",
    403: "it knows us, and refuses; ask its owner for the right to read",
    404: "there is no such address; correct `url`",
    429: "we ask too often; set `per_minute`, or a longer `every`",
}


class OAuth(BaseModel):
    """OAuth 2 client credentials; the secret comes from ``IOC_SOURCES__<NAME>__OAUTH__CLIENT_SECRET``."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    token_url: str = Field(pattern=r"^https?://")
    """Where a token is asked for."""
    client_id: str
    """The name that the other side gave us."""
    client_secret: SecretStr
    """What proves it."""
    scope: str = ""
    """What the token is asked for; empty: what the other side gives."""


class Gateway(Polled):
    """Where a REST interface is, and who we are to it; secrets come from the environment only."""

    url: str = Field(pattern=r"^https?://[^\s]+$")
    """Base address; paths are added to it."""
    token: SecretStr | None = None
    """A bearer token (``IOC_SOURCES__<NAME>__TOKEN``)."""
    username: str = ""
    """For Basic authentication."""
    password: SecretStr | None = None
    """Of ``username``."""
    oauth: OAuth | None = None
    """Client credentials instead: the token is got, kept and renewed for us."""
    params: Mapping[str, str] = Field(default_factory=dict)
    """What the interface wants with every question of a list, as ``{sort = "CapNhat"}``; no secrets."""
    paging: Paging = Paging()
    unit: str | None = Field(default=None, pattern=r"^([0-9]{2}|[0-9]{3}|[0-9]{5})$")
    """Code of the unit of rows that name no agency."""
    units: Mapping[str, str] = Field(default_factory=dict)
    """Code of the unit by the sender's agency code: ``{"H28.24.7" = "05068"}``."""
    skip_others: bool = False
    """Whether rows of agencies that ``units`` does not name are passed over; else they refuse their page."""

    @field_validator("units")
    @classmethod
    def _are_agencies(cls, units: Mapping[str, str]) -> Mapping[str, str]:
        for agency, unit in units.items():
            if not _AGENCY.fullmatch(agency):
                raise ValueError(f"{agency!r} is no agency code of QĐ 20/2020, as 'H28.24.7'")
            if not _UNIT.fullmatch(unit):
                raise ValueError(f"{agency} = {unit!r}: the code of a unit has 5 digits (a former district's 3)")
        return units

    @model_validator(mode="after")
    def _one_identity(self) -> "Gateway":
        if sum((self.token is not None, bool(self.username), self.oauth is not None)) > 1:
            raise ValueError("one of token, username with password, and oauth; not several")
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password come together")
        return self

    def auth(self) -> Auth | None:
        """Return how we sign in; none where the interface is open."""
        if self.oauth is not None:
            o = self.oauth
            return ClientCredentials(o.token_url, o.client_id, o.client_secret, o.scope)
        if self.token is not None:
            return Bearer(self.token)
        return Basic(self.username, self.password) if self.password is not None else None

    def ask(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        method: Literal["GET", "POST"] = "GET",
        body: bytes | None = None,
    ) -> Asking:
        """Ask once, as ``answer = yield from self.ask(...)``; 2xx and 304 come back.

        Raises :class:`SourceDown` naming the address and the remedy for everything else; what a passing fault of the
        network is was already tried again.
        """
        url = self.url.rstrip("/") + path
        answer = yield Request(url, method, params or {}, {"Accept": "application/json", **(headers or {})}, body,
                               self.auth())  # fmt: skip
        if answer.error:
            raise SourceDown(f"{url}: {answer.error}")
        if answer.status != 304 and not 200 <= answer.status < 300:
            remedy = _REMEDIES.get(answer.status, "its own fault; tell its owner")
            raise SourceDown(f"{url} answers {answer.status}: {remedy}")
        return answer

    def unit_of(self, agency: Json) -> str | None:
        """Return the unit that an agency's code stands for; ``None``: it is none of ours, and to be passed over.

        Raises :class:`Undecodable` where no code is said and there is no default, or the code is wrong or unknown.
        """
        code = agency.text()
        if not code:
            if self.unit is None:
                raise agency.fault("no agency is named, and the source has no default: set `unit`")
            return self.unit
        if code in self.units:
            return self.units[code]
        if not _AGENCY.fullmatch(code):
            raise agency.expected("an agency code of QĐ 20/2020, as 'H28.24.7',")
        if code == self.unit:
            return code
        if self.skip_others:
            return None
        raise agency.fault(f"{code} is an agency that `units` does not name: add it, or set `skip_others`")

    def walk(self, path: str, params: Mapping[str, str], cursor: str) -> Talk:
        """Bring a whole list, page by page; a list of one page that did not change (its ETag) brings nothing.

        A page that can't be read arrives, to be refused and kept, and the next is asked for; two of them in a row are
        a fault of the source.
        """
        whole = addressed(path, params)
        known = _remembered(cursor)
        etag = known.get("etag", "") if known.get("of") == whole else ""
        page: Page | None = self.paging.begin()
        unread = False
        while page is not None:
            asked = {**self.params, **params, **page.params}
            answer = yield from self.ask(path, asked, {"If-None-Match": etag} if etag and not page.number else None)
            if answer.status == 304:
                return
            arrived = addressed(path, {**params, **page.params})
            try:
                body = page_of(answer.body, self.largest_body)
                following = self.paging.after(page, body)
            except Undecodable as fault:
                yield Arrived(arrived, answer.body, cursor="")
                page, unread = self._past(page, unread, path, fault), True
                continue
            if self.paging.count(body):
                its = answer.headers.get("etag", "") if self.paging.closed(page, body) else ""
                yield Arrived(arrived, answer.body, cursor=json.dumps({"of": whole, "etag": its}) if its else "")
            page, unread = following, False

    def follow(
        self, path: str, since: str, changed_at: Sequence[str], cursor: str, now: datetime, *, local: bool = False
    ) -> Talk:
        """Bring what changed since ``cursor`` in a list that is sorted by its last change, oldest first.

        ``since`` is the parameter that asks for rows from an instant on (that instant included), as a row writes it;
        ``changed_at`` has the names that the field of a row's last change may have, ``local`` takes one without zone
        for the commune's time. After each page the list is asked for from that page's last change on, so that a row
        which changes meanwhile is met again at the end, and none is missed.
        With nothing new it is one question, and nothing arrives. A row without a last change is passed by: its page is
        refused and kept. Raises :class:`SourceDown` for a page that can't be read, which is asked for again from the
        same cursor, and where the order is another.
        """
        known = _remembered(cursor)
        etag = known.get("etag", "")
        # The last question again, if its answer had a tag: it is answered without a body while nothing changes.
        start = known.get("asked", "") if etag else known.get("since", "")
        page: Page | None = self.paging.begin()
        floor: datetime | None = None
        while page is not None:
            asked = {**({since: start} if start else {}), **page.params}
            answer = yield from self.ask(path, {**self.params, **asked}, {"If-None-Match": etag} if etag else None)
            if answer.status == 304:
                return
            etag = ""
            try:
                body = page_of(answer.body, self.largest_body)
                following = self.paging.after(page, body)
            except Undecodable as fault:
                yield Arrived(addressed(path, asked), answer.body, cursor=cursor)
                raise SourceDown(f"{path}: a page can't be read, and is asked for again ({fault})") from fault
            if not self.paging.count(body):
                return
            rows = list(_dated(body.at(self.paging.list), changed_at, now, local))
            if not rows:
                yield Arrived(addressed(path, asked), answer.body, cursor=cursor)
                page = following
                continue
            instants = [instant for instant, _ in rows]
            if instants != sorted(instants):
                raise SourceDown(f"{path}: rows are not sorted by their last change, oldest first; set `params` so")
            if floor is not None and instants[0] < floor:
                raise SourceDown(f"{path}: rows from before {start} come although we asked with `{since}`; correct it")
            newest = rows[-1][1].at(*changed_at).text()
            tied = _digest([row for instant, row in rows if instant == instants[-1]])
            if following is None and (known.get("since"), known.get("tied")) == (newest, tied):
                return
            its = answer.headers.get("etag", "") if self.paging.closed(page, body) else ""
            known = {"since": newest, "tied": tied} | ({"asked": start, "etag": its} if its else {})
            cursor = json.dumps(known)
            yield Arrived(addressed(path, asked), answer.body, cursor=cursor)
            if following is not None and newest != start:
                start, floor, following = newest, instants[-1], self.paging.begin()
            page = following

    def _past(self, page: Page, unread: bool, path: str, fault: Undecodable) -> Page:
        following = self.paging.skip(page)
        if unread or following is None:
            raise SourceDown(f"{self.url.rstrip('/')}{path}: its pages can't be read ({fault}); compare `paging`")
        return following


def _remembered(cursor: str) -> Mapping[str, str]:
    """Return what a cursor holds; one that another version wrote is none, and the list is brought anew."""
    try:
        said = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return {k: v for k, v in said.items() if isinstance(v, str)} if isinstance(said, dict) else {}


def _dated(rows: Json, changed_at: Sequence[str], now: datetime, local: bool) -> Iterator[tuple[datetime, Json]]:
    for n, row in enumerate(rows.value):
        its = Json(row, f"{rows.place}[{n}]")
        with contextlib.suppress(Undecodable):
            if (instant := its.at(*changed_at).instant(now, local=local)) is not None:
                yield instant, its


def _digest(rows: list[Json]) -> str:
    texts = sorted(json.dumps(row.value, sort_keys=True, default=str) for row in rows)
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=8).hexdigest()
