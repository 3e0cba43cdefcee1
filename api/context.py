"""What a route may ask for: the parts of the running application."""

from typing import Annotated, cast

from fastapi import Depends, Request

from api.hub import Hub
from api.throttle import Throttle
from ingest.config import Settings
from ingest.store import Store


async def _store(request: Request) -> Store:
    return cast("Store", request.app.state.store)


async def _settings(request: Request) -> Settings:
    return cast("Settings", request.app.state.settings)


async def _hub(request: Request) -> Hub:
    return cast("Hub", request.app.state.hub)


async def _throttle(request: Request) -> Throttle:
    return cast("Throttle", request.app.state.throttle)


TheStore = Annotated[Store, Depends(_store)]
TheSettings = Annotated[Settings, Depends(_settings)]
TheHub = Annotated[Hub, Depends(_hub)]
TheThrottle = Annotated[Throttle, Depends(_throttle)]
