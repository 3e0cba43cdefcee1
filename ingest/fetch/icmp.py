"""ICMP echoes by icmplib: as any user where the system allows it, else with the right to raw sockets."""

import time

import orjson
from icmplib import NameLookupError, SocketPermissionError, is_hostname, ping, resolve
from icmplib.exceptions import ICMPLibError

from connectors.talk import Ping

_PAUSE = 0.2
"""Seconds between two echoes."""
_SHORTEST = 0.1
"""Seconds that an echo is waited for at least."""


def fetch(question: Ping, timeout: float) -> bytes:
    """Send the echoes within about ``timeout`` seconds; returns JSON ``{"sent", "received", "rtt_ms"}``.

    Silence is an answer. Raises ``OSError`` where nothing could be sent: unknown host, no way there, no right.
    """
    try:
        try:
            return _echoes(question, timeout, privileged=False)
        except SocketPermissionError:
            return _echoes(question, timeout, privileged=True)
    except SocketPermissionError as error:
        raise PermissionError(
            "we have no right to send ICMP: set sysctl net.ipv4.ping_group_range='0 2147483647', or give the service"
            " CAP_NET_RAW (systemd: AmbientCapabilities=CAP_NET_RAW)"
        ) from error
    except (NameLookupError, UnicodeError) as error:
        raise OSError(f"unknown host {question.host!r}: correct `host`, or write its address") from error
    except ICMPLibError as error:
        raise OSError(f"{question.host}: {error}") from error


def _echoes(question: Ping, timeout: float, *, privileged: bool) -> bytes:
    address = resolve(question.host)[0] if is_hostname(question.host) else question.host
    wait = max((timeout - _PAUSE * (question.count - 1)) / question.count, _SHORTEST)
    sent, times = 0, []
    for echo in range(question.count):
        if echo:
            time.sleep(_PAUSE)
        # A socket for each: a raw one hears all that comes for anybody, and would be full of it after the pause.
        host = ping(address, count=1, timeout=wait, privileged=privileged)
        sent += host.packets_sent
        times += [max(round(rtt, 3), 0.0) for rtt in host.rtts]  # the clock may be set between the two
    if not sent:
        raise OSError(f"no way to {question.host}: look at our own network and its routes")
    return orjson.dumps({"sent": sent, "received": len(times), "rtt_ms": times})
