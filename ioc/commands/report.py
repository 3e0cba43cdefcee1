"""`ioc report`: the papers on devices and for the morning meeting."""

from pathlib import Path
from typing import Annotated

import typer

from ioc.console import AsJson, Config, say, settings_of

app = typer.Typer(no_args_is_help=True, help="Papers: the month of the devices, one page for the morning meeting.")


@app.command("devices")
def devices(
    period: Annotated[str, typer.Option(help="The month, as 2026-10.")],
    unit: Annotated[str, typer.Option(help="Code of the commune; else that of the configuration.")] = "",
    format_: Annotated[str, typer.Option("--format", help="xlsx or pdf.")] = "xlsx",
    out: Annotated[Path | None, typer.Option(help="File to write; else thiet-bi-UNIT-PERIOD.FORMAT here.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Availability, outages, MTBF and MTTR of a month, in Vietnamese: by device, hamlet and kind."""
    from ioc.report_file import write

    say(write(settings_of(config), period, unit, format_, out), as_json=as_json)


@app.command("brief")
def brief(
    period: Annotated[str, typer.Option(help="A day, as 2026-11-20, or a month, as 2026-10; else now.")] = "",
    unit: Annotated[str, typer.Option(help="Code of the commune; else that of the configuration.")] = "",
    format_: Annotated[str, typer.Option("--format", help="pdf (one page, A4) or xlsx.")] = "pdf",
    out: Annotated[Path | None, typer.Option(help="File to write; else bao-cao-nhanh-UNIT-PERIOD.FORMAT here.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """One page for the morning meeting, in Vietnamese: what is open, devices, numbers against targets."""
    from ioc.report_file import write_brief

    say(write_brief(settings_of(config), period, unit, format_, out), as_json=as_json)
