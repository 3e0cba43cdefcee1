"""The names of devices: messages may call a device otherwise than the register does, each name from an instant on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from connectors.contract import DeviceId, Fault, IocError
from ingest import renewal
from ingest.sql import QUERIES
from ingest.store import Link


class CannotRegister(IocError):
    """The register's entries can't be, for all these faults."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.reason}" for fault in faults))
        self.faults = list(faults)


class Taken(CannotRegister):
    """The name belongs to another device."""


def meant(link: Link, devices: Iterable[DeviceId]) -> dict[DeviceId, DeviceId]:
    """Return those of the names in messages that mean a device registered under another name."""
    rows = link.execute(QUERIES["meant_devices"], columns(list(devices)))
    return {DeviceId(unit, kind, name): DeviceId(of_unit, kind, of_name) for unit, kind, name, of_unit, of_name in rows}


def renamed(link: Link) -> dict[DeviceId, DeviceId]:
    """Return every name in messages that is not the registered one, with the device that it means."""
    rows = link.execute("select unit, kind, name, of_unit, of_name from device_name")
    return {DeviceId(unit, kind, name): DeviceId(of_unit, kind, of_name) for unit, kind, name, of_unit, of_name in rows}


def rename(link: Link, device: DeviceId, name: str, *, actor: str, unit: str = "", reason: str = "") -> bool:
    """Let messages under another name (and commune code) mean this device from now on; tells whether that is new.

    Those under its own name mean it still. Where a device that nobody confirmed was heard under that name, it was this
    one: what it said becomes this one's. Raises :class:`Taken` where the name is another's.
    """
    other = DeviceId(unit or device.unit, device.kind, name)
    # A batch in hand has read the names; it ends first, and the next one reads them anew.
    link.execute("lock table device_name in access exclusive mode")
    known = meant(link, [other]).get(other, other)
    if device == other or known == device:
        return False
    stranger = link.execute(
        "select lifecycle from device where (unit, kind, name) = (%s, %s, %s) for update", other
    ).fetchone()
    if known != other or (stranger is not None and stranger[0] != "unconfirmed"):
        raise Taken([Fault("name", f"{other.name} is another device, {known}; choose a name that is free",
                           f"tên {other.name} là của thiết bị khác ({known}); chọn tên khác")])  # fmt: skip
    now = datetime.now(UTC)
    since = _adopt(link, device, other) if stranger is not None else None
    link.execute(
        "insert into device_name (unit, kind, name, of_unit, of_name, since) values (%s, %s, %s, %s, %s, %s)",
        (*other, device.unit, device.name, since or now),
    )
    link.execute("update device set edited_at = %s where (unit, kind, name) = (%s, %s, %s)", (now, *device))
    link.execute(
        QUERIES["note_change"], (*device, "name", names_of(link, device)[-2], name, since or now, actor, reason)
    )
    if since is not None:
        renewal.ask(link, device, since)
    return True


def names_of(link: Link, device: DeviceId) -> list[str]:
    """Return the names in messages that mean a device, its registered one first, then in the order of time."""
    rows = link.execute(
        "select name from device_name where (of_unit, kind, of_name) = (%s, %s, %s) order by since, name", device
    )
    return [device.name, *(name for (name,) in rows)]


def _adopt(link: Link, device: DeviceId, other: DeviceId) -> datetime | None:
    """Make what was heard of ``other`` this device's own; returns since when it spoke."""
    key = {**other._asdict(), "of_unit": device.unit, "of_name": device.name}
    link.execute("select from device_state where (unit, kind, name) in ((%s, %s, %s), (%s, %s, %s))"
                 " order by unit, kind, name for update", (*device, *other))  # fmt: skip
    link.execute(QUERIES["drop_doubles"], key)
    (since,) = link.execute(QUERIES["adopt_reports"], key).fetchone() or (None,)
    own = link.execute("select from device_state where (unit, kind, name) = (%s, %s, %s)", device).fetchone()
    for table in ("device_state", "state_span"):
        if own is None:  # it was never heard under its own name
            link.execute(f"update {table} set unit = %s, name = %s where (unit, kind, name) = (%s, %s, %s)",  # noqa: S608 - ours
                         (device.unit, device.name, *other))  # fmt: skip
        link.execute(f"delete from {table} where (unit, kind, name) = (%s, %s, %s)", other)  # noqa: S608 - ours
    link.execute("delete from renewal where (unit, kind, name) = (%s, %s, %s)", other)
    link.execute("delete from device where (unit, kind, name) = (%s, %s, %s)", other)
    return since if isinstance(since, datetime) else None


def columns(devices: Sequence[DeviceId]) -> list[list[str]]:
    """Return devices as three columns, for queries."""
    return [[d.unit for d in devices], [d.kind for d in devices], [d.name for d in devices]]
