"""The province's reporting system (hệ thống thông tin báo cáo): socio-economic figures of communes, as approved."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.contract import Message, Observation, Period, Undecodable
from connectors.json_door import kept
from connectors.json_fields import Json
from connectors.named_fields import ChangedList
from connectors.office_figures import Subject, period_of
from connectors.paging import page_of
from connectors.socio_rest.measure import UNSAID, WHOLE, Measure, factor
from connectors.spelling import code

State = Literal["approved", "draft"]

_FIELDS: Mapping[str, str] = {
    "agency": "maDonVi",
    "indicator": "maChiTieu",
    "period": "kySoLieu",
    "first_day": "tuNgay",
    "last_day": "denNgay",
    "cumulative": "luyKe",
    "value": "giaTri",
    "measure": "donViTinh",
    "numerator": "tuSo",
    "denominator": "mauSo",
    "stated": "tyLeCongBo",
    "state": "trangThai",
    "changed_at": "capNhat",
}
_STATES: Mapping[str, State] = {
    **dict.fromkeys(("approved", "da_duyet", "da_phe_duyet", "da_ban_hanh"), "approved"),
    **dict.fromkeys(("draft", "du_thao", "nhap", "cho_duyet", "trinh_duyet", "tra_lai", "dang_cap_nhat"), "draft"),
}
_SPAN = re.compile(r"(\d{4})-(\d\d)-(\d\d)\s*(?:…|\.\.\.?|/)\s*(?:(\d{4})-)?(\d\d)-(\d\d)")


class Entry(BaseModel):
    """What one code of the reporting system means here."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    indicator: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    """Our indicator (``population``)."""
    measure: Measure
    """Unit in which it is kept."""
    written: str = ""
    """Unit that the system means where a row names none (``triệu đồng``)."""
    scope: str = ""
    """What it leaves out or is limited to, where the same indicator has several."""
    dims: Mapping[str, str] = Field(default_factory=dict)
    """Breakdown that the code stands for, as ``{sex = "female"}``."""


class SocioRest(ChangedList):
    """The reporting system's list of figures, by last change; drafts are counted, their values are not taken."""

    feed: ClassVar[str] = "socio_economic"
    title: ClassVar[str] = "Kinh tế – xã hội (hệ thống thông tin báo cáo)"
    usual: ClassVar[Mapping[str, str]] = _FIELDS

    catalogue: Mapping[str, Entry] = Field(min_length=1)
    """The system's code of an indicator → ours."""
    skip_unlisted: bool = False
    """Whether rows of codes that the catalogue does not have are passed over; else they refuse their page."""
    path: str = Field(default="/figures", pattern=r"^/\S*$")
    """Path of the list, below ``url``."""
    states: Mapping[str, State] = Field(default_factory=dict)
    """Its words for states, beside the usual ones; ``{"" = "approved"}`` where it has none."""
    every: timedelta = timedelta(hours=1)
    """Pause between two looks."""
    stale_after: timedelta = timedelta(days=45)
    """Silence after which the feed counts as stale."""
    largest_body: int = Field(default=4 * 1024 * 1024, gt=0)
    """Bytes; a larger page is refused."""

    @field_validator("catalogue")
    @classmethod
    def _differ(cls, entries: Mapping[str, Entry]) -> Mapping[str, Entry]:
        seen: dict[tuple[object, ...], str] = {}
        for name, entry in entries.items():
            first = seen.setdefault((entry.indicator, entry.scope, *sorted(entry.dims.items())), name)
            if first != name:
                raise ValueError(f"{name} and {first} are one figure: tell them apart by `scope` or `dims`")
            if entry.written and factor(entry.measure, entry.written) is None:
                raise ValueError(f"{name}: {entry.written!r} is no unit of {entry.measure}")
        return entries

    def talks(self) -> tuple[str, ...]:
        """Return the one conversation."""
        return ("figures",)

    def cleanse(self, body: bytes) -> bytes:
        """Return the page with the fields that are read only: no officer who entered or signed a figure."""
        return kept(body, self.wanted)

    def decode(self, message: Message) -> Iterable[Observation]:
        """Give the approved figures of a page in our units, and of every row whether it waits for approval.

        ``figures_draft`` is 1 where a figure is a draft and 0 once it is approved, with dim ``indicator``, so their sum
        is how many wait. Raises :class:`Undecodable` with a place as ``data[3].giaTri``.
        """
        page = page_of(message.body, self.largest_body)
        rows = page.at(self.paging.list).rows()
        return tuple(figure for row in rows for figure in self._row(row, message.received_at))

    def _row(self, row: Json, received_at: datetime) -> Iterator[Observation]:
        names = self.names
        unit = self.unit_of(row.at(names["agency"]))
        entry = self._entry(row.at(names["indicator"])) if unit is not None else None
        if unit is None or entry is None:
            return
        subject = Subject(unit, self._period(row, received_at), entry.scope, entry.dims)
        state = row.at(names["state"])
        means = {code(word): known for word, known in {**_STATES, **self.states}.items()}.get(code(state.text()))
        if means is None:
            raise state.fault(f"{state.value!r:.60} is neither approved nor a draft: map it in `states`")
        if means == "approved":
            yield self._figure(row, entry, subject)
        waits = replace(subject, dims={**entry.dims, "indicator": entry.indicator})
        yield waits.figure("figures_draft", Decimal(means == "draft"))

    def _entry(self, said: Json) -> Entry | None:
        name = said.text()
        if not name:
            raise said.expected("the code of an indicator")
        if name not in self.catalogue and not self.skip_unlisted:
            raise said.fault(f"{name!r:.60} is not in the catalogue: add it, or set `skip_unlisted`")
        return self.catalogue.get(name)

    def _figure(self, row: Json, entry: Entry, subject: Subject) -> Observation:
        names = self.names
        said, written = row.at(names["value"]), row.at(names["measure"])
        times = self._factor(written, entry)
        if entry.measure == "percent":
            numerator, denominator = (row.at(names[name]).number(Decimal(0)) for name in ("numerator", "denominator"))
            stated = row.at(names["stated"], names["value"]).share()
            rate = subject.rate(entry.indicator, numerator, denominator, stated)
            return rate or subject.figure(entry.indicator, None)
        number = said.number()
        if number is None:
            return subject.figure(entry.indicator, None)
        value = number * times
        fraction = entry.measure in WHOLE and value != value.to_integral_value()
        if fraction or (value < 0 and entry.measure != "vnd"):
            raise said.fault(f"{number:f} × {times:f} is no number of {entry.measure}: correct the value or its unit")
        return subject.figure(
            entry.indicator, value.quantize(Decimal(1)) if value == value.to_integral_value() else value
        )

    def _factor(self, written: Json, entry: Entry) -> Decimal:
        unit = written.text() or entry.written
        if not unit:
            if entry.measure in UNSAID:
                raise written.expected("a unit, as 'triệu đồng' (or `written` in the catalogue),")
            return Decimal(1)
        times = factor(entry.measure, unit)
        if times is None:
            raise written.fault(f"{unit!r:.60} is no unit of {entry.indicator}, which is kept in {entry.measure}")
        return times

    def _period(self, row: Json, received_at: datetime) -> Period:
        """Return the period; beside the codes, days are written ``2026-01-01…09-30``."""
        names = self.names
        said = row.at(names["period"])
        span = _SPAN.fullmatch(said.value.strip()) if type(said.value) is str else None
        its = {
            "TuNgay": names["first_day"],
            "DenNgay": names["last_day"],
            "Ky": names["period"],
            "LuyKe": names["cumulative"],
        }
        if span is None:
            return period_of([row], received_at, its)
        first = "-".join(span.groups("")[:3])
        last = f"{span[4] or span[1]}-{span[5]}-{span[6]}"
        days = {"TuNgay": first, "DenNgay": last, "LuyKe": row.at(names["cumulative"]).value}
        try:
            return period_of([Json(days)], received_at, {name: name for name in its})
        except Undecodable as fault:
            raise said.fault(fault.reason) from fault
