"""An access token that ends: renewed once, kept over restarts, told to nobody; a refusal is no storm."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest

from ingest.config import Settings
from ingest.couriers import Couriers
from ingest.delivery import Undelivered
from ingest.errors import StoreDown
from ingest.letters import Letter
from ingest.receivers import receivers_of
from ingest.sections import Database
from ingest.sources import SourceFault
from ingest.store import Link, Store
from ingest.tokens import Tokens
from ingest.zalo_oa import ZaloOa
from tests.ingest.conftest import eventually
from tests.ingest.incident_rows import opened

APP_SECRET = "bi-mat-cua-ung-dung"


class Account:
    """A stand-in for Zalo: messages need the newest access token, each refresh token is good for one use."""

    def __init__(self) -> None:
        self.access, self.refresh = "access-0", "refresh-0"
        self.ended = False
        self.renewals: list[tuple[dict[str, str], str]] = []
        self.sent: list[dict[str, Any]] = []
        self.tried = 0
        self.refuses = False
        self.away = False
        self.expires_in: object = "90000"
        self.url = ""
        self.lock = threading.Lock()

    def renew(self, form: dict[str, str], secret: str) -> tuple[int, dict[str, Any]]:
        """Answer a renewal."""
        with self.lock:
            self.renewals.append((form, secret))
            if self.away:
                return 503, {}
            if self.refuses or form.get("refresh_token") != self.refresh or secret != APP_SECRET:
                said = f"Invalid refresh token {form.get('refresh_token')}"
                return 200, {"error": -14014, "error_name": "Invalid refresh token.", "error_description": said}
            n = len(self.renewals)
            self.access, self.refresh, self.ended = f"access-{n}", f"refresh-{n}", False
            return 200, {"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.expires_in}

    def take(self, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer a message."""
        with self.lock:
            self.tried += 1
            if self.ended or token != self.access:
                return 200, {"error": -216, "message": f"Access token is invalid: {token}"}
            self.sent.append(body)
            return 200, {"error": 0, "message": "Success"}


@contextmanager
def zalo() -> Iterator[Account]:
    """Serve an account on a free loopback port."""
    account = Account()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/token":
                form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                status, said = account.renew(form, self.headers.get("secret_key", ""))
            else:
                status, said = account.take(self.headers.get("access_token", ""), json.loads(body))
            answer = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    account.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield account
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def receiver(account: Account, **fields: Any) -> ZaloOa:
    table = {
        "name": "zalo", "kind": "zalo_oa", "user": "42",
        "url": f"{account.url}/cs", "token_url": f"{account.url}/token",
        "app": "2512", "app_secret": APP_SECRET, "refresh_token": "refresh-0", "secret": "access-0", "timeout": "5s",
    }  # fmt: skip
    (made,) = receivers_of([{k: v for k, v in (table | fields).items() if v is not None}])
    assert isinstance(made, ZaloOa)
    return made


def letter() -> Letter:
    return Letter(uuid4(), datetime.now(UTC), "critical", urgent=True, title="Thử", text="Tin thử")


def bring(store: Store, its: ZaloOa, tokens: Tokens | None = None) -> str:
    return asyncio.run((tokens or Tokens(store)).deliver(its, letter()))


def fault(store: Store, its: ZaloOa, tokens: Tokens | None = None) -> str:
    with pytest.raises(Undelivered) as caught:
        bring(store, its, tokens)
    return caught.value.failure.reason


def test_a_token_that_ended_is_renewed_once_and_the_message_sent(store: Store) -> None:
    with zalo() as account:
        its = receiver(account)
        bring(store, its)
        assert account.renewals == [], "it is good"
        account.ended = True
        for _ in range(3):
            bring(store, its)
        assert len(account.sent) == 4
        ((form, secret),) = account.renewals
        assert form == {"refresh_token": "refresh-0", "app_id": "2512", "grant_type": "refresh_token"}
        assert secret == APP_SECRET


def test_the_pair_outlives_a_restart_and_the_next_renewal_uses_the_new_one(store: Store) -> None:
    with zalo() as account:
        its = receiver(account, secret=None)
        bring(store, its)
        account.ended = True
        bring(store, its, Tokens(store))
        assert [form["refresh_token"] for form, _ in account.renewals] == ["refresh-0", "refresh-1"]


def test_it_is_renewed_before_it_ends_where_that_is_known(store: Store) -> None:
    with zalo() as account:
        account.expires_in = 290
        its = receiver(account, secret=None)
        bring(store, its)
        bring(store, its)
        assert len(account.renewals) == 2
        assert account.tried == 2, "nothing was sent with a token that had ended"


def test_what_is_kept_is_secret_and_no_log_tells_it(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with zalo() as account:
        its = receiver(account)
        account.ended = True
        bring(store, its)
        account.ended = account.refuses = True
        told = fault(store, its)
    kept = repr(store.rows("select * from receiver_token"))
    for text in (kept, caplog.text, told, repr(its)):
        assert not any(word in text for word in ("access-", "refresh-0", "refresh-1", APP_SECRET))


def test_a_refusal_is_told_with_its_remedy_and_not_asked_again_at_once(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with zalo() as account:
        its = receiver(account)
        account.ended = account.refuses = True
        told = {fault(store, its) for _ in range(5)}
        assert len(told) == 1
        assert "Invalid refresh token" in told.pop()
        assert "IOC_RECEIVERS__ZALO__REFRESH_TOKEN" in caplog.text
        assert len(account.renewals) == 1
        assert account.tried == 1, "with a token that is known to have ended nothing is sent"
        store.execute("update receiver_token set refused_at = now() - interval '61 minutes'")
        fault(store, its)
        assert len(account.renewals) == 2
        # The operator authorised anew: what is configured now counts, at once.
        account.refuses, account.refresh = False, "refresh-new"
        bring(store, receiver(account, refresh_token="refresh-new", secret=None))
        assert len(account.sent) == 1


def test_an_office_that_is_away_is_not_a_refusal(store: Store) -> None:
    with zalo() as account:
        its = receiver(account, secret=None)
        account.away = True
        assert "503" in fault(store, its)
        account.away = False
        bring(store, its)
        assert len(account.sent) == 1


def test_many_at_once_renew_once(store: Store) -> None:
    with zalo() as account:
        its = receiver(account)
        account.ended = True
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: bring(store, its, Tokens(store)), range(4)))
        assert len(account.renewals) == 1
        assert len(account.sent) == 4


class Forgetful(Store):
    """A database that goes away before it commits."""

    forgets = False

    @contextmanager
    def transaction(self) -> Iterator[Link]:
        with super().transaction() as link:
            yield link
            if self.forgets:
                raise StoreDown("gone")


def test_a_pair_that_the_database_did_not_take_is_kept_until_it_does(store: Store) -> None:
    shaky = Forgetful(store.url, pool=2)
    with zalo() as account, shaky:
        its, tokens = receiver(account, secret=None), Tokens(shaky)
        shaky.forgets = True
        with pytest.raises(StoreDown):
            bring(shaky, its, tokens)
        assert store.rows("select 1 from receiver_token") == []
        shaky.forgets = False
        bring(shaky, its, tokens)
        bring(store, its, Tokens(store))
        assert len(account.renewals) == 1
        assert len(account.sent) == 2


def test_in_the_outbox_the_message_arrives_once_after_the_renewal(store: Store) -> None:
    with zalo() as account:
        account.ended = True
        its = receiver(account, group="0s", severity="info")
        couriers = Couriers(store, Settings(database=Database(url=store.url), receivers=(its,)), {})
        couriers.start()
        try:
            opened(store, datetime.now(UTC) - timedelta(seconds=1))
            couriers.collect()
            eventually(lambda: account.sent, "the message")
            eventually(lambda: store.rows("select 1 from outbox where state = 'sent'"), "that it is noted")
        finally:
            couriers.stop()
        assert len(account.sent) == len(account.renewals) == 1
        assert store.row("select attempts from outbox") == {"attempts": 1}


@pytest.mark.parametrize("missing", ["app", "app_secret", "refresh_token"])
def test_half_of_what_a_renewal_needs_is_a_fault_that_names_the_variables(missing: str) -> None:
    with zalo() as account, pytest.raises(SourceFault) as caught:
        receiver(account, **{missing: None})
    assert "IOC_RECEIVERS__ZALO__APP_SECRET and IOC_RECEIVERS__ZALO__REFRESH_TOKEN" in str(caught.value.faults)
