"""The device register: entered, changed, renamed, replaced by people; every change with its instant, none forgets.

A device keeps the key under which it was registered, so that its history, its outages and its figures stay together;
the name in its messages may change (:mod:`ingest.names`). What a person changed, the configuration file leaves alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from psycopg.rows import dict_row

from connectors.contract import DeviceId, Fault
from connectors.spelling import plain
from ingest import names, renewal
from ingest.names import CannotRegister, Taken
from ingest.sections import Device
from ingest.sql import QUERIES
from ingest.store import Link

LABELS: Mapping[str, str] = {
    "title": "tên thiết bị",
    "hamlet": "thôn",
    "place": "vị trí",
    "latitude": "vĩ độ",
    "longitude": "kinh độ",
    "owner": "đơn vị quản lý",
    "upstream": "đường truyền",
    "expected_every": "chu kỳ báo",
    "horns": "số loa",
    "lifecycle": "tình trạng",
    "installed_on": "ngày lắp đặt",
}
"""The fields of an entry, as a fault or a difference names them."""
EMPTY: Mapping[str, Any] = dict.fromkeys(LABELS, "") | {
    "latitude": None, "longitude": None, "expected_every": None, "horns": None, "lifecycle": "installed",
    "installed_on": None,
}  # fmt: skip
BACK = timedelta(days=62)
"""So far back a change may hold from: the month that is reported, and the one before."""
_FOLLOWED = ("lifecycle", "hamlet", "expected_every")
"""Fields that a device's states depend on."""
_FILE = "ioc.toml"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one device: some of the fields of :data:`LABELS`; ``cells`` says where, for faults."""

    device: DeviceId
    fields: Mapping[str, Any]
    cells: Mapping[str, str] = field(default_factory=dict)


class Change(NamedTuple):
    """An entry beside the register: field → (what it says, what it shall say)."""

    change: Literal["new", "changed", "same", "missing"]
    device: DeviceId
    fields: Mapping[str, tuple[Any, Any]]
    edited: bool = False


def checked(link: Link, entries: Sequence[Entry]) -> list[Fault]:
    """Return what is wrong with entries beside the register: unknown communes and hamlets, two for one device."""
    units = {entry.device.unit for entry in entries}
    today = {code for (code,) in link.execute(
        "select code from unit where code = any(%s) and valid_to is null", (list(units),))}  # fmt: skip
    hamlets: dict[str, set[str]] = {}
    for unit, name in link.execute(QUERIES["known_hamlets"], {"units": list(units)}):
        hamlets.setdefault(unit, set()).add(name)
    declared = {unit for (unit,) in link.execute("select distinct unit from hamlet")}
    behind = names.meant(link, [entry.device for entry in entries])
    seen: dict[DeviceId, str] = {}
    faults = []
    for entry in entries:
        unit = entry.device.unit
        if unit not in today:
            faults.append(Fault(entry.cells.get("unit", "unit"), f"{unit} is no commune of today",
                                f"{unit} không phải mã xã hiện nay"))  # fmt: skip
        hamlet = entry.fields.get("hamlet")
        if hamlet and unit in declared and hamlet not in hamlets[unit]:
            near = next((name for name in sorted(hamlets[unit]) if plain(name) == plain(hamlet)), "")
            there = near or ", ".join(sorted(hamlets[unit]))
            place = entry.cells.get("hamlet", "hamlet")
            faults.append(Fault(place, f"no hamlet {hamlet!r} in {unit}; there are: {there}",
                                f"xã {unit} không có thôn “{hamlet}”; các thôn: {there}"))  # fmt: skip
        device = behind.get(entry.device, entry.device)
        if device in seen:
            faults.append(Fault(entry.cells.get("name", "name"), f"the same device {device} as in {seen[device]}",
                                f"trùng thiết bị {device.name} với ô {seen[device]}"))  # fmt: skip
        seen.setdefault(device, entry.cells.get("name", device.name))
    return faults


def compare(link: Link, entries: Sequence[Entry]) -> list[Change]:
    """Return each entry beside the register, in their order; locks the entries that there are.

    A field that is not said stays. Who was only heard of is installed, once somebody enters it.
    """
    link.execute("select pg_advisory_xact_lock(hashtextextended('register', 0))")  # two enter nothing twice
    behind = names.meant(link, [entry.device for entry in entries])
    there = _there(link, [behind.get(entry.device, entry.device) for entry in entries])
    changes = []
    for entry in entries:
        device = behind.get(entry.device, entry.device)
        row = there.get(device)
        if row is None:
            fields = {key: (None, value) for key, value in {**EMPTY, **entry.fields}.items()}
            changes.append(Change("new", device, fields))
            continue
        said = dict(entry.fields)
        if row["lifecycle"] == "unconfirmed":
            said.setdefault("lifecycle", "installed")
        differ = {key: (row[key], value) for key, value in said.items() if row[key] != value}
        changes.append(Change("changed" if differ else "same", device, differ, row["edited_at"] is not None))
    return changes


def missing(link: Link, changes: Sequence[Change]) -> list[Change]:
    """Return the devices of the same communes and kinds that the entries do not name; nothing happens to them."""
    devices = [change.device for change in changes]
    units, kinds = sorted({d.unit for d in devices}), sorted({d.kind for d in devices})
    rows = link.execute(QUERIES["missing_devices"], (units, kinds, *names.columns(devices)))
    return [Change("missing", DeviceId(unit, kind, name), {}) for unit, kind, name, *_ in rows]


def apply(
    link: Link,
    changes: Iterable[Change],
    *,
    actor: str,
    valid_from: datetime,
    reason: str = "",
    by_person: bool = True,
    simulated: bool = False,
    replaces: str = "",
) -> None:
    """Write changes with their history; what holds since the past is repaired. Raises :class:`CannotRegister`."""
    now = datetime.now(UTC)
    edited_at = now if by_person else None
    for change in sorted((c for c in changes if c.change in ("new", "changed")), key=lambda c: c.device):
        device = change.device
        key = device._asdict()
        said = {name: new for name, (_, new) in change.fields.items()}
        if change.change == "new":
            link.execute(
                QUERIES["enter_device"],
                {**EMPTY, **said, **key, "replaces": replaces, "simulated": simulated, "edited_at": edited_at},
            )
        else:
            row = _there(link, [device])[device]
            link.execute(QUERIES["amend_device"], {**row, **said, **key, "edited_at": edited_at})
        for name, (old, new) in change.fields.items():
            if old is None and text(new) == "" and change.change == "new":
                continue
            (last,) = link.execute(QUERIES["last_change"], (*device, name)).fetchone() or (None,)
            if last is not None and last > valid_from:
                reason = f"{name} of {device.name} holds since {last.isoformat()}; a later instant is expected"
                vi = f"{LABELS[name]} của {device.name} có hiệu lực từ {last:%d/%m/%Y %H:%M} UTC; chọn thời điểm sau đó"
                raise CannotRegister([Fault("valid_from", reason, vi)])
            _note(link, device, name, old, new, valid_from, actor, reason)
        if any(name in change.fields for name in _FOLLOWED):
            renewal.ask(link, device, valid_from)


def edit(
    link: Link,
    device: DeviceId,
    fields: Mapping[str, Any],
    *,
    actor: str,
    valid_from: datetime | None = None,
    reason: str = "",
) -> Change:
    """Change some fields of one device as of an instant (UTC; none: now); raises :class:`CannotRegister`."""
    now = datetime.now(UTC)
    faults = checked(link, [Entry(device, fields)])
    if valid_from is not None and not now - BACK <= valid_from <= now:
        faults.append(Fault("valid_from", f"it must lie within the last {BACK.days} days",
                            f"phải trong vòng {BACK.days} ngày gần đây"))  # fmt: skip
    if faults:
        raise CannotRegister(faults)
    (change,) = compare(link, [Entry(device, fields)])
    if change.change == "new":
        raise KeyError(device)
    apply(link, [change], actor=actor, valid_from=valid_from or now, reason=reason)
    return change


def replace(link: Link, device: DeviceId, by: DeviceId, fields: Mapping[str, Any], *, actor: str,
            valid_from: datetime | None = None, reason: str = "") -> Change:  # fmt: skip
    """Retire a device and enter the one that stands there since (another commune's code: it was moved there).

    The new one has the old one's fields but those that are given, and a history of its own: ``replaces`` joins them.
    Raises ``KeyError``, :class:`Taken`, :class:`CannotRegister`.
    """
    since = valid_from or datetime.now(UTC)
    row = _there(link, [device]).get(device)
    if row is None:
        raise KeyError(device)
    inherited = {key: row[key] for key in LABELS if key not in ("title", "lifecycle", "installed_on")}
    if by.unit != device.unit:
        inherited["hamlet"] = ""
    entry = Entry(by, {**inherited, "title": row["title"], "lifecycle": "installed", **fields})
    if faults := checked(link, [entry]):
        raise CannotRegister(faults)
    (change,) = compare(link, [entry])
    if change.device != by or by == device or (change.change != "new" and change.edited):
        raise Taken([Fault("name", f"{by} is registered already; choose a name that is free",
                           f"{by.name} đã có trong danh mục; chọn tên khác")])  # fmt: skip
    edit(link, device, {"lifecycle": "retired"}, actor=actor, valid_from=valid_from, reason=reason)
    apply(link, [change], actor=actor, valid_from=since, reason=reason, replaces=str(device))
    link.execute("update device set replaces = %s where (unit, kind, name) = (%s, %s, %s)", (str(device), *by))
    return change


def declare(link: Link, devices: Sequence[Device], *, simulated: bool) -> None:
    """Enter the devices of the configuration; those that a person changed stay as they are."""
    entries = [Entry(DeviceId(d.unit, d.kind, d.name), d.model_dump(exclude={"unit", "kind", "name"})) for d in devices]
    changes = [change for change in compare(link, entries) if not change.edited]
    apply(link, changes, actor=_FILE, valid_from=datetime.now(UTC), by_person=False, simulated=simulated)
    columns = names.columns([change.device for change in changes])
    link.execute(
        "update device d set simulated = %s from unnest(%s::text[], %s::text[], %s::text[]) as b(unit, kind, name)"
        " where (b.unit, b.kind, b.name) = (d.unit, d.kind, d.name) and d.simulated <> %s",
        (simulated, *columns, simulated),
    )


def _there(link: Link, devices: Sequence[DeviceId]) -> dict[DeviceId, dict[str, Any]]:
    with link.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(QUERIES["registered"], names.columns(devices)).fetchall()
    return {DeviceId(row["unit"], row["kind"], row["name"]): row for row in rows}


def _note(link: Link, device: DeviceId, name: str, old: Any, new: Any, valid_from: datetime, actor: str,
          reason: str) -> None:  # fmt: skip
    said = None if old is None else text(old)
    link.execute(QUERIES["note_change"], (*device, name, said, text(new), valid_from, actor, reason))


def text(value: Any) -> str:
    """Return a field as history and differences show it; an interval is seconds."""
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    return "" if value is None else str(value)
