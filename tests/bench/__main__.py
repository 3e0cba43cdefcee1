"""``python -m tests.bench [names…] [--quick]``: take the figures (all by default) and print their table."""

import argparse
import os
import platform
import signal
import sys
import time
from importlib import import_module
from types import FrameType

from tests.bench.table import Line, table
from tests.servers import versions

FIGURES = (
    "drain", "live", "store", "stream", "devices", "rest", "shape", "workbook", "cameras", "paged", "states", "uptime",
    "boards", "screen",
)  # fmt: skip


def main() -> int:
    """Take the figures one after the other; a figure that can't be taken does not hide the others."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(FIGURES))
    parser.add_argument("--quick", action="store_true", help="small numbers: does it work at all")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(FIGURES)
    if unknown:
        parser.error(f"there is no figure {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    signal.signal(signal.SIGTERM, _leave)
    lines: list[Line] = []
    failed = False
    try:
        for name in asked.names or FIGURES:
            began = time.monotonic()
            try:
                lines += import_module(f"tests.bench.{name}").figure(quick=asked.quick)
            except Exception as error:  # noqa: BLE001 - the others are still worth having
                failed = True
                said = [f"{name}: {type(error).__name__}: {error}", *getattr(error, "__notes__", ())]
                print("\n".join(said), file=sys.stderr)
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        failed = True
    print(f"{versions()}\nPython {platform.python_version()}, {os.cpu_count()} cores\n")
    print(table(lines))
    return 1 if failed else 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM into Ctrl-C, so that everything is cleaned up."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
