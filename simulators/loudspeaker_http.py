"""A simulated vendor of smart loudspeakers (mô phỏng): its clusters, its schedule, and the log of what was played.

The numbers of clusters are those of Nam Thượng (8 devices with 16 horns, 2 poles still bare) and Liên Sơn (3 of 4) at
the end of 2021. ``incident`` plays what happened in xã Trung Lộc on 5 December 2025: after a repair all clusters began
the relay of national radio at 03:15, and were stopped by telephone 15 to 20 minutes later.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

import orjson

from connectors.contract import LOCAL, Broadcast, DeviceId, DeviceReport, Message, Plan, Record, Simulator
from simulators.loudspeaker_vendor import (
    CLERK,
    RELAY,
    SCHEDULE,
    Cluster,
    Entry,
    changed_at,
    clusters,
    logged,
    paged,
    pole,
    row,
)
from simulators.office import Asked, Told
from simulators.signals import between, chance, episode, smooth, uptime

TRUNG_LOC = date(2025, 12, 5)

_EMERGENCY = "Cảnh báo mưa lớn, lũ ống, sạt lở đất"
_SILENT, _FAILED = 0.04, 0.06
"""A cluster's lot below which it plays nothing and says nothing, or says that it failed."""
_KEPT = timedelta(days=40)
"""How far back the log reaches."""
_WITHDRAWN = SCHEDULE[1]
"""Now and then the commune has nothing to say in the morning, and takes it out the evening before."""
_SCHEDULED_AT = datetime(2021, 12, 1, tzinfo=UTC)


class BroadcastingOffice(Simulator):
    """A vendor's server: ``/devices``, ``/schedules`` and ``/play-logs`` below ``prefix``, for who has its token.

    ``interval`` is how much of the log one measurement tells; ``incident`` is the night of 03:15 on ``incident_day``.
    """

    connector: ClassVar[str] = "loudspeaker_http"

    def __init__(
        self,
        unit: str,
        seed: int,
        *,
        prefix: str = "/loudspeakers",
        token: str = "",
        interval: timedelta = timedelta(hours=1),
        incident: bool = False,
        incident_day: date = TRUNG_LOC,
    ) -> None:
        self.unit = unit
        self.seed = seed
        self.prefix = prefix
        self.token = token
        self.interval = interval
        self.incident = incident_day if incident else None
        self.clusters = clusters(unit)

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return clusters, the plan of today and tomorrow, and what of the log changed in the last ``interval``."""
        now = at.astimezone(UTC)
        log = self.log(now, now - self.interval)
        stop = _local(_days(now)[-1] + timedelta(days=1), time())
        planned = (self._planned(entry, day, now) for day in _days(now) for entry in SCHEDULE)
        return (*self._reports(now), Plan(self.unit, now, stop), *filter(None, planned), *log)

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return a page of clusters, the schedule, and a page of the log, where there is anything to say."""
        now = at.astimezone(UTC)
        first, last = (day.isoformat() for day in _days(now))
        heard = [record for record in records if isinstance(record, DeviceReport)]
        played = [record for record in records if isinstance(record, Broadcast) and record.kind == "played"]
        told: list[tuple[str, dict[str, Any]]] = []
        if heard:
            told.append(("/devices", {"data": self._listed(heard)}))
        if any(isinstance(record, Plan) for record in records):
            told.append(("/schedules", {"from": first, "to": last, "data": self._schedule(now)}))
        if played:
            told.append(("/play-logs", {"data": [logged(one) for one in played]}))
        return tuple(Message(self.connector, path, orjson.dumps(said), now) for path, said in told)

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer a request: 401 without the token, 304 where the ``ETag`` is known, pages of ``limit`` rows."""
        at = now.astimezone(UTC)
        if self.token and asked.headers.get("authorization") != f"Bearer {self.token}":
            return Told(b'{"message": "Unauthenticated."}', 401)
        try:
            if asked.path == "/devices":
                return paged(self._listed(self._reports(at)), asked)
            if asked.path == "/schedules":
                return paged(self._schedule(at), asked)
            if asked.path == "/play-logs":
                since = datetime.fromisoformat(asked.query.get("updated_since") or (at - _KEPT).isoformat())
                return paged([logged(one) for one in self.log(at, since - timedelta(microseconds=1))], asked)
        except (ValueError, TypeError, OverflowError):
            return Told(b'{"message": "The given data was invalid."}', 422)
        return Told(b'{"message": "Not Found"}', 404)

    def log(self, now: datetime, after: datetime) -> tuple[Broadcast, ...]:
        """Return what was played and changed after an instant and until now, by its last change."""
        after = max(after, now - _KEPT)
        day = after.astimezone(LOCAL).date() - timedelta(days=1)
        found: list[Broadcast] = []
        while _local(day, time()) <= now:
            found += (one for one in self._played(day, now) if after < changed_at(one))
            day += timedelta(days=1)
        return tuple(sorted(found, key=lambda one: (changed_at(one), one.id)))

    def _played(self, day: date, now: datetime) -> Iterator[Broadcast]:
        """Give the log of a day as it reads now."""
        orders = [
            (entry.id, entry.programme, _local(day, entry.start), _local(day, entry.end), "normal")
            for entry in SCHEDULE
            if entry.falls(day) and not self._withdrawn(entry, day)
        ]
        if day.toordinal() % 7 == self.seed % 7:
            minute = int(chance(self.seed, self.unit, day, "rain") * 600)
            start = _local(day, time(8)) + timedelta(minutes=minute)
            orders.append(("900", _EMERGENCY, start, start + timedelta(minutes=10), "emergency"))
        for id_, programme, start, end, priority in orders:
            for cluster in self._installed:
                lot = chance(self.seed, id_, day, cluster.code)
                begun = start + timedelta(seconds=int(chance(self.seed, id_, day, cluster.code, "delay") * 20))
                if begun > now or lot < _SILENT or self._away(cluster, begun):
                    continue
                yield self._broadcast(id_, day, cluster, programme, priority, begun, end, now, failed=lot < _FAILED)
        if day == self.incident:
            for cluster in self._installed:
                lot = chance(self.seed, "incident", cluster.code)
                begun = _local(day, time(3, 15)) + timedelta(seconds=int(lot * 5))
                end = _local(day, time(3, 30)) + timedelta(seconds=int(lot * 300))
                if begun <= now:
                    yield self._broadcast("i", day, cluster, RELAY, "normal", begun, end, now, failed=False)

    def _broadcast(
        self, id_: str, day: date, cluster: Cluster, programme: str, priority: str, begun: datetime, end: datetime,
        now: datetime, *, failed: bool,
    ) -> Broadcast:  # fmt: skip
        over = not failed and end <= now
        return Broadcast(
            unit=self.unit,
            kind="played",
            id=f"{id_}-{day:%Y%m%d}-{cluster.code}",
            starts_at=begun,
            ends_at=end if over else None,
            programme=programme,
            state="failed" if failed else "played" if over else "playing",
            device=cluster.code.lower(),
            priority=priority,  # type: ignore[arg-type]  # one of the two above
        )

    @property
    def _installed(self) -> tuple[Cluster, ...]:
        return tuple(cluster for cluster in self.clusters if not cluster.bare)

    def _away(self, cluster: Cluster, at: datetime) -> bool:
        return episode(self.seed, f"{cluster.code} line", at, timedelta(days=5), timedelta(minutes=40), 0.3)

    def _withdrawn(self, entry: Entry, day: date) -> bool:
        return entry == _WITHDRAWN and chance(self.seed, self.unit, day, "withdrawn") < 0.15

    def _planned(self, entry: Entry, day: date, now: datetime) -> Broadcast | None:
        starts_at = _local(day, entry.start)
        if not entry.falls(day) or day in self._exceptions(entry, now) or starts_at < self._changed(entry, now):
            return None
        id_ = f"{entry.id}@{day}T{entry.start:%H:%M}"
        return Broadcast(self.unit, "planned", id_, starts_at, _local(day, entry.end), entry.programme, "planned")

    def _exceptions(self, entry: Entry, now: datetime) -> list[date]:
        """Return the days on which an entry is not played, as far as that was decided: the evening before."""
        return [day for day in _days(now) if self._withdrawn(entry, day) and _evening_before(day) <= now]

    def _changed(self, entry: Entry, now: datetime) -> datetime:
        return max([_SCHEDULED_AT, *map(_evening_before, self._exceptions(entry, now))])

    def _schedule(self, now: datetime) -> list[dict[str, Any]]:
        return [
            {
                "id": int(entry.id), "programName": entry.programme, "priority": "Thông thường", "deviceCodes": [],
                "startTime": f"{entry.start:%H:%M}", "endTime": f"{entry.end:%H:%M}", "repeat": entry.repeat,
                "exceptDates": [day.isoformat() for day in self._exceptions(entry, now)], "enabled": 1,
                "updatedAt": self._changed(entry, now).astimezone(LOCAL).isoformat(), "createdBy": CLERK,
            }
            for entry in SCHEDULE
        ]  # fmt: skip

    def _reports(self, now: datetime) -> tuple[DeviceReport, ...]:
        playing = {one.device: one for one in self.log(now, now - timedelta(days=1)) if one.state == "playing"}
        return tuple(self._report(cluster, playing.get(cluster.code.lower()), now) for cluster in self._installed)

    def _report(self, cluster: Cluster, plays: Broadcast | None, now: datetime) -> DeviceReport:
        code = cluster.code
        values: dict[str, float] = {
            "latitude": cluster.latitude,
            "longitude": cluster.longitude,
            "horns": cluster.horns,
        }
        labels = {"name": cluster.name, "area": cluster.area, "address": f"{cluster.area} (mô phỏng)"}
        device = DeviceId(self.unit, "loudspeaker", code.lower())
        if self._away(cluster, now):
            return DeviceReport(device, now, "offline", values, labels)
        broken = episode(self.seed, f"{code} amplifier", now, timedelta(days=9), timedelta(hours=3), 0.25)
        warmth = smooth(self.seed, f"{code} warmth", now, timedelta(hours=2))
        loud = plays is not None and not broken
        values |= {
            "volume_pct": 80,
            "signal_dbm": between(-98, -62, smooth(self.seed, f"{code} signal", now, timedelta(minutes=7)), 0),
            "temperature_c": between(36, 50, warmth) if loud else between(27, 41, warmth),
            "amplifier_w": between(28, 46, warmth) if loud else between(2, 4, warmth),
            "uptime_s": uptime(self.seed, code, now, timedelta(days=13)),
        }
        labels |= {"network": "4G", "firmware": "3.1.8"}
        if broken:
            return DeviceReport(device, now, "fault", values, labels | {"fault": "amplifier"})
        if plays is None:
            return DeviceReport(device, now, "idle", values, labels)
        return DeviceReport(
            device, now, "playing", values, labels | {"programme": plays.programme, "priority": plays.priority}
        )

    def _listed(self, heard: Sequence[DeviceReport]) -> list[dict[str, Any]]:
        codes = {cluster.code.lower(): cluster.code for cluster in self.clusters}
        said = [row(report, codes[report.device.name]) for report in heard]
        return said + [pole(cluster) for cluster in self.clusters if cluster.bare]


def _days(now: datetime) -> tuple[date, date]:
    today = now.astimezone(LOCAL).date()
    return today, today + timedelta(days=1)


def _local(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, LOCAL).astimezone(UTC)


def _evening_before(day: date) -> datetime:
    return _local(day - timedelta(days=1), time(20))
