"""Video recorders over SNMP: their disks, and which cameras they record, the third of a camera's three facts."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field, model_validator

from connectors.contract import DeviceId, DeviceReport, Message, Quantity, SourceDown, Undecodable
from connectors.recorder_snmp.profile import Profile
from connectors.snmp_agents import SYS_DESCR, SYS_UPTIME, Agent, Sample, SnmpAgents, body
from connectors.talk import NO_ANSWER, Arrived, Talk

_CAMERA = re.compile(r"[a-z0-9-]{1,64}")
_LONGEST_LABEL = 200


class Recorder(Agent):
    """A recorder, and the cameras on its channels."""

    channels: Mapping[int, str] = {}
    """Channel number -> the camera's name in the register."""

    @model_validator(mode="after")
    def _cameras(self) -> "Recorder":
        for channel, camera in self.channels.items():
            if channel < 1 or not _CAMERA.fullmatch(camera):
                raise ValueError(f"channel {channel} = {camera!r}: a number from 1, and 1 to 64 of a-z, 0-9 and '-'")
        return self


class RecorderSnmp(SnmpAgents):
    """Recorders that are asked over SNMP; one source a vendor, because each has objects of its own."""

    feed: ClassVar[str] = "camera_status"
    title: ClassVar[str] = "Đầu ghi hình (SNMP)"
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("disks", "disk", 0),
        Quantity("disks_failed", "disk", 0),
        Quantity("disk_free_pct", "percent", 0, 100),
        Quantity("uptime_s", "second", 0, 2**32 / 100),
        Quantity("recording", "", 0, 1),
    )

    devices: tuple[Recorder, ...] = Field(min_length=1)
    profile: Profile = Profile()
    """The vendor's objects; Hikvision's where nothing else is said."""
    every: timedelta = timedelta(minutes=1)
    """Pause between two looks."""

    @model_validator(mode="after")
    def _recording_is_known(self) -> "RecorderSnmp":
        if not self.profile.recording and any(device.channels for device in self.devices):
            raise ValueError(
                "channels need profile.recording, the column that tells which channel is recorded: no public MIB names"
                " one; ask the vendor, or look for it with snmpwalk"
            )
        return self

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        """Ask one recorder for its state, its disks and its channels."""
        device = next(device for device in self.devices if device.name == name)
        scalars = [oid for oid in (SYS_DESCR, SYS_UPTIME, self.profile.online) if oid]
        answer = yield self.question(device, get=scalars, walk=self.profile.columns)
        if answer.error and NO_ANSWER not in answer.error:
            raise SourceDown(f"{name}: {answer.error}")
        yield Arrived(self.address(name), body(answer))

    def decode(self, message: Message) -> Iterable[DeviceReport]:
        """Give a report of the recorder, and one a camera whose recording is known; raises :class:`Undecodable`."""
        name = self.addressed(message)
        sample = self.sample(message)
        recorder = DeviceId(self.unit, "network", name)
        if sample.error:
            return (DeviceReport(recorder, sample.at, "offline"),)  # of its cameras we know nothing then
        ticks = sample.number(SYS_UPTIME, highest=2**32 - 1)
        values: dict[str, float] = {} if ticks is None else {"uptime_s": ticks // 100}
        values |= self.profile.disks(sample)
        descr = sample.text(SYS_DESCR)[:_LONGEST_LABEL]
        report = DeviceReport(
            recorder, sample.at, self._state(sample, values), values, {"descr": descr} if descr else {}
        )
        return (report, *self._cameras(name, sample))

    def _state(self, sample: Sample, values: Mapping[str, float]) -> str:
        online = self.profile.online and sample.values.get(self.profile.online)
        if online is not None and str(online) in self.profile.absent:
            return "fault"
        failed = values.get("disks_failed", 0)
        return "online" if not failed else "fault" if failed == values["disks"] else "degraded"

    def _cameras(self, name: str, sample: Sample) -> Iterable[DeviceReport]:
        device = next(device for device in self.devices if device.name == name)
        if not device.channels:
            return
        rows = self.profile.rows(sample, self.profile.recording)
        for channel, camera in sorted(device.channels.items()):
            word = rows.get(str(channel))
            if word is None:
                continue  # a channel that the recorder does not tell of is not one that stands still
            if word not in (*self.profile.recorded, *self.profile.not_recorded):
                raise Undecodable(
                    f"{word[:60]!r} is neither in profile.recorded nor in profile.not_recorded",
                    place=f"{self.profile.recording}.{channel}",
                )
            recorded = word in self.profile.recorded
            yield DeviceReport(
                DeviceId(self.unit, "camera", camera),
                sample.at,
                "online" if recorded else "not_recording",
                {"recording": 1 if recorded else 0},
                {"recorder": name},
            )
