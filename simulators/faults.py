"""Faults of the way between a device and us, pure in seed and message: drop, delay, duplicate, corrupt, skew."""

import hashlib
import random
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from connectors.contract import Message

FAULTS = ("drop", "delay", "duplicate", "corrupt", "skew")
_ODDS = 0.05
_INSTANT = re.compile(rb'"at":"([^"]+)"')


class Sent(NamedTuple):
    """A message, and how long after its time it leaves."""

    after: timedelta
    message: Message


def through(message: Message, faults: Collection[str], seed: int) -> Iterator[Sent]:
    """Yield what is left of a message: nothing, itself, itself later, twice, cut in two, or with a wrong clock."""
    salt = b"%d|%b|%b" % (seed, message.address.encode(), message.body)
    lot = random.Random(int.from_bytes(hashlib.blake2b(salt, digest_size=8).digest(), "big"))  # noqa: S311 - a simulation
    hit = {fault for fault in FAULTS if fault in faults and lot.random() < _ODDS}
    if "drop" in hit:
        return
    if "skew" in hit:
        message = replace(message, body=_INSTANT.sub(lambda m: _skewed(m, lot.uniform(-7200, 7200)), message.body))
    if "corrupt" in hit:
        message = replace(message, body=message.body[: max(1, len(message.body) // 2)])
    after = timedelta(seconds=lot.uniform(1, 30)) if "delay" in hit else timedelta()
    yield Sent(after, message)
    if "duplicate" in hit:
        yield Sent(after + timedelta(seconds=1), message)


def _skewed(match: re.Match[bytes], seconds: float) -> bytes:
    at = datetime.fromisoformat(match[1].decode()) + timedelta(seconds=seconds)
    return b'"at":"%b"' % at.isoformat().encode()
