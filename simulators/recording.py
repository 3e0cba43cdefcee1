"""Record what devices publish into a file, and replay it through the same door: the broker.

One JSON object a line: the first says what it is, the others ``t`` (seconds since the begin), ``topic``, ``retained``
and ``text`` (or ``base64`` where the body is no UTF-8).
"""

import base64
import json
import re
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from connectors.contract import DeviceId, IocError, Message
from simulators.publish import Ear, Fleet

_KIND = "ioc-recording"
_INSTANT = re.compile(rb'("at"\s*:\s*")([^"]+)"')


class BadRecording(IocError):
    """The file is not a recording; says which line is wrong."""


class BrokerAway(IocError):
    """The broker does not answer, refuses, or did not take everything."""


class Heard(NamedTuple):
    """One recorded message, ``t`` seconds after the begin."""

    t: float
    topic: str
    body: bytes
    retained: bool


def record(url: str, filters: Iterable[str], file: Path, stopping: threading.Event, seconds: float) -> int:
    """Write what is heard until told to stop; returns how many messages.

    Raises :class:`BrokerAway` before the file is touched.
    """
    count = 0

    def heard(topic: str, body: bytes, retained: bool) -> None:
        nonlocal count
        count += 1
        line: dict[str, Any] = {"t": round(time.monotonic() - began, 3), "topic": topic, "retained": retained}
        try:
            line["text"] = body.decode()
        except UnicodeDecodeError:
            line["base64"] = base64.b64encode(body).decode()
        sink.write(json.dumps(line, ensure_ascii=False) + "\n")
        sink.flush()

    try:
        ear = Ear(url, filters, heard)
    except OSError as error:
        raise BrokerAway(f"the broker can't be listened to: {error}") from error
    began = time.monotonic()
    with file.open("w", encoding="utf-8") as sink:
        sink.write(json.dumps({_KIND: 1, "started": datetime.now(UTC).isoformat()}) + "\n")
        ear.listen(stopping, seconds)
    return count


def read(file: Path) -> tuple[datetime, list[Heard]]:
    """Return when a recording began (UTC) and its messages; raises :class:`BadRecording` naming the line."""
    heard: list[Heard] = []
    started = None
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                said = json.loads(line)
                if started is None:
                    if said[_KIND] != 1:
                        raise ValueError(f"version {said[_KIND]} is not known")
                    started = datetime.fromisoformat(said["started"])
                    continue
                body = said["text"].encode() if "text" in said else base64.b64decode(said["base64"], validate=True)
                heard.append(Heard(float(said["t"]), str(said["topic"]), body, bool(said["retained"])))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise BadRecording(f"{file}:{number}: not a line of a recording: {error!r}") from error
    if started is None:
        raise BadRecording(f"{file}: empty; `ioc record` writes one")
    return started, heard


def replay(
    url: str, file: Path, stopping: threading.Event, *, speed: float = 1.0, now: bool = True, loop: bool = False
) -> int:
    """Publish a recording, ``speed`` times faster; ``now`` moves its instants to today. Returns how many messages.

    Raises :class:`BrokerAway` where the broker did not take them all.
    """
    started, heard = read(file)
    devices = {_device(h.topic) for h in heard}
    fleet = Fleet(url, devices, name="replay", wills=False)
    sent = 0
    while True:
        began = time.monotonic()
        shift = datetime.now(UTC) - started if now else timedelta()
        for h in heard:
            while (left := h.t / speed - (time.monotonic() - began)) > 0 and not stopping.is_set():
                fleet.serve(min(left, 0.2))
            if stopping.is_set():
                break
            body = _INSTANT.sub(lambda m, shift=shift: _moved(m, shift), h.body) if now else h.body  # type: ignore[misc]
            fleet.send(_device(h.topic), Message("replay", h.topic, body, datetime.now(UTC)), retain=h.retained)
            sent += 1
        if not loop or stopping.is_set():
            break
    fleet.drain(10)
    untaken = fleet.untaken
    fleet.close()
    if untaken:
        raise BrokerAway(f"the broker took {sent - untaken} of {sent} messages")
    return sent


def _device(topic: str) -> DeviceId:
    parts: Iterator[str] = iter([*topic.split("/")[1:4], "", "", ""])
    return DeviceId(next(parts), next(parts), next(parts))


def _moved(match: re.Match[bytes], shift: timedelta) -> bytes:
    try:
        at = datetime.fromisoformat(match[2].decode()) + shift
    except (ValueError, UnicodeDecodeError, OverflowError):
        return match[0]  # it was recorded wrong, and is replayed wrong
    return match[1] + at.isoformat().encode() + b'"'
