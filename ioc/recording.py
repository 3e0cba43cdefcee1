"""`ioc record` and `ioc replay`: raw messages of the broker to a file, and back."""

import signal
import threading
from pathlib import Path

from connectors.contract import Subscribed
from ingest.config import Settings
from ingest.errors import ConfigError
from simulators import recording
from simulators.recording import BrokerAway


def record(settings: Settings, file: Path, seconds: float | None) -> int:
    """Record every subscribed source; returns how many messages."""
    filters = [t for source in settings.sources.values() if isinstance(source, Subscribed) for t in source.topics()]
    if not filters:
        raise ConfigError("sources: none is subscribed to the broker, so there is nothing to record")
    try:
        return recording.record(
            settings.broker.url, filters, file, _stopping(), float("inf") if seconds is None else seconds
        )
    except BrokerAway as error:
        raise BrokerAway(f"{error}; see `ioc doctor`") from error
    except OSError as error:
        raise ConfigError(f"{file}: can't be written: {error.strerror}") from error


def replay(settings: Settings, file: Path, speed: float, now: bool, loop: bool) -> int:
    """Replay a recording; returns how many messages."""
    if not file.is_file():
        raise ConfigError(f"{file}: there is no such file; `ioc record` writes one")
    try:
        return recording.replay(settings.broker.url, file, _stopping(), speed=speed, now=now, loop=loop)
    except recording.BadRecording as error:
        raise ConfigError(str(error)) from error
    except BrokerAway as error:
        raise BrokerAway(f"{error}; see `ioc doctor`") from error


def _stopping() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return stopping
