"""Is it alive, and can it store?"""

from importlib.metadata import version

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api import PREFIX
from api.access import VIEWER
from api.answer import Json
from api.context import TheStore
from ingest import migrate

router = APIRouter(tags=["probes"])


class Version(BaseModel):
    """Which release answers."""

    version: str


@router.get("/healthz", response_class=Response)
async def healthz() -> Response:
    """Say that the process lives; asks nobody else."""
    return Json({"status": "alive"})


@router.get("/readyz", response_class=Response, dependencies=[VIEWER])
def readyz(store: TheStore) -> Response:
    """Say that rows can be stored: the database answers, and its schema is this version's; else a 503 problem."""
    migrate.check(store)
    return Json({"status": "ready"})


@router.get(f"{PREFIX}/version", response_model=Version, dependencies=[VIEWER])
def release() -> Response:
    """Tell which release answers."""
    return Json({"version": version("commune-ioc")})
