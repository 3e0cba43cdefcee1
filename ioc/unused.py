"""Parts of libraries that none of our processes uses, kept out of its memory."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

COMMAND_LINES = ("httpx._main",)
"""httpx's own command line brings rich and pygments: 4 MB."""
CLIENTS = ("aiohttp", "requests")
"""The screen's server brings the clients of its protocol, and what they would speak with: 11 MB."""
RELOADERS = ("watchfiles",)
"""The web server would watch our files for developers."""


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


def holidays_of_vietnam() -> None:
    """Load the one calendar that we read: the package would bring 250 countries with it, 6 MB."""
    package = "holidays.countries"
    if package in sys.modules or (spec := find_spec(package)) is None or not spec.submodule_search_locations:
        return
    bare = ModuleType(package)
    bare.__path__ = list(spec.submodule_search_locations)
    sys.modules[package] = bare
    try:
        import_module(f"{package}.vietnam")
    finally:
        del sys.modules[package]
