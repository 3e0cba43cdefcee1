"""The broker as shipped: who may come in, and what each may say and hear; held by Debian's mosquitto."""

import csv
import os
import queue
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from deploy.__main__ import main
from deploy.authority import ends
from ingest.config import load
from ingest.sections import Broker as Settings
from ioc import handshake
from tests.deploy.conftest import ShippedBroker
from tests.servers import await_that

NOT_AUTHORIZED = "Not authorized"
ACCEPTED = ("Success", "No matching subscribers")
WAIT = 15


class Person:
    """One signed-in client of MQTT 5, whose broker answers each publication with a reason."""

    def __init__(self, server: ShippedBroker, user: str, word: str, *, name: str = "", keep: bool = False,
                 will: str = "") -> None:  # fmt: skip
        self.heard: queue.Queue[tuple[str, bytes, bool]] = queue.Queue()
        self._answers: queue.Queue[ReasonCode] = queue.Queue()
        self._granted: queue.Queue[list[ReasonCode]] = queue.Queue()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
        if user:
            self.client.username_pw_set(user, word)
        self.client.tls_set(ca_certs=str(server.commune / "authority" / "ca.crt"))
        if will:
            self.client.will_set(will, b"offline", qos=1, retain=True)
        session = Properties(1)
        session.SessionExpiryInterval = 3600 if keep else 0
        connected: queue.Queue[ReasonCode] = queue.Queue()
        self.client.on_connect = lambda *a: connected.put(a[3])
        self.client.on_publish = lambda *a: self._answers.put(a[3])
        self.client.on_subscribe = lambda *a: self._granted.put(a[3])
        self.client.on_message = lambda _c, _d, m: self.heard.put((m.topic, bytes(m.payload), m.retain))
        self.client.connect("localhost", server.port, clean_start=not keep, properties=session)
        self.client.loop_start()
        self.answer = str(connected.get(timeout=WAIT))

    def says(self, topic: str, body: bytes = b"{}", *, retain: bool = False) -> str:
        """Publish, and return the broker's answer."""
        self.client.publish(topic, body, qos=1, retain=retain)
        return str(self._answers.get(timeout=WAIT))

    def listens_to(self, topic: str) -> str:
        """Subscribe, and return the broker's answer."""
        self.client.subscribe(topic, qos=1)
        return str(self._granted.get(timeout=WAIT)[0])

    def hears(self) -> tuple[str, bytes, bool]:
        """Return the next message."""
        return self.heard.get(timeout=WAIT)

    def leaves(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def is_cut_off(self) -> None:
        """Lose the connection without a word."""
        wire = self.client.socket()
        assert wire is not None
        self.client.loop_stop()
        wire.close()


@contextmanager
def person(server: ShippedBroker, user: str, word: str, **how: Any) -> Iterator[Person]:
    who = Person(server, user, word, **how)
    try:
        yield who
    finally:
        who.leaves()


def comes_in(server: ShippedBroker, user: str, word: str) -> bool:
    """Tell whether the broker lets a device in; while it reads its accounts anew it may cut off who just comes."""
    unit, kind, name = user.split(".")
    command = ["mosquitto_pub", "-h", "localhost", "-p", str(server.port), "-u", user, "-P", word, "-q", "1",
               "--cafile", str(server.commune / "authority" / "ca.crt"),
               "-t", f"ioc/{unit}/{kind}/{name}/status", "-m", "{}"]  # fmt: skip
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def passwords(commune: Path) -> dict[str, str]:
    """Return what the technician is handed for devices, and what programs have."""
    with (commune / "devices.csv").open(encoding="utf-8") as file:
        words = {line["username"]: line["password"] for line in csv.DictReader(file)}
    for name in ("ingest", "simulators"):
        words[name] = (commune / "secrets" / f"{name}_password").read_text().strip()
    return words


@pytest.fixture
def words(commune: Path) -> dict[str, str]:
    return passwords(commune)


def test_devices_of_configuration_and_register_get_one_account_each(words: dict[str, str]) -> None:
    devices = {name for name in words if "." in name}
    assert devices == {"05068.camera.cam-01", "05068.loudspeaker.loa-01", "05071.camera.cam-01"}
    assert len(set(words.values())) == len(words)


def test_a_camera_speaks_for_itself_and_ingest_hears_it(shipped_broker: ShippedBroker, words: dict[str, str]) -> None:
    user = "05068.camera.cam-01"
    with person(shipped_broker, "ingest", words["ingest"]) as ingest, person(shipped_broker, user, words[user]) as cam:
        assert ingest.listens_to("ioc/+/camera/+/status") == "Granted QoS 1"
        assert cam.says("ioc/05068/camera/cam-01/status", b'{"state": "online"}') == "Success"
        assert ingest.hears() == ("ioc/05068/camera/cam-01/status", b'{"state": "online"}', False)


@pytest.mark.parametrize(
    "topic",
    [
        "ioc/05068/loudspeaker/loa-01/status",  # another kind
        "ioc/05071/camera/cam-01/status",  # another commune
        "ioc/05068/camera/cam-02/status",  # another camera
        "ioc/05068/camera/cam-01/command",  # what nobody granted
        "ioc-canary/ioc-ingest",
        "$SYS/broker/uptime",
    ],
)
def test_a_camera_speaks_for_nobody_else(shipped_broker: ShippedBroker, words: dict[str, str], topic: str) -> None:
    user = "05068.camera.cam-01"
    with person(shipped_broker, "ingest", words["ingest"]) as ingest, person(shipped_broker, user, words[user]) as cam:
        ingest.listens_to("#")
        ingest.listens_to("ioc/#")
        assert cam.says(topic) == NOT_AUTHORIZED
        assert cam.says("ioc/05068/camera/cam-01/status", b"own") == "Success"
        assert ingest.hears()[1] == b"own"  # and nothing before it


def test_a_device_hears_nothing(shipped_broker: ShippedBroker, words: dict[str, str]) -> None:
    camera, speaker = "05068.camera.cam-01", "05068.loudspeaker.loa-01"
    with (
        person(shipped_broker, speaker, words[speaker]) as eavesdropper,
        person(shipped_broker, camera, words[camera]) as cam,
    ):
        for topic in ("#", "ioc/#", "ioc/05068/camera/cam-01/status", "ioc/05068/loudspeaker/loa-01/status"):
            eavesdropper.listens_to(topic)
        cam.says("ioc/05068/camera/cam-01/status")
        eavesdropper.says("ioc/05068/loudspeaker/loa-01/status")
        with pytest.raises(queue.Empty):
            eavesdropper.heard.get(timeout=0.5)


def test_ingest_cannot_speak_as_a_device(shipped_broker: ShippedBroker, words: dict[str, str]) -> None:
    with person(shipped_broker, "ingest", words["ingest"]) as ingest:
        assert ingest.says("ioc/05068/camera/cam-01/status") == NOT_AUTHORIZED
        ingest.listens_to("ioc-canary/ioc-ingest")
        ingest.says("ioc-canary/ioc-ingest", b"1")
        assert ingest.hears()[1] == b"1"


@pytest.mark.parametrize(
    ("user", "word"), [("", ""), ("ingest", "guess"), ("05068.camera.cam-99", "x"), ("ingest", "")]
)
def test_nobody_comes_in_without_a_password(shipped_broker: ShippedBroker, user: str, word: str) -> None:
    with person(shipped_broker, user, word) as stranger:
        assert stranger.answer == NOT_AUTHORIZED


def test_another_devices_password_opens_nothing(shipped_broker: ShippedBroker, words: dict[str, str]) -> None:
    with person(shipped_broker, "05071.camera.cam-01", words["05068.camera.cam-01"]) as neighbour:
        assert neighbour.answer == NOT_AUTHORIZED


def test_only_tls_of_the_communes_authority_is_spoken(shipped_broker: ShippedBroker, words: dict[str, str]) -> None:
    plain = paho.Client(CallbackAPIVersion.VERSION2)
    plain.username_pw_set("ingest", words["ingest"])
    answers: list[object] = []
    plain.on_connect = lambda *a: answers.append(a[3])
    plain.connect("localhost", shipped_broker.port)
    while plain.loop(timeout=1.0) == paho.MQTT_ERR_SUCCESS:
        pass
    assert answers == []
    context = ssl.create_default_context()  # who was not told of the authority trusts nothing here
    with pytest.raises(ssl.SSLCertVerificationError), ssl.create_connection(("localhost", shipped_broker.port)) as wire:
        context.wrap_socket(wire, server_hostname="localhost")


def test_a_last_will_and_what_is_retained_work(shipped_broker: ShippedBroker, words: dict[str, str]) -> None:
    user, topic = "05068.camera.cam-01", "ioc/05068/camera/cam-01/connection"
    cam = Person(shipped_broker, user, words[user], will=topic)
    assert cam.says(topic, b"online", retain=True) in ACCEPTED
    with person(shipped_broker, "ingest", words["ingest"]) as ingest:
        ingest.listens_to("ioc/+/+/+/connection")
        assert ingest.hears() == (topic, b"online", True)
        cam.is_cut_off()
        assert ingest.hears() == (topic, b"offline", False)


def test_what_waits_for_ingest_outlives_a_restart_of_the_broker(
    shipped_broker: ShippedBroker, words: dict[str, str]
) -> None:
    user, topic = "05068.camera.cam-01", "ioc/05068/camera/cam-01/status"
    with person(shipped_broker, "ingest", words["ingest"], name="ioc-ingest", keep=True) as ingest:
        ingest.listens_to("ioc/#")
    with person(shipped_broker, user, words[user]) as cam:
        for n in range(300):
            cam.says(topic, str(n).encode())
    shipped_broker.stop()
    shipped_broker.start()
    with person(shipped_broker, "ingest", words["ingest"], name="ioc-ingest", keep=True) as ingest:
        assert [ingest.hears()[1] for _ in range(300)] == [str(n).encode() for n in range(300)]


def test_the_queue_is_bounded_and_keeps_the_oldest(commune: Path, words: dict[str, str]) -> None:
    """With the shipped bounds made small: the broker holds what the file says, whichever is reached first."""
    user, topic = "05068.camera.cam-01", "ioc/05068/camera/cam-01/status"
    for bounds, size, kept in (({"max_queued_messages": "50"}, 10, 50), ({"max_queued_bytes": "20000"}, 1000, 20)):
        server = ShippedBroker(commune, **bounds, max_inflight_messages="1")
        server.start()
        try:
            with person(server, "ingest", words["ingest"], name="ioc-ingest", keep=True) as ingest:
                ingest.listens_to("ioc/#")
            with person(server, user, words[user]) as cam:
                for n in range(120):
                    cam.says(topic, str(n).zfill(size).encode())
            with person(server, "ingest", words["ingest"], name="ioc-ingest", keep=True) as ingest:
                got = [int(ingest.hears()[1])]
                while True:
                    try:
                        got.append(int(ingest.heard.get(timeout=1)[1]))
                    except queue.Empty:
                        break
        finally:
            server.remove()
        assert got == list(range(len(got)))
        assert kept <= len(got) <= kept + 2


def test_what_is_far_too_large_is_refused(shipped_broker: ShippedBroker, words: dict[str, str]) -> None:
    user, topic = "05068.camera.cam-01", "ioc/05068/camera/cam-01/status"
    with person(shipped_broker, "ingest", words["ingest"]) as ingest, person(shipped_broker, user, words[user]) as cam:
        ingest.listens_to("ioc/#")
        cam.client.publish(topic, b"x" * 300_000, qos=1)
        with person(shipped_broker, user, words[user], name="again") as again:
            again.says(topic, b"small")
        assert ingest.hears()[1] == b"small"


def test_a_device_that_comes_later_is_let_in_after_a_reload(shipped_broker: ShippedBroker, tmp_path: Path) -> None:
    commune = shipped_broker.commune
    accounts = {name: (commune / "broker" / name).read_text() for name in ("passwords", "acl")}
    later = tmp_path / "later.csv"
    later.write_text("unit,kind,id\n05068,network,rt-01\n")
    where = ["--into", str(commune), *(["--broker-owner", "mosquitto"] if os.geteuid() == 0 else [])]
    assert main(["devices", "--register", str(later), *where]) == 0
    for name, text in accounts.items():
        assert (commune / "broker" / name).read_text().startswith(text)
    shipped_broker.reload()
    word = passwords(commune)["05068.network.rt-01"]
    await_that(lambda: comes_in(shipped_broker, "05068.network.rt-01", word), "the new account")
    with person(shipped_broker, "05068.network.rt-01", word) as router:
        assert router.says("ioc/05068/network/rt-01/status") in ACCEPTED


def test_the_log_tells_why_a_device_is_not_heard(commune: Path, words: dict[str, str]) -> None:
    """What the guide tells to look for: whom the broker refuses, and, where details were asked for, wrong topics."""
    server, user = ShippedBroker(commune), "05068.camera.cam-01"
    server.add("log_type debug")
    server.start()
    try:
        with person(server, user, "guess"):
            pass
        with person(server, user, words[user]) as cam:
            assert cam.says("ioc/05068/camera/cam-02/status") == NOT_AUTHORIZED
        distrusting = ssl.create_default_context()
        with pytest.raises(ssl.SSLError), socket.create_connection(("localhost", server.port)) as wire:
            distrusting.wrap_socket(wire, server_hostname="localhost")
        for said in ("not authorised", "Denied PUBLISH from", "'ioc/05068/camera/cam-02/status'", "alert unknown ca"):
            await_that(lambda said=said: said in server.log, said)
    finally:
        server.remove()


def test_a_renewed_certificate_is_shown_after_a_reload(shipped_broker: ShippedBroker) -> None:
    """Nobody is cut off for it, and nobody need trust anything new."""
    file = shipped_broker.commune / "broker" / "server.crt"
    was = file.read_bytes()
    assert main(["renew", "--days", "900", "--into", str(shipped_broker.commune)]) == 0
    assert file.read_bytes() != was
    shipped_broker.reload()

    def shows(certificate: str) -> bool:
        try:
            shown = ssl.get_server_certificate(("localhost", shipped_broker.port))
        except OSError:  # cut off by the reload
            return False
        return ssl.PEM_cert_to_DER_cert(shown) == ssl.PEM_cert_to_DER_cert(certificate)

    await_that(lambda: shows(file.read_text()), "the new certificate")
    assert not shows(was.decode())


def test_an_account_is_taken_away(shipped_broker: ShippedBroker, tmp_path: Path) -> None:
    """A camera that was stolen: not let in again, and put out at the reload where it is connected."""
    commune, user = shipped_broker.commune, "05068.camera.cam-mat"
    stolen = tmp_path / "stolen.csv"
    stolen.write_text("unit,kind,id\n05068,camera,cam-mat\n")
    where = ["--into", str(commune), *(["--broker-owner", "mosquitto"] if os.geteuid() == 0 else [])]
    assert main(["devices", "--register", str(stolen), *where]) == 0
    others = {name: word for name, word in passwords(commune).items() if name != user}
    shipped_broker.reload()
    word = passwords(commune)[user]
    await_that(lambda: comes_in(shipped_broker, user, word), "the new account")
    gone: queue.Queue[object] = queue.Queue()
    cam = Person(shipped_broker, user, word)
    cam.client.on_disconnect = lambda *a: gone.put(a[3])
    assert main(["revoke", user, *where]) == 0
    assert passwords(commune) == others
    shipped_broker.reload()
    gone.get(timeout=WAIT)
    cam.leaves()
    with person(shipped_broker, user, word) as thief:
        assert thief.answer == NOT_AUTHORIZED
    with person(shipped_broker, "05068.camera.cam-01", others["05068.camera.cam-01"]) as neighbour:
        assert neighbour.answer == "Success"
    # Had anew it is another password.
    assert main(["devices", "--register", str(stolen), *where]) == 0
    assert passwords(commune)[user] != word
    assert main(["revoke", user, *where]) == 0


def test_the_health_check_signs_in_and_hears_the_broker(shipped_broker: ShippedBroker, tmp_path: Path) -> None:
    """As docker-compose.yml calls it: its password stands in a file, and it may hear nothing but the uptime."""
    program = shutil.which("mosquitto_sub")
    assert program, "mosquitto-clients is missing: apt-get install mosquitto-clients"
    place = (shipped_broker.commune / "broker" / "mosquitto_sub").read_text()
    (tmp_path / "mosquitto_sub").write_text(place.replace("/mosquitto/private", str(shipped_broker.commune / "broker")))
    command = [program, "-h", "localhost", "-p", str(shipped_broker.port), "-C", "1", "-W", "5", "-t"]
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    good = subprocess.run([*command, "$SYS/broker/uptime"], env=environment, capture_output=True, check=False)
    assert (good.returncode, b"seconds" in good.stdout) == (0, True), good.stderr
    other = [program, *command[1:-5], "-C", "1", "-W", "1", "-t", "ioc/#"]
    assert subprocess.run(other, env=environment, capture_output=True, check=False).returncode != 0


def test_the_secrets_are_the_services_settings(commune: Path) -> None:
    secrets = commune / "secrets"
    environment = {
        "IOC_DATABASE__URL_FILE": str(secrets / "database_url"),
        "IOC_BROKER__URL_FILE": str(secrets / "broker_url"),
        "IOC_BROKER__CA": str(commune / "authority" / "ca.crt"),
    }
    settings = load(commune / "ioc.toml", environment)
    assert settings.commune.unit == "05068"
    assert settings.http.address == "https://ioc.hopkim.vn"
    assert settings.broker.url == f"mqtts://ingest:{passwords(commune)['ingest']}@broker:8883"
    assert f":{(secrets / 'ioc_password').read_text().strip()}@database/ioc" in settings.database.url


def test_the_doctor_comes_in_by_ingests_own_account(shipped_broker: ShippedBroker, words: dict[str, str]) -> None:
    """What it finds is what ingest would find, certificate and password too; ingest's session goes on meanwhile."""
    user, topic = "05068.camera.cam-01", "ioc/05068/camera/cam-01/status"
    url = f"mqtts://ingest:{words['ingest']}@localhost:{shipped_broker.port}"
    here = Settings(url=url, ca=shipped_broker.commune / "authority" / "ca.crt")
    with person(shipped_broker, "ingest", words["ingest"], name=here.client) as ingest:
        ingest.listens_to("ioc/#")
        good, seen, remedy = handshake.assess(here)
        assert (good, remedy) == (True, "")
        assert f"valid until {ends(shipped_broker.commune / 'broker' / 'server.crt'):%Y-%m-%d}" in seen
        assert words["ingest"] not in seen
        with person(shipped_broker, user, words[user]) as cam:
            cam.says(topic, b"still there")
        assert ingest.hears()[1] == b"still there"
    good, seen, remedy = handshake.assess(here, soon=timedelta(days=900))
    assert (good, "python3 -m deploy renew" in remedy) == (False, True)
    good, seen, remedy = handshake.assess(here.model_copy(update={"url": url.replace(words["ingest"], "guess")}))
    assert (good, "Not authorized" in seen, "password" in remedy) == (False, True, True)
    good, seen, remedy = handshake.assess(here.model_copy(update={"ca": None}))
    assert (good, "CERTIFICATE_VERIFY_FAILED" in seen, "IOC_BROKER__CA" in remedy) == (False, True, True)
    good, seen, remedy = handshake.assess(here.model_copy(update={"ca": Path("/nowhere/ca.crt")}))
    assert (good, "/nowhere/ca.crt is not there" in seen, "IOC_BROKER__CA" in remedy) == (False, True, True)
