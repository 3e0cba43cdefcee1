"""The service: ingest or API in this process, or both as children."""

import contextlib
import gc
import logging
import signal
import sys
import threading
from pathlib import Path

import typer

from ingest.config import Settings
from ingest.errors import ConfigError, IocError, StoreDown
from ioc.ports import claim
from ioc.unused import CLIENTS, COMMAND_LINES, RELOADERS, holidays_of_vietnam, left_out

log = logging.getLogger(__name__)


def run(settings: Settings, config: Path | None, only: str) -> int:
    """Run until a signal comes; returns the exit status."""
    if only == "ingest":
        return _ingest(settings)
    if only == "api":
        return _api(settings)
    if only:
        raise ConfigError(f"--only: {only!r} is neither 'ingest' nor 'api'")
    return _both(settings, config)


def fit(settings: Settings) -> None:
    """Raise :class:`ConfigError` where the database's schema is not this version's; one that is away is waited for."""
    from ingest import migrate
    from ingest.store import Store

    with Store(settings.database.url, pool=2, name="ioc-run", wait=2.0) as store, contextlib.suppress(StoreDown):
        migrate.check(store)


def _ingest(settings: Settings) -> int:
    holidays_of_vietnam()
    with left_out(*COMMAND_LINES):
        from dashboards import indicators
        from ingest.service import Service

    # Two threads share the interpreter: the network's must not wait 5 ms for the writer's turn to end.
    sys.setswitchinterval(0.0005)
    # What a batch holds lives for a moment; looking through it for cycles again and again costs a tenth of all time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    service = Service(settings, {key: number.unit for key, number in indicators.load().items()})
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: service.stop())
    return service.run()


def _api(settings: Settings) -> int:
    holidays_of_vietnam()
    with left_out(*COMMAND_LINES, *CLIENTS, *RELOADERS):
        from api.app import create_app
        from api.screen import mount
        from api.server import Server

    claim(settings.http.host, settings.http.port, "http.port")
    fit(settings)
    app = create_app(settings, screen=mount)
    stopping = threading.Event()
    server = Server(app, host=settings.http.host, port=settings.http.port)

    def stop(*_: object) -> None:
        stopping.set()
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)  # uvicorn raises the signal again at its end: without ours we would die of it
    greeting = threading.Thread(target=_greet, args=(settings, stopping), daemon=True)
    greeting.start()
    try:
        server.run()
    finally:
        stopping.set()
        greeting.join(10)
    return 0


def _greet(settings: Settings, stopping: threading.Event) -> None:
    """On the first start ever: make the account ``admin`` and print its password, this once."""
    from api.accounts import ensure_admin
    from ingest.service import await_store
    from ingest.store import Store

    with Store(settings.database.url, pool=2, name="ioc-first") as store:
        try:
            password = ensure_admin(store) if await_store(store, stopping) else None
        except IocError as error:
            log.warning("no first account could be made error=%r", str(error))
            return
    if password:
        typer.echo(f"first start: sign in as admin with the password {password} (shown this once)")


def _both(settings: Settings, config: Path | None) -> int:
    from ioc.children import Child, Children

    claim(settings.http.host, settings.http.port, "http.port")
    fit(settings)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    children = Children()
    where = ["--config", str(config)] if config else []
    try:
        for part in ("api", "ingest"):
            children.start(Child(part, [sys.executable, "-m", "ioc", "run", "--only", part, *where]))
        while not stopping.wait(0.2):
            children.watch()
    except RuntimeError as error:
        raise ConfigError(str(error)) from error
    finally:
        children.stop()
    return 0
