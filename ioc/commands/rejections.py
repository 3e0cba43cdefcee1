"""`ioc rejections`: what was refused; after a fix, again."""

from typing import Annotated

import typer

from ioc.console import AsJson, Config, say, settings_of

app = typer.Typer(no_args_is_help=True, help="What was refused; after a fix, again.")


@app.command("list")
def list_(
    source: str = "", limit: Annotated[int, typer.Option(min=1)] = 50, config: Config = None, as_json: AsJson = False
) -> None:
    """What was refused, newest first."""
    from ioc import rejections as refused

    say(refused.list_(settings_of(config), source, limit), as_json=as_json)


@app.command("show")
def show(number: int, config: Config = None, as_json: AsJson = False) -> None:
    """One refused message, whole."""
    from ioc import rejections as refused

    say(refused.show(settings_of(config), number), as_json=as_json)


@app.command("retry")
def retry(
    source: str = "",
    number: Annotated[int | None, typer.Option(help="Only this one.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Understand refused messages again, after a fix."""
    from ioc import rejections as refused

    say(refused.retry(settings_of(config), source, number), as_json=as_json)
