"""docker-compose.yml and the systemd units as the tests read them, and the command lines that they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
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


def parse(words: Sequence[str]) -> None:
    """Read an `ioc` command line as the program does, without running it; raises ``click.UsageError``."""
    command: click.Command = typer.main.get_command(cli.app)
    context = None
    left = list(words)
    while isinstance(command, click.Group):
        if not left:
            raise click.UsageError("a command is missing")
        found = command.get_command(click.Context(command, parent=context), left[0])
        if found is None:
            raise click.UsageError(f"there is no command {left[0]!r}")
        command, left = found, left[1:]
    command.make_context(command.name, left, parent=context)
