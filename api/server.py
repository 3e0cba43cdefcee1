"""Serving the application with uvicorn."""

import socket

import uvicorn
from fastapi import FastAPI

from api.hub import Hub


class Server(uvicorn.Server):
    """uvicorn that ends the live streams before it waits for connections to close."""

    def __init__(self, app: FastAPI, *, host: str, port: int, log_level: str = "warning") -> None:
        self._hub: Hub = app.state.hub
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level=log_level,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        super().__init__(config)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self._hub.end()
        await super().shutdown(sockets)
