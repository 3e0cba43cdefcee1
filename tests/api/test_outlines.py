"""Communes, hamlets and devices as a map draws them."""

from itertools import pairwise
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from api.outlines import around
from dashboards.map import OUTLINES
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT, register

WEST = [[105.0, 20.0], [105.1, 20.0], [105.1, 20.1], [105.0, 20.1], [105.0, 20.0]]
EAST = [[105.1, 20.0], [105.2, 20.0], [105.2, 20.1], [105.1, 20.1]]  # as a file may have it: not closed


def hamlet(store: Store, name: str, *rings: Any, unit: str = UNIT, kind: str = "Polygon") -> None:
    shape = {"type": kind, "coordinates": list(rings)} if rings else None
    store.execute("insert into hamlet values (%s, %s, %s)", (unit, name, Jsonb(shape) if shape else None))


def drawn(api: Api, path: str) -> dict[str, dict[str, Any]]:
    answer = api.client().get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    told = orjson.loads(answer.content)
    assert told["type"] == "FeatureCollection"
    assert all(feature["type"] == "Feature" for feature in told["features"])
    return {feature["id"]: feature for feature in told["features"]}


def test_hamlets_are_surfaces_and_the_commune_is_the_line_round_them(api: Api, store: Store) -> None:
    hamlet(store, "Thôn Tây", WEST)
    hamlet(store, "Thôn Đông", EAST)
    hamlet(store, "Thôn chưa vẽ")
    hamlet(store, "Thôn khác", [WEST], unit=OTHER, kind="MultiPolygon")
    every = drawn(api, OUTLINES.removeprefix("/api/v1/"))  # as Grafana's map asks
    assert set(every) == {f"{UNIT}/Thôn Tây", f"{UNIT}/Thôn Đông", UNIT, f"{OTHER}/Thôn khác", OTHER}
    west = every[f"{UNIT}/Thôn Tây"]
    assert west["geometry"] == {"type": "Polygon", "coordinates": [WEST]}
    assert west["properties"] == {"level": "hamlet", "unit": UNIT, "name": "Thôn Tây"}
    commune = every[UNIT]
    assert commune["properties"] == {"level": "commune", "unit": UNIT, "name": "Phường Ba Đình"}
    assert commune["geometry"]["type"] == "MultiLineString"
    (line,) = commune["geometry"]["coordinates"]
    assert line[0] == line[-1]
    assert {frozenset(map(tuple, pair)) for pair in pairwise(line)} == {
        frozenset({(105.0, 20.0), (105.1, 20.0)}), frozenset({(105.1, 20.0), (105.2, 20.0)}),
        frozenset({(105.2, 20.0), (105.2, 20.1)}), frozenset({(105.2, 20.1), (105.1, 20.1)}),
        frozenset({(105.1, 20.1), (105.0, 20.1)}), frozenset({(105.0, 20.1), (105.0, 20.0)}),
    }  # fmt: skip
    assert set(drawn(api, f"outlines.geojson?unit={OTHER}")) == {f"{OTHER}/Thôn khác", OTHER}
    assert drawn(api, "outlines.geojson?unit=99999") == {}


def test_hamlets_that_touch_in_a_corner_or_not_at_all_keep_their_lines() -> None:
    def square(x: int, y: int) -> dict[str, Any]:
        return {"type": "Polygon", "coordinates": [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]]}

    apart = around([square(0, 0), square(5, 5)])
    assert sorted(map(len, apart)) == [5, 5]
    corner = around([square(0, 0), square(1, 1)])
    assert sum(len(ring) - 1 for ring in corner) == 8
    assert all(ring[0] == ring[-1] for ring in apart + corner)


def test_devices_are_points_that_say_their_state(api: Api, store: Store) -> None:
    register(store, "cam-1", title="Cổng UBND", hamlet="Thôn Tây", latitude=20.05, longitude=105.05)
    register(store, "cam-2")
    register(store, "cam-3", latitude=20.0, longitude=105.0, lifecycle="retired")
    register(store, "cam-4", latitude=20.0, longitude=105.0, unit=OTHER, lifecycle="pending_install")
    every = drawn(api, "devices.geojson")
    assert set(every) == {f"{UNIT}.camera.cam-1", f"{OTHER}.camera.cam-4"}
    first = every[f"{UNIT}.camera.cam-1"]
    assert first["geometry"] == {"type": "Point", "coordinates": [105.05, 20.05]}
    assert (first["properties"]["title"], first["properties"]["state"]) == ("Cổng UBND", "unknown")
    assert every[f"{OTHER}.camera.cam-4"]["properties"]["state"] == "pending_install"
    assert set(drawn(api, f"devices.geojson?unit={OTHER}")) == {f"{OTHER}.camera.cam-4"}


def test_maps_are_for_those_who_are_signed_in(api: Api) -> None:
    for path in ("outlines.geojson", "devices.geojson"):
        assert api.anonymous().get(f"/api/v1/{path}").status_code == 401
        assert api.client().get(f"/api/v1/{path}?hamlet=x").status_code == 422
