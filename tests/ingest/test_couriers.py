"""Messages on their way to real servers: that take them, hang, refuse, drip, cut, and to a process that is killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import compat32, default
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook as Verifier

from ingest.channel import Email
from ingest.config import Settings
from ingest.couriers import Couriers
from ingest.delivery import Undelivered, deliver
from ingest.letters import Letter
from ingest.receivers import receivers_of
from ingest.sections import Database
from ingest.store import Store
from tests.ingest.conftest import eventually, serving, settings
from tests.ingest.incident_rows import opened, step
from tests.peers.mailboxes import Hook, hook, mailbox
from tests.servers import free_port

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def letter(title: str = "[Nghiêm trọng] Cụm loa mất kết nối", text: str = "Nơi: Nà Mười\nTừ 08:12") -> Letter:
    return Letter(uuid4(), datetime.now(UTC), "critical", urgent=True, title=title, text=text)


def bring(table: dict[str, Any], one: Letter | None = None) -> str:
    (receiver,) = receivers_of([{"name": "one", "timeout": "1s"} | table])
    return asyncio.run(deliver(receiver, one or letter()))


def failure(table: dict[str, Any]) -> Any:
    began = time.monotonic()
    with pytest.raises(Undelivered) as caught:
        bring(table)
    assert time.monotonic() - began < 20, "an attempt of 1 s goes on"
    return caught.value.failure


def test_a_webhook_is_signed_as_its_standard_says() -> None:
    with hook() as there:
        one = letter()
        bring({"kind": "webhook", "url": there.url, "secret": SECRET}, one)
        ((_path, headers, body),) = there.came
        said = Verifier(SECRET).verify(body, headers)
        assert said["title"] == one.title
        assert headers["webhook-id"] == headers["idempotency-key"] == said["key"] == str(one.key)
        with pytest.raises(Exception, match="No matching signature"):
            Verifier(SECRET).verify(body.replace(b"critical", b"warning"), headers)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_mail_arrives_readable_with_its_key() -> None:
    with mailbox(("ioc", "mật khẩu")) as box:
        one = letter()
        table = {"kind": "email", "host": "127.0.0.1", "port": box.port, "security": "none", "username": "ioc",
                 "password": "mật khẩu", "sender": "ioc@xa.example.vn",
                 "to": ["a@xa.example.vn", "b@xa.example.vn"]}  # fmt: skip
        assert bring(table, one) == ""
        (mail,) = box.mails
        assert mail["Subject"] == one.title
        assert mail["Message-ID"] == f"<{one.key}@xa.example.vn>"
        assert mail.get_content().replace("\r\n", "\n").strip() == one.text  # type: ignore[attr-defined]
        assert box.recipients == [["a@xa.example.vn", "b@xa.example.vn"]]
        assert "535" in failure(table | {"password": "khác"}).reason
        box.refuses = {"b@xa.example.vn"}
        assert bring(table) == "1 of 2 addresses refused it"
        box.refuses = {"a@xa.example.vn", "b@xa.example.vn"}
        assert failure(table).reason == "every address is refused: 550 no such mailbox"
        box.refuses = set()
        box.trouble = "451 try later"
        assert not failure(table).refused
        box.trouble = "554 not this one"
        assert failure(table).refused


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" "), max_size=150))
def test_a_subject_is_read_as_it_was_written(title: str) -> None:
    title = " ".join(["[Cảnh báo]", *title.split()])
    (one,) = receivers_of([{"name": "mail", "kind": "email", "host": "h", "sender": "a@b.vn", "to": ["c@d.vn"]}])
    assert isinstance(one, Email)
    raw = one.mail(letter(title=title)).as_bytes(policy=compat32)
    assert max(map(len, raw.split(b"\n"))) < 100
    assert message_from_bytes(raw, policy=default)["Subject"] == title


def test_no_mail_goes_in_the_clear_where_tls_is_asked_for() -> None:
    with mailbox() as box:
        table = {"kind": "email", "host": "127.0.0.1", "port": box.port, "sender": "a@b.vn", "to": ["c@d.vn"]}
        assert failure(table)
        assert failure(table | {"security": "tls"})
        assert box.mails == []


def test_messengers_get_their_form_and_their_answer_counts() -> None:
    with hook() as there:
        bot = {"kind": "telegram", "chat": "-1001", "url": there.url + "/bot{secret}/sendMessage", "secret": "1:abc"}
        one = letter(text='"ngoặc" và {text}')
        bring(bot, one)
        path, _headers, body = there.came[-1]
        assert path == "/hook/bot1:abc/sendMessage"
        assert json.loads(body)["text"] == one.text
        there.answer = b'{"ok": false, "error_code": 400, "description": "chat not found at bot1:abc"}'
        assert "chat not found at bot***" in failure(bot).reason
        there.answer = b'{"error": 0}'
        bring({"kind": "zalo_oa", "user": "42", "url": there.url, "secret": "thẻ-t0ken"})
        _path, headers, body = there.came[-1]
        assert headers["access_token"] == "th-t0ken"
        assert json.loads(body)["recipient"] == {"user_id": "42"}
        form = {"kind": "http", "url": there.url + "?m={severity}", "method": "PUT", "secret": "s3",
                "headers": {"Authorization": "Bearer {secret}", "X-Title": "{title}"},
                "body": {"nested": [{"n": "{count} {severity_vi}"}, 5], "key": "{key}"}}  # fmt: skip
        there.answer = b""
        bring(form | {"method": "POST"}, one)
        path, headers, body = there.came[-1]
        assert path == "/hook?m=critical"
        assert headers["authorization"] == "Bearer s3"
        assert json.loads(body) == {"nested": [{"n": "0 nghiêm trọng"}, 5], "key": str(one.key)}


@pytest.mark.parametrize(
    ("trouble", "reason", "refused"),
    [("hang", "no end within 1 s", False), ("drip", "no end within 1 s", False), ("cut", "", False),
     (500, "status 500", False), (429, "status 429", False), (401, "status 401", False), (422, "status 422", True)],
)  # fmt: skip
def test_a_failed_attempt_says_why_within_its_time(trouble: int | str, reason: str, refused: bool) -> None:
    with hook() as there:
        there.always = trouble
        there.retry_after = "7"
        said = failure({"kind": "webhook", "url": there.url, "secret": SECRET})
        assert reason in said.reason
        assert said.refused is refused
        assert said.wait == timedelta(seconds=7 if isinstance(trouble, int) else 0)


def test_nobody_there_and_no_such_host() -> None:
    assert failure({"kind": "webhook", "url": f"http://127.0.0.1:{free_port()}/", "secret": SECRET}).reason
    table = {"kind": "email", "host": "127.0.0.1", "port": free_port(), "security": "none", "sender": "a@b.vn",
             "to": ["c@d.vn"]}  # fmt: skip
    assert "refused" in failure(table).reason.lower() or "connect" in failure(table).reason.lower()


@contextmanager
def working(store: Store, *tables: dict[str, Any]) -> Iterator[Couriers]:
    """Run couriers, and collect as the service does."""
    its = Settings(database=Database(url=store.url), receivers=receivers_of([HOOK | table for table in tables]))
    couriers = Couriers(store, its, {})
    couriers.start()
    try:
        yield couriers
    finally:
        began = time.monotonic()
        couriers.stop()
        assert time.monotonic() - began < 20


HOOK = {"kind": "webhook", "secret": SECRET, "group": "0s", "timeout": "1s", "severity": "info"}


def states(store: Store) -> dict[str, str]:
    return {row["receiver"]: row["state"] for row in store.rows("select receiver, state from outbox order by id")}


def test_one_that_hangs_delays_nobody_else(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with hook() as good, hook() as bad, working(
        store, {"name": "bad", "url": bad.url, "timeout": "30s"}, {"name": "good", "url": good.url}
    ) as couriers:  # fmt: skip
        caplog.set_level("INFO")
        bad.always = "drip"
        for n in range(3):
            now = datetime.now(UTC) - timedelta(seconds=1)
            opened(store, now, f"camera/cam-{n}")
            couriers.collect()
            eventually(lambda n=n: len(good.came) == n + 1, "the message to the other")  # type: ignore[misc]
            eventually(lambda: bad.tried, "the attempt that hangs")
        assert bad.tried == 1, "all came while one and the same attempt hung"
        bad.always = ""
        eventually(lambda: bad.came, "the first message", within=20)
        # What was sent is noted a moment after it arrived, and the rest is collected only then.
        eventually(lambda: couriers.collect() or len(bad.came) == 2, "the rest as one message", within=20)
    assert [body["more"] + len(body["items"]) for body in bad.said] == [1, 2]
    assert caplog.text.count("receiver does not take messages receiver=bad") == 1
    assert "receiver takes messages again receiver=bad" in caplog.text


@pytest.mark.parametrize("trouble", [500, 429, "cut"])
def test_what_failed_is_tried_again_with_the_same_key_and_text(store: Store, trouble: int | str) -> None:
    with hook() as there, working(store, {"name": "one", "url": there.url}) as couriers:
        there.troubles = [trouble, trouble]
        opened(store, datetime.now(UTC) - timedelta(seconds=1))
        couriers.collect()
        eventually(lambda: there.came, "the message", within=20)
        eventually(lambda: states(store) == {"one": "sent"}, "that it is noted")
    assert there.tried == 3
    row = store.row("select key::text, attempts from outbox")
    assert row == {"key": there.keys[0], "attempts": 3}
    receiver = store.row("select failing_since, error from receiver")
    assert receiver == {"failing_since": None, "error": ""}


def test_the_database_goes_and_comes_between_sending_and_noting(store: Store, postgres: Any) -> None:
    """What was sent is noted when it can be; it is not sent twice."""
    with hook() as there, working(store, {"name": "one", "url": there.url, "timeout": "60s"}) as couriers:
        there.always = "late"
        opened(store, datetime.now(UTC) - timedelta(seconds=1))
        couriers.collect()
        eventually(lambda: there.came, "the message")
        postgres.stop()
        there.go.set()
        time.sleep(1)
        postgres.start()
        eventually(lambda: states(store) == {"one": "sent"}, "that it is noted", within=30)
    assert there.tried == 1


def test_a_stop_while_it_hangs_is_quick_and_loses_nothing(store: Store) -> None:
    with hook() as there:
        with working(store, {"name": "one", "url": there.url, "timeout": "60s"}) as couriers:
            there.always = "hang"
            opened(store, datetime.now(UTC) - timedelta(seconds=1))
            couriers.collect()
            eventually(lambda: there.tried, "the attempt")
        assert states(store) == {"one": "waiting"}


def process(folder: Path, url: str, there: Hook) -> "subprocess.Popen[bytes]":
    """Start the real ingest process."""
    file = folder / "ioc.toml"
    file.write_text(
        f'[[receivers]]\nname = "one"\nkind = "webhook"\nurl = "{there.url}"\ngroup = "0s"\ntimeout = "2s"\n'
        '[canary]\ngateway = ""\nclock = ""\n'
    )
    environment = {**os.environ, "IOC_DATABASE__URL": url, "IOC_RECEIVERS__ONE__SECRET": SECRET}
    command = [sys.executable, "-m", "ioc", "run", "--only", "ingest", "--config", str(file)]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def test_killed_between_sending_and_noting_it_sends_again_with_the_same_key(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    with hook() as there:
        there.troubles = ["late"]
        first = process(tmp_path, database_url, there)
        second: subprocess.Popen[bytes] | None = None
        try:
            opened(store, datetime.now(UTC) - timedelta(seconds=1), severity="critical")
            eventually(lambda: there.came, "the first sending", within=30)
            first.send_signal(signal.SIGKILL)
            first.wait(10)
            assert states(store) == {"one": "waiting"}
            second = process(tmp_path, database_url, there)
            eventually(lambda: len(there.came) == 2, "the second sending", within=40)
            eventually(lambda: states(store) == {"one": "sent"}, "that it is noted", within=20)
            second.send_signal(signal.SIGTERM)
            assert second.wait(20) == 0, (tmp_path / "log").read_text()
        finally:
            for child in (first, second):
                if child is not None and child.poll() is None:
                    child.kill()
                    child.wait(10)
    assert there.keys[0] == there.keys[1]
    assert there.said[0] == there.said[1]


def test_in_the_service_an_incident_goes_out_and_its_end_too(store: Store, broker: str) -> None:
    with hook() as there:
        its = settings(
            store.url, broker, sources={}, receivers=receivers_of([HOOK | {"name": "one", "url": there.url}])
        )
        with serving(its):
            now = datetime.now(UTC) - timedelta(minutes=7)
            incident = opened(store, now, evidence={"hamlet": "Nà Mười"})
            eventually(lambda: len(there.came) == 1, "the begin")
            step(store, incident, "cleared", datetime.now(UTC) - timedelta(seconds=1))
            eventually(lambda: len(there.came) == 2, "the end")
    begin, end = there.said
    assert begin["items"][0]["place"] == "Nà Mười, Xã Hợp Kim"
    assert begin["items"][0]["ended_at"] is None
    assert end["title"] == "[Đã hết] Camera mất kết nối: Camera C01"
