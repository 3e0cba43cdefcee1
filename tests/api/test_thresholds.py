"""The rules through the API: what a commune changed in its file and on the screen, since when, by whom, and why."""

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from connectors.contract import LOCAL
from ingest import rules
from ingest.config import Settings
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT

PATH = "/api/v1/rules"
CHANGES = {
    "camera_offline": (
        {"for": "10m", "severity": "critical", "escalate": []},
        {"unit": UNIT, "valid_from": date(2026, 1, 1), "for": "15m"},
        {"unit": UNIT, "valid_from": date(2099, 1, 1), "enabled": False},
    )
}


def test_every_rule_is_told_with_lines_that_the_file_takes(api: Api) -> None:
    assert api.client("operator").get(PATH).status_code == 403
    items = api.client("technician").get(PATH).json()["items"]
    assert [item["key"] for item in items] == list(rules.shipped())
    for item in items:
        tables = tomllib.loads(item["toml"])["rules"]
        known = rules.load(tables)
        day = tables[item["key"]][0]["valid_from"]
        assert known.of(item["key"], UNIT, day).model_dump() == rules.shipped()[item["key"]].model_dump()
        (form,) = item["forms"]
        assert (form["unit"], form["changed"], form["in_force"]) == (None, [], True)
    camera = next(item for item in items if item["key"] == "camera_offline")
    assert camera["forms"][0]["for_s"] == 300
    assert camera["forms"][0]["escalate"] == [{"after": "30m", "severity": "critical"}]


def test_a_communes_changes_stand_beside_with_their_days(configured, store: Store) -> None:  # type: ignore[no-untyped-def]
    settings: Settings = configured().model_copy(update={"rules": CHANGES})
    with Api(settings, store) as api:
        items = api.client("technician").get(PATH).json()["items"]
    forms = next(item for item in items if item["key"] == "camera_offline")["forms"]
    shown = [(f["unit"], f["valid_from"], f["in_force"], f["enabled"], f["for_s"], f["severity"]) for f in forms]
    assert shown == [
        (None, "2025-07-01", True, True, 300, "warning"),
        (None, "2025-07-01", True, True, 600, "critical"),
        (UNIT, "2026-01-01", True, True, 900, "critical"),
        (UNIT, "2099-01-01", False, False, 600, "critical"),
    ]
    assert forms[1]["changed"] == ["escalate", "for", "severity"]


def wish(version: int = 0, **fields: Any) -> dict[str, Any]:
    return {"wants": {"for": "12m"}, "reason": "Theo kết luận giao ban", "version": version} | fields


def told(client: httpx.Client, key: str = "camera_offline", **query: Any) -> dict[str, Any]:
    item: dict[str, Any] = next(i for i in client.get(PATH, params=query).json()["items"] if i["key"] == key)
    return item


def today() -> date:
    return datetime.now(LOCAL).date()


def test_an_admin_sets_a_rule_and_it_says_who_since_when_and_why(api: Api, store: Store) -> None:
    admin = api.client("admin")
    for role in ("viewer", "operator", "technician"):
        assert api.client(role).put(f"{PATH}/camera_offline", json=wish()).status_code == 403
    wants = {"for": "12m", "severity": "critical", "escalate": [], "owner": "technician"}
    answer = admin.put(f"{PATH}/camera_offline", json=wish(wants=wants))
    assert answer.status_code == 200, answer.text
    item = answer.json()
    assert item == told(api.client("technician"))
    now = item["now"]
    assert (now["for_s"], now["severity"], now["escalate"], now["owner"]) == (720, "critical", [], "technician")
    assert (now["said_by"], now["reason"], now["valid_from"]) == (
        "token:test-admin", "Theo kết luận giao ban", str(today())
    )  # fmt: skip
    assert (item["configured"]["for_s"], item["configured"]["said_by"]) == (300, None)
    assert [form["in_force"] for form in item["forms"]] == [True, True]
    assert told(admin, unit=OTHER)["now"]["for_s"] == 300, "another commune's rule is its own"
    (noted,) = admin.get("/api/v1/audit", params={"action": "rule."}).json()["items"]
    assert (noted["actor"], noted["action"], noted["subject"]) == ("token:test-admin", "rule.set", "camera_offline")
    assert noted["detail"]["fields"]["for"] == ["5m", "12m"]
    assert noted["detail"]["reason"] == "Theo kết luận giao ban"


def test_who_sets_a_rule_second_is_told_who_was_first_and_what_it_became(api: Api) -> None:
    admin = api.client("admin")
    first = admin.put(f"{PATH}/camera_clock", json=wish(wants={"when": {"any": [clock(45)]}})).json()
    late = admin.put(f"{PATH}/camera_clock", json=wish(wants={"for": "30m"}))
    assert late.status_code == 409, late.text
    problem = late.json()
    assert problem["type"].endswith("changed-before")
    assert (problem["by"], problem["version"]) == ("token:test-admin", first["version"])
    assert list(problem["fields"]) == ["when.any"]
    assert "above = 45" in problem["fields"]["when.any"][1]
    again = admin.put(f"{PATH}/camera_clock", json=wish(first["version"], wants={"for": "30m"}))
    assert again.status_code == 200
    assert again.json()["now"]["when"]["any"][0]["above"] == 30, "what is left out is as configured"


def clock(above: float, **fields: Any) -> dict[str, Any]:
    return {"reading": "clock_skew_s", "absolute": True, "above": above, "clear": 10} | fields


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("camera_offline", {"wants": {"for": "5 phút"}}, "wants.for", "thời gian viết như"),
    ("camera_offline", {"wants": {"for": "500d"}}, "wants.for", "đến 400 ngày"),
    ("camera_offline", {"wants": {"severity": "loud"}}, "wants.severity", "không có lựa chọn này"),
    ("camera_offline", {"wants": {"severity": "critical"}}, "wants.escalate", "nặng hơn mức độ ban đầu"),
    ("camera_offline", {"wants": {"title_vi": "x"}}, "wants.title_vi", "không đặt được ở đây"),
    ("camera_offline", {"wants": {"owner": "mayor"}}, "wants.owner", "không có lựa chọn này"),
    ("camera_clock", {"wants": {"when": {"any": [clock(5)]}}}, "wants.when.any.0.clear", "không bao giờ hết"),
    ("mass_outage", {"wants": {"when": {"share": 1.5}}}, "wants.when.share", "phải nhỏ hơn 1"),
    ("mass_outage", {"wants": {"when": {"share": 0.2}}}, "wants.when.back", "không hơn tỷ lệ"),
    ("mass_outage", {"wants": {"when": {"least": "ba"}}}, "wants.when.least", "cần số nguyên"),
    ("mass_outage", {"wants": {"when": {"many": 3}}}, "wants.when.many", "không có mục này"),
    ("dossiers_overdue", {"wants": {"when": {"above": "nhiều"}}}, "wants.when.above", "cần một con số"),
    ("dossiers_overdue", {"wants": {"when": {"key": "x"}}}, "wants.when.key", "chỉ sửa trong ioc.toml"),
    ("broadcast_out_of_hours", {"wants": {"when": {"windows": ["5h-6h"]}}}, "wants.when.windows.0", "05:30-06:30"),
    ("broadcast_out_of_hours", {"wants": {"when": {"windows": []}}}, "wants.when.windows", "ít nhất một khung giờ"),
    ("camera_offline", {"valid_from": "2020-01-01"}, "valid_from", "không đổi quá khứ"),
    ("camera_offline", {"valid_from": "2199-01-01"}, "valid_from", "kiểm tra lại năm"),
    ("camera_offline", {"wants": {"for": "5m"}}, "wants", "không có gì khác"),
    ("camera_offline", {"unit": "99999"}, "unit", "không phải mã xã"),
]


def test_what_a_rule_can_t_be_is_refused_at_its_field(api: Api, store: Store) -> None:
    admin = api.client("admin")
    for key, fields, place, vi in REFUSED:
        answer = admin.put(f"{PATH}/{key}", json=wish(**fields))
        assert answer.status_code == 422, answer.text
        said = {reason["place"]: reason["vi"] for reason in answer.json()["reasons"]}
        assert vi in said[f"body.{place}"], (key, fields)
    assert store.row("select count(*) as n from threshold") == {"n": 0}


def test_a_reason_is_asked_for_and_a_rule_must_be_known(api: Api) -> None:
    admin = api.client("admin")
    assert admin.put(f"{PATH}/camera_offline", json=wish(reason="  ")).status_code == 422
    assert admin.put(f"{PATH}/camera_online", json=wish()).status_code == 404
    assert admin.get(f"{PATH}/camera_online").status_code == 404


def test_the_rule_of_every_instant_can_be_asked_for_and_nothing_is_rewritten(api: Api, store: Store) -> None:
    admin = api.client("admin")
    path = f"{PATH}/camera_offline"
    before = datetime.now(UTC).isoformat()
    one = admin.put(path, json=wish()).json()
    soon, later = today() + timedelta(days=3), today() + timedelta(days=9)
    two = admin.put(path, json=wish(one["version"], wants={"enabled": False}, valid_from=str(soon))).json()
    assert two["now"]["for_s"] == 720, "what is to come is not yet"
    back = admin.put(path, json=wish(two["version"], wants={}, valid_from=str(later))).json()
    assert [form["in_force"] for form in back["forms"]] == [True, True, False, False]

    def at(when: object) -> tuple[float, bool, str | None]:
        form = admin.get(path, params={"at": str(when)}).json()
        return form["for_s"], form["enabled"], form["said_by"]

    assert at(before) == (300, True, None)
    assert at(datetime.now(UTC).isoformat()) == (720, True, "token:test-admin")
    assert at(soon) == (300, False, "token:test-admin")
    assert at(later) == (300, True, "token:test-admin"), "again as configured"
    for text in ("update threshold set reason = ''", "delete from threshold"):
        with pytest.raises(psycopg.errors.RaiseException):
            store.execute(text)


def test_the_screen_goes_before_the_file_and_the_file_is_what_is_gone_back_to(
    configured: Callable[..., Settings], store: Store
) -> None:
    settings: Settings = configured().model_copy(update={"rules": CHANGES})
    with Api(settings, store) as api:
        admin = api.client("admin")
        assert told(admin)["now"]["for_s"] == 900
        one = admin.put(f"{PATH}/camera_offline", json=wish(wants={"clear_for": "9m"})).json()
        assert (one["now"]["for_s"], one["now"]["clear_for_s"]) == (900, 540), "what is left out is the file's"
        # Two years on the file turns the rule off; that stays so, as nothing here says otherwise.
        assert admin.get(f"{PATH}/camera_offline", params={"at": "2099-06-01"}).json()["enabled"] is False
        back = admin.put(f"{PATH}/camera_offline", json=wish(one["version"], wants={})).json()
        assert (back["now"]["for_s"], back["now"]["clear_for_s"]) == (900, 120)


def test_the_hours_of_loudspeakers_are_those_set_here(api: Api) -> None:
    day = today() + timedelta(days=2)
    wants = {"when": {"windows": ["06:00-06:30"]}}
    answer = api.client("admin").put(f"{PATH}/broadcast_out_of_hours", json=wish(wants=wants, valid_from=str(day)))
    assert answer.status_code == 200, answer.text

    def windows(on: date) -> list[dict[str, int]]:
        hours = api.client().get("/api/v1/broadcasts/hours", params={"unit": UNIT, "day": str(on)}).json()
        its: list[dict[str, int]] = hours["windows"]
        return its

    assert len(windows(day - timedelta(days=1))) == 2
    assert windows(day) == [{"start": 21_600, "stop": 23_400}]
