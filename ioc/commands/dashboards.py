"""`ioc dashboards`: the numbers and their boards."""

import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ioc.console import AsJson, Config, say, settings_of

if TYPE_CHECKING:
    from dashboards.drift import Difference

app = typer.Typer(no_args_is_help=True, help="The numbers and their boards.")


@app.command("check")
def check(config: Config = None, as_json: AsJson = False) -> None:
    """Check that every number is complete, boards keep their rules, their files are fresh, and SQL prepares."""
    from dashboards import build, indicators, lint
    from dashboards.boards import boards
    from ingest.errors import ConfigError
    from ingest.store import Store

    found = indicators.load()
    made = [board.render() for board in boards().values()]
    if faults := lint.faults(made):
        raise ConfigError(*faults)
    if stale := build.stale():
        raise ConfigError(*stale, "`ioc dashboards build` writes these files anew")
    with Store(settings_of(config).database.url, name="ioc-check") as store:
        indicators.install(store)
    say({"indicators": len(found), "boards": len(made)}, as_json=as_json)


@app.command("build")
def build_(as_json: AsJson = False) -> None:
    """Write what Grafana is given, boards and provisioning, into dashboards/grafana; the same bytes every time."""
    from dashboards import build

    touched = build.write()
    if as_json:
        say({"written": touched}, as_json=True)
    else:
        say([f"dashboards/{name}" for name in touched] or f"{len(build.files())} files, nothing to write")


@app.command("push")
def push(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing: what would be created or changed.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Boards that were edited in Grafana too.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Send folder, data source, boards, alert rules and a reading account to the configured Grafana."""
    from dashboards import build
    from dashboards.grafana_api import Grafana
    from dashboards.push import Push

    settings = settings_of(config).grafana
    steps = []
    with Grafana(settings) as grafana:
        for step in Push(grafana, build.files(), os.environ, settings.folder, dry_run, overwrite).steps():
            steps.append(step)
            if not as_json:
                say(str(step))
                if step.token:
                    say(f"          its token, shown once: {step.token}\n          keep it as IOC_GRAFANA__TOKEN")
    done = Counter(step.done for step in steps)
    if as_json:
        say({"steps": [asdict(step) for step in steps], **done}, as_json=True)
    else:
        say(", ".join(f"{n} {word}" for word, n in sorted(done.items())) + ("; nothing was sent" if dry_run else ""))
    raise typer.Exit(1 if done["kept"] else 0)


@app.command("diff")
def diff(config: Config = None, as_json: AsJson = False) -> None:
    """Compare the boards with what the configured Grafana shows; exit 1 where they differ."""
    from dashboards import build, drift, wanted
    from dashboards.grafana_api import Grafana
    from dashboards.push import shown_boards

    ours = wanted.boards(build.files())
    with Grafana(settings_of(config).grafana) as grafana:
        theirs = shown_boards(grafana, ours)
    missing = [uid for uid in ours if uid not in theirs]
    found = [one for uid, board in theirs.items() for one in drift.compare(ours[uid], board)]
    if as_json:
        say({"missing": missing, "differences": [asdict(one) for one in found]}, as_json=True)
    else:
        say([f"{ours[uid]['title']} ({uid}): Grafana does not have it" for uid in missing])
        say(drift.lines(found, {uid: str(board["title"]) for uid, board in ours.items()}))
        if not missing and not found:
            say(f"{len(ours)} boards, no difference")
    raise typer.Exit(1 if missing or found else 0)


@app.command("pull")
def pull(
    to: Annotated[Path | None, typer.Option(help="Folder of layout files; else dashboards/layouts here.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Bring back where panels lie in the configured Grafana, and tell what can't be brought back."""
    from dashboards import build, layout, wanted
    from dashboards import pull as pulling
    from dashboards.grafana_api import Grafana
    from dashboards.push import shown_boards

    ours = wanted.boards(build.files())
    with Grafana(settings_of(config).grafana) as grafana:
        pulled = pulling.pull(ours, shown_boards(grafana, ours), to or layout.FOLDER)
    if as_json:
        say([asdict(one) for one in pulled], as_json=True)
        return
    for one in pulled:
        if one.file:
            say(f"{one.title} ({one.board}): {one.moved} panels moved, written to {one.file}")
        if one.left:
            say(f"{one.title} ({one.board}): can't be brought back, change it in code")
            say([f"  {_place(each)}{each}; it stands in {each.home}" for each in one.left])
    if any(one.file for one in pulled):
        say("now `ioc dashboards build` writes the boards anew")
    elif not any(one.left for one in pulled):
        say("nothing to bring back")


def _place(difference: "Difference") -> str:
    return "" if difference.panel is None else f"panel {difference.panel} “{difference.title}”, "
