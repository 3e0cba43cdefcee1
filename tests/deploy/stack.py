"""docker-compose.yml and the systemd units as the tests read them, and the command lines that they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
import yaml

from ioc import cli


@dataclass(frozen=True)
class Stack:
    """The services and secrets of a compose file."""

    services: Mapping[str, Mapping[str, Any]]
    secrets: Mapping[str, Path]
    networks: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, file: Path) -> "Stack":
        """Read a compose file, anchors resolved; a secret's file is relative to it."""
        tables = yaml.safe_load(file.read_text("utf-8"))
        secrets = {name: file.parent / table["file"] for name, table in tables["secrets"].items()}
        return cls(tables["services"], secrets, tables["networks"])

    def environment(self, service: str, secrets: Path) -> dict[str, str]:
        """Return a service's environment, where its secrets lie in this folder instead."""
        given = self.services[service].get("environment", {})
        return {key: value.replace("/run/secrets", str(secrets)) for key, value in given.items()}

    def hand_out(self, service: str, commune: Path, into: Path) -> None:
        """Put a service's secrets into a folder as an engine does, from what `python3 -m deploy` made."""
        into.mkdir(exist_ok=True)
        for name in self.services[service].get("secrets", []):
            relative = self.secrets[name].relative_to(self.secrets[name].parents[1])
            (into / name).write_bytes((commune / relative).read_bytes())


class NoSuchCommand(Exception):
    """A command line of ours that the program would refuse."""


def parse(words: Sequence[str]) -> None:
    """Read an `ioc` command line as the program does, without running it; raises :class:`NoSuchCommand`."""
    command: Any = typer.main.get_command(cli.app)
    left = list(words)
    while commands := getattr(command, "commands", None):
        if not left or left[0] not in commands:
            raise NoSuchCommand(f"there is no command {' '.join(words)!r}")
        command, left = commands[left[0]], left[1:]
    try:
        command.make_context(command.name, left)
    except Exception as error:  # typer brings a click of its own: its errors are known by their manner
        if not hasattr(error, "format_message"):
            raise
        raise NoSuchCommand(error.format_message()) from error
