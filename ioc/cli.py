"""The command line: its commands and, from `ioc.commands`, their groups; what they do lives in the modules beside.

Exit status: 0 good, 1 failed, 2 the operator's mistake. Heavy modules are imported by the command that needs them, so
that `ioc demo` itself stays small.
"""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from connectors.contract import IocError
from ioc.commands import dashboards, devices, notify, rejections, report, token, user
from ioc.console import AsJson, Config, say, settings_of

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Commune operations centre: feeds in, one picture out.",
)
for group in (rejections, user, token, dashboards, devices, report, notify):
    app.add_typer(group.app, name=group.__name__.rpartition(".")[2])


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Of the screen and the API.")] = 8080,
    mqtt_port: Annotated[int, typer.Option(help="Of the broker.")] = 1883,
    data: Annotated[Path, typer.Option(help="Everything is kept here; start again with it and it goes on.")] = Path(
        "data"
    ),
    devices: Annotated[int, typer.Option(min=0, help="Simulated devices.")] = 28,
    speed: Annotated[float, typer.Option(min=0.01, help="How many times faster the simulated day runs.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Same seed, same story.")] = 1,
    for_: Annotated[float | None, typer.Option("--for", help="Stop after so many seconds.")] = None,
    faults: Annotated[str, typer.Option(help="Of drop,delay,duplicate,corrupt,skew.")] = "",
    headless: Annotated[bool, typer.Option("--headless", help="Open no browser.")] = False,
) -> None:
    """The whole system on this machine: embedded database and broker, and simulators for every feed."""
    from ioc.demo import Demo

    Demo(data, port, mqtt_port, devices, speed, seed, _faults(faults)).run(for_, browser=not headless)


@app.command()
def run(
    only: Annotated[str, typer.Option(help="ingest or api; else both, each in a process of its own.")] = "",
    config: Config = None,
) -> None:
    """The service against a real database and broker."""
    from ioc import run as running

    raise typer.Exit(running.run(settings_of(config), config, only))


@app.command()
def check(config: Config = None, as_json: AsJson = False) -> None:
    """Validate the configuration and the numbers, their SQL too, without touching the network."""
    from dashboards.indicators import load as load_indicators
    from ingest.errors import ConfigError
    from ingest.rules import load as load_rules
    from ioc.rehearsal import rehearse

    settings = settings_of(config)
    if unknown := load_rules(settings.rules).unknown_numbers(load_indicators()):
        raise ConfigError(*(f"{config or 'ioc.toml'}:{fault}" for fault in unknown))
    say(
        {
            "configuration": "good",
            "sources": len(settings.sources),
            "indicators": len(load_indicators()),
            "indicators_sql": "prepared" if rehearse() else "not tried: pip install 'commune-ioc[embedded]'",
        },
        as_json=as_json,
    )


@app.command()
def explain(
    source: str,
    file: Annotated[Path, typer.Argument(help="What came: the raw body.")],
    address: Annotated[str, typer.Option(help="Topic, URL or path that it came by.")] = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """What came, what was understood, what was refused and why."""
    from ioc.explain import explain as explained
    from ioc.explain import lines

    shown, good = explained(settings_of(config), source, file, address)
    say(shown if as_json else lines(shown), as_json=as_json)
    raise typer.Exit(0 if good else 1)


@app.command()
def migrate(config: Config = None, as_json: AsJson = False) -> None:
    """Bring the database's schema, its numbers and the role that may only read up to date."""
    from api import tokens
    from dashboards import indicators
    from ingest import reading
    from ingest.migrate import migrate as up
    from ingest.store import Store

    settings = settings_of(config)
    database = settings.database
    with Store(database.url, name="ioc-migrate") as store:
        done = up(store, keep_days=database.keep_days)
        renewed = indicators.install(store)
        if password := database.reader_password.get_secret_value():
            reading.let_in(store, password)
        if shown := settings.grafana.alerts_token:
            tokens.admit(store, "grafana", "operator", shown.get_secret_value(), actor="migrate")
        say({"migrations": done, "numbers_renewed": renewed, "reader_let_in": bool(password)}, as_json=as_json)


@app.command()
def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """Probe every dependency, with the remedy beside each failure."""
    from ioc.doctor import examine

    findings = examine(settings_of(config))
    say([f.as_dict() for f in findings] if as_json else [str(f) for f in findings], as_json=as_json)
    raise typer.Exit(0 if all(f.good for f in findings) else 1)


@app.command()
def schema(as_json: AsJson = True) -> None:
    """The JSON schema of ioc.toml, which is always JSON."""
    from ioc.schema import schema_of_settings

    say(schema_of_settings(), as_json=as_json)


@app.command()
def reference(
    check: Annotated[bool, typer.Option("--check", help="Write nothing: which pages are out of date.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write docs/reference anew: every setting, number, board and rule, from their definitions."""
    from ioc import reference as pages

    touched = pages.stale() if check else pages.write()
    if as_json:
        say({"stale" if check else "written": touched}, as_json=True)
    else:
        say([f"docs/reference/{name}" for name in touched] or "docs/reference is up to date")
    raise typer.Exit(1 if check and touched else 0)


@app.command()
def simulate(
    devices: Annotated[int, typer.Option(min=1)] = 28,
    rate: Annotated[float | None, typer.Option(help="Messages a second of all together; else every 30 s each.")] = None,
    faults: Annotated[str, typer.Option(help="Of drop,delay,duplicate,corrupt,skew.")] = "",
    seed: int = 1,
    speed: Annotated[float, typer.Option(min=0.01)] = 1.0,
    only: Annotated[str, typer.Option(help="One device: kind.name")] = "",
    inbox: Annotated[Path | None, typer.Option(help="Folder for the offices' files.")] = None,
    town: Annotated[int, typer.Option(help="First of five ports for offices and devices that are asked.")] = 0,
    api: Annotated[str, typer.Option(help="Base URL that citizens report to (token in IOC_CITIZEN_TOKEN).")] = "",
    stay: Annotated[bool, typer.Option("--stay", help="At the end leave without switching the devices off.")] = False,
    for_: Annotated[float | None, typer.Option("--for", help="Stop after so many seconds.")] = None,
    config: Config = None,
) -> None:
    """Simulators only, against any broker and any URL."""
    from ioc.simulate import simulate as play

    play(settings_of(config), devices, rate, _faults(faults), seed, speed, only, inbox, api, town, for_, stay=stay)


@app.command()
def poll(source: str, config: Config = None, as_json: AsJson = False) -> None:
    """Ask one polled source now, store what it says, and tell what came of it."""
    from ioc.poll import poll as polled

    shown = polled(settings_of(config), source)
    say(shown, as_json=as_json)
    raise typer.Exit(1 if shown["fault"] else 0)


@app.command("import")
def import_(
    source: str,
    file: Annotated[Path | None, typer.Argument(help="What came: a workbook, a raw body.")] = None,
    address: Annotated[str, typer.Option(help="Topic, URL or path that it came by; else the file's.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing: all faults, and what changes.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last import of the source back.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Store one file as the service would take it; its figures are one import, which can be undone."""
    from ioc import importing

    if undo == (file is not None):
        raise typer.BadParameter("name a file, or --undo and none")
    if file is None:
        say(importing.undo(settings_of(config), source), as_json=as_json)
        return
    shown = importing.import_file(settings_of(config), source, file, address, dry_run=dry_run)
    say(shown if as_json else importing.lines(shown), as_json=as_json)
    raise typer.Exit(1 if shown["faults"] else 0)


@app.command()
def record(
    file: Path,
    for_: Annotated[float | None, typer.Option("--for", help="Stop after so many seconds.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write what devices publish into a file, raw, until Ctrl-C."""
    from ioc.recording import record as recorded

    say({"recorded": recorded(settings_of(config), file, for_), "file": str(file)}, as_json=as_json)


@app.command()
def replay(
    file: Path,
    speed: Annotated[float, typer.Option(min=0.01)] = 1.0,
    at: Annotated[str, typer.Option(help="now moves the instants to today, original leaves them.")] = "now",
    loop: Annotated[bool, typer.Option("--loop", help="Begin again at the end.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Publish a recording through the same door that it came by."""
    from ioc.recording import replay as replayed

    if at not in ("now", "original"):
        raise typer.BadParameter(f"--at: {at!r} is neither 'now' nor 'original'")
    say({"replayed": replayed(settings_of(config), file, speed, at == "now", loop)}, as_json=as_json)


def _faults(text: str) -> tuple[str, ...]:
    from simulators.faults import FAULTS

    asked = tuple(word for word in text.split(",") if word)
    unknown = [word for word in asked if word not in FAULTS]
    if unknown:
        raise typer.BadParameter(f"there is no fault {', '.join(unknown)}; there are {', '.join(FAULTS)}")
    return asked


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s level=%(levelname)s logger=%(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # the writer says it once; the pool at each attempt
    try:
        app()
    except IocError as error:
        from ingest.errors import ConfigError

        typer.echo(str(error), err=True)
        sys.exit(2 if isinstance(error, ConfigError) else 1)
