"""`ioc demo`, the real programs together: figures of the seeds, children that die, Ctrl-C, and on again."""

import json
import signal
import subprocess
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import time as clock

import psutil
import pytest
from paho.mqtt import publish

from connectors.contract import LOCAL
from ingest.config import load
from simulators.commune import ASKED, ROUTERS
from simulators.hamlets import Hamlet
from tests.e2e.conftest import IOC, Demo, eventually
from tests.screen.commune import REGISTER
from tests.servers import free_port


def now(demo: Demo, key: str) -> float:
    return float(demo.get(f"indicators/{key}/now?unit=05068")["items"][0]["value"])


def balanced(demo: Demo) -> bool:
    sources = demo.get("sources")["items"]
    return all(s["received"] == s["stored"] + s["duplicate"] + s["rejected"] for s in sources)


def test_the_communes_own_figures_are_there(demo: Demo) -> None:
    eventually(lambda: now(demo, "devices_camera_online") == 20, "20 cameras")
    eventually(lambda: now(demo, "devices_loudspeaker_online") == 8, "8 loudspeakers")
    devices = demo.get("devices?unit=05068&kind=loudspeaker")["items"]
    assert sum(d["horns"] or 0 for d in devices if d["lifecycle"] == "installed") == 16
    assert sum(d["state"] == "pending_install" for d in devices) == 2
    assert all(d["simulated"] for d in devices)
    eventually(lambda: demo.get("indicators/budget_expenditure_rate/now?unit=05068")["items"], "a workbook", 40)
    # The months before come first; the last of them is the real one.
    eventually(lambda: now(demo, "budget_expenditure_rate") == 91.27, "the workbook of 25 August", 40)
    assert now(demo, "budget_revenue_rate") == 92.21
    assert now(demo, "budget_expenditure") == 3_463_459_200_000
    assert now(demo, "field_reports_open") > 0
    eventually(lambda: balanced(demo), "the balance")


def test_what_was_before_the_demo_began_is_told_as_far_as_it_is_known(demo: Demo) -> None:
    today = datetime.now(LOCAL).date()
    asked = f"unit=05068&start={today}&stop={today + timedelta(days=1)}&limit=500"

    def first_of_the_day() -> set[str]:
        return {
            one["device"]
            for one in demo.get(f"broadcasts/played?{asked}")["items"]
            if one["starts_at"] == f"{datetime.combine(today, time(5), LOCAL).astimezone(UTC):%Y-%m-%dT%H:%M:%S+00:00}"
        }

    clusters = {f"loa-{n:02}" for n in range(1, 9)}
    eventually(
        lambda: first_of_the_day() == clusters, "the relay of this morning on every cluster, and on no bare pole"
    )
    before = f"unit=05068&start={today - timedelta(days=3)}&stop={today}&limit=1000"
    eventually(lambda: demo.get(f"broadcasts?{before}")["items"], "what was played in the last days", 40)
    assert all(one["kind"] == "played" for one in demo.get(f"broadcasts?{before}")["items"])
    # The past of the devices was not observed: no day before this one has an availability.
    past = f"unit=05068&start={today - timedelta(days=7)}&stop={today}"
    assert demo.get(f"indicators/devices_camera_availability?{past}")["items"] == []
    assert demo.get(f"indicators/devices_outages?{past}")["items"] == []
    assert {one["value"] for one in demo.get(f"indicators/devices_camera_total?{past}")["items"]} == {20}


def test_field_reports_lie_in_the_hamlets_that_they_name(demo: Demo) -> None:
    outlines = {h.name: Hamlet(h.name, h.outline) for h in load(REGISTER, {}).hamlets}
    eventually(lambda: demo.get("cases?kind=field_report&unit=05068")["items"], "reports")
    for one in demo.get("cases?kind=field_report&unit=05068&limit=500")["items"]:
        assert outlines[one["hamlet"]].holds(one["latitude"], one["longitude"]), one


def test_ready_is_said_when_a_green_device_can_be_seen(demo: Demo) -> None:
    """How soon that is, `make bench ARGS="rest"` says."""
    assert demo.green_when_ready


@pytest.mark.parametrize("victim", ["api", "ingest", "broker", "postgres", "simulate"])
def test_a_killed_child_comes_back_and_the_devices_are_green(demo: Demo, victim: str) -> None:
    child = demo.children()[victim]
    child.send_signal(signal.SIGKILL)
    child.wait(5)

    def green() -> bool:
        try:
            return victim in demo.children() and now(demo, "devices_camera_online") == 20 and balanced(demo)
        except (OSError, psutil.Error, IndexError):
            return False

    since = clock()

    def spoken() -> bool:
        try:
            sources = {s["name"]: s for s in demo.get("sources")["items"]}
            return bool(sources["cameras"]["state"] == "ok" and sources["cameras"]["lag_s"] < clock() - since)
        except OSError:
            return False

    # Cameras that are asked are asked once a minute.
    eventually(lambda: spoken() and green(), f"the life after {victim}", within=150)


@pytest.mark.parametrize(("kind", "state"), [("camera", "degraded"), ("loudspeaker", "muted"), ("network", "degraded")])
def test_a_device_of_any_kind_that_anybody_brings_is_heard(demo: Demo, kind: str, state: str) -> None:
    topic = f"ioc/05068/{kind}/khach-01/status"
    publish.single(topic, json.dumps({"state": state}), qos=1, hostname="127.0.0.1", port=demo.mqtt_port)

    def heard() -> list[str]:
        its = demo.get(f"devices?unit=05068&kind={kind}&limit=1000")["items"]
        return [one["reported"] for one in its if one["id"] == "khach-01"]

    eventually(lambda: heard() == [state], f"the {kind}")


def test_ctrl_c_leaves_no_process_and_no_lost_row_and_it_goes_on(tmp_path: Path) -> None:
    demo = Demo(tmp_path, "--devices", "40", "--speed", "10")
    demo.start()
    eventually(lambda: now(demo, "devices_camera_online") >= 20, "devices")
    children = list(demo.children().values())
    assert len(children) == 5
    first = demo.ready_line
    stopped_at = datetime.now(UTC)
    assert demo.interrupt() == 0
    assert not [child for child in children if child.is_running()]
    again_at = datetime.now(UTC)
    demo.start()
    try:
        assert demo.ready_line == first
        # The centre was away, not the commune: that is no outage of a device that speaks by itself. Those that are
        # asked stand in the simulated town, which is stopped before the centre is.
        away = demo.get("devices?state=offline&limit=1000")["items"]
        fallen = {d["id"] for d in away if datetime.fromisoformat(d["since"]) >= stopped_at}
        assert fallen <= {*ASKED, *ROUTERS}
        sources = {s["name"]: s for s in demo.get("sources")["items"]}
        cameras = sources["cameras"]
        reports = demo.get("devices/cam-01/reports?limit=1000")["items"]
        assert reports
        assert cameras["stored"] >= len(reports)
        assert balanced(demo)
        # What the simulators sent before Ctrl-C is all there: their last count lies in their log.
        log = (tmp_path / "log" / "simulators.log").read_text()
        sent = int(log.split("simulation over sent=")[1].split()[0])
        stored = sum(
            len(demo.get(f"devices/{d['ref']}/reports?limit=1000&stop={again_at:%FT%T.%fZ}")["items"])
            for d in demo.get("devices?limit=1000")["items"]
        )
        assert stored >= sent
    finally:
        demo.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "/dev/null/x"], "--data: /dev/null/x can't be written"),
        (["--faults", "fire"], "there is no fault fire"),
    ],
)
def test_an_operators_mistake_is_named_and_exits_2(arguments: list[str], said: str, tmp_path: Path) -> None:
    command = [*IOC, "demo", "--headless", "--port", str(free_port()), "--mqtt-port", str(free_port())]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())


def test_a_busy_port_and_a_busy_folder_are_named(demo: Demo, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*IOC, "demo", "--headless", *arguments], capture_output=True, text=True, timeout=60)

    busy = run("--data", str(tmp_path), "--port", str(demo.port), "--mqtt-port", str(free_port()))
    assert busy.returncode == 2
    assert f"--port: 127.0.0.1:{demo.port} can't be had: another program holds it" in busy.stderr
    taken = run("--data", str(demo.data), "--port", str(free_port()), "--mqtt-port", str(free_port()))
    assert taken.returncode == 2
    assert "another demo runs on" in taken.stderr
