"""What the Dockerfile builds, built by its own commands in a clean folder, run as docker-compose.yml runs it."""

import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from ingest.store import Store
from tests.deploy.conftest import ROOT, ShippedBroker
from tests.deploy.stack import Stack
from tests.servers import await_that, free_port, listens

SOON = 60.0


def first_stage() -> tuple[list[list[str]], list[str]]:
    """Return what the build stage copies, and what it runs."""
    stage = (ROOT / "Dockerfile").read_text("utf-8").split("\nFROM ")[1]
    copies = [words.split() for words in re.findall(r"^COPY (.+)$", stage, re.MULTILINE)]
    return copies, re.findall(r"^RUN (.+)$", stage, re.MULTILINE)


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """The folder that the image has as /opt/ioc."""
    with tempfile.TemporaryDirectory(prefix="ioc-image-") as name:
        source, opt = Path(name, "src"), Path(name, "ioc")
        source.mkdir()
        copies, commands = first_stage()
        for *things, to in copies:
            for thing in things:
                if (ROOT / thing).is_dir():
                    skipped = shutil.ignore_patterns("__pycache__", "cases")
                    shutil.copytree(ROOT / thing, source / to, ignore=skipped)
                else:
                    shutil.copy(ROOT / thing, source / to)
        bin_ = Path(sys.base_prefix) / "bin"
        environment = {"PATH": f"{bin_}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", name)}
        for command in commands:
            line = command.replace("/opt/ioc", str(opt))
            done = subprocess.run(
                ["sh", "-c", line], cwd=source, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
        shutil.rmtree(source)  # only /opt/ioc is copied into the last stage
        yield opt


class Containers:
    """Our program's services as processes: the image's folder, the compose file's commands, environment and secrets."""

    def __init__(self, image: Path, stack: Stack, commune: Path, folder: Path, elsewhere: Mapping[str, str]) -> None:
        self._image, self._stack, self._commune, self._folder = image, stack, commune, folder
        self._elsewhere = elsewhere
        self.home = folder / "home"
        self.home.mkdir()
        shutil.copy(commune / "ioc.toml", self.home)
        self._running: list[subprocess.Popen[bytes]] = []

    def environment(self, service: str) -> dict[str, str]:
        """Return a service's environment; database and broker are on the tests' ports instead of their hosts."""
        secrets = self._folder / f"secrets-{service}"
        self._stack.hand_out(service, self._commune, secrets)
        for name, url in self._elsewhere.items():
            if (secrets / name).exists():
                (secrets / name).write_text(url + "\n")
        given = self._stack.environment(service, secrets)
        fixed = {"PATH": f"{self._image / 'bin'}:/usr/bin:/bin", "HOME": "/nonexistent", "TMPDIR": str(self._folder)}
        stage = (ROOT / "Dockerfile").read_text("utf-8").split("\nFROM ")[-1]
        fixed |= {"NICEGUI_STORAGE_PATH": str(self._folder / "nicegui")} if "NICEGUI_STORAGE_PATH" in stage else {}
        return {**fixed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", **given}

    def run(self, service: str, command: list[str], **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in a service's surroundings to its end."""
        environment = {**self.environment(service), **more}
        return subprocess.run(
            command, cwd=self.home, env=environment, capture_output=True, text=True, timeout=SOON, check=False
        )

    def start(self, service: str, **more: str) -> Path:
        """Start a service; returns the file of what it says."""
        command = ["ioc", *self._stack.services[service]["command"]]
        log = self._folder / f"{service}.log"
        with log.open("wb") as sink:
            environment = {**self.environment(service), **more}
            command[0] = str(self._image / "bin" / "ioc")
            self._running.append(
                subprocess.Popen(command, cwd=self.home, env=environment, stdout=sink, stderr=subprocess.STDOUT)
            )
        return log

    def stop(self) -> list[int]:
        """Stop every service as an engine does; returns how they ended."""
        for process in reversed(self._running):
            process.terminate()
        ended = [process.wait(SOON) for process in self._running]
        self._running.clear()
        return ended


@contextmanager
def grafana() -> Iterator[int]:
    """A stand-in that answers with the path it was asked for; yields its port."""

    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def proxy(commune: Path, folder: Path, **upstreams: str) -> Iterator[tuple[int, int]]:
    """Debian's caddy with the shipped Caddyfile; yields its ports for http and https."""
    program = shutil.which("caddy")
    assert program, "caddy is missing: apt-get install caddy"
    plain, secure, health = (free_port() for _ in range(3))
    environment = {
        "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
        "IOC_WEB_CERTIFICATE": str(commune / "web" / "web.crt"), "IOC_WEB_KEY": str(commune / "web" / "web.key"),
        "IOC_HTTP_PORT": str(plain), "IOC_HTTPS_PORT": str(secure), "IOC_PROXY_HEALTH": str(health), **upstreams,
    }  # fmt: skip
    command = [program, "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    try:
        await_that(lambda: listens(secure) and listens(plain) and listens(health), "caddy")
        assert urllib.request.urlopen(f"http://127.0.0.1:{health}/alive", timeout=5).status == 200
        yield plain, secure
    finally:
        process.terminate()
        process.wait(20)


def files(*folders: Path) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*")}


def test_the_program_of_the_image_knows_its_commands(image: Path, commune: Path, tmp_path: Path) -> None:
    ioc = str(image / "bin" / "ioc")
    for words in (["--help"], ["check", "--config", str(commune / "ioc.toml")], ["schema"], ["dashboards", "--help"]):
        done = subprocess.run([ioc, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    shown = subprocess.run([ioc, "check"], cwd=commune, capture_output=True, text=True, check=False).stdout
    assert "sources: 3" in shown


def test_the_stack_from_a_camera_to_the_screen_behind_tls(
    image: Path, stack: Stack, commune: Path, shipped_broker: ShippedBroker, empty_database_url: str, tmp_path: Path
) -> None:
    """migrate, ingest, api and simulators of the image, the broker and the proxy as shipped."""
    word = {name: (commune / "secrets" / f"{name}_password").read_text().strip() for name in ("ingest", "simulators")}
    here = {
        "database_url": empty_database_url,
        "broker_url": f"mqtts://ingest:{word['ingest']}@localhost:{shipped_broker.port}",
        "simulators_url": f"mqtts://simulators:{word['simulators']}@localhost:{shipped_broker.port}",
    }
    containers = Containers(image, stack, commune, tmp_path, here)
    was = files(image, containers.home)
    alive = stack.services["ingest"]["healthcheck"]["test"][1:]
    port = free_port()
    door = {"IOC_HTTP__HOST": "127.0.0.1", "IOC_HTTP__PORT": str(port)}
    with ExitStack() as ends:
        ends.callback(containers.stop)
        for expected in ("0001 units", "migrations: []"):
            migrated = containers.run("migrate", ["ioc", *stack.services["migrate"]["command"]])
            assert migrated.returncode == 0, migrated.stderr
            assert expected in migrated.stdout
        assert containers.run("ingest", alive).returncode == 1  # not begun
        containers.start("ingest")
        log = containers.start("api", **door)
        containers.start("simulators")
        with Store(empty_database_url, name="test") as store:
            seen = "select count(*) as n from device_state where state = 'online'"
            await_that(lambda: (store.row(seen) or {"n": 0})["n"] >= 2, "cameras of the simulators", within=SOON)
        assert containers.run("ingest", alive).returncode == 0
        await_that(lambda: "password" in log.read_text(), "the first password", within=SOON)
        probe = [part.replace("8080", str(port)) for part in stack.services["api"]["healthcheck"]["test"][1:]]
        await_that(lambda: listens(port), "the API", within=SOON)
        assert containers.run("api", probe).returncode == 0
        inside = ends.enter_context(grafana())
        upstreams = {"IOC_API": f"127.0.0.1:{port}", "IOC_GRAFANA": f"127.0.0.1:{inside}"}
        plain, secure = ends.enter_context(proxy(commune, tmp_path, **upstreams))
        through_the_proxy(commune, plain, secure, log.read_text())
        assert containers.stop() == [0, 0, 0]
    # The root file system is read-only: nobody wrote there.
    assert files(image, containers.home) == was


def through_the_proxy(commune: Path, plain: int, secure: int, said: str) -> None:
    trusting = ssl.create_default_context(cafile=commune / "authority" / "ca.crt")

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """Show the redirection itself."""

    def ask(
        path: str, body: object = None, *, port: int = secure, **headers: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        scheme = "http" if port == plain else "https"
        request = urllib.request.Request(
            f"{scheme}://localhost:{port}{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Content-Type": "application/json", **headers},
        )
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting), Stay())
        try:
            with opener.open(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    assert ask("/healthz")[0] == 200
    assert ask("/metrics")[0] == 404
    status, headers, _ = ask("/anything?x=1", port=plain)
    assert (status, headers["Location"]) == (308, "https://localhost/anything?x=1")
    assert ask("/grafana/d/ioc?kiosk=1")[2] == b"/grafana/d/ioc?kiosk=1"
    assert ask("/grafana")[1]["Location"] == "/grafana/"
    assert ask("/api/v1/devices")[0] == 401
    found = re.search(r"as admin with the password (\S+)", said)
    assert found
    status, headers, _ = ask("/api/v1/session", {"username": "admin", "password": found[1]})
    assert status < 300
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in headers
    cookie = headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    devices = json.loads(ask("/api/v1/devices", Cookie=cookie.partition(";")[0])[2])["items"]
    assert {"online"} <= {device["state"] for device in devices}
    assert ask("/", Cookie=cookie.partition(";")[0])[0] == 200


def test_nobody_trusts_the_proxy_without_the_communes_authority(commune: Path, tmp_path: Path) -> None:
    with (
        proxy(commune, tmp_path, IOC_API="127.0.0.1:9", IOC_GRAFANA="127.0.0.1:9") as (_, secure),
        pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        urllib.request.urlopen(f"https://localhost:{secure}/", timeout=5)


def test_while_the_service_starts_the_proxy_says_so(commune: Path, tmp_path: Path) -> None:
    trusting = ssl.create_default_context(cafile=commune / "authority" / "ca.crt")
    with proxy(commune, tmp_path, IOC_API="127.0.0.1:9", IOC_GRAFANA="127.0.0.1:9") as (_, secure):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"https://localhost:{secure}/", timeout=5, context=trusting)
        with caught.value as answer:
            assert answer.code == 502
            assert "thử lại" in answer.read().decode()
        browsing = urllib.request.Request(f"https://localhost:{secure}/?kiosk=1", headers={"Accept": "text/html,*/*"})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(browsing, timeout=5, context=trusting)
        with caught.value as answer:
            page = answer.read().decode()
            assert answer.headers["Content-Type"].startswith("text/html")
            assert '<meta http-equiv="refresh" content="5">' in page, "a wall has nobody who would press a key"
            assert "(mã 502)" in page


def test_what_is_live_stays_live_behind_the_proxy(commune: Path, tmp_path: Path) -> None:
    """Each event is there before the next is sent, in the compressed form that browsers ask for too."""
    arrived = [threading.Event() for _ in range(3)]

    class Stream(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for n, seen in enumerate(arrived):
                self.wfile.write(f"id: {n}\ndata: {'x' * (2_000 if n == 0 else 5)}\n\n".encode())
                self.wfile.flush()
                if not seen.wait(SOON):
                    return

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    trusting = ssl.create_default_context(cafile=commune / "authority" / "ca.crt")
    try:
        with (
            proxy(commune, tmp_path, IOC_API=f"127.0.0.1:{server.server_address[1]}", IOC_GRAFANA="127.0.0.1:9")
            as (_, secure),
            httpx.Client(base_url=f"https://localhost:{secure}", verify=trusting, timeout=SOON) as browser,
            browser.stream("GET", "/api/v1/stream", headers={"Accept-Encoding": "gzip"}) as answer,
        ):  # fmt: skip
            text = ""
            for piece in answer.iter_text():
                text += piece
                for n, seen in enumerate(arrived):
                    if f"id: {n}\n" in text and text.endswith("\n\n"):
                        seen.set()
            assert all(seen.is_set() for seen in arrived)
    finally:
        for seen in arrived:
            seen.set()
        server.shutdown()
        thread.join()
        server.server_close()
