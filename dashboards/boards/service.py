"""The service itself, for technicians: what its sources deliver, and how it does."""

from dashboards.board import Board

BOARDS: tuple[Board, ...] = ()
