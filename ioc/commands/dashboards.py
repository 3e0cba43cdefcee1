"""`ioc dashboards`: the numbers and their boards."""

import typer

from ioc.console import AsJson, Config, say, settings_of

app = typer.Typer(no_args_is_help=True, help="The numbers and their boards.")


@app.command("check")
def check(config: Config = None, as_json: AsJson = False) -> None:
    """Check that every number is complete, and that its SQL prepares where the database answers."""
    from dashboards import indicators
    from ingest.store import Store

    found = indicators.load()
    with Store(settings_of(config).database.url, name="ioc-check") as store:
        indicators.install(store)
    say({"indicators": len(found)}, as_json=as_json)
