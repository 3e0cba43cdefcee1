"""`ioc notify test`: one message to one receiver, now and outside the outbox."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ingest.config import Settings
from ingest.delivery import Undelivered
from ingest.errors import ConfigError, StoreDown
from ingest.letters import Letter
from ingest.sources import meant
from ingest.sql import QUERIES
from ingest.store import Store
from ingest.tokens import Tokens
from ingest.wording import when


def test(settings: Settings, name: str) -> dict[str, Any]:
    """Send a test message; returns what came of it, ``fault`` empty where it arrived.

    Quiet hours and the limit don't count. Raises :class:`ConfigError` where there is no such receiver.
    """
    receivers = {receiver.name: receiver for receiver in settings.receivers}
    if name not in receivers:
        near = meant(name, receivers) if receivers else "; there are none, see [[receivers]] in ioc.toml"
        raise ConfigError(f"receivers.{name}: there is no receiver {name!r}{near}")
    now = datetime.now(UTC)
    screen = settings.http.address
    text = f"Tin thử gửi lúc {when(now)}. Nếu đọc được tin này, kênh thông báo đã sẵn sàng."
    letter = Letter(
        uuid4(), now, "info", urgent=True, title="[Thử] Kênh thông báo của trung tâm điều hành",
        text=f"{text}\n{screen}" if screen else text, link=screen,
    )  # fmt: skip
    began = time.monotonic()
    fault = note = ""
    try:
        with Store(settings.database.url, pool=2, name="ioc-notify", wait=2) as store:
            note = asyncio.run(Tokens(store).deliver(receivers[name], letter))
    except Undelivered as undelivered:
        fault = undelivered.failure.reason
    except StoreDown as down:
        fault = f"its access token is kept in the database: {down}"
    seconds = round(time.monotonic() - began, 2)
    said = {"receiver": name, "kind": receivers[name].kind, "key": str(letter.key), "seconds": seconds, "fault": fault}
    return said | {"note": note, "noted": _noted(settings, name, fault or note, arrived=not fault)}


def _noted(settings: Settings, name: str, error: str, *, arrived: bool) -> bool:
    """Tell the receiver's row, so that the API and `ioc doctor` know; the database may be away."""
    row = {"name": name, "now": datetime.now(UTC), "error": error[:500], "arrived": arrived}
    try:
        with Store(settings.database.url, pool=2, name="ioc-notify", wait=2) as store:
            return store.execute(QUERIES["receiver_trial"], row) > 0
    except StoreDown:
        return False
