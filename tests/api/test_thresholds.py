"""The rules through the API: with what a commune changed, and with lines that its file takes as they are."""

import tomllib
from datetime import date

from ingest import rules
from ingest.config import Settings
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import UNIT

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
