"""What a vendor calls the fields: every name is configuration, because vendors differ."""

from pydantic import BaseModel, ConfigDict, Field


class _Names(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def every(self) -> frozenset[str]:
        """Return the vendor's names."""
        return frozenset(self.model_dump().values())


class ClusterFields(_Names):
    """One cluster of the device list."""

    code: str = Field(default="deviceCode", min_length=1)
    name: str = "name"
    area: str = "areaId"
    address: str = "address"
    latitude: str = "lat"
    longitude: str = "lon"
    switched: str = "status"
    """1 Bật, 0 Tắt."""
    timed_out: str = "timeOut"
    playing: str = "On"
    fault: str = "error"
    """Text or number of a fault; empty, 0 and null: none."""
    installed: str = "installed"
    """0 where there is a pole and no equipment yet."""
    volume_pct: str = "volume"
    signal_dbm: str = "signal"
    network: str = "networkType"
    firmware: str = "firmware"
    amplifier_w: str = "ampPower"
    temperature_c: str = "temperature"
    uptime_s: str = "uptime"
    horns: str = "horns"
    programme: str = "currentProgram"
    priority: str = "priority"
    at: str = "lastSeenAt"
    """When the adapter was last heard."""


class ScheduleFields(_Names):
    """One entry of the schedule, dated or recurring."""

    id: str = Field(default="id", min_length=1)
    programme: str = Field(default="programName", min_length=1)
    priority: str = "priority"
    devices: str = "deviceCodes"
    """List of codes; empty or missing: all clusters."""
    start: str = Field(default="startTime", min_length=1)
    """Local, ``05:00``."""
    end: str = Field(default="endTime", min_length=1)
    repeat: str = "repeat"
    """``once``, ``daily``, ``weekdays`` (Monday to Friday) or ``weekly``."""
    date: str = "date"
    """The day of what is played once."""
    weekdays: str = "weekdays"
    """ISO numbers, 1 Monday to 7 Sunday, of what is played weekly."""
    valid_from: str = "validFrom"
    valid_to: str = "validTo"
    """The last day."""
    exceptions: str = "exceptDates"
    enabled: str = "enabled"
    changed_at: str = "updatedAt"


class PlayedFields(_Names):
    """One entry of the played log."""

    id: str = Field(default="id", min_length=1)
    device: str = "deviceCode"
    programme: str = Field(default="programName", min_length=1)
    priority: str = "priority"
    started_at: str = Field(default="startedAt", min_length=1)
    ended_at: str = "endedAt"
    result: str = "result"
    """0 where the cluster could not play it."""
    changed_at: str = Field(default="updatedAt", min_length=1)
