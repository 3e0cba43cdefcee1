"""`ioc token`: programs."""

from typing import Annotated

import typer

from ioc.console import AsJson, Config, say, settings_of

app = typer.Typer(no_args_is_help=True, help="Programs.")


@app.command("create")
def create(
    name: str,
    role: str = "viewer",
    days: Annotated[int | None, typer.Option(min=1)] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Make a token for a program; it is printed once."""
    from ioc import people

    say(people.token(settings_of(config), name, role, days), as_json=as_json)


@app.command("revoke")
def revoke(name: str, config: Config = None, as_json: AsJson = False) -> None:
    """Revoke every token of this name."""
    from ioc import people

    say(people.revoke(settings_of(config), name), as_json=as_json)
