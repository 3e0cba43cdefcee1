"""`ioc simulate` on a real broker: connections, last wills, gateways, rate, and an end that is said."""

import itertools
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.contract import DeviceId, DeviceReport
from simulators.camera_mqtt import CameraSimulator
from simulators.publish import ALONE
from tests.servers import Mosquitto, await_that
from tests.simulators.conftest import UNIT, Ears, lines_to, remembered, simulating, steady_seeds

CAMERA = f"ioc/{UNIT}/camera/x"


def camera(seed: int | None = None) -> tuple[str, ...]:
    """Return what simulates the one camera, whose power stays on."""
    return "--only", "camera.x", "--seed", str(seed or next(steady_seeds()))


def test_a_device_that_dies_is_spoken_for_by_its_last_will(config: Path, mosquitto: Mosquitto, ears: Ears) -> None:
    with simulating(config, *camera(), "--rate", "5") as process:
        await_that(lambda: len(ears.bodies(f"{CAMERA}/status")) >= 3, "the camera's words")
        assert ears.bodies(f"{CAMERA}/connection") == [b"online"]
        process.kill()
        await_that(lambda: len(ears.bodies(f"{CAMERA}/connection")) == 2, "the last will")
    assert ears.bodies(f"{CAMERA}/connection") == [b"online", b"offline"]
    assert remembered(mosquitto.url) == {f"{CAMERA}/connection": b"offline"}
    with simulating(config, *camera(), "--rate", "5"):
        await_that(lambda: ears.bodies(f"{CAMERA}/connection")[2:] == [b"online"], "the camera again")
    assert remembered(mosquitto.url)[f"{CAMERA}/connection"] in (b"online", b"offline")


def test_a_device_that_stays_leaves_without_a_word(config: Path, mosquitto: Mosquitto, ears: Ears) -> None:
    """The centre is restarted, not the commune: neither a word nor a last will may tell of an outage."""
    with simulating(config, *camera(), "--rate", "5", "--stay") as process:
        await_that(lambda: len(ears.bodies(f"{CAMERA}/status")) >= 2, "the camera's words")
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    with simulating(config, *camera(), "--rate", "5"):
        await_that(lambda: len(ears.bodies(f"{CAMERA}/connection")) >= 2, "the camera again")
        assert ears.bodies(f"{CAMERA}/connection") == [b"online", b"online"]


def test_each_device_has_a_connection_of_its_own(config: Path, mosquitto: Mosquitto, ears: Ears) -> None:
    with simulating(config, "--devices", "8") as process:
        await_that(lambda: lines_to(process, mosquitto.url) == 8, "eight connections")
        await_that(lambda: sum(body == b"online" for _, body, _ in ears.heard) == 8, "eight times online")
        topics = {topic for topic, body, _ in ears.heard if body == b"online"}
        assert len(topics) == 8
        assert {topic.split("/")[2] for topic in topics} == {"camera", "loudspeaker"}
        process.kill()
        await_that(lambda: sum(body == b"offline" for _, body, _ in ears.heard) == 8, "eight last wills")
    assert set(remembered(mosquitto.url).values()) == {b"offline"}


def test_more_devices_than_may_be_alone_share_gateways(config: Path, mosquitto: Mosquitto, ears: Ears) -> None:
    assert ALONE < 300
    with simulating(config, "--devices", "300") as process:
        # One whose power is off in the story says so by a retained word; all others speak for themselves.
        await_that(lambda: len({topic.split("/")[3] for topic, _, _ in ears.heard}) == 300, "a word of each device")
        assert lines_to(process, mosquitto.url) == 20
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        said = process.stderr.read().decode()
    assert "devices=300 share gateways=20" in said
    assert len(ears.status()) > 290


def test_the_rate_is_that_of_all_together_and_the_end_is_said(config: Path, mosquitto: Mosquitto, ears: Ears) -> None:
    with simulating(config, "--devices", "5", "--rate", "20", "--for", "6") as process:
        await_that(lambda: bool(ears.status()), "the first word")
        assert process.wait(60) == 0
    words = ears.status()
    assert 60 < sum(map(len, words.values())) < 150, "twenty a second of all five, for six seconds"
    counts = sorted(map(len, words.values()))
    assert len(counts) == 5
    assert counts[-1] - counts[0] <= 2  # evenly
    assert set(remembered(mosquitto.url).values()) == {b"offline"}
    assert len(remembered(mosquitto.url)) == 5


def test_a_faster_day_is_stamped_with_today_s_clock(config: Path, ears: Ears) -> None:
    with simulating(config, "--only", "network.rt", "--speed", "600", "--for", "60"):
        await_that(lambda: len(ears.status().get("network.rt", [])) > 20, "forty reports of half a minute each")
    stamps = [datetime.fromisoformat(str(said["at"])) for said in ears.status()["network.rt"]]
    assert stamps == sorted(stamps)
    assert max(stamps) <= datetime.now(UTC)
    assert max(stamps) - min(stamps) < timedelta(minutes=2), "twenty of them are ten minutes of the story's day"
    uptimes = [float(str(said["uptime_s"])) for said in ears.status()["network.rt"]]
    assert max(b - a for a, b in itertools.pairwise(uptimes)) > 20


def test_what_could_not_be_sent_is_sent_when_the_broker_comes(config: Path, mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    with simulating(config, *camera(), "--rate", "5"):
        time.sleep(1.5)
        mosquitto.start()
        with Ears(mosquitto.url) as ears:
            await_that(lambda: ears.bodies(f"{CAMERA}/connection") == [b"online"], "the camera")
            await_that(lambda: len(ears.status().get("camera.x", [])) > 5, "its words")
            first = datetime.fromisoformat(str(ears.status()["camera.x"][0]["at"]))
            mosquitto.stop()
            time.sleep(1)
            mosquitto.start()
            await_that(lambda: len(ears.bodies(f"{CAMERA}/connection")) > 1, "the camera again", within=30)
    assert first < datetime.now(UTC)


def test_it_ends_in_order_while_some_lines_are_down(config: Path, mosquitto: Mosquitto, ears: Ears) -> None:
    """A device that could not send its last word takes none with it: the others' last wills stay unsaid."""
    with simulating(config, "--devices", "6", "--rate", "60", "--stay") as process:
        await_that(lambda: len(ears.status()) >= 5, "the devices' words")
        mosquitto.stop()
        time.sleep(0.7)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert "simulation over" in process.stderr.read().decode()
    mosquitto.start()


def test_faults_on_the_way_reach_the_broker(config: Path, ears: Ears) -> None:
    with simulating(
        config, "--devices", "4", "--rate", "200", "--for", "5", "--faults", "corrupt,duplicate"
    ) as process:
        assert process.wait(20) == 0
    bodies = [body for topic, body, _ in ears.heard if topic.endswith("/status")]
    cut = [body for body in bodies if not body.endswith(b"}")]
    assert 0.02 < len(cut) / len(bodies) < 0.1
    assert len(bodies) - len(set(bodies)) > 0


def test_the_seed_is_the_story_that_is_told(config: Path, ears: Ears) -> None:
    seeds = list(itertools.islice(steady_seeds(), 2))
    with simulating(config, *camera(seeds[1]), "--rate", "10"):
        await_that(lambda: "camera.x" in ears.status(), "the camera")
    said = ears.status()["camera.x"][0]
    at = datetime.fromisoformat(str(said["at"]))
    uptimes = {}
    for seed in seeds:
        (report,) = CameraSimulator(DeviceId(UNIT, "camera", "x"), seed).measure(at)
        assert isinstance(report, DeviceReport)
        uptimes[seed] = report.values["uptime_s"]
    assert abs(float(str(said["uptime_s"])) - uptimes[seeds[1]]) <= 2
    assert abs(float(str(said["uptime_s"])) - uptimes[seeds[0]]) > 2
