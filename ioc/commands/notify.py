"""`ioc notify`: who is told of incidents."""

import typer

from ioc.console import AsJson, Config, say, settings_of

app = typer.Typer(no_args_is_help=True, help="Who is told of incidents.")


@app.command("test")
def send(receiver: str, config: Config = None, as_json: AsJson = False) -> None:
    """Send one receiver a test message now, and tell what came of it."""
    from ioc import notify as notifying

    shown = notifying.test(settings_of(config), receiver)
    say(shown, as_json=as_json)
    raise typer.Exit(1 if shown["fault"] else 0)
