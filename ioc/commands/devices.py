"""`ioc devices`: the device register."""

from pathlib import Path
from typing import Annotated

import typer

from ioc.console import AsJson, Config, say, settings_of

app = typer.Typer(no_args_is_help=True, help="The device register.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A list of devices: .xlsx, .xls, .ods or .csv.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing: all faults, and what changes.")] = False,
    unit: Annotated[str, typer.Option(help="Commune of lines that name none; else the centre's own.")] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Enter a list of devices into the register, all of it or nothing."""
    from ioc import devices as register

    shown = register.import_list(settings_of(config), file, unit, dry_run=dry_run)
    say(shown if as_json else register.lines(shown), as_json=as_json)
    raise typer.Exit(1 if shown["faults"] else 0)
