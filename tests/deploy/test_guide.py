"""docs/van-hanh.md: every command in it is real, every path is there, every configuration in it is accepted."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest
import yaml

from deploy.__main__ import arguments
from ingest.config import load
from ingest.errors import ConfigError
from tests.deploy.conftest import ROOT
from tests.deploy.stack import NoSuchCommand, Stack, parse
from tests.deploy.test_compose import validated

GUIDE = (ROOT / "docs" / "van-hanh.md").read_text("utf-8")
BLOCKS = re.findall(r"^ *```(\w*)\n(.*?)^ *```", GUIDE, re.MULTILINE | re.DOTALL)
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", GUIDE, flags=re.MULTILINE | re.DOTALL))


def commands() -> list[list[str]]:
    """Return every command line of the guide as words, without `sudo` and what is set before it."""
    lines = [line.strip() for kind, block in BLOCKS if not kind for line in block.splitlines()]
    # `…` stands for what the reader puts there.
    lines += [re.sub(r"\s+", " ", text) for text in INLINE if "…" not in text and " " in text]
    found = []
    for line in lines:
        words = shlex.split(line)
        if words and words[0] == "sudo":
            words = words[3:] if words[1] == "-u" else words[1:]
        while words and "=" in words[0]:
            words = words[1:]
        if words:
            found.append(words)
    return found


def of(*begin: str) -> list[list[str]]:
    return [words for words in commands() if words[: len(begin)] == list(begin)]


def ours() -> list[list[str]]:
    """Return the words after `ioc`, typed in a container that runs, in one of their own, or without."""
    inside = [words[5:] for words in of("docker", "compose", "exec") if words[4:5] == ["ioc"]]
    apart = [words[6:] for words in of("docker", "compose", "run", "--rm", "--no-deps")]
    return [*(words[1:] for words in of("ioc")), *inside, *apart]


@pytest.mark.parametrize("words", ours(), ids=" ".join)
def test_every_command_of_ours_is_real(words: list[str]) -> None:
    parse(words)


def test_the_chapters_commands_are_all_found() -> None:
    """The reader of the guide misses none: these must be among them."""
    heads = {" ".join(words[:2]) for words in ours()} | {words[0] for words in ours()}
    assert {
        "doctor",
        "migrate",
        "check",
        "user passwd",
        "report devices",
        "devices import",
        "rejections retry",
    } <= heads
    with pytest.raises(NoSuchCommand, match="No such option"):
        parse(["report", "devices", "--periode", "2026-10"])
    with pytest.raises(NoSuchCommand, match="there is no command 'reprot'"):
        parse(["reprot"])


@pytest.mark.parametrize("words", of("python3", "-m", "deploy"), ids=" ".join)
def test_every_command_of_the_installation_is_real(words: list[str]) -> None:
    asked = words[3:]
    # Words without a value, as `python3 -m deploy init` in a sentence, name a verb that there is.
    if asked == ["init"]:
        asked = [*asked, "--unit", "05068", "--host", "x"]
    assert arguments().parse_args(asked).verb in ("init", "devices", "revoke", "renew")


def test_every_service_and_file_is_there(stack: Stack) -> None:
    verbs = ("exec", "run", "restart", "stop", "logs", "kill")
    for words in of("docker", "compose"):
        line = [word for word in words[2:] if word not in ("--profile", "demo")]
        if not line:
            continue  # the program's name in a sentence
        if line[0] in verbs:
            values = {"--tail", "--signal"}
            named = [
                word for n, word in enumerate(line[1:], 1) if not word.startswith("-") and line[n - 1] not in values
            ]
            services = named[:1] if line[0] in ("exec", "run") else named
            assert services
            assert set(services) <= set(stack.services), words
            if line[0] == "exec" and named[1].startswith("/deploy/"):
                assert (ROOT / named[1].removeprefix("/")).is_file(), words
        else:
            assert line[0] in ("build", "pull", "up", "ps", "config"), words
    for path in re.findall(r"(?:/opt/ioc/|(?<![\w/.]))(deploy/(?!commune)[\w./-]+|docs/[\w.-]+)", GUIDE):
        assert (ROOT / path).exists(), path


def test_every_unit_is_there() -> None:
    shipped = [*(ROOT / "deploy" / "systemd").glob("ioc-*"), *(ROOT / "deploy" / "wall").glob("ioc-*")]
    units = {path.name.rpartition(".")[0] for path in shipped}
    assert units
    for words in of("systemctl"):
        for word in words[2:]:
            if word.startswith("ioc-"):
                assert word.removesuffix(".timer") in units, words


def test_every_file_that_the_installation_makes_is_named_as_it_is(commune: Path) -> None:
    for path in re.findall(r"deploy/commune/([\w./-]+\w)", GUIDE):
        if not path.startswith(("inbox", "reports", "backups")):
            assert (commune / path).exists() or path == "secrets/cameras_onvif", path


def test_every_configuration_is_accepted(commune: Path, tmp_path: Path) -> None:
    given = [block for kind, block in BLOCKS if kind == "toml"]
    assert len(given) > 1
    file = tmp_path / "ioc.toml"
    for block in given:
        text = "\n".join(line.strip() for line in block.splitlines())
        tomllib.loads(text)
        file.write_text(text, "utf-8")
        load(file, {})


PROTECTED = (
    '[sources.cameras_onvif]\nconnector = "camera_onvif"\nunit = "05068"\nusername = "a"\n'
    'cameras = [{ name = "cam-01", host = "10.0.5.11" }]\n'
)
"""A source that asks for a password, without which nobody reads the configuration."""


def test_the_addition_for_a_sources_secret_reaches_all_who_read_the_configuration(stack: Stack, tmp_path: Path) -> None:
    (block,) = [block for kind, block in BLOCKS if kind == "yaml"]
    tables = yaml.safe_load(textwrap.dedent(block))
    written = tmp_path / "docker-compose.override.yml"
    written.write_text(textwrap.dedent(block), "utf-8")
    assert validated(written).returncode == 0
    file, word = tmp_path / "ioc.toml", tmp_path / "cameras_onvif"
    file.write_text(PROTECTED)
    word.write_text("x\n")
    with pytest.raises(ConfigError, match="username and password come together"):
        load(file, {})
    readers = [name for name, one in stack.services.items() if one["image"].startswith("commune-ioc:")]
    for name in set(readers) - {"simulators"}:
        added = tables["services"][name]
        assert set(added["secrets"]) == set(tables["secrets"]) == {"cameras_onvif"}
        given = {key: value.replace("/run/secrets", str(tmp_path)) for key, value in added["environment"].items()}
        assert load(file, given).sources


def test_one_file_holds_sources_secrets_without_docker(commune: Path, tmp_path: Path) -> None:
    """As systemd hands it to the units and `sudo ioc` reads it: quoted, since passwords hold what shells heed."""
    ((line,),) = [block.split() for kind, block in BLOCKS if kind == "ini"]
    key, _, value = line.partition("=")
    secret = tmp_path / "ioc" / "secrets"
    shutil.copytree(commune, tmp_path / "ioc")
    (tmp_path / "ioc" / "ioc.toml").write_text(PROTECTED)
    text = (ROOT / "deploy" / "ioc").read_text("utf-8").replace("/etc/ioc", str(tmp_path / "ioc"))
    program = Path(sys.executable).with_name("ioc")
    shim = tmp_path / "shim"
    shim.write_text(text.replace("/opt/ioc/.venv/bin/ioc", str(program)))
    environment = {"PATH": os.environ["PATH"]}

    def checked() -> int:
        command = ["sh", str(shim), "check"]
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

    assert checked() == 2
    (secret / "ioc.env").write_text(f"{key}={value}\n")
    assert checked() == 0
    shim.write_text(text.replace('exec /opt/ioc/.venv/bin/ioc "$@"', f'printf %s "${key}"'))
    (secret / "ioc.env").write_text(f"{key}='a $HOME # b'\n")
    said = subprocess.run(["sh", str(shim)], env=environment, capture_output=True, text=True, check=False)
    assert said.stdout == "a $HOME # b"
    for name in ("migrate", "ingest", "api"):
        unit = (ROOT / "deploy" / "systemd" / f"ioc-{name}.service").read_text("utf-8")
        assert "\nEnvironmentFile=-/etc/ioc/secrets/ioc.env\n" in unit
