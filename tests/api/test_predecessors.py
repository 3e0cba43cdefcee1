"""Figures of communes that were merged: each stays its own unit's, and nobody adds them up by mistake."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import Observation, Period
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import note
from tests.api.test_lists import walk

YEAR_2024 = Period(date(2024, 1, 1), date(2024, 12, 31), "year")
OCTOBER_2026 = Period(date(2026, 10, 1), date(2026, 10, 31), "month")
MERGED = [
    ("01837", "01843"), ("02017", "02014"), ("01912", "01912"), ("02071", "02071"), ("02122", "02086"),
    ("01951", "01954"), ("02173", "02185"), ("01870", "01864"), ("14722", "14701"), ("14701", "14701"),
    ("14734", "14746"), ("14746", "14746"), ("14728", "14728"), ("13543", "13531"), ("13531", "13531"),
    ("13528", "13531"), ("20284", "20285"), ("20290", "20285"), ("20275", "20275"), ("20260", "20260"),
    ("05068", "05068"), ("04969", "04960"),
]  # fmt: skip
"""Communes of seed texts before July 2025, and the ones that stand there since."""


def said(unit: str, value: str | None, period: Period = YEAR_2024, **more: Any) -> Observation:
    more.setdefault("indicator", "households")
    return Observation(unit, period=period, value=None if value is None else Decimal(value), **more)


def total(api: Api, unit: str = "05068", indicator: str = "households") -> list[dict[str, Any]]:
    asked = {"unit": unit, "indicator": indicator}
    items: list[dict[str, Any]] = api.client().get("/api/v1/observations/total", params=asked).json()["items"]
    return items


def test_a_code_alone_is_no_name(api: Api, store: Store) -> None:
    note(store, [said("05068", "700"), said("05068", "2900", OCTOBER_2026)])
    items = api.client().get("/api/v1/observations", params={"unit": "05068"}).json()["items"]
    assert [(i["unit_name"], i["unit_level"], i["value"]) for i in items] == [
        ("Xã Nam Thượng", "commune", 700), ("Xã Hợp Kim", "commune", 2900),
    ]  # fmt: skip
    assert all("share" not in i for i in items)


def test_predecessors_come_beside_each_with_its_own_name_and_time(api: Api, store: Store) -> None:
    note(store, [said("05068", "700"), said("05035", "800"), said("05080", "900"), said("05068", "2900", OCTOBER_2026)])
    note(store, [said("05035", "1", OCTOBER_2026), said("05089", "5")])
    asked = {"unit": "05068", "predecessors": "true", "limit": 2}
    items = walk(api.client(), "/api/v1/observations", **asked)
    told = [(i["unit"], i["unit_name"], i["value"], i["predecessor"], i["share"], i["unit_valid_to"]) for i in items]
    assert told == [
        ("05035", "Xã Kim Lập", 800, True, 1, "2025-07-01"),
        ("05068", "Xã Nam Thượng", 700, True, 1, "2025-07-01"),
        ("05068", "Xã Hợp Kim", 2900, False, 1, None),
        ("05080", "Xã Sào Báy", 900, True, 1, "2025-07-01"),
    ]
    without = api.client().get("/api/v1/observations", params={"predecessors": True})
    assert without.status_code == 422
    assert "unit=" in without.json()["detail"]


@pytest.mark.parametrize(("old", "new"), MERGED)
def test_old_communes_are_found_from_the_new_one(api: Api, store: Store, old: str, new: str) -> None:
    note(store, [said(old, "12")])
    (row,) = walk(api.client(), "/api/v1/observations", unit=new, predecessors="true")
    assert (row["unit"], row["predecessor"], row["value"]) == (old, True, 12)
    assert row["unit_valid_to"] == "2025-07-01"


def test_a_sum_needs_every_predecessor_whole_and_exact(api: Api, store: Store) -> None:
    note(store, [said("05068", "700"), said("05035", "800")])
    (lacking,) = total(api)
    assert lacking["value"] is None
    assert ["05080" in why and "no figure" in why for why in lacking["why"]] == [True]
    note(store, [said("05080", None, quality="missing")])
    assert total(api)[0]["value"] is None
    note(store, [said("05080", "900", bound="approx")])
    assert total(api)[0]["value"] is None
    note(store, [said("05080", "900"), said("05068", "2900", OCTOBER_2026)])
    whole, own = total(api)
    assert (whole["value"], whole["why"], len(whole["parts"])) == (2400, [], 3)
    assert (own["value"], own["parts"][0]["unit_name"]) == (2900, "Xã Hợp Kim")


def test_an_unknown_share_is_never_added(api: Api, store: Store) -> None:
    note(store, [said(unit, "100") for unit in ("04957", "04960", "04969")])
    (row,) = total(api, "04960")
    assert row["value"] is None
    assert ["04957" in why and "not known" in why for why in row["why"]] == [True]
    assert {part["unit"]: part["share"] for part in row["parts"]} == {"04957": None, "04960": 1, "04969": 1}


def test_rates_are_made_of_their_sums_or_not_at_all(api: Api, store: Store) -> None:
    units = ("05068", "05035", "05080")
    note(store, [said(unit, "50", indicator="online_rate") for unit in units])
    (bare,) = total(api, indicator="online_rate")
    assert bare["value"] is None
    assert "rates are not added up" in bare["why"][0]
    parts = [("05068", "1", "10", "10"), ("05035", "3", "4", "75"), ("05080", "1", "6", "16.67")]
    note(store, [
        said(unit, value, indicator="online_rate", numerator=Decimal(n), denominator=Decimal(d))
        for unit, n, d, value in parts
    ])  # fmt: skip
    (row,) = total(api, indicator="online_rate")
    assert (row["numerator"], row["denominator"], row["value"]) == (5, 20, 25)
    note(store, [said("05080", "60", indicator="online_rate", numerator=Decimal(1), denominator=Decimal(6))])
    (row,) = total(api, indicator="online_rate")
    assert (row["value"], row["numerator"]) == (None, 5)
    assert api.client().get("/api/v1/observations/total?unit=99998&indicator=x").status_code == 404
