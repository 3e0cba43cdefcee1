"""Accounts and tokens through the API: for admins alone, never without an admin, never over another's change."""

from typing import Any

import httpx
import pytest

from api import accounts
from api.people import Account, Token
from ingest.store import Store
from tests.api.conftest import PASSWORD, Api

ACCOUNTS, TOKENS, MINE = "/api/v1/accounts", "/api/v1/tokens", "/api/v1/session/password"


def listed(client: httpx.Client, path: str = ACCOUNTS) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in client.get(path).json()["items"]}


def signed_in(api: Api, name: str, password: str) -> httpx.Client:
    client = api.anonymous()
    assert client.post("/api/v1/session", json={"username": name, "password": password}).status_code == 200
    return client


@pytest.mark.parametrize("role", ["viewer", "operator", "technician"])
def test_nobody_else_than_an_admin_sees_or_changes_people(api: Api, role: accounts.Role) -> None:
    client = api.client(role)
    asked = [
        client.get(ACCOUNTS), client.post(ACCOUNTS, json={"name": "x", "role": "admin"}),
        client.patch(f"{ACCOUNTS}/x", json={"role": "admin"}), client.get(TOKENS),
        client.post(TOKENS, json={"name": "x", "role": "admin"}), client.delete(f"{TOKENS}/1"),
        client.get("/api/v1/audit"), client.get("/api/v1/export/audit.csv"),
    ]  # fmt: skip
    assert {answer.status_code for answer in asked} == {403}
    assert {answer.json()["role"] for answer in asked} == {"admin"}


def test_an_account_is_added_signs_in_is_shut_and_shown_out(api: Api, store: Store) -> None:
    admin = api.person("admin", "chi-huy")
    made = admin.post(ACCOUNTS, json={"name": " Truc.Ban ", "role": "operator"})
    assert made.status_code == 201, made.text
    said = made.json()
    assert set(said) == {*Account.model_fields, "password"}
    assert (said["name"], said["role"], said["used_at"], len(said["password"])) == ("truc.ban", "operator", None, 16)
    person = signed_in(api, "truc.ban", said["password"])
    assert person.get("/api/v1/sources").status_code == 200
    seen = listed(admin)["truc.ban"]
    assert seen["used_at"] is not None
    assert (seen["sessions"], "password" in seen, "password_hash" in seen) == (1, False, False)
    taken = admin.post(ACCOUNTS, json={"name": "truc.ban", "role": "viewer"})
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:commune-ioc:problem:name-taken")

    raised = admin.patch(f"{ACCOUNTS}/truc.ban", json={"role": "technician", "version": seen["version"]}).json()
    assert raised["role"] == "technician"
    assert person.get("/api/v1/rules").status_code == 200, "a role counts at once"
    shut = admin.patch(f"{ACCOUNTS}/truc.ban", json={"disabled": True}).json()
    assert (shut["disabled"], shut["sessions"]) == (True, 0)
    assert person.get("/api/v1/sources").status_code == 401
    tried = api.anonymous().post("/api/v1/session", json={"username": "truc.ban", "password": said["password"]})
    assert tried.status_code == 401
    new = admin.patch(f"{ACCOUNTS}/truc.ban", json={"disabled": False, "new_password": True}).json()["password"]
    assert new != said["password"]
    signed_in(api, "truc.ban", new)
    assert [row["action"] for row in store.rows("select action from audit where actor = 'chi-huy' order by id")] == [
        "session.begin", "account.create", "account.role", "account.disable", "account.enable", "account.password"
    ]  # fmt: skip
    assert new not in str(store.rows("select detail from audit")), "no secret in the trail"


def test_the_last_admin_stays(api: Api) -> None:
    admin = api.person("admin", "chi-huy")
    for change in ({"disabled": True}, {"role": "viewer"}):
        answer = admin.patch(f"{ACCOUNTS}/chi-huy", json=change)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:commune-ioc:problem:last-admin")
        assert "cuối cùng" in answer.json()["reasons"][0]["vi"]
    api.person("admin", "pho")
    assert admin.patch(f"{ACCOUNTS}/pho", json={"disabled": True}).status_code == 200
    assert admin.patch(f"{ACCOUNTS}/chi-huy", json={"disabled": True}).status_code == 409, "pho is no admin any more"
    assert listed(admin)["chi-huy"]["disabled"] is False


def test_who_changes_an_account_second_is_told_of_the_first(api: Api) -> None:
    one, two = api.person("admin", "chi-huy"), api.person("admin", "pho")
    accounts.create(api.store, "lan", PASSWORD, "viewer", actor="test")
    version = listed(one)["lan"]["version"]
    assert one.patch(f"{ACCOUNTS}/lan", json={"role": "operator", "version": version}).status_code == 200
    late = two.patch(f"{ACCOUNTS}/lan", json={"role": "admin", "version": version})
    assert (late.status_code, late.json()["by"], late.json()["action"]) == (409, "chi-huy", "account.role")
    assert listed(two)["lan"]["role"] == "operator"


def test_bad_wishes_are_refused_with_their_place_in_vietnamese(api: Api) -> None:
    admin = api.client("admin")
    bad = admin.post(ACCOUNTS, json={"name": "Nguyễn Văn A", "role": "viewer"})
    assert (bad.status_code, bad.json()["reasons"][0]["place"]) == (422, "body.name")
    short = admin.post(ACCOUNTS, json={"name": "lan", "role": "viewer", "password": "ngan"})
    assert (short.status_code, short.json()["reasons"][0]["vi"]) == (422, "mật khẩu có ít nhất 8 ký tự")
    assert admin.post(ACCOUNTS, json={"name": "lan", "role": "chief"}).status_code == 422
    assert admin.patch(f"{ACCOUNTS}/nobody", json={"role": "viewer"}).status_code == 404
    assert admin.patch(f"{ACCOUNTS}/nobody", json={"rolle": "viewer"}).status_code == 422
    assert admin.post(TOKENS, json={"name": " ", "role": "viewer"}).status_code == 422
    assert admin.post(TOKENS, json={"name": "x", "days": 0}).status_code == 422
    assert admin.delete(f"{TOKENS}/9999").status_code == 404


def test_a_token_is_told_once_works_and_ends(api: Api, store: Store) -> None:
    admin = api.client("admin")
    made = admin.post(TOKENS, json={"name": "Màn hình  phòng họp"})
    assert made.status_code == 201, made.text
    token = made.json()
    assert (token["name"], token["role"], token["expires_at"]) == ("Màn hình phòng họp", "viewer", None)
    wall = api.anonymous(headers={"Authorization": f"Bearer {token['token']}"})
    assert wall.get("/api/v1/sources").status_code == 200
    assert wall.post("/api/v1/messages/reports", content=b"{}").status_code == 403, "it only reads"
    assert wall.put(MINE, json={"old": "x", "new": "y" * 8}).status_code == 403
    seen = listed(admin, TOKENS)[token["name"]]
    assert set(seen) == set(Token.model_fields)
    assert seen["used_at"] is not None
    assert token["token"] not in admin.get(TOKENS).text
    ended = admin.delete(f"{TOKENS}/{token['id']}")
    assert (ended.status_code, ended.json()["in_force"]) == (200, False)
    assert wall.get("/api/v1/sources").status_code == 401
    assert admin.delete(f"{TOKENS}/{token['id']}").status_code == 404
    short = admin.post(TOKENS, json={"name": "gateway", "role": "operator", "days": 30}).json()
    assert short["expires_at"] > short["created_at"]


def test_ones_own_password_needs_the_old_one_and_ends_other_sessions(api: Api) -> None:
    here, there = api.person("viewer"), signed_in(api, "lan", PASSWORD)
    wrong = here.put(MINE, json={"old": "wrong", "new": "mat khau moi"})
    assert (wrong.status_code, wrong.json()["reasons"][0]["place"]) == (422, "body.old")
    assert here.put(MINE, json={"old": PASSWORD, "new": "ngan"}).status_code == 422
    assert there.get("/api/v1/sources").status_code == 200
    assert here.put(MINE, json={"old": PASSWORD, "new": "mat khau moi"}).status_code == 200
    assert here.get("/api/v1/sources").status_code == 200
    assert there.get("/api/v1/sources").status_code == 401
    signed_in(api, "lan", "mat khau moi")
    assert [here.put(MINE, json={"old": "wrong", "new": "x" * 8}).status_code for _ in range(6)] == [422] * 5 + [429]


def test_another_site_cannot_act_for_an_admin(api: Api) -> None:
    admin = api.person("admin", "chi-huy")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        asked = [
            admin.post(ACCOUNTS, json={"name": "evil", "role": "admin"}, headers=headers),
            admin.patch(f"{ACCOUNTS}/chi-huy", json={"new_password": True}, headers=headers),
            admin.post(TOKENS, json={"name": "evil", "role": "admin"}, headers=headers),
            admin.put(MINE, json={"old": PASSWORD, "new": "x" * 8}, headers=headers),
        ]
        assert {answer.json()["type"] for answer in asked} == {"urn:commune-ioc:problem:cross-site"}
    assert set(listed(admin)) == {"chi-huy"}


def test_the_trail_is_searched_paged_and_exported(api: Api) -> None:
    admin = api.person("admin", "chi-huy")
    for name in ("a", "b", "c"):
        admin.post(ACCOUNTS, json={"name": name, "role": "viewer"})
    admin.patch(f"{ACCOUNTS}/b", json={"disabled": True})
    trail = admin.get("/api/v1/audit", params={"actor": "chi-huy", "action": "account.", "limit": 3}).json()
    assert [(act["action"], act["subject"]) for act in trail["items"]] == [
        ("account.disable", "b"), ("account.create", "c"), ("account.create", "b")
    ]  # fmt: skip
    assert trail["items"][1]["detail"] == {"role": "viewer"}
    rest = admin.get("/api/v1/audit", params={"actor": "chi-huy", "action": "account.", "cursor": trail["next"]}).json()
    assert [act["subject"] for act in rest["items"]] == ["a"]
    assert admin.get("/api/v1/audit", params={"stop": "2020-01-01"}).json()["items"] == []
    lines = admin.get("/api/v1/export/audit.csv", params={"subject": "B", "action": "account."}).text.splitlines()
    assert len(lines) == 3
    book = admin.get("/api/v1/export/audit.xlsx")
    assert book.content.startswith(b"PK")
