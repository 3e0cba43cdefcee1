"""How an interface hands out a long list: by page number, by offset, or by the address of the next page.

Vendors differ in the names; :class:`Paging` is what an operator writes about theirs, and is pure.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import Undecodable
from connectors.json_fields import Json, read

_MOST_PAGES = 100_000


class Page(NamedTuple):
    """A page to ask for: the parameters that name it, how many rows came before it, and its number from 0."""

    params: Mapping[str, str]
    before: int = 0
    number: int = 0


class Paging(BaseModel):
    """``[sources.<name>.paging]``: the vendor's names for pages and for what stands in them."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    by: Literal["number", "offset", "next", "none"] = "number"
    """Whether pages are asked for by number, by offset, by the address that the page before names, or not at all."""
    page: str = "page"
    """Parameter of the page's number or offset."""
    size: str = "size"
    """Parameter of the page's length; empty: the interface decides."""
    rows: int = Field(default=200, ge=1, le=10_000)
    """Rows a page; no more than the interface gives at a time, because a shorter page is taken for the last."""
    first: int = Field(default=1, ge=0, le=1)
    """Number of the first page."""
    list: str = "data"
    """Field of the rows, dots go deeper: ``result.items``."""
    total: str = "total"
    """Field of the number of all rows, where there is one."""
    next: str = "next"
    """Field of the next page's address."""

    def begin(self) -> Page:
        """Return the first page."""
        size = {self.size: str(self.rows)} if self.size and self.by != "none" else {}
        at = {"number": {self.page: str(self.first)}, "offset": {self.page: "0"}}.get(self.by, {})
        return Page(at | size)

    def after(self, page: Page, body: Json) -> Page | None:
        """Return the page after this one; ``None``: it was the last.

        Raises :class:`Undecodable` where the body has no list of rows, or pages never end.
        """
        rows = self.count(body)
        before = page.before + rows
        if self.by == "none" or not rows:
            return None
        if page.number >= _MOST_PAGES:
            raise Undecodable(f"more than {_MOST_PAGES} pages: correct `paging`", place="body")
        if self.by == "next":
            return self._next(page, body, before)
        total = body.at(self.total).count()
        if before >= total if total is not None else rows < self.rows:
            return None
        at = self.first + page.number + 1 if self.by == "number" else before
        return Page({**page.params, self.page: str(at)}, before, page.number + 1)

    def skip(self, page: Page) -> Page | None:
        """Return the page after one that could not be read; ``None`` where only that page knew the way."""
        if self.by in ("next", "none"):
            return None
        at = self.first + page.number + 1 if self.by == "number" else page.before + self.rows
        return Page({**page.params, self.page: str(at)}, page.before + self.rows, page.number + 1)

    def count(self, body: Json) -> int:
        """Return how many rows a page has."""
        rows = body.at(self.list)
        if type(rows.value) is not list:
            raise rows.expected("a list of rows (`paging.list` names it)")
        return len(rows.value)

    def closed(self, page: Page, body: Json) -> bool:
        """Tell whether a page is the only one and has room left: whatever is added to the list changes the page."""
        room = self.by in ("next", "none") or self.count(body) < self.rows
        return room and not page.number and self.after(page, body) is None

    def names(self) -> frozenset[str]:
        """Return the fields of a page around its rows."""
        return frozenset({*self.list.split("."), *self.total.split(".")})

    def _next(self, page: Page, body: Json, before: int) -> Page | None:
        link = body.at(self.next)
        if link.absent or link.value == "":
            return None
        if type(link.value) is not str:
            raise link.expected("the address of the next page")
        # Only its query is followed, never another host: our credentials go where the operator sent them.
        params = dict(parse_qsl(urlsplit(link.value).query, keep_blank_values=True))
        if not params or params == page.params:
            raise link.fault("leads back to the same page")
        return Page(params, before, page.number + 1)


def page_of(body: bytes, largest: int) -> Json:
    """Return the page, which is an object; raises :class:`Undecodable`."""
    page: Json = read(body, largest)
    if type(page.value) is not dict:
        raise page.expected("an object around the rows")
    return page


def addressed(path: str, params: Mapping[str, Any]) -> str:
    """Return a message's address: the path, and the parameters that tell it from others."""
    return path + ("?" + "&".join(f"{key}={value}" for key, value in params.items()) if params else "")
