"""From the vendor's device list to device reports."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from connectors.contract import DeviceId, DeviceReport, Quantity
from connectors.json_fields import Json
from connectors.loudspeaker_http.fields import ClusterFields
from connectors.loudspeaker_http.words import flag

QUANTITIES = (
    Quantity("volume_pct", "percent", 0, 100),
    Quantity("signal_dbm", "dBm", -150, 0),
    Quantity("temperature_c", "°C", -40, 125),
    Quantity("amplifier_w", "watt", 0, 5_000),
    Quantity("uptime_s", "second", 0, 1e10),
    Quantity("horns", "piece", 0, 100),
    Quantity("latitude", "degree", 8, 24),
    Quantity("longitude", "degree", 102, 118),
)
_TEXTS = ("name", "area", "address", "network", "firmware")


def installed(row: Json, names: ClusterFields) -> bool:
    """Tell whether there is equipment that can say anything: a pole alone is no device yet."""
    return flag(row.at(names.installed), default=True)


def reports(
    rows: Iterator[Json],
    names: ClusterFields,
    unit: str,
    named: Callable[[Json], str],
    priority: Callable[[Json], str],
    received_at: datetime,
) -> tuple[DeviceReport, ...]:
    """Return one report a cluster; ``named`` gives our name of it, ``priority`` the dictionary's word.

    What the vendor says of a cluster that timed out is as of now; of another, of when it was last heard.
    """
    given: dict[str, DeviceReport] = {}
    for row in rows:
        if not installed(row, names):
            continue
        name = named(row.at(names.code))
        if name in given:
            raise row.at(names.code).fault(f"{name} is listed twice")
        state = _state(row, names)
        heard_at = row.at(names.at).instant(received_at)
        at = heard_at if heard_at and state != "offline" else received_at
        labels = {text: row.at(getattr(names, text)).text() for text in _TEXTS} | {"fault": _fault(row, names)}
        if state == "playing":
            labels |= {"programme": row.at(names.programme).text(), "priority": priority(row.at(names.priority))}
        said = {key: text for key, text in labels.items() if text}
        given[name] = DeviceReport(DeviceId(unit, "loudspeaker", name), at, state, _values(row, names), said)
    return tuple(given.values())


def _state(row: Json, names: ClusterFields) -> str:
    on, switched = flag(row.at(names.playing), default=False), flag(row.at(names.switched), default=True)
    if flag(row.at(names.timed_out), default=False):
        return "offline"
    if _fault(row, names):
        return "fault"
    if not switched:
        return "muted"
    return "playing" if on else "idle"


def _fault(row: Json, names: ClusterFields) -> str:
    said = row.at(names.fault).text()
    return "" if said == "0" else said


def _values(row: Json, names: ClusterFields) -> Mapping[str, float]:
    numbers = {q.key: row.at(getattr(names, q.key)).number(Decimal(q.lowest), Decimal(q.highest)) for q in QUANTITIES}
    return {key: float(number) for key, number in numbers.items() if number is not None}
