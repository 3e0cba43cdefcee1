"""The systemd units: accepted by systemd, closed by its own measure, and holding commands and keys that exist."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboards import provisioning
from deploy.__main__ import main
from ingest.config import load
from tests.deploy.conftest import ROOT
from tests.deploy.stack import parse

UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
OURS = "/opt/ioc/.venv/bin/ioc"
DEBIAN = Path("/lib/systemd/system")


def analyze(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    command = ["systemd-analyze", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def directives(name: str, key: str) -> list[str]:
    """Return the values of a directive, in their order."""
    return re.findall(rf"^{key}=(.*)$", (UNITS / name).read_text("utf-8"), re.MULTILINE)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, with Debian's that they add to, where the program lies in this checkout."""
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for name in ("mosquitto", "caddy"):
        shutil.copy(DEBIAN / f"{name}.service", folder)
    # Grafana's package is not Debian's; its service starts this program as this user.
    (folder / "grafana-server.service").write_text("[Service]\nType=notify\nExecStart=/bin/true\n")
    ioc = Path(sys.executable).with_name("ioc")
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_text(path.read_text("utf-8").replace(OURS, str(ioc)).replace("/opt/ioc", str(ROOT)), "utf-8")
    return folder


def test_systemd_accepts_every_unit(installed: Path) -> None:
    units = sorted(path for path in installed.iterdir() if path.is_file())
    assert len(units) == len(SERVICES) + 4  # the timer, Debian's two and Grafana's
    for unit in units:
        done = analyze("verify", "--man=no", unit)
        ours = [line for line in done.stderr.splitlines() if str(installed) in line or "ioc" in line or done.returncode]
        assert (done.returncode, ours) == (0, []), unit.name
    broken = installed / "ioc-api.service"
    broken.write_text(broken.read_text("utf-8").replace("ProtectSystem=strict", "ProtectSystm=strict"), "utf-8")
    assert "ProtectSystm" in analyze("verify", "--man=no", broken).stderr


CLOSED = ("security", "--offline=true", "--no-pager", "--threshold=20")
"""systemd's exposure level, times ten: 20 and less is called OK, a unit without hardening has some 90."""


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_closed(name: str) -> None:
    said = analyze(*CLOSED, UNITS / name)
    assert said.returncode == 0, said.stdout[-500:]


def test_an_open_service_would_be_noticed() -> None:
    assert analyze(*CLOSED, DEBIAN / "mosquitto.service").returncode != 0


@pytest.mark.parametrize("name", [name for name in SERVICES if directives(name, "ExecStart")[0].startswith(OURS)])
def test_what_our_program_is_told_it_understands(commune: Path, name: str) -> None:
    (command,) = directives(name, "ExecStart")
    parse(shlex.split(command)[1:])
    environment = dict(word.split("=", 1) for line in directives(name, "Environment") for word in shlex.split(line))
    credentials = dict(value.split(":", 1) for value in directives(name, "LoadCredential"))
    for path in credentials.values():
        assert (commune / Path(path).relative_to("/etc/ioc")).is_file(), path
    for key, value in environment.items():
        if value.startswith("%d/"):
            environment[key] = str(commune / Path(credentials[value.removeprefix("%d/")]).relative_to("/etc/ioc"))
    assert load(commune / "ioc.toml", environment).commune.unit == "05068"


def test_grafana_gets_what_its_files_ask_for(commune: Path) -> None:
    given = "grafana-server.service.d/ioc.conf"
    environment = dict(word.split("=", 1) for line in directives(given, "Environment") for word in shlex.split(line))
    assert set(provisioning.ENVIRONMENT) <= set(environment)
    bound = {inside: outside for outside, inside in (v.split(":") for v in directives(given, "BindReadOnlyPaths"))}
    # The package has nobody who reads `…__FILE`, as the image's entry script does: Grafana's own `$__file{}` is needed.
    assert not [key for key in environment if key.endswith("__FILE")]
    password = re.fullmatch(r"\$__file\{(.+)\}", environment["GF_SECURITY_ADMIN_PASSWORD"])
    assert password, "the first administrator would be admin, with the password admin"
    assert {*provisioning.SECRETS, password[1]} <= set(bound)
    for outside in bound.values():
        place = Path(outside)
        here = ROOT / place.relative_to("/opt/ioc") if place.is_relative_to("/opt/ioc") else None
        assert (here or commune / place.relative_to("/etc/ioc")).exists(), outside


def test_the_schema_comes_first_and_a_dump_every_night() -> None:
    for name in ("ioc-ingest.service", "ioc-api.service"):
        assert "ioc-migrate.service" in directives(name, "Wants")[0].split()
        assert "ioc-migrate.service" in directives(name, "After")[0].split()
        # What requires a unit that fails once is never started again, whatever becomes of that one (systemd's issue
        # 18856): after a power cut, while the database still recovers, that would be everything.
        assert directives(name, "Requires") == []
        assert directives(name, "Restart") == ["always"]
    assert directives("ioc-migrate.service", "Restart") == ["on-failure"]
    for name in ("ioc-migrate.service", "ioc-ingest.service", "ioc-api.service"):
        assert directives(name, "StartLimitIntervalSec") == ["0"], "nobody gives up for good"
    when = analyze("calendar", directives("ioc-backup.timer", "OnCalendar")[0])
    assert when.returncode == 0
    assert (ROOT / Path(directives("ioc-backup.service", "ExecStart")[0]).relative_to("/opt/ioc")).is_file()


def test_a_machine_without_docker_gets_a_broker_of_its_own(tmp_path: Path) -> None:
    """`init --system` writes what the units name, with programs that meet on localhost."""
    folder = tmp_path / "ioc"
    words = ["init", "--system", "--unit", "05068", "--host", "ioc.hopkim.vn", "--into", str(folder)]
    owner = ["--broker-owner", "mosquitto"]
    assert main([*words, *owner]) == 0
    text = (folder / "broker" / "mosquitto.conf").read_text("utf-8")
    assert "/mosquitto/" not in text.replace("/var/lib/mosquitto/", "")
    assert f"password_file {folder}/broker/passwords" in text
    assert "@127.0.0.1/ioc" in (folder / "secrets" / "database_url").read_text()
    assert "@localhost:8883" in (folder / "secrets" / "broker_url").read_text()


def test_the_walls_unit_opens_the_page_that_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # a user's own systemd wants one
    unit = ROOT / "deploy" / "wall" / "ioc-wall.service"
    done = analyze("verify", "--user", "--man=no", unit)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "ioc-wall" in line]) == (0, [])
    [command] = re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
    assert shlex.split(command)[-1] == "file:///opt/ioc-wall/start.html#${IOC_SCREEN}"
    assert (unit.parent / "start.html").is_file()
