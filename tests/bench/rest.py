"""What the demo costs while a commune of a hundred devices goes about its day."""

import tempfile
import time
from pathlib import Path

from tests.bench.meter import Load, pss_mb
from tests.bench.site import program
from tests.bench.table import Line, Target
from tests.servers import free_port


def figure(*, quick: bool) -> list[Line]:
    """Start it on an empty folder, let it settle, then weigh it."""
    seconds = 5 if quick else 30
    with tempfile.TemporaryDirectory(prefix="ioc-bench-", ignore_cleanup_errors=True) as folder:
        data = Path(folder, "data")
        words = ["ioc", "demo", "--data", str(data), "--port", str(free_port()), "--mqtt-port", str(free_port())]
        began = time.monotonic()
        words += ["--devices", "100", "--headless"]
        # Its sockets lie in the folder for temporary files, and stay there.
        with program(*words, log=Path(folder, "demo.log"), environment={"TMPDIR": folder}) as demo:
            assert demo.stdout is not None
            said = next((line for line in demo.stdout if line.startswith("ready ")), "")
            if not said:
                raise RuntimeError(f"the demo ended with status {demo.wait()}")
            ready = time.monotonic() - began
            time.sleep(seconds)
            load = Load({"demo": demo.pid})
            time.sleep(seconds)
            busy, memory = load.cores()["demo"], pss_mb(demo.pid)
    return [
        Line("rest, demo of 100 devices: ready after", "s", [ready], target=Target("<", 10, "measured")),
        Line("  memory of all its processes", "MB", [memory], target=Target("<", 400, "measured")),
        Line(f"  CPU over {seconds} s", "% of a core", [busy], target=Target("<", 8, "measured")),
    ]
