"""Couriers: a thread for each receiver, so that one who hangs delays nobody else, nor what comes in."""

import asyncio
import logging
import random
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ingest.config import Settings
from ingest.delivery import Undelivered
from ingest.errors import StoreDown, pauses
from ingest.letters import Letter
from ingest.outbox import Failure, Outbox
from ingest.receiver import Receiver
from ingest.store import Store
from ingest.tokens import Tokens

log = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds between two looks for what is due."""
_GRACE = 2.0
"""Seconds that an attempt may still take when we stop; it is made again at the next start."""


class Courier(threading.Thread):
    """Brings one receiver's messages, one after the other."""

    def __init__(self, outbox: Outbox, receiver: Receiver, tokens: Tokens) -> None:
        super().__init__(name=f"courier-{receiver.name}", daemon=True)
        self._outbox = outbox
        self._tokens = tokens
        self._receiver = receiver
        self._stopping = threading.Event()
        self._stirred = threading.Event()
        self._failing = False
        self._runner = asyncio.Runner()
        self._attempt: asyncio.Task[str] | None = None

    def stir(self) -> None:
        """Have it look now."""
        self._stirred.set()

    def ask_to_stop(self) -> None:
        """Have it stop after what it does."""
        self._stopping.set()
        self._stirred.set()

    def stop(self) -> None:
        """Wait for its end; an attempt under way gets a moment."""
        self.ask_to_stop()
        self.join(_GRACE)
        attempt = self._attempt
        if self.is_alive() and attempt is not None:
            self._runner.get_loop().call_soon_threadsafe(attempt.cancel)
        self.join(_GRACE)

    def run(self) -> None:
        """Work until stopped."""
        with self._runner:
            while not self._stopping.is_set():
                try:
                    letter = self._outbox.claim(self._receiver, datetime.now(UTC))
                except StoreDown:
                    letter = None
                if letter is None:
                    self._stirred.wait(_LOOK)
                    self._stirred.clear()
                else:
                    self._bring(letter)

    def _bring(self, letter: Letter) -> None:
        failure, note = None, ""
        try:
            note = self._runner.run(self._deliver(letter))
        except asyncio.CancelledError:
            return  # we are stopping; the message waits
        except Undelivered as undelivered:
            failure = undelivered.failure
        except StoreDown as down:
            failure = Failure(f"its access token is kept in the database: {down}")
        except Exception as error:  # a fault of ours in one message must not silence the receiver
            log.exception("a message can't be sent receiver=%s message=%d", self._receiver.name, letter.id)
            failure = Failure(f"{type(error).__name__}: a fault of this program, see the log", refused=True)
        self._settle(letter, failure, note)

    async def _deliver(self, letter: Letter) -> str:
        self._attempt = asyncio.current_task()
        try:
            return await self._tokens.deliver(self._receiver, letter)
        finally:
            self._attempt = None

    def _settle(self, letter: Letter, failure: Failure | None, note: str) -> None:
        """Note what came of an attempt, as soon as the database takes it: else the message would be sent again."""
        name = self._receiver.name
        for pause in pauses():
            try:
                now = datetime.now(UTC)
                if failure is None:
                    self._outbox.sent(letter, now, note)
                    self._say_sent(letter, note)
                else:
                    jitter = random.uniform(0.5, 1.5)  # noqa: S311 - no secret
                    dead = self._outbox.failed(self._receiver, letter, failure, now, jitter)
                    self._say_failed(letter, failure, dead=dead)
            except StoreDown:
                if self._stopping.wait(pause):
                    log.warning("not noted whether a message arrived receiver=%s message=%d", name, letter.id)
                    return
            else:
                return

    def _say_sent(self, letter: Letter, note: str) -> None:
        if note:
            log.warning("message sent, not to all receiver=%s message=%d %s", self._receiver.name, letter.id, note)
        elif self._failing:
            log.info("receiver takes messages again receiver=%s", self._receiver.name)
        self._failing = False

    def _say_failed(self, letter: Letter, failure: Failure, *, dead: bool) -> None:
        name = self._receiver.name
        if dead:
            log.error(
                "message given up receiver=%s message=%d key=%s error=%r; see /api/v1/outbox?state=dead",
                name, letter.id, letter.key, failure.reason,
            )  # fmt: skip
        elif not self._failing:
            log.warning("receiver does not take messages receiver=%s error=%r; going on", name, failure.reason)
        self._failing = True


class Couriers:
    """The outbox at work for all receivers of a configuration."""

    def __init__(self, store: Store, settings: Settings, units: Mapping[str, str]) -> None:
        """``units``: of the numbers."""
        self._outbox = Outbox(store, settings.receivers, screen=settings.http.address, units=units)
        tokens = Tokens(store)
        self._couriers = {one.name: Courier(self._outbox, one, tokens) for one in settings.receivers}
        self._keep = timedelta(days=settings.database.keep_days)
        self._declared = False
        self._dropped: datetime | None = None

    def start(self) -> None:
        """Begin."""
        for courier in self._couriers.values():
            courier.start()

    def collect(self) -> None:
        """Make the messages that are due, and have them brought; to be called each second. Raises ``StoreDown``."""
        now = datetime.now(UTC)
        if not self._declared:
            self._outbox.declare(now)
            self._declared = True
        for name in self._outbox.collect(now):
            self._couriers[name].stir()
        if self._dropped is None or now - self._dropped > timedelta(hours=1):
            self._dropped = now
            self._outbox.drop_old(now - self._keep)

    def stop(self) -> None:
        """Stop all; what was not sent is sent at the next start."""
        for courier in self._couriers.values():
            courier.ask_to_stop()
        for courier in self._couriers.values():
            courier.stop()
