"""docker-compose.yml, without an engine: valid by the Compose specification, pinned, closed, healthy, and all there."""

import configparser
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from dashboards import provisioning
from ingest.config import load
from ingest.errors import ConfigError
from tests.deploy.conftest import ROOT
from tests.deploy.stack import Stack, parse

FILE = ROOT / "docker-compose.yml"
OURS = "commune-ioc:"
NAMES = sorted(Stack.read(FILE).services)
COMMUNE = "deploy/commune"


def validated(file: Path) -> "subprocess.CompletedProcess[str]":
    """Check a file against the Compose specification's JSON schema, which check-jsonschema brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_is_valid_by_the_specification(tmp_path: Path) -> None:
    good = validated(FILE)
    assert good.returncode == 0, good.stdout
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(FILE.read_text("utf-8").replace("healthcheck:", "healthchek:", 1), "utf-8")
    assert "healthchek" in validated(wrong).stdout


@pytest.mark.parametrize("name", NAMES)
def test_every_image_is_pinned(stack: Stack, name: str) -> None:
    image = stack.services[name]["image"]
    assert re.fullmatch(r"[a-z/-]+:\d+\.\d+\.\d+(-[a-z0-9]+)?(@sha256:[0-9a-f]{64})?", image)
    if image.startswith(OURS):
        version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
        assert image == OURS + version


def test_the_images_of_the_build_are_pinned_and_one() -> None:
    bases = set(re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE))
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+", bases.pop())


@pytest.mark.parametrize("name", NAMES)
def test_every_service_says_whether_it_is_well(stack: Stack, name: str) -> None:
    service = stack.services[name]
    if service["healthcheck"].get("disable"):
        # Who runs to the end is waited for instead.
        waits = [s.get("depends_on", {}).get(name, {}).get("condition") for s in stack.services.values()]
        assert service["restart"] == "no"
        assert "service_completed_successfully" in waits
    else:
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
        assert {"interval", "timeout", "retries", "start_period"} <= set(service["healthcheck"])
        assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", NAMES)
def test_every_service_is_hardened_and_bounded(stack: Stack, name: str) -> None:
    service = stack.services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert {"max-size", "max-file"} <= set(service["logging"]["options"])


@pytest.mark.parametrize("name", NAMES)
def test_every_mounted_path_is_there(stack: Stack, commune: Path, name: str) -> None:
    mounted = [volume.split(":") for volume in stack.services[name].get("volumes", [])]
    files = [file["path"] for file in stack.services[name].get("env_file", [])]
    paths = [path for path, *_ in mounted if path.startswith(".")] + files
    for path in paths:
        relative = Path(path).as_posix()
        ours = commune / Path(path).relative_to(COMMUNE) if relative.startswith(COMMUNE) else ROOT / path
        assert ours.exists(), path
        # A container may write what is its own to keep, nothing else of ours.
        writable = [where for where, _inside, *how in mounted if where == path and how != ["ro"]]
        assert not writable or path in (f"./{COMMUNE}/backups", f"./{COMMUNE}/reports")


def test_images_are_built_and_carried_where_no_commune_is_yet(stack: Stack) -> None:
    """`docker compose build`, `pull` and `config --images` read the file, which `init` makes on another machine."""
    for service in stack.services.values():
        assert all(file["required"] is False for file in service.get("env_file", []))


def test_every_secret_is_a_file_that_is_made_and_used(stack: Stack, commune: Path) -> None:
    for file in stack.secrets.values():
        assert (commune / file.relative_to(ROOT / COMMUNE)).is_file(), file
    given = {name for service in stack.services.values() for name in service.get("secrets", [])}
    assert given == set(stack.secrets)
    for name, service in stack.services.items():
        named = set(re.findall(r"/run/secrets/(\w+)", yaml.safe_dump(dict(service))))
        assert named <= set(service.get("secrets", [])), name


def test_no_secret_stands_in_it(stack: Stack, commune: Path) -> None:
    text = FILE.read_text("utf-8")
    assert not re.search(r"://[^/\s]*:[^/\s]*@", text)
    for file in (commune / "secrets").iterdir():
        assert file.read_text().strip() not in text
    for service in stack.services.values():
        for key in service.get("environment", {}):
            assert not re.search(r"(PASSWORD|SECRET|TOKEN|DATABASE__URL|BROKER__URL)$", key), key


@pytest.mark.parametrize("name", [n for n in NAMES if Stack.read(FILE).services[n]["image"].startswith(OURS)])
def test_what_our_program_is_told_it_understands(stack: Stack, commune: Path, tmp_path: Path, name: str) -> None:
    stack.hand_out(name, commune, tmp_path)
    environment = stack.environment(name, tmp_path)
    assert load(commune / "ioc.toml", environment).commune.unit == "05068"
    with pytest.raises(ConfigError):  # and it would say so, were a key misspelt
        load(
            commune / "ioc.toml",
            {f"{key}X": value for key, value in environment.items() if "__" in key} or {"IOC_A__B": ""},
        )
    parse(stack.services[name]["command"])


def test_only_broker_and_proxy_can_be_reached_and_the_database_reaches_nobody(stack: Stack) -> None:
    published = {name: service["ports"] for name, service in stack.services.items() if "ports" in service}
    assert published == {"broker": ["8883:8883"], "proxy": ["80:80", "443:443"]}
    open_networks = {name for name, table in stack.networks.items() if not (table or {}).get("internal")}
    reaching = {name for name, service in stack.services.items() if open_networks & set(service["networks"])}
    assert reaching == {"broker", "proxy", "ingest"}
    assert "back" not in stack.services["proxy"]["networks"]
    assert stack.services["database"]["networks"] == ["back"]


def test_simulators_play_in_the_demo_only(stack: Stack) -> None:
    assert {name for name, service in stack.services.items() if service.get("profiles")} == {"simulators"}
    assert stack.services["simulators"]["profiles"] == ["demo"]


def test_dumps_are_made_by_the_servers_own_version(stack: Stack) -> None:
    assert stack.services["backup"]["image"] == stack.services["database"]["image"]


def test_grafana_gets_what_its_files_ask_for(stack: Stack) -> None:
    service = stack.services["grafana"]
    assert set(provisioning.ENVIRONMENT) <= set(service["environment"])
    assert {Path(place).name for place in provisioning.SECRETS} <= set(service["secrets"])
    assert service["environment"]["IOC_GRAFANA_DATABASE"].partition(":")[0] in stack.services
    assert urlsplit(service["environment"]["IOC_GRAFANA_API"]).hostname in stack.services
    mounted = dict(volume.removesuffix(":ro").split(":") for volume in service["volumes"] if volume.startswith("."))
    for path in ("grafana.ini", "provisioning", "dashboards"):
        assert mounted[f"./dashboards/grafana/{path}"] == f"{provisioning.MOUNTED}/{path}"


def test_grafana_asks_nobody_outside(stack: Stack) -> None:
    said = configparser.ConfigParser()
    said.read(ROOT / "dashboards" / "grafana" / "grafana.ini", "utf-8")
    off = {"analytics": ("reporting_enabled", "check_for_updates", "check_for_plugin_updates"),
           "news": ("news_feed_enabled",), "plugins": ("plugin_admin_enabled", "preinstall_auto_update"),
           "snapshots": ("external_enabled",), "users": ("allow_sign_up",)}  # fmt: skip
    assert {said[section][key] for section, keys in off.items() for key in keys} == {"false"}
    # No variable takes that back.
    overridden = [key for key in stack.services["grafana"]["environment"] if key.startswith("GF_")]
    assert not [key for key in overridden if key.split("_")[1].lower() in off]
    version = tuple(map(int, stack.services["grafana"]["image"].partition(":")[2].split(".")))
    # 13.2.0 and 13.2.1 lose the PostgreSQL data source where there is no internet.
    assert (12, 4, 0) <= version < (13, 0, 0) or version >= (13, 2, 2)


def test_the_build_sees_neither_secrets_nor_tests() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").split()
    taken = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    copied = set()
    for words in re.findall(r"^COPY ((?!--from).+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE):
        copied |= set(words.split()[:-1])
    assert taken == copied
    assert all((ROOT / path).exists() for path in taken)


def test_a_checkout_on_windows_gives_scripts_that_run() -> None:
    """`git archive` there would write \\r\\n too, and no container knows a /bin/sh of that name."""
    assert "* text eol=lf" in (ROOT / "deploy" / ".gitattributes").read_text("utf-8").splitlines()
    mounted = [path for path in (ROOT / "deploy").rglob("*") if path.is_file() and "commune" not in path.parts]
    assert not [path for path in mounted if path.suffix != ".pyc" and b"\r" in path.read_bytes()]
