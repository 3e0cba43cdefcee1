"""What every command shares: where the configuration is, and printing for people or as JSON."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ingest.config import Settings

Config = Annotated[Path | None, typer.Option(help="The configuration file; default ioc.toml where there is one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def say(shown: Any, *, as_json: bool = False) -> None:
    """Print for people, or as JSON."""
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False, default=str, indent=2))
    elif isinstance(shown, list):
        for line in shown:
            typer.echo("  ".join(f"{k}={v}" for k, v in line.items()) if isinstance(line, dict) else line)
    else:
        typer.echo("\n".join(f"{k}: {v}" for k, v in shown.items()) if isinstance(shown, dict) else shown)


def settings_of(config: Path | None) -> "Settings":
    """Load the configuration of a command; raises :class:`ingest.errors.ConfigError`."""
    from ingest.config import load

    return load(config or (Path("ioc.toml") if Path("ioc.toml").exists() else None))
