"""Workbooks through the API: told by cell what is wrong, tried without storing, imported, undone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest

from ingest.config import Settings
from ingest.store import Store
from tests.api.conftest import SOURCES, Api
from tests.servers import free_port

CASES = Path(__file__).parents[2] / "connectors" / "budget_workbook" / "cases"
PUSH = "/api/v1/messages/budget"


@pytest.fixture
def api(database_url: str, store: Store, tmp_path: Path) -> Iterator[Api]:
    budget = {"connector": "budget_workbook", "unit": "05068", "folder": str(tmp_path)}
    tables: dict[str, Any] = {
        "commune": {"unit": "05068"},
        "database": {"url": database_url, "pool": 4},
        "http": {"port": free_port()},
        "sources": {**SOURCES, "budget": budget},
    }
    with Api(Settings.model_validate(tables), store) as api:
        yield api


def workbook(case: str) -> bytes:
    return (CASES / case / "body.xlsx").read_bytes()


def figures(client: httpx.Client, **asked: object) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/api/v1/observations", params={"limit": 1000, **asked}).json()["items"]
    return items


def test_a_dry_run_tells_the_difference_and_stores_nothing(api: Api, store: Store) -> None:
    client = api.client("operator")
    tried = client.post(PUSH, content=workbook("real_2026"), params={"dry_run": True})
    assert tried.status_code == 200
    said = tried.json()
    assert (said["rejected"], said["changed"], said["same"], said["reasons"]) == (0, 0, 0, [])
    assert said["new"] == len(said["figures"]) > 0
    assert figures(client) == []
    assert store.row("select received from source where name = 'budget'") == {"received": 0}
    assert client.post(PUSH, content=workbook("real_2026")).status_code == 202
    assert len(figures(client)) == said["new"]
    again = client.post(PUSH, content=workbook("real_2026"), params={"dry_run": True}).json()
    assert (again["new"], again["changed"], again["same"]) == (0, 0, said["new"])


def test_a_dry_run_shows_old_and_new_of_what_changes(api: Api, store: Store) -> None:
    client = api.client("operator")
    client.post(PUSH, content=workbook("real_2026"))
    store.execute("update observation set value = 1 where indicator = 'expenditure_actual' and dims = '{}'")
    said = client.post(PUSH, content=workbook("real_2026"), params={"dry_run": True}).json()
    assert (said["new"], said["changed"]) == (0, 1)
    first = said["figures"][0]
    assert (first["change"], first["old_value"], first["value"]) == ("changed", 1, 3463459200000)


def test_a_refused_workbook_is_told_by_cell(api: Api) -> None:
    client = api.client("technician")
    tried = client.post(PUSH, content=workbook("bad_cells"), params={"dry_run": True})
    assert (tried.status_code, tried.json()["rejected"]) == (200, 1)
    assert client.get("/api/v1/sources/budget/rejections").json()["items"] == []
    refused = client.post(PUSH, content=workbook("bad_cells"))
    assert refused.status_code == 422
    reasons = refused.json()["reasons"]
    assert reasons == tried.json()["reasons"]
    assert all(r["line"] is None and r["place"] and r["reason"] for r in reasons)
    (kept,) = client.get("/api/v1/sources/budget/rejections").json()["items"]
    assert [(f["place"], f["vi"]) for f in kept["faults"]] == [(r["place"], r["vi"]) for r in reasons]


def test_an_import_is_undone_by_a_technician_and_can_come_again(api: Api, store: Store) -> None:
    operator, technician = api.client("operator"), api.client("technician")
    for case in ("in_dong", "real_2026"):
        assert operator.post(PUSH, content=workbook(case), params={"address": f"{case}.xlsx"}).status_code == 202
    assert operator.post(PUSH, content=workbook("real_2026")).json()["duplicate"] == 1
    listed = operator.get("/api/v1/imports", params={"source": "budget"}).json()["items"]
    assert [(i["address"], i["actor"], i["undone_at"]) for i in listed] == [
        ("real_2026.xlsx", "token:test-operator", None), ("in_dong.xlsx", "token:test-operator", None),
    ]  # fmt: skip
    assert listed[0]["new"] + listed[0]["changed"] > 0
    last, first = (f"/api/v1/imports/{i['id']}" for i in listed)
    before = figures(operator)
    assert operator.delete(last).status_code == 403
    early = technician.delete(first)
    assert (early.status_code, early.json()["first"]) == (409, listed[0]["id"])
    undone = technician.delete(last)
    assert (undone.status_code, undone.json()["undone_by"]) == (200, "token:test-technician")
    assert technician.delete(last).status_code == 409
    assert technician.delete("/api/v1/imports/999").status_code == 404
    gone = [f for f in figures(operator, revisions=True) if f["undone_at"]]
    assert {f["undone_by"] for f in gone} == {"token:test-technician"}
    assert all(not f["latest"] and f["import_id"] == listed[0]["id"] for f in gone)
    said = store.row("select actor, subject from audit where action = 'import.undo'")
    assert said == {"actor": "token:test-technician", "subject": str(listed[0]["id"])}
    assert operator.post(PUSH, content=workbook("real_2026")).json()["stored"] == 1
    key = ("indicator", "period_end", "dims", "value")
    assert [[f[k] for k in key] for f in figures(operator)] == [[f[k] for k in key] for f in before]


def test_a_push_of_many_lines_is_tried_line_by_line(api: Api) -> None:
    client = api.client("operator")
    body = b'{"id": "1", "category": "environment"}\n\n{}\n'
    headers = {"Content-Type": "application/x-ndjson"}
    said = client.post("/api/v1/messages/reports", content=body, headers=headers, params={"dry_run": True}).json()
    assert (said["received"], said["rejected"], said["others"]) == (2, 1, 1)
    assert {r["line"] for r in said["reasons"]} == {3}
    assert client.get("/api/v1/cases").json()["items"] == []


def test_who_brings_the_same_or_comes_second_is_told(api: Api) -> None:
    lan, minh = api.person("operator", "lan"), api.person("operator", "minh")
    seen = minh.post(PUSH, content=workbook("real_2026"), params={"dry_run": True}).json()
    assert (seen["before"], seen["last"]) == (None, None)
    assert lan.post(PUSH, content=workbook("in_dong"), params={"address": "thang-10.xlsx"}).status_code == 202
    late = minh.post(PUSH, content=workbook("real_2026"), params={"after": 0})
    assert (late.status_code, late.json()["by"], late.json()["address"]) == (409, "lan", "thang-10.xlsx")
    seen = minh.post(PUSH, content=workbook("real_2026"), params={"dry_run": True}).json()
    assert seen["last"]["actor"] == "lan"
    assert minh.post(PUSH, content=workbook("real_2026"), params={"after": seen["last"]["id"]}).status_code == 202
    same = lan.post(PUSH, content=workbook("real_2026"), params={"dry_run": True}).json()
    assert same["before"]["actor"] == "minh"
    again = lan.post(PUSH, content=workbook("real_2026"), params={"after": same["last"]["id"] - 1})
    assert (again.status_code, again.json()["duplicate"], again.json()["before"]["actor"]) == (202, 1, "minh")


def test_of_two_who_bring_one_workbook_at_once_the_second_is_told_that_it_is_known(api: Api, store: Store) -> None:
    people = [api.person("operator", name) for name in ("lan", "minh")]
    gate = Barrier(len(people))

    def bring(client: httpx.Client) -> dict[str, Any]:
        gate.wait()
        answer = client.post(PUSH, content=workbook("real_2026"))
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(bring, people))
    (took,) = [name for name, said in zip(("lan", "minh"), answers, strict=True) if said["stored"]]
    (known,) = [said for said in answers if not said["stored"]]
    assert (known["duplicate"], known["before"]["actor"]) == (1, took)
    (one,) = people[0].get("/api/v1/imports", params={"source": "budget"}).json()["items"]
    assert (one["actor"], one["id"]) == (took, known["before"]["id"])
    assert len(figures(people[0], revisions=True)) == one["new"] > 0


def test_of_two_who_looked_at_the_same_difference_at_once_one_is_told_who_came_first(api: Api) -> None:
    people = [api.person("operator", name) for name in ("lan", "minh")]
    gate = Barrier(len(people))

    def bring(client: httpx.Client, case: str) -> httpx.Response:
        gate.wait()
        return client.post(PUSH, content=workbook(case), params={"address": case, "after": 0})

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(bring, people, ("real_2026", "in_dong")))
    assert sorted(one.status_code for one in answers) == [202, 409]
    (one,) = people[0].get("/api/v1/imports", params={"source": "budget"}).json()["items"]
    (second,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert (second["by"], second["address"]) == (one["actor"], one["address"])


def test_figures_are_called_by_their_names(api: Api) -> None:
    said = api.client("operator").post(PUSH, content=workbook("real_2026"), params={"dry_run": True}).json()
    assert {f["title"] for f in said["figures"] if f["indicator"] == "expenditure_actual" and f["cumulative"]} == {
        "Chi ngân sách lũy kế"
    }
