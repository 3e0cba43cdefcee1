"""What pages ask the screen itself for: boards as JSON and as workbooks; everything else they ask the public API."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Cookie
from fastapi.responses import StreamingResponse

from api.access import VIEWER
from api.answer import Json
from api.context import TheStore
from api.incidents import told
from api.problems import Problem
from api.screen import evidence, wall
from api.screen.board import SPANS, Boards
from api.screen.boards import BOARDS
from api.screen.facts import Commune
from api.screen.language import COOKIE, chosen, speaking
from connectors.contract import LOCAL

Tongue = Annotated[str | None, Cookie(alias=COOKIE)]


def router(boards: Boards, commune: Callable[[], Commune]) -> APIRouter:
    """Return the routes below ``/screen``; ``commune`` tells whose screen this is."""
    routes = APIRouter(prefix="/screen", include_in_schema=False, dependencies=[VIEWER])

    def drawn(key: str, span: str, tongue: str | None) -> dict[str, Any]:
        if key not in BOARDS:
            raise Problem(404, "no-such-board", f"there is no board {key!r}", boards=sorted(BOARDS))
        if span not in SPANS:
            raise Problem(422, "invalid-request", f"span is one of {', '.join(SPANS)}, not {span!r}")
        return boards.draw(key, span, commune(), chosen(tongue))

    @routes.get("/boards/{key}.xlsx")
    def workbook(key: str, span: str = "year", ioc_language: Tongue = None) -> StreamingResponse:
        """Return a board as a workbook: a sheet a chart or table, with real numbers and dates."""
        from api import sheet  # the library that writes workbooks is large, and most processes write none
        from api.screen import book

        file = book.workbook(drawn(key, span, ioc_language))
        name = f"{key}-{datetime.now(LOCAL):%Y%m%d-%H%M}.xlsx"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(sheet.pieces(file), 200, headers, sheet.MEDIA_TYPE)

    @routes.get("/boards/{key}")
    def board(key: str, span: str = "year", ioc_language: Tongue = None) -> Json:
        """Return a board as the browser shows it."""
        return Json(drawn(key, span, ioc_language))

    @routes.get("/incidents/{id_}")
    def incident(id_: int, store: TheStore, ioc_language: Tongue = None) -> Json:
        """Return an incident with its life, its title and evidence in words."""
        with speaking(chosen(ioc_language)):
            return Json(evidence.spoken_of(orjson.loads(Json(told(store, id_)).body)))

    every = APIRouter()
    every.include_router(routes)
    every.include_router(wall.router)
    return every
