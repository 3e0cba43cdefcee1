"""`ioc user` and `ioc token`, judged by the API's own look at names, passwords and tokens."""

import re

import pytest

from api.access import recognise
from api.accounts import verify
from ingest.store import Store
from tests.ioc.conftest import Desk

PASSWORD = "mat khau that dai"


def told(out: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in out.splitlines())


def test_a_person_signs_in_with_the_password_that_was_given(office: Desk, store: Store) -> None:
    added = office.ioc("user", "add", "lan", "operator", IOC_PASSWORD=PASSWORD)
    assert added.status == 0
    assert told(added.out) == {"user": "lan", "role": "operator"}
    assert PASSWORD not in added.out + added.err
    assert verify(store, "lan", PASSWORD) == "operator"
    assert verify(store, "lan", PASSWORD + "!") is None


def test_a_password_is_made_and_shown_once_where_none_is_given(office: Desk, store: Store) -> None:
    made = told(office.ioc("user", "add", "lan", "viewer").out)["password"]
    assert len(made) >= 16
    assert verify(store, "lan", made) == "viewer"
    kept = store.row("select password_hash from account where name = 'lan'")
    assert kept is not None
    assert kept["password_hash"].startswith("$argon2id$")
    again = told(office.ioc("user", "passwd", "lan").out)["password"]
    assert again != made
    assert verify(store, "lan", made) is None
    assert verify(store, "lan", again) == "viewer"


def test_another_password_ends_the_old_one(office: Desk, store: Store) -> None:
    office.ioc("user", "add", "lan", "viewer", IOC_PASSWORD=PASSWORD)
    changed = office.ioc("user", "passwd", "lan", IOC_PASSWORD="mot mat khau khac")
    assert (changed.status, told(changed.out)) == (0, {"user": "lan"})
    assert verify(store, "lan", PASSWORD) is None
    assert verify(store, "lan", "mot mat khau khac") == "viewer"


def test_a_disabled_person_is_out_but_the_last_admin_stays(office: Desk, store: Store) -> None:
    office.ioc("user", "add", "lan", "viewer", IOC_PASSWORD=PASSWORD)
    office.ioc("user", "add", "minh", "admin", IOC_PASSWORD=PASSWORD)
    shut = office.ioc("user", "disable", "lan")
    assert (shut.status, told(shut.out)) == (0, {"user": "lan", "state": "disabled"})
    assert verify(store, "lan", PASSWORD) is None
    refused = office.ioc("user", "disable", "minh")
    assert (refused.status, refused.err) == (
        2,
        "account:minh: the last admin can't be disabled; add another one first\n",
    )
    assert verify(store, "minh", PASSWORD) == "admin"


@pytest.mark.parametrize(
    ("words", "password", "said"),
    [
        (["add", "lan", "viewer"], PASSWORD, "account:lan: there is one already; `ioc user passwd`"),
        (["add", "Lan Anh", "viewer"], PASSWORD, "account:Lan Anh: a name is 1 to 64 of"),
        (["add", "minh", "viewer"], "short", "account:minh: a password has at least 8 characters"),
        (["passwd", "nobody"], PASSWORD, "account:nobody: there is none of this name"),
        (["disable", "nobody"], PASSWORD, "account:nobody: there is none of this name"),
    ],
    ids=lambda said: " ".join(said) if isinstance(said, list) else "",
)
def test_a_mistake_about_people(office: Desk, words: list[str], password: str, said: str) -> None:
    assert office.ioc("user", "add", "lan", "viewer", IOC_PASSWORD=PASSWORD).status == 0
    refused = office.ioc("user", *words, IOC_PASSWORD=password)
    assert refused.status == 2
    assert refused.err.startswith(said)
    assert refused.out == ""


def test_a_program_comes_in_with_its_token_until_it_is_revoked(office: Desk, store: Store) -> None:
    made = office.ioc("token", "create", "pump", "--role", "operator")
    assert made.status == 0
    secret = told(made.out)["token"]
    assert re.fullmatch(r"ioc_[\w-]{43}", secret)
    other = told(office.ioc("token", "create", "gauge").out)["token"]
    program = recognise(store, None, secret)
    assert program is not None
    assert (program.name, program.role, program.program) == ("token:pump", "operator", True)
    assert recognise(store, None, secret + "x") is None
    assert store.rows("select 1 from token where digest = %s", (secret.encode(),)) == []
    second = told(office.ioc("token", "create", "pump").out)["token"]
    revoked = office.ioc("token", "revoke", "pump")
    assert (revoked.status, told(revoked.out)) == (0, {"token": "pump", "revoked": "2"})
    assert recognise(store, None, secret) is None
    assert recognise(store, None, second) is None
    gauge = recognise(store, None, other)
    assert gauge is not None
    assert gauge.role == "viewer"
    again = office.ioc("token", "revoke", "pump")
    assert (again.status, again.err) == (2, "token:pump: there is no token of this name in force\n")


def test_a_token_for_some_days_ends_by_itself(office: Desk, store: Store) -> None:
    secret = told(office.ioc("token", "create", "pump", "--days", "2").out)["token"]
    assert recognise(store, None, secret) is not None
    left = store.row("select extract(epoch from expires_at - now())::float as s from token")
    assert left is not None
    assert 2 * 86_400 - 60 < left["s"] <= 2 * 86_400
    store.execute("update token set expires_at = now()")
    assert recognise(store, None, secret) is None


def test_what_was_done_at_the_command_line_is_noted(office: Desk, store: Store) -> None:
    office.ioc("user", "add", "lan", "viewer", IOC_PASSWORD=PASSWORD)
    office.ioc("user", "passwd", "lan", IOC_PASSWORD=PASSWORD)
    office.ioc("user", "disable", "lan")
    office.ioc("token", "create", "pump")
    office.ioc("token", "revoke", "pump")
    noted = store.rows("select actor, action, detail::text as detail from audit order by id")
    assert [row["action"] for row in noted] == [
        "account.create", "account.password", "account.disable", "token.create", "token.revoke",
    ]  # fmt: skip
    assert {row["actor"] for row in noted} == {"command line"}
    assert not any(PASSWORD in row["detail"] for row in noted)
