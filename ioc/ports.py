"""Ports of this machine, had before a program is started on them, so that the operator is told which one and why."""

import socket
from contextlib import ExitStack

from ingest.errors import ConfigError


def claim(host: str, port: int, what: str) -> None:
    """Raise :class:`ConfigError` when a port can't be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = "another program holds it" if getattr(error, "errno", 0) == 98 else str(error)
            raise ConfigError(f"{what}: {host}:{port} can't be had: {reason}; choose another port") from error


def in_a_row(host: str, count: int) -> int:
    """Return the first of so many free ports, one after the other; raises :class:`ConfigError`."""
    for _ in range(100):
        with ExitStack() as held:
            first = held.enter_context(socket.socket())
            first.bind((host, 0))
            port = int(first.getsockname()[1])
            try:
                for place in range(1, count):
                    held.enter_context(socket.socket()).bind((host, port + place))
            except (OSError, OverflowError):
                continue
            return port
    raise ConfigError(f"no {count} ports in a row are free on {host}; end other programs")
