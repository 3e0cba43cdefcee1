"""A simulated one-stop system: what communes published, this year's months and the dossiers at work (mô phỏng)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from connectors.contract import LOCAL, CaseReport, Message, Observation, Record, Simulator
from simulators.gateway import messages, number, refused, told
from simulators.office import Asked, Told
from simulators.procedures_figures import COUNTS, RATES, Subject, figures
from simulators.procedures_seed import ROWS
from simulators.signals import chance
from simulators.statistic_rows import agencies, begun, chosen, month

_SLOT = timedelta(hours=1)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(days=30)
_STATUSES = ("submitted", "accepted", "rejected", "processing", "supplement_required", "payment_required", "withdrawn",
             "stopped", "processed", "returned")  # fmt: skip
_CHANNELS = ("direct", "online", "postal")
_CATEGORIES = ("ho_tich", "chung_thuc", "dat_dai", "bao_tro_xa_hoi", "kinh_doanh")
_PEOPLE = ("Nguyễn Thị Mô Phỏng", "Trần Văn Giả Định", "Lê Thị Thử Nghiệm", "Phạm Văn Ví Dụ")


class OneStopSystem(Simulator):
    """The one-stop system of a commune; also its web server: ``/thong-ke`` and ``/ho-so`` below ``prefix``.

    ``agency`` is its code (``H28.<unit>`` where no other is known); ``published`` tells whether the figures that
    communes and districts published are there too; dossiers are listed that changed within ``window``.
    """

    connector: ClassVar[str] = "procedures_rest"

    def __init__(
        self,
        unit: str,
        seed: int,
        agency: str = "",
        prefix: str = "/mot-cua",
        token: str = "",
        published: bool = True,
        window: timedelta = _LONGEST,
    ) -> None:
        self.unit = unit
        self.seed = seed
        self.prefix = prefix
        self.token = token
        self.published = published
        self.window = window
        self._agencies = agencies(unit, agency)

    def measure(self, at: datetime) -> tuple[Record, ...]:
        """Return the statistics, then the dossiers that changed in the window, by their last change."""
        return (*self._statistics(at), *self._dossiers(at))

    def encode(self, records: tuple[Record, ...], at: datetime) -> tuple[Message, ...]:
        """Return the pages of both lists; dossiers with their applicants, as such systems give them."""
        statistics = self._statistic_rows([r for r in records if isinstance(r, Observation)])
        dossiers = [self._dossier_row(r) for r in records if isinstance(r, CaseReport)]
        return (
            *messages(self.connector, "/thong-ke", statistics, at),
            *messages(self.connector, "/ho-so", dossiers, at),
        )

    def answer(self, asked: Asked, now: datetime) -> Told:
        """Answer ``/thong-ke?tuNgay&denNgay`` and ``/ho-so?capNhatTu``, page by page."""
        if refusal := refused(asked, self.token):
            return refusal
        if asked.path == "/thong-ke":
            return told(asked, chosen(asked, self._statistic_rows(self._statistics(now))))
        if asked.path == "/ho-so":
            since = asked.query.get("capNhatTu", "")
            changed = [r for r in self._dossiers(now) if not since or r.at >= datetime.fromisoformat(since)]
            return told(asked, [self._dossier_row(report) for report in changed])
        return Told(b'{"error": "not found"}', 404)

    def _statistics(self, at: datetime) -> tuple[Observation, ...]:
        rows: list[tuple[Subject, Mapping[str, Any]]] = [
            (Subject(unit, period, about), fields) for unit, period, about, fields in (ROWS if self.published else ())
        ]
        today = at.astimezone(LOCAL).date()
        rows += [
            (Subject(self.unit, month(today.year, n), {}), self._counts(today, n)) for n in range(1, today.month + 1)
        ]
        return figures(rows)

    def _counts(self, today: date, of: int) -> Mapping[str, int]:
        """Return the counts of a month of this year up to today; they add up."""
        end = month(today.year, of).end
        share = 1.0 if today > end else today.day / end.day
        lot = [chance(self.seed, self.unit, today.year, of, n) for n in range(5)]
        received = int((150 + 120 * lot[0]) * share)
        online, postal, carried = int(received * (0.6 + 0.3 * lot[1])), int(received * 0.03), int(10 + 20 * lot[2])
        total = carried + received
        back, waiting, stopped, pending_late = int(total * 0.02), int(lot[0] * 4), 1, int(1.5 * lot[1])
        rest = total - back - waiting - stopped - pending_late
        done = int(rest * (0.85 + 0.1 * lot[3]))
        early, late = int(done * 0.7), int(2 * lot[4])
        return {
            "TongSo": total, "TiepNhanKyTruoc": carried, "TiepNhanTrongKy": received,
            "TiepNhanTrucTiep": received - online - postal, "TiepNhanQuaMang": online, "TiepNhanQuaBCCI": postal,
            "DaXuLyTruocHan": early, "DaXuLyDungHan": done - early - late, "DaXuLyQuaHan": late,
            "DangXuLyTrongHan": rest - done,
            "DangXuLyQuaHan": pending_late, "TongTraLai": back, "TongBoSung": waiting, "TrangThaiDungXuLy": stopped,
        }  # fmt: skip

    def _statistic_rows(self, said: Sequence[Observation]) -> list[dict[str, Any]]:
        rows: dict[object, dict[str, Any]] = {}
        for o in said:
            key = (o.unit, o.period, o.dims.get("tier", ""), o.scope)
            row = rows.setdefault(key, begun(o, self._agencies[o.unit]))
            if o.indicator in COUNTS and "by" not in o.dims:
                row[COUNTS[o.indicator]] = number(o.value)
            elif o.bound == "range":
                row[RATES[o.indicator]] = f"{o.low}-{o.high} %"
            elif o.stated is not None:
                row[RATES[o.indicator]] = o.stated
        return list(rows.values())

    def _dossiers(self, at: datetime) -> tuple[CaseReport, ...]:
        now = at.astimezone(UTC)
        first = (now - self.window - _LONGEST - _EPOCH) // _SLOT
        lives = (self._life(slot, now) for slot in range(first, (now - _EPOCH) // _SLOT + 1) if self._comes(slot))
        changed = [report for report in lives if report is not None and report.at > now - self.window]
        return tuple(sorted(changed, key=lambda report: (report.at, report.id)))

    def _comes(self, slot: int) -> bool:
        local = (_EPOCH + slot * _SLOT).astimezone(LOCAL)
        return local.weekday() < 5 and 7 <= local.hour < 17 and chance(self.seed, self.unit, "dossier", slot) < 0.6

    def _life(self, slot: int, now: datetime) -> CaseReport | None:
        """Return a dossier as it is at the instant; none before it came."""

        def lot(*names: object) -> float:
            return chance(self.seed, self.unit, slot, *names)

        opened = _EPOCH + slot * _SLOT + timedelta(seconds=int(3600 * lot("second")))
        days = 1 + int(9 * lot("term"))
        promised = datetime.combine((opened + timedelta(days=days)).astimezone(LOCAL).date(), time(17), LOCAL)
        # Two in a hundred take longer than was promised.
        work = days * (0.1 + 0.85 * lot("work")) if lot("late") > 0.02 else days + 1.5
        done = opened + timedelta(seconds=int(work * 86_400))
        end = "processed" if lot("end") < 0.94 else "rejected" if lot("end") < 0.97 else "withdrawn"
        steps = [
            ("submitted", opened),
            ("accepted", opened + timedelta(minutes=20)),
            ("processing", opened + timedelta(hours=1)),
            (end, max(done, opened + timedelta(hours=2))),
        ]
        if end == "processed":
            steps.append(("returned", steps[-1][1] + timedelta(hours=20)))
        reached = [step for step in steps if step[1] <= now]
        if not reached:
            return None
        status, at = reached[-1]
        return CaseReport(
            unit=self.unit,
            kind="dossier",
            id=f"{self._agencies[self.unit]}-{opened.astimezone(LOCAL):%y%m%d}-{slot % 10_000:04}",
            at=at,
            opened_at=opened,
            status=status,
            category=_CATEGORIES[int(lot("category") * len(_CATEGORIES))],
            due=None if lot("due") < 0.03 else promised.astimezone(UTC),
            channel=_CHANNELS[int(lot("channel") ** 2 * len(_CHANNELS))],
            closed_at=steps[3][1] if status in ("processed", "returned") else None,
        )

    def _dossier_row(self, report: CaseReport) -> dict[str, Any]:
        lot = chance(self.seed, report.id, "person")
        return {
            "MaHoSo": report.id,
            "MaDonVi": self._agencies[report.unit],
            "NguoiNop": _PEOPLE[int(lot * len(_PEOPLE))],
            "SoDienThoai": f"09000{int(lot * 100_000):05d}",
            "TrangThai": _STATUSES.index(report.status) + 1,
            "Kenh": _CHANNELS.index(report.channel) + 1,
            "LinhVuc": report.category,
            "NgayTiepNhan": report.opened_at.astimezone(LOCAL).isoformat(),
            "NgayHenTra": report.due.astimezone(LOCAL).isoformat() if report.due else None,
            "NgayXuLyXong": report.closed_at.astimezone(LOCAL).isoformat() if report.closed_at else None,
            "CapNhat": report.at.astimezone(LOCAL).isoformat(),
        }
