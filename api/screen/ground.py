"""The ground under the map: Leaflet's own style, and tiles from a folder where a commune has them; no other host."""

import logging
import re
from pathlib import Path
from typing import Any

import nicegui.elements.leaflet
from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from nicegui import app as served

from api.access import VIEWER
from api.answer import Json
from ingest.sections import Screen

log = logging.getLogger(__name__)

_WEEK = 7 * 86_400
_DEEPEST = 22
"""The deepest zoom that tiles of the web have."""


def serve_style() -> None:
    """Serve Leaflet's style sheet at ``/screen/leaflet/leaflet.css``."""
    served.add_static_files("/screen/leaflet", Path(nicegui.elements.leaflet.__file__).parent / "dist" / "leaflet")


def router(screen: Screen) -> APIRouter:
    """Return the routes ``/screen/ground`` and ``/screen/tiles/{z}/{x}/{y}.png``."""
    routes = APIRouter(prefix="/screen", include_in_schema=False, dependencies=[VIEWER])

    @routes.get("/ground")
    def ground() -> Json:
        """Return the zooms that there are tiles for (none: null), and whose map they are."""
        return Json(_about(screen))

    @routes.get("/tiles/{z}/{x}/{y}.png")
    def tile(z: int, x: int, y: int) -> Response:
        """Return one tile; whole numbers alone name it, so no other file can be asked for."""
        size = 1 << z if 0 <= z <= _DEEPEST else 0
        if screen.tiles is None or not (0 <= x < size and 0 <= y < size):
            return Response(status_code=404)
        file = screen.tiles / str(z) / str(x) / f"{y}.png"
        if not file.is_file():
            return Response(status_code=204)  # the map's edge, no fault: an error would fill the browser's console
        return FileResponse(file, media_type="image/png", headers={"Cache-Control": f"private, max-age={_WEEK}"})

    return routes


def _about(screen: Screen) -> dict[str, Any]:
    try:
        zooms = [int(e.name) for e in screen.tiles.iterdir() if re.fullmatch(r"\d\d?", e.name)] if screen.tiles else []
    except OSError as error:
        log.warning("no tiles under the map, outlines alone: %s; check [screen] tiles and its rights", error)
        zooms = []
    return {"zooms": [min(zooms), max(zooms)] if zooms else None, "attribution": screen.attribution}
