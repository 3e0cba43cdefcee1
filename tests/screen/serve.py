"""Serve the API with its screen for a browser: ``python -m tests.screen.serve DATABASE_URL PORT [FILE]``."""

import sys
from pathlib import Path

import uvicorn

from api.app import create_app
from api.screen import mount
from tests.screen.commune import REGISTER, settings


def main() -> None:
    """Serve until a signal comes."""
    url, port = sys.argv[1], int(sys.argv[2])
    register = Path(sys.argv[3]) if sys.argv[3:] else REGISTER
    app = create_app(settings(url, port, register), screen=mount)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main()
