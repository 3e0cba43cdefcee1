"""Maintenance windows: planned, cancelled, ended early; the states of their devices follow them, also into the past."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import LiteralString

from psycopg.rows import DictRow, dict_row

from connectors.contract import DeviceId, Fault, IocError
from ingest import names
from ingest.sql import QUERIES
from ingest.store import Link

LONGEST = timedelta(days=92)
"""What is out of order for longer is no window: its device is disabled."""
FURTHEST = timedelta(days=366)
"""A window further ahead than this is a wrong year."""
BACK = timedelta(days=62)
"""So far the past may be repaired: the month that is reported, and the one before."""


class CannotPlan(IocError):
    """The window can't be, for all these faults; places are the fields of :class:`Window`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.reason}" for fault in faults))
        self.faults = faults


class CannotChange(IocError):
    """The window is over, or has not begun."""


@dataclass(frozen=True, slots=True)
class Window:
    """What does not count from ``starts_at`` to ``ends_at`` (UTC): a commune's devices, narrowed by what is given."""

    unit: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    kind: str | None = None
    name: str | None = None
    hamlet: str | None = None


def plan(link: Link, window: Window, *, by: str, now: datetime | None = None) -> int:
    """Write a window; returns its number. Windows may overlap: what any of them covers does not count.

    Raises :class:`CannotPlan` with all its faults.
    """
    if window.name is not None and window.kind is not None:
        said = DeviceId(window.unit, window.kind, window.name)
        window = replace(window, name=names.meant(link, [said]).get(said, said).name)
    if faults := [*_times(window, now or datetime.now(UTC)), *_devices(link, window)]:
        raise CannotPlan(faults)
    row = link.execute(
        "insert into maintenance (unit, kind, name, hamlet, starts_at, ends_at, reason, created_by)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s) returning id",
        (window.unit, window.kind, window.name, window.hamlet, window.starts_at, window.ends_at, window.reason, by),
    ).fetchone()
    assert row is not None  # noqa: S101 - returning
    return int(row[0])


def cancel(link: Link, number: int, *, by: str, now: datetime | None = None) -> bool:
    """Take a window back, as if it had never been; tells whether that is new.

    Raises ``KeyError`` where there is none, :class:`CannotChange` where it ended too long ago.
    """
    now = now or datetime.now(UTC)
    row = _locked(link, number)
    if row["cancelled_at"] is not None:
        return False
    if row["starts_at"] < now - BACK:
        raise CannotChange(f"it began {row['starts_at']:%Y-%m-%d}; only the last {BACK.days} days are repaired")
    link.execute(
        "update maintenance set cancelled_at = %s, cancelled_by = %s, followed_at = null where id = %s",
        (now, by, number),
    )
    return True


def end(link: Link, number: int, *, by: str, now: datetime | None = None) -> bool:
    """End a running window now; tells whether that is new. Raises ``KeyError``, :class:`CannotChange`."""
    now = now or datetime.now(UTC)
    row = _locked(link, number)
    if row["cancelled_at"] is not None:
        raise CannotChange("it was cancelled")
    if row["starts_at"] >= now:
        raise CannotChange("it has not begun; cancel it instead")
    if row["ends_at"] <= now:
        return False
    link.execute(
        "update maintenance set planned_until = coalesce(planned_until, ends_at), ends_at = %s, ended_by = %s,"
        " followed_at = null where id = %s",
        (now, by, number),
    )
    return True


def follow(link: Link, now: datetime) -> int:
    """Ask for renewal of the devices whose windows were changed, began or ended since the last look; returns how many.

    What was looked at is in the windows' own rows, so that nothing is lost between two runs of the service.
    """
    with link.cursor(row_factory=dict_row) as cursor:
        turned = cursor.execute(QUERIES["turned_windows"], {"now": now}).fetchall()
    asked = 0
    for window in turned:
        if window["since"] <= now:
            asked += link.execute(QUERIES["renew_covered"], window).rowcount
    if turned:
        link.execute(QUERIES["windows_followed"], (now, [window["id"] for window in turned]))
    return asked


def _locked(link: Link, number: int) -> DictRow:
    with link.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("select * from maintenance where id = %s for update", (number,)).fetchone()
    if row is None:
        raise KeyError(number)
    return row


def _times(window: Window, now: datetime) -> list[Fault]:
    faults = []
    if window.starts_at < now - BACK:
        faults.append(
            Fault("starts_at", f"it is more than {BACK.days} days back; what was reported by then stands",
                  f"bắt đầu cách nay hơn {BACK.days} ngày; số liệu đã báo cáo không sửa lại")
        )  # fmt: skip
    if window.starts_at > now + FURTHEST:
        faults.append(
            Fault("starts_at", f"it is more than {FURTHEST.days} days ahead; correct the year",
                  f"bắt đầu sau hơn {FURTHEST.days} ngày; kiểm tra lại năm")
        )  # fmt: skip
    if window.ends_at <= window.starts_at:
        faults.append(Fault("ends_at", "it must be after starts_at", "kết thúc phải sau lúc bắt đầu"))
    elif window.ends_at - window.starts_at > LONGEST:
        faults.append(
            Fault("ends_at", f"a window has {LONGEST.days} days at most; disable the device instead",
                  f"đợt bảo trì dài nhất {LONGEST.days} ngày; lâu hơn thì chuyển thiết bị sang tạm ngưng")
        )  # fmt: skip
    return faults


def _devices(link: Link, window: Window) -> list[Fault]:
    def some(query: LiteralString, *arguments: object) -> bool:
        return link.execute(query, arguments).fetchone() is not None

    unit, kind, name, hamlet = window.unit, window.kind, window.name, window.hamlet
    if not some("select from unit where code = %s and valid_to is null union all select from device where unit = %s",
                unit, unit):  # fmt: skip
        return [Fault("unit", f"{unit} is no commune of today; see /api/v1/units?current=true",
                      f"{unit} không phải mã xã hiện nay")]  # fmt: skip
    if name is not None:
        if not some("select from device where unit = %s and name = %s and kind = coalesce(%s, kind)", unit, name, kind):
            what = f"{kind} {name}" if kind else name
            return [Fault("name", f"{unit} has no device {what}; see /api/v1/devices?unit={unit}",
                          f"xã {unit} không có thiết bị {what}")]  # fmt: skip
    elif kind is not None and not some("select from device where unit = %s and kind = %s", unit, kind):
        return [Fault("kind", f"{unit} has no device of kind {kind}", f"xã {unit} không có thiết bị loại {kind}")]
    if hamlet is not None:
        known = ("select from hamlet where unit = %s and name = %s"
                 " union all select from device where unit = %s and hamlet = %s")  # fmt: skip
        if not some(known, unit, hamlet, unit, hamlet):
            return [Fault("hamlet", f"{unit} has no hamlet {hamlet!r}, written with its diacritics",
                          f"xã {unit} không có thôn “{hamlet}”")]  # fmt: skip
        there = ("select from device where unit = %s and hamlet = %s and name = coalesce(%s, name)"
                 " and kind = coalesce(%s, kind)")  # fmt: skip
        if name is not None and not some(there, unit, hamlet, name, kind):
            return [Fault("hamlet", f"{name} does not stand in {hamlet!r}; leave the hamlet out",
                          f"thiết bị {name} không ở thôn “{hamlet}”; bỏ trống thôn")]  # fmt: skip
    return []
