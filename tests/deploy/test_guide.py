"""docs/van-hanh.md: every command in it is real, every path is there, every configuration in it is accepted."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from deploy.__main__ import arguments
from ingest.config import load
from tests.deploy.conftest import ROOT
from tests.deploy.stack import NoSuchCommand, Stack, parse

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
    """Return the words after `ioc`, typed in a container or not."""
    inside = [words[4:] for words in of("docker", "compose", "exec") if words[4:5] == ["ioc"]]
    return [words[1:] for words in [*of("ioc"), *inside]]


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
    assert arguments().parse_args(asked).verb in ("init", "devices", "renew")


def test_every_service_and_file_is_there(stack: Stack) -> None:
    verbs = ("exec", "restart", "stop", "logs", "kill")
    for words in of("docker", "compose"):
        line = [word for word in words[2:] if word not in ("--profile", "demo")]
        if not line:
            continue  # the program's name in a sentence
        if line[0] in verbs:
            values = {"--tail", "--signal"}
            named = [
                word for n, word in enumerate(line[1:], 1) if not word.startswith("-") and line[n - 1] not in values
            ]
            services = named[:1] if line[0] == "exec" else named
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


def test_the_addition_for_a_sources_secret_is_valid(tmp_path: Path) -> None:
    (block,) = [block for kind, block in BLOCKS if kind == "yaml"]
    tables = yaml.safe_load(block)
    ((key, secret),) = tables["services"]["ingest"]["environment"].items()
    assert Path(secret).name in tables["services"]["ingest"]["secrets"]
    assert set(tables["services"]["ingest"]["secrets"]) == set(tables["secrets"])
    word = tmp_path / "word"
    word.write_text("x\n")
    file = tmp_path / "ioc.toml"
    file.write_text(
        '[sources.cameras_onvif]\nconnector = "camera_onvif"\nunit = "05068"\nusername = "a"\n'
        'cameras = [{ name = "cam-01", host = "10.0.5.11" }]\n'
    )
    assert load(file, {key: str(word)}).sources
