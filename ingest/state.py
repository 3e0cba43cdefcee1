"""The dictionary's states of a device, and what the devices' own words mean."""

ONLINE, DEGRADED, FAULT, OFFLINE, UNKNOWN = "online", "degraded", "fault", "offline", "unknown"
MAINTENANCE = "maintenance"
ABSENT = frozenset({"pending_install", "disabled", "retired"})
"""What the register says of a device that is not there to be seen."""
COVERED = ABSENT | {MAINTENANCE}
"""States that hold whatever is heard."""

_MEANS = {
    "online": ONLINE,
    "idle": ONLINE,
    "playing": ONLINE,
    "muted": ONLINE,
    "degraded": DEGRADED,
    "not_recording": DEGRADED,
    "no_signal": FAULT,
    "fault": FAULT,
    "offline": OFFLINE,
}
"""The device's own word -> the dictionary's state: a camera that shows but doesn't record is degraded, not gone."""


def means(word: str) -> str:
    """Return the dictionary's state for a device's own word."""
    return _MEANS.get(word, ONLINE)
