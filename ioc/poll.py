"""`ioc poll`: one look at a polled source, outside its schedule."""

import time
from typing import Any

from connectors.contract import Polled
from ingest.batch import Committer
from ingest.config import Settings
from ingest.desk import DeskHere
from ingest.errors import ConfigError
from ingest.health import declare
from ingest.poll import Poller
from ingest.store import Store
from ingest.units import unit_codes
from ingest.writer import Writer

_BETWEEN = 0.3
"""Seconds between the two looks that a file must bear unchanged."""


def poll(settings: Settings, name: str) -> dict[str, Any]:
    """Look once and wait until all is stored; the service may run beside it, for nothing is stored twice.

    Raises :class:`ConfigError` for a source that is none or is not polled, :class:`StoreDown`.
    """
    source = settings.sources.get(name)
    polled = sorted(key for key, one in settings.sources.items() if isinstance(one, Polled))
    if not isinstance(source, Polled):
        what = "is not polled" if source else "is no source"
        raise ConfigError(f"sources.{name}: {what}; polled are {', '.join(polled) or 'none'}")
    with Store(settings.database.url, name="ioc-poll") as store:
        declare(store, settings)
        writer = Writer(
            DeskHere(Committer(store, settings.database.keep_days), unit_codes(store)), queue=settings.ingest.queue,
            batch_rows=settings.ingest.batch_rows, batch_age=settings.ingest.batch_age,
        )  # fmt: skip
        poller = Poller({name: source}, store, writer)
        writer.start()
        began = time.monotonic()
        try:
            if source.places():
                poller.look(name)
                time.sleep(_BETWEEN)
            look = poller.look(name)
        finally:
            poller.stop()
            poller.close()
            writer.stop()
        came = look.outcomes + poller.folders.settled
        return {
            "received": came.total(),
            **{outcome: came[outcome] for outcome in ("stored", "duplicate", "rejected")},
            "questions": look.questions,
            "seconds": round(time.monotonic() - began, 2),
            "fault": look.fault,
        }
