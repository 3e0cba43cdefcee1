"""The boards of numbers: what stands on each page, by the indicators' keys alone; titles and units are theirs."""

from collections.abc import Mapping

from api.screen.boards import broadcasts, budget, documents, dti, field_reports, health, internet, procedures, socio
from api.screen.boards.parts import Board as Board
from api.screen.boards.parts import Card as Card
from api.screen.boards.parts import Chart as Chart
from api.screen.boards.parts import Figures as Figures
from api.screen.boards.parts import Line as Line
from api.screen.boards.parts import Table as Table

BOARDS: Mapping[str, Board] = {
    "budget": budget.BOARD,
    "procedures": procedures.BOARD,
    "health": health.BOARD,
    "documents": documents.BOARD,
    "socio": socio.BOARD,
    "internet": internet.BOARD,
    "dti": dti.BOARD,
    "field_reports": field_reports.BOARD,
    "broadcasts": broadcasts.BOARD,
}
