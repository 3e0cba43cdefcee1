"""What a simulated vendor of loudspeakers has and how it writes it (mô phỏng): clusters, schedule, rows, pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

import orjson

from connectors.contract import LOCAL, Broadcast, DeviceReport
from simulators.office import Asked, Told, marked
from simulators.signals import between, chance

RELAY = "Tiếp sóng Đài Tiếng nói Việt Nam"
CLERK = "Nguyễn Thị Mô Phỏng, 0900000999"
"""Whom a vendor names beside its rows; invented, and must not be stored."""
URGENCY = {"normal": "Thông thường", "priority": "Ưu tiên", "emergency": "Khẩn cấp"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the schedule: local times; ``repeat`` as the vendor writes it."""

    id: str
    programme: str
    start: time
    end: time
    repeat: Literal["daily", "weekdays"] = "daily"

    def falls(self, day: date) -> bool:
        """Tell whether it is played on a day."""
        return self.repeat == "daily" or day.isoweekday() <= 5


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of horns; a bare one is a pole that waits for its equipment."""

    code: str
    name: str
    area: str
    latitude: float
    longitude: float
    horns: int = 2
    bare: bool = False


SCHEDULE = (
    Entry("101", RELAY, time(5), time(5, 30)),
    Entry("102", "Bản tin sáng của xã", time(5, 30), time(6), "weekdays"),
    Entry("103", "Bản tin chiều", time(17), time(17, 45)),
)


def clusters(unit: str) -> tuple[Cluster, ...]:
    """Return the clusters of a commune: Liên Sơn (04969), else as Nam Thượng (05068); places are invented."""
    code, hamlets, last, bare = {
        "04969": ("LS", ("Năm Lu", "Đồng Quýt", "Ao Trạch", "Gò Mè"), 4, 1),
    }.get(unit, ("NT", ("Nam Thượng", "Nà Mười", "Bái Tam", "Bôi Câu", "Nước Ruộng"), 10, 2))
    latitude, longitude = (20.8254, 105.5973) if unit == "04969" else (20.6523, 105.589)
    return tuple(
        Cluster(
            f"{code}-L{n:02}", f"Cụm loa {n} – {hamlets[n % len(hamlets)]}", hamlets[n % len(hamlets)],
            between(latitude - 0.02, latitude + 0.02, chance(n, unit, "latitude"), 5),
            between(longitude - 0.02, longitude + 0.02, chance(n, unit, "longitude"), 5),
            bare=n > last - bare,
        )
        for n in range(1, last + 1)
    )  # fmt: skip


def row(report: DeviceReport, code: str) -> dict[str, Any]:
    """Return a cluster as the device list has it."""
    values, labels, state = report.values, report.labels, report.state
    return {
        "deviceCode": code, "name": labels["name"], "areaId": labels["area"], "address": labels["address"],
        "lat": values["latitude"], "lon": values["longitude"], "horns": values["horns"], "installed": 1, "status": 1,
        "timeOut": state == "offline", "On": state == "playing", "error": labels.get("fault", 0),
        "volume": values.get("volume_pct"), "signal": values.get("signal_dbm"), "networkType": labels.get("network"),
        "firmware": labels.get("firmware"), "ampPower": values.get("amplifier_w"),
        "temperature": values.get("temperature_c"), "uptime": values.get("uptime_s"),
        "currentProgram": labels.get("programme"), "priority": URGENCY.get(labels.get("priority", "")),
        "lastSeenAt": None if state == "offline" else report.at.astimezone(LOCAL).isoformat(),
    }  # fmt: skip


def pole(cluster: Cluster) -> dict[str, Any]:
    """Return a cluster that waits for its equipment."""
    return {
        "deviceCode": None, "name": cluster.name, "areaId": cluster.area, "lat": cluster.latitude,
        "lon": cluster.longitude, "status": 0, "installed": 0,
    }  # fmt: skip


def logged(one: Broadcast) -> dict[str, Any]:
    """Return a play as the log has it."""
    return {
        "id": one.id, "deviceCode": one.device.upper(), "programName": one.programme,
        "priority": URGENCY[one.priority], "startedAt": one.starts_at.astimezone(LOCAL).isoformat(),
        "endedAt": one.ends_at.astimezone(LOCAL).isoformat() if one.ends_at else None,
        "result": int(one.state != "failed"), "updatedAt": changed_at(one).astimezone(LOCAL).isoformat(),
        "createdBy": CLERK,
    }  # fmt: skip


def changed_at(one: Broadcast) -> datetime:
    """Return when the log last changed for a play: at its end, or its start."""
    return one.ends_at or one.starts_at


def paged(rows: Sequence[Mapping[str, Any]], asked: Asked) -> Told:
    """Return the page that is asked for, as Laravel's paginator writes it; raises ``ValueError`` for a wrong number."""
    number, size = int(asked.query.get("page", "1")), min(100, int(asked.query.get("limit", "15")))
    if number < 1 or size < 1:
        raise ValueError("pages begin with 1")
    pages = max(1, -(-len(rows) // size))
    said = {
        "current_page": number, "data": rows[(number - 1) * size : number * size], "last_page": pages,
        "per_page": size, "total": len(rows),
    }  # fmt: skip
    return marked(asked, orjson.dumps(said), {"Content-Type": "application/json"})
