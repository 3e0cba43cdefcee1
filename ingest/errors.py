"""What can go wrong outside a message.

::

    IocError                (connectors.contract)
    ├── Undecodable         the message is wrong: kept as a rejection, counted, never retried by itself
    ├── ConfigError         the operator can mend it: every fault at once, exit 2
    └── StoreDown           the database is wrong: keep receiving, retry
"""

from collections.abc import Iterator, Sequence

from connectors.contract import IocError, Undecodable

__all__ = ["ConfigError", "IocError", "StoreDown", "Undecodable", "pauses"]


class ConfigError(IocError):
    """The operator can mend it; every line reads ``file:place: message``."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults: Sequence[str] = faults


class StoreDown(IocError):
    """The database can't take anything now; what was to be written is still ours."""


def pauses(first: float = 0.5, longest: float = 30.0) -> Iterator[float]:
    """Yield growing pauses in seconds, for ever."""
    pause = first
    while True:
        yield pause
        pause = min(pause * 2, longest)
