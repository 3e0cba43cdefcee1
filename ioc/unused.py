"""Parts of libraries that none of our processes uses, kept out of its memory."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

COMMAND_LINES = ("httpx._main",)
"""httpx's own command line brings rich and pygments: 4 MB."""
CLIENTS = ("aiohttp", "requests")
"""The screen's server brings the clients of its protocol, and what they would speak with: 11 MB."""


@contextmanager
def left_out(*names: str) -> Iterator[None]:
    """Let these modules be missing for what is imported within, which can do without; those that are loaded stay."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None: there is no such module
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]
