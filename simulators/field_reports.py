"""Simulated citizens (mô phỏng): they report, and the commune answers; persons are invented, and must not be stored."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import orjson

from connectors.contract import LOCAL, CaseReport, Message, Record, Simulator
from simulators.hamlets import Hamlet
from simulators.signals import between, chance

_SLOT = timedelta(minutes=30)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(days=9)
_TERMS = {"normal": timedelta(days=7), "soon": timedelta(days=3), "urgent": timedelta(days=1)}
_CATEGORIES = ("environment", "traffic_infra", "lighting", "flooding", "security", "trees", "construction_order")
_CHANNELS = ("1022", "zalo", "app", "direct")
_PEOPLE = ("Nguyễn Thị Mô Phỏng", "Trần Văn Giả Định", "Lê Thị Thử Nghiệm", "Phạm Văn Ví Dụ")


class CitizenSimulator(Simulator):
    """The people of one commune: about ``odds`` reports in half an hour, looked at every ``interval``.

    A report lies inside the hamlet that it names; where no outline of that is known, around ``centre``.
    """

    connector: ClassVar[str] = "field_reports"

    def __init__(
        self,
        unit: str,
        seed: int,
        interval: timedelta = timedelta(minutes=5),
        odds: float = 0.15,
        centre: tuple[float, float] = (15.737, 108.355),
        hamlets: Sequence[Hamlet] = (),
    ) -> None:
        self.unit = unit
        self.seed = seed
        self.interval = interval
        self.odds = odds
        self.centre = centre
        self.hamlets = tuple(hamlets) or tuple(Hamlet(f"Thôn {number}") for number in range(1, 10))

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the reports whose status changed after ``at`` - ``interval``, up to ``at``; oldest first."""
        now = at.astimezone(UTC)
        since = now - self.interval
        first = (since - _LONGEST - _EPOCH) // _SLOT
        changes = [
            report
            for slot in range(first, (now - _EPOCH) // _SLOT + 1)
            if chance(self.seed, self.unit, "report", slot) < self.odds
            for report in self._life(slot)
            if since < report.at <= now
        ]
        return tuple(sorted(changes, key=lambda report: (report.at, report.id)))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return one push a report, with the person who sent it."""
        return tuple(
            Message(self.connector, "/api/v1/messages/field_reports", self._body(record), at.astimezone(UTC))
            for record in records
            if isinstance(record, CaseReport)
        )

    def _life(self, slot: int) -> Iterator[CaseReport]:
        def lot(*names: object) -> float:
            return chance(self.seed, self.unit, slot, *names)

        opened_at = _EPOCH + slot * _SLOT + timedelta(seconds=int(lot("second") * _SLOT.total_seconds()))
        severity = "urgent" if lot("severity") < 0.1 else "soon" if lot("severity") < 0.35 else "normal"
        term = _TERMS[severity]
        last = "resolved" if lot("end") < 0.85 else "transferred" if lot("end") < 0.95 else "rejected"
        # One in ten takes longer than its term, and is overdue for a while.
        ends = term * (0.2 + 0.8 * lot("work")) if lot("late") < 0.9 else term * 1.2
        hamlet = self.hamlets[int(lot("hamlet") * len(self.hamlets))]
        latitude, longitude = self._place(hamlet, slot)
        steps = (
            ("new", timedelta()),
            ("received", timedelta(minutes=1 + int(4 * lot("receipt")))),
            ("in_progress", timedelta(minutes=10 + int(50 * lot("start")))),
            (last, timedelta(seconds=int(ends.total_seconds()))),
        )
        for status, after in steps:
            yield CaseReport(
                unit=self.unit,
                kind="field_report",
                id=f"PA-{self.unit}-{slot}",
                at=opened_at + after,
                opened_at=opened_at,
                status=status,
                category=_CATEGORIES[int(lot("category") * len(_CATEGORIES))],
                severity=severity,
                due=opened_at + term,
                channel=_CHANNELS[int(lot("channel") * len(_CHANNELS))],
                hamlet=hamlet.name,
                latitude=latitude,
                longitude=longitude,
            )

    def _place(self, hamlet: Hamlet, slot: int) -> tuple[float, float]:
        if hamlet.outline:
            return hamlet.place(self.seed, self.unit, slot)
        latitude, longitude = (chance(self.seed, self.unit, slot, axis) for axis in ("latitude", "longitude"))
        return (
            between(self.centre[0] - 0.03, self.centre[0] + 0.03, latitude, 3),
            between(self.centre[1] - 0.03, self.centre[1] + 0.03, longitude, 3),
        )

    def _body(self, report: CaseReport) -> bytes:
        lot = chance(self.seed, report.id, "person")
        person = _PEOPLE[int(lot * len(_PEOPLE))]
        said = {
            "id": report.id,
            "unit": report.unit,
            "at": report.at.astimezone(LOCAL).isoformat(),
            "opened_at": report.opened_at.astimezone(LOCAL).isoformat(),
            "status": report.status,
            "category": report.category,
            "severity": report.severity,
            "due": report.due.astimezone(LOCAL).isoformat() if report.due else None,
            "channel": report.channel,
            "hamlet": report.hamlet,
            "latitude": report.latitude,
            "longitude": report.longitude,
            "reporter": {"name": person, "phone": f"09000{int(lot * 100_000):05d}"},
            "content": f"{person} phản ánh, nhờ xã gọi lại.",
        }
        return orjson.dumps(said)
