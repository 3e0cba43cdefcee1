"""The boards: which numbers and rows stand on each. Titles, units and thresholds are the numbers' own."""

import json
from collections.abc import Mapping
from functools import cache

from dashboards.board import Board

FOLDER = "grafana/dashboards"
"""Where their files lie, below :mod:`dashboards`."""

HOME = "ioc-overview"


@cache
def boards() -> Mapping[str, Board]:
    """Return every board by uid; raises :class:`ConfigError` where the numbers are not complete."""
    from dashboards.boards import (  # each reads the numbers as it is imported
        devices,
        offices,
        overview,
        service,
        society,
    )

    made = [*overview.BOARDS, *devices.BOARDS, *society.BOARDS, *offices.BOARDS, *service.BOARDS]
    return {board.uid: board for board in made}


def files() -> dict[str, str]:
    """Return the boards' files by their paths below :mod:`dashboards`."""
    return {
        f"{FOLDER}/{uid}.json": json.dumps(board.render(), ensure_ascii=False, indent=2) + "\n"
        for uid, board in boards().items()
    }
