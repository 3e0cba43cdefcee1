"""ICMP echoes by icmplib: as any user where the system allows it, else with the right to raw sockets."""

import orjson
from icmplib import NameLookupError, SocketPermissionError, ping
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
    wait = max((timeout - _PAUSE * (question.count - 1)) / question.count, _SHORTEST)

    def send(*, privileged: bool) -> bytes:
        host = ping(question.host, question.count, _PAUSE, wait, privileged=privileged)
        if not host.packets_sent:
            raise OSError(f"no way to {question.host}: look at our own network and its routes")
        rtts = [round(rtt, 3) for rtt in host.rtts]
        return orjson.dumps({"sent": host.packets_sent, "received": len(rtts), "rtt_ms": rtts})

    try:
        try:
            return send(privileged=False)
        except SocketPermissionError:
            return send(privileged=True)
    except SocketPermissionError as error:
        raise PermissionError(
            "we have no right to send ICMP: set sysctl net.ipv4.ping_group_range='0 2147483647', or give the service"
            " CAP_NET_RAW (systemd: AmbientCapabilities=CAP_NET_RAW)"
        ) from error
    except (NameLookupError, UnicodeError) as error:
        raise OSError(f"unknown host {question.host!r}: correct `host`, or write its address") from error
    except ICMPLibError as error:
        raise OSError(f"{question.host}: {error}") from error
