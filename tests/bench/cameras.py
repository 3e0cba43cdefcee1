"""How long a look at 500 cameras takes, over ONVIF and RTSP at once, a tenth of them dead, into a durable PostgreSQL.

The simulated cameras run beside it on the same cores, so their share of the work is printed apart.
"""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
from pydantic import SecretStr

from connectors.camera_onvif import CameraOnvif
from connectors.camera_rtsp import CameraRtsp
from connectors.contract import Polled
from ingest.batch import Committer
from ingest.desk import DeskHere
from ingest.poll import Poller
from ingest.store import Store
from ingest.units import unit_codes
from ingest.writer import Writer
from tests.bench.meter import cpu_s
from tests.bench.site import program, site
from tests.bench.street import PASSWORD, UNIT, USER, name
from tests.bench.table import Line, Target

_DEAD = ("closed", "silent", "away")


def figure(*, quick: bool) -> list[Line]:
    """Look twice: a first time, and again with what the first look taught; check that every camera was judged right."""
    many = 50 if quick else 500
    rounds: list[float] = []
    ours = theirs = 0.0
    with site() as its, its.store() as store:
        log = Path(its.folder, "street.log")
        with program("tests.bench.street", str(many - many // 10), log=log) as street:
            assert street.stdout is not None
            ports = json.loads(street.stdout.readline())
            sources = _sources(many, ports)
            for key, source in sources.items():
                store.execute("insert into source (name, connector, feed, title, transport, stale_after)"
                              " values (%s, 'camera', %s, '', 'polled', '1 day')", (key, source.feed))  # fmt: skip
            writer = Writer(DeskHere(Committer(store), unit_codes(store)), queue=4000, batch_rows=1000, batch_age=0.05)
            poller = Poller(sources, store, writer)
            writer.start()
            try:
                for _ in range(1 if quick else 2):
                    before, beside, began = psutil.Process().cpu_times(), cpu_s(street.pid), time.monotonic()
                    with ThreadPoolExecutor(2) as both:
                        for look in both.map(poller.look, sources):
                            assert look.outcomes == {"stored": many}, look
                    rounds.append(time.monotonic() - began)
                    after = psutil.Process().cpu_times()
                    ours = after.user + after.system - before.user - before.system
                    theirs = cpu_s(street.pid) - beside
                    _judged_right(store, many)
            finally:
                poller.stop()
                poller.close()
                writer.stop()
    return [
        Line(f"cameras, {many} over ONVIF and RTSP, {many // 10} of them dead", "s", rounds,
             target=Target("<", 60, "measured")),
        Line("  CPU of asking, decoding and storing", "s", [ours]),
        Line("  CPU of the simulated cameras beside it", "s", [theirs]),
    ]  # fmt: skip


def _sources(many: int, ports: dict[str, int]) -> dict[str, Polled]:
    onvif, rtsp = [], []
    alive = 0
    for number in range(many):
        if number % 10 == 9:
            kind = _DEAD[number // 10 % len(_DEAD)]
            onvif.append({"name": f"dead-{number:03d}", "host": "127.0.0.1", "port": ports[kind]})
            rtsp.append({"name": f"dead-{number:03d}", "url": f"rtsp://127.0.0.1:{ports[kind]}/x"})
        else:
            its = name(alive)
            alive += 1
            path = f"/onvif/{its}/device_service"
            onvif.append({"name": its, "host": "127.0.0.1", "port": ports["onvif"], "path": path})
            rtsp.append({"name": its, "url": f"rtsp://127.0.0.1:{ports['rtsp']}/{its}"})
    signed = {"unit": UNIT, "username": USER, "password": SecretStr(PASSWORD)}
    return {"onvif": CameraOnvif(cameras=onvif, **signed), "rtsp": CameraRtsp(cameras=rtsp, **signed)}


def _judged_right(store: Store, many: int) -> None:
    """Fail where a camera is not what it is."""
    rows = store.rows("select distinct on (source, name) source, name, state, readings, labels from device_report"
                      " order by source, name, at desc")  # fmt: skip
    dead = many // 10
    states = Counter((row["source"], row["name"][:3] == "cam", row["state"]) for row in rows)
    closed = sum(1 for n in range(9, many, 10) if _DEAD[n // 10 % 3] == "closed")
    assert states == {
        ("onvif", True, "online"): many - dead, ("onvif", False, "offline"): dead,
        ("rtsp", True, "online"): many - dead, ("rtsp", False, "offline"): dead - closed,
        ("rtsp", False, "no_signal"): closed,
    }, states  # fmt: skip
    for row in rows:
        if row["state"] == "online":
            told = {**row["readings"], **row["labels"]}
            assert {"model", "stream", "clock_skew_s"} <= set(told) or {"picture_difference", "fps"} <= set(told), told
