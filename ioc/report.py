"""The figures of the monthly paper on devices; beside: ``report_sheet``, ``report_page``, ``report_file``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from api.screen.words import KINDS, hamlet_of
from connectors.contract import LOCAL, DeviceId
from connectors.spelling import plain
from ingest.availability import Account, Outage, Piece, account, outages, percent
from ingest.errors import ConfigError
from ingest.state import ABSENT
from ingest.store import Link, Store

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Line:
    """The month of a device, or of several together."""

    title: str
    kind: str = ""
    hamlet: str = ""
    ref: str = ""
    devices: int = 1
    account: Account = field(default_factory=Account)
    contract: tuple[timedelta, timedelta] = (timedelta(), timedelta())
    """Online and not, within the contract's hours and without its exclusions."""
    outages: Sequence[Outage] = ()

    @property
    def by_contract(self) -> float | None:
        """Return the availability by contract in percent, None where nothing was observed."""
        return percent(*self.contract)

    @property
    def longest(self) -> timedelta | None:
        """Return what was seen of the longest outage, None: there was none."""
        return max((one.down for one in self.outages), default=None)

    @property
    def mtbf(self) -> timedelta | None:
        """Return the mean time between failures: time online by outages, None without one."""
        return self.account.online / len(self.outages) if self.outages else None

    @property
    def mttr(self) -> timedelta | None:
        """Return the mean time to repair: time down by outages, None without one."""
        return self.account.down / len(self.outages) if self.outages else None


class Blindness(NamedTuple):
    """A time in which a source could not see (UTC)."""

    source: str
    started_at: datetime
    ended_at: datetime
    reason: str


class Agreed(NamedTuple):
    """What the contract says: local hours by kind, and windows that it does not count."""

    hours: Sequence[tuple[str, timedelta, timedelta]]
    exclusions: Sequence[tuple[datetime, datetime, str]]


@dataclass(frozen=True)
class Report:
    """The paper of one commune and month; ``stop`` is the month's end, or now (UTC)."""

    unit: str
    unit_name: str
    simulated: bool
    period: str
    start: datetime
    stop: datetime
    made_at: datetime
    devices: Sequence[Line]
    hamlets: Sequence[Line]
    kinds: Sequence[Line]
    whole: Line
    absent: int
    """Devices of the register whose time does not count at all."""
    blindness: Sequence[Blindness]
    agreed: Agreed

    @property
    def over(self) -> bool:
        """Tell whether the month is over."""
        return self.stop < self.made_at


class _Stay(NamedTuple):
    """A device at one place."""

    device: DeviceId
    title: str
    lifecycle: str
    hamlet: str
    pieces: Sequence[Piece]
    contract: tuple[timedelta, timedelta]


def month(period: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the begin of a local month ``YYYY-MM`` and its end, or now where it lasts (UTC)."""
    found = _MONTH.fullmatch(period)
    if found is None:
        raise ConfigError(f"--period: {period!r} is no month; write it as 2026-10")
    year, number = int(found[1]), int(found[2])
    if not 2000 <= year <= 9998:
        raise ConfigError(f"--period: {period!r} is no year of ours; write a month as 2026-10")
    start = datetime(year, number, 1, tzinfo=LOCAL)
    stop = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=LOCAL)
    if start > now:
        raise ConfigError(f"--period: {period} has not begun; today is {now.astimezone(LOCAL):%Y-%m-%d}")
    return start.astimezone(UTC), min(stop.astimezone(UTC), now)


def report(store: Store, unit: str, period: str, now: datetime, *, simulated: bool = False) -> Report:
    """Return the paper; raises :class:`ConfigError` for a month or a commune that there is none of."""
    start, stop = month(period, now)
    return between(store, unit, period, start, stop, now, simulated=simulated)


def between(
    store: Store, unit: str, period: str, start: datetime, stop: datetime, now: datetime, *, simulated: bool = False
) -> Report:
    """Return the paper of any time (UTC) that is named by ``period``; raises :class:`ConfigError` for no commune."""
    with store.transaction() as link:
        link.execute("set transaction isolation level repeatable read, read only")
        named = link.execute(
            "select name from unit where code = %s and valid_from < %s order by valid_from desc limit 1",
            (unit, stop.astimezone(LOCAL).date()),
        ).fetchone()
        if named is None:
            raise ConfigError(f"--unit: there is no commune {unit!r}; its code has five digits")
        stays = _stays(link, unit, start, stop)
        blind = link.execute(_BLIND, {"start": start, "stop": stop, "unit": unit}).fetchall()
        agreed = _agreed(link, unit, start, stop)
    devices = _devices(stays)
    return Report(
        unit, named[0], simulated, period, start, stop, now,
        devices=devices,
        hamlets=[
            _sum(hamlet_of(hamlet), [_line(stay.title, [stay]) for stay in stays if stay.hamlet == hamlet])
            for hamlet in sorted({stay.hamlet for stay in stays}, key=lambda name: (not name, plain(name)))
        ],
        kinds=[
            _sum(KINDS[kind], [line for line in devices if line.kind == kind])
            for kind in KINDS if any(line.kind == kind for line in devices)
        ],
        whole=_sum("Toàn xã", devices),
        absent=len({stay.device for stay in stays}) - len(devices),
        blindness=[Blindness(*row) for row in blind],
        agreed=agreed,
    )  # fmt: skip


_PLACES = """
select p.unit, p.kind, p.name, p.hamlet, p.start, p.stop, coalesce(nullif(d.title, ''), p.name), d.lifecycle
from device_places(array[%s], null, %s, %s) p
join device d using (unit, kind, name)
order by p.kind, p.name, p.start
"""
_PIECES = """
select n, started_at, ended_at, coalesce(counted, '')
from device_pieces(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[])
order by n, started_at
"""
_CONTRACT = """
select n, contract_online * interval '1 us', contract_down * interval '1 us'
from uptime_in(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[])
"""
_BLIND = """
select coalesce(nullif(s.title, ''), b.source), greatest(b.started_at, %(start)s),
       least(b.ended_at, %(stop)s), b.reason
from blind_span b
left join source s on s.name = b.source
where b.started_at < %(stop)s and coalesce(b.ended_at, 'infinity') > %(start)s
  and b.ended_at is distinct from b.started_at
  and b.source in (select unnest(d.sources) from device_source d where d.unit = %(unit)s)
order by 2, 1
"""


def _stays(link: Link, unit: str, start: datetime, stop: datetime) -> list[_Stay]:
    places = link.execute(_PLACES, (unit, start, stop)).fetchall()
    windows = [[place[column] for place in places] for column in (0, 1, 2, 4, 5)]
    pieces: list[list[Piece]] = [[] for _ in places]
    for n, began, ended, counted in link.execute(_PIECES, windows):
        pieces[n - 1].append(Piece(began, ended, counted))
    agreed = {n - 1: (online, down) for n, online, down in link.execute(_CONTRACT, windows)}
    nothing = timedelta(), timedelta()
    return [
        _Stay(DeviceId(of, kind, name), title, lifecycle, hamlet, pieces[n], agreed.get(n, nothing))
        for n, (of, kind, name, hamlet, _, _, title, lifecycle) in enumerate(places)
    ]


def _devices(stays: Sequence[_Stay]) -> list[Line]:
    """Return a line for each device that was there at some time."""
    its: dict[DeviceId, list[_Stay]] = {}
    for stay in stays:
        its.setdefault(stay.device, []).append(stay)
    return [
        _line(of[-1].title, of) for of in its.values()
        if of[-1].lifecycle not in ABSENT or any(piece.counted for stay in of for piece in stay.pieces)
    ]  # fmt: skip


def _line(title: str, stays: Sequence[_Stay]) -> Line:
    """Return the line of one device."""
    pieces = list(chain.from_iterable(stay.pieces for stay in stays))
    device = stays[-1].device
    contract = sum((s.contract[0] for s in stays), timedelta()), sum((s.contract[1] for s in stays), timedelta())
    there = int(any(piece.counted for piece in pieces))
    return Line(title, device.kind, stays[-1].hamlet, str(device), there, account(pieces), contract, outages(pieces))


def _sum(title: str, lines: Sequence[Line]) -> Line:
    """Return the line of several devices together."""
    contract = sum((s.contract[0] for s in lines), timedelta()), sum((s.contract[1] for s in lines), timedelta())
    every = [one for line in lines for one in line.outages]
    return Line(
        title, devices=sum(line.devices for line in lines), account=sum((s.account for s in lines), Account()),
        contract=contract, outages=every,
    )  # fmt: skip


def _agreed(link: Link, unit: str, start: datetime, stop: datetime) -> Agreed:
    hours = link.execute("select kind, opens, closes from contract_hours order by kind").fetchall()
    windows = link.execute(
        "select starts_at, ends_at, reason from contract_exclusion"
        " where unit = %s and starts_at < %s and ends_at > %s order by starts_at",
        (unit, stop, start),
    ).fetchall()
    return Agreed([(k, a, b) for k, a, b in hours], [(a, b, why) for a, b, why in windows])
