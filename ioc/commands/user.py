"""`ioc user`: people."""

import typer

from ioc.console import AsJson, Config, say, settings_of

app = typer.Typer(no_args_is_help=True, help="People.")


@app.command("add")
def add(name: str, role: str, config: Config = None, as_json: AsJson = False) -> None:
    """Add a person; the password comes by IOC_PASSWORD, by prompt, or is generated and printed once."""
    from ioc import people

    say(people.add(settings_of(config), name, role), as_json=as_json)


@app.command("passwd")
def passwd(name: str, config: Config = None, as_json: AsJson = False) -> None:
    """Set a person's password (IOC_PASSWORD, prompt, or generated)."""
    from ioc import people

    say(people.passwd(settings_of(config), name), as_json=as_json)


@app.command("disable")
def disable(name: str, config: Config = None, as_json: AsJson = False) -> None:
    """Shut a person out, at once."""
    from ioc import people

    say(people.disable(settings_of(config), name), as_json=as_json)
