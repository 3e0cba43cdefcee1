"""Communes, hamlets and devices as GeoJSON (RFC 7946), so that a map behind the same proxy needs no tiles.

Grafana's map reads a fixed address, without the board's variables: no ``unit`` means all communes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json
from api.context import TheStore
from api.listing import Asked
from api.sql import QUERIES

router = APIRouter(prefix=PREFIX, tags=["outlines"])

MEDIA_TYPE = "application/geo+json"
Point = tuple[float, float]


class Feature(BaseModel):
    """Something that has a place, longitude before latitude (WGS 84)."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any]
    properties: dict[str, Any]


class FeatureCollection(BaseModel):
    """What a map draws."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


class Where(Asked):
    """Of which commune; none: of all."""

    unit: str | None = None


class _GeoJson(Json):
    media_type = MEDIA_TYPE


@router.get("/outlines.geojson", response_model=FeatureCollection, response_class=_GeoJson, dependencies=[VIEWER])
def outlines(asked: Annotated[Where, Query()], store: TheStore) -> _GeoJson:
    """Return the hamlets of communes as surfaces, and round all hamlets of each commune a line (``level``)."""
    communes: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    features = []
    for row in store.rows(QUERIES["outlines"], {"unit": asked.unit}):
        communes[row["unit"], row["unit_name"]].append(row["outline"])
        about = {"level": "hamlet", "unit": row["unit"], "name": row["name"]}
        features.append(_feature(f"{row['unit']}/{row['name']}", row["outline"], about))
    for (unit, name), shapes in communes.items():
        about = {"level": "commune", "unit": unit, "name": name}
        features.append(_feature(unit, {"type": "MultiLineString", "coordinates": around(shapes)}, about))
    return _collection(features)


@router.get("/devices.geojson", response_model=FeatureCollection, response_class=_GeoJson, dependencies=[VIEWER])
def device_points(asked: Annotated[Where, Query()], store: TheStore) -> _GeoJson:
    """Return the devices that have a place, with kind, state and since when; retired ones are not among them."""
    return _collection(
        [
            _feature(
                row["ref"],
                {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
                {key: row[key] for key in ("unit", "kind", "name", "title", "hamlet", "state", "since")},
            )
            for row in store.rows(QUERIES["device_points"], {"unit": asked.unit})
        ]
    )


def around(shapes: Sequence[Mapping[str, Any]]) -> list[list[Point]]:
    """Return the edges that only one of these polygons has, joined to rings: where they end together.

    Neighbours share their border when they share its corners; where they don't, each keeps its own line.
    """
    edges = Counter(frozenset(edge) for shape in shapes for ring in _rings(shape) for edge in _edges(ring))
    ways: defaultdict[Point, list[Point]] = defaultdict(list)
    for edge, times in edges.items():
        if times == 1:
            one, other = sorted(edge)
            ways[one].append(other)
            ways[other].append(one)
    rings = []
    for begin in sorted(ways):
        while ways[begin]:  # every corner has as many ways in as out, so a walk ends where it began
            ring = [begin]
            while ways[ring[-1]]:
                further = ways[ring[-1]].pop()
                ways[further].remove(ring[-1])
                ring.append(further)
            rings.append(ring)
    return rings


def _rings(shape: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    for polygon in polygons:
        yield from polygon


def _edges(ring: Sequence[Sequence[float]]) -> Iterator[tuple[Point, Point]]:
    corners: list[Point] = [(float(x), float(y)) for x, y, *_ in ring]
    for one, other in zip(corners, corners[1:] + corners[:1], strict=True):  # closed, whether its end says so or not
        if one != other:
            yield one, other


def _feature(id_: str, geometry: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": id_, "geometry": geometry, "properties": properties}


def _collection(features: Sequence[Mapping[str, Any]]) -> _GeoJson:
    return _GeoJson({"type": "FeatureCollection", "features": features})
