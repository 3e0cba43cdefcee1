"""`ioc notify test` and `ioc doctor` about receivers."""

import json
from datetime import UTC, datetime

from ingest.outbox import Outbox
from ingest.receivers import receivers_of
from ingest.store import Store
from tests.ioc.conftest import Desk
from tests.peers.mailboxes import hook, mailbox

SECRET = "s3cret-s3cret-s3cret-s3cret"


def configure(desk: Desk, port: int, url: str) -> None:
    desk.configure(
        f'[[receivers]]\nname = "mail"\nkind = "email"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        'sender = "ioc@xa.example.vn"\nto = ["truc.ban@xa.example.vn"]\n'
        f'[[receivers]]\nname = "hook"\nkind = "webhook"\nurl = "{url}"\ntimeout = "2s"\n'
    )
    desk.environment["IOC_RECEIVERS__HOOK__SECRET"] = SECRET


def test_a_test_message_arrives_without_a_database(desk: Desk) -> None:
    with mailbox() as box, hook() as there:
        configure(desk, box.port, there.url)
        said = desk.ioc("notify", "test", "mail")
        assert said.status == 0, said.err
        assert box.mails[0]["Subject"] == "[Thử] Kênh thông báo của trung tâm điều hành"
        said = desk.ioc("notify", "test", "hook", "--json")
        assert said.status == 0, said.err
        assert json.loads(said.out)["key"] == there.keys[0]
        there.always = 503
        said = desk.ioc("notify", "test", "hook")
        assert said.status == 1
        assert "status 503" in said.out
        assert SECRET not in said.out + said.err
        said = desk.ioc("notify", "test", "hok")
        assert said.status == 2
        assert "there is no receiver 'hok'; did you mean 'hook'?" in said.err


def test_the_doctor_tells_of_receivers(office: Desk, store: Store) -> None:
    with mailbox() as box, hook() as there:
        configure(office, box.port, there.url)
        table = {"name": "hook", "kind": "webhook", "url": there.url, "secret": SECRET}
        Outbox(store, receivers_of([table])).declare(datetime.now(UTC))

        def lines() -> list[str]:
            return [line for line in office.ioc("doctor").out.splitlines() if "receiver" in line or "notify" in line]

        assert lines() == [
            "ok   receiver mail: email, nothing sent yet; `ioc notify test mail` tries it",
            "ok   receiver hook: webhook, nothing sent yet; `ioc notify test hook` tries it",
        ]
        there.always = 500
        office.ioc("notify", "test", "hook")
        assert lines()[1].startswith("BAD  receiver hook: failing since ")
        assert lines()[2] == "     -> `ioc notify test hook` tells more"
        there.always = ""
        office.ioc("notify", "test", "hook")
        assert lines()[1].startswith("ok   receiver hook: webhook, last message arrived ")
