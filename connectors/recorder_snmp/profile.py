"""Which objects of a recorder say what; vendors differ, so all of it is configuration. The defaults are Hikvision's.

HIKVISION-MIB (enterprise 50001): ``hikOnline`` 102 (1 online, 2 absent, 255 unknown), ``hikDiskTable`` 241 with
``hikDiskStatus`` (0 normal, 1 unformatted, 2 abnormal, 3 S.M.A.R.T. failed, 4 mismatch, 5 idle, 6 not online,
10 repairing, 11 formatting), ``hikDiskFreeSpace`` and ``hikDiskCapability`` in MB. The enterprise 39165 of the same
vendor is that of its cameras. Which channel is recorded, neither of them tells.
"""

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import Undecodable
from connectors.snmp_agents import OID, Sample

_HIKVISION = "1.3.6.1.4.1.50001.1"
_MAYBE_OID = rf"{OID}|^$"
_MOST = 1_024


class Profile(BaseModel):
    """OIDs without a leading point, a column without its row; empty where the vendor has none. Words are compared as
    text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    online: str = Field(default=f"{_HIKVISION}.102.0", pattern=_MAYBE_OID)
    absent: tuple[str, ...] = ("2",)
    """Words of ``online`` that are a fault."""
    disk_status: str = Field(default=f"{_HIKVISION}.241.1.3", pattern=_MAYBE_OID)
    disk_good: tuple[str, ...] = ("0", "5")
    disk_busy: tuple[str, ...] = ("10", "11")
    """Neither good nor failed; every other word is a failed disk."""
    disk_free: str = Field(default=f"{_HIKVISION}.241.1.4", pattern=_MAYBE_OID)
    disk_capacity: str = Field(default=f"{_HIKVISION}.241.1.5", pattern=_MAYBE_OID)
    """In the unit of ``disk_free``."""
    recording: str = Field(default="", pattern=_MAYBE_OID)
    """Column by channel."""
    recorded: tuple[str, ...] = ("1",)
    not_recorded: tuple[str, ...] = ("0",)

    @property
    def columns(self) -> tuple[str, ...]:
        """What must be walked."""
        return tuple(oid for oid in (self.disk_status, self.disk_free, self.disk_capacity, self.recording) if oid)

    def rows(self, sample: Sample, column: str) -> dict[str, str]:
        """Return a column by row, as text; some agents end a row's number with ``.0``."""
        if not column:
            return {}
        rows: dict[str, str] = {}
        for row, value in sample.column(column).items():
            if type(value) not in (int, str):
                raise Undecodable(f"a number or a word is expected, not {value!r:.60}", place=f"{column}.{row[:40]}")
            if rows.setdefault(row.removesuffix(".0"), str(value)) != str(value) or len(rows) > _MOST:
                raise Undecodable(f"it says two things, or has more than {_MOST} rows", place=f"{column}.{row[:40]}")
        return rows

    def disks(self, sample: Sample) -> dict[str, float]:
        """Return ``disks``, ``disks_failed`` and ``disk_free_pct`` as far as the recorder tells them.

        Free space is that of the disks that work, over their capacity; a failed one's space is none.
        """
        states = self.rows(sample, self.disk_status)
        if not states:
            return {}
        working = {row for row, word in states.items() if word in self.disk_good}
        failed = [word for word in states.values() if word not in (*self.disk_good, *self.disk_busy)]
        values: dict[str, float] = {"disks": len(states), "disks_failed": len(failed)}
        free, capacity = (self._sum(sample, column, working) for column in (self.disk_free, self.disk_capacity))
        if free is not None and capacity:
            if free > capacity:
                raise Undecodable(f"{free} free of {capacity} are more than there are", place=self.disk_free)
            values["disk_free_pct"] = round(100 * free / capacity, 2)
        return values

    def _sum(self, sample: Sample, column: str, rows: set[str]) -> int | None:
        """Return the sum of a column over some rows; none where one of them is not told."""
        said = self.rows(sample, column)
        if not rows or not rows <= set(said):
            return None
        for row in rows:
            if not said[row].isdecimal() or len(said[row]) > 20:
                raise Undecodable(f"a whole number is expected, not {said[row][:60]!r}", place=f"{column}.{row}")
        return sum(int(said[row]) for row in rows)
