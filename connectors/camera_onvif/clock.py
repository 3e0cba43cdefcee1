"""The camera's clock, against the middle of our question and its answer."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element  # the type only; parsing is defusedxml's

from connectors.camera_onvif import soap
from connectors.camera_onvif.envelope import Call, utc
from connectors.contract import Undecodable


def instant(answer: Element | None) -> datetime | None:
    """Return the UTC instant of a ``GetSystemDateAndTimeResponse``, to the second; None where it states none.

    Raises :class:`Undecodable` for an instant that can't be.
    """
    stated = next(soap.every(answer, "UTCDateTime"), None)
    if stated is None:
        return None
    numbers = [soap.text(stated, "Date", part) for part in ("Year", "Month", "Day")]
    numbers += [soap.text(stated, "Time", part) for part in ("Hour", "Minute", "Second")]
    words = "{}-{}-{}T{}:{}:{}".format(*(number[:8] for number in numbers))
    try:
        if not all(number.isascii() and number.isdigit() and len(number) <= 4 for number in numbers):
            raise ValueError("six numbers are expected")
        year, month, day, hour, minute, second = map(int, numbers)
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise Undecodable(f"{words!r} is no instant: {error}", place="GetSystemDateAndTime.UTCDateTime") from error


def ahead(answer: Element | None, call: Call) -> timedelta | None:
    """Return how far the camera's clock is ahead; None where it can't be told. Half the way there is assumed to be
    half of the time; the camera tells whole seconds, so less than one says nothing."""
    try:
        its = instant(answer)
    except Undecodable:
        return None
    asked_at, answered_at = utc(call.asked_at, "asked_at"), utc(call.answered_at, "answered_at")
    return None if its is None else its - (asked_at + (answered_at - asked_at) / 2)
