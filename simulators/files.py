"""Simulated offices that send files: each drops what it has sent until today into a folder of its own."""

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from connectors.contract import LOCAL, Simulator
from simulators.budget_workbook import BudgetSimulator
from simulators.budget_xml import BudgetXmlSimulator
from simulators.dti_workbook import DtiSimulator, StatedFigures
from simulators.health_workbook import HealthStationSimulator
from simulators.socio_workbook import StatisticsSimulator

_SAMPLE = (8, 25)
"""Month and day of the real workbook whose figures the accountant reaches; he has sent nothing newer."""


def drop_files(inbox: Path, unit: str, neighbour: str, seed: int) -> None:
    """Write what the offices have sent until today, each into its own folder; what lies there already stays."""
    today = datetime.now(LOCAL).date()
    last = min(today, date(today.year, *_SAMPLE))
    months = [date(today.year, month, 1) for month in range(2, today.month + 1)]
    quarters = [day for day in months if day.month % 3 == 1]
    budget = [day for day in months if day <= last]
    _drop(inbox / "ngan-sach", BudgetSimulator(unit, seed), [*budget, last])
    _drop(inbox / "ngan-sach-xml", BudgetXmlSimulator(neighbour, seed), months)
    _drop(inbox / "y-te", HealthStationSimulator(unit, seed), months)
    _drop(inbox / "kinh-te-xa-hoi", StatisticsSimulator(unit, seed), quarters)
    _drop(inbox / "chuyen-doi-so", DtiSimulator(unit, seed), quarters)
    _drop(inbox / "chuyen-doi-so", StatedFigures(), [today])


def _drop(folder: Path, office: Simulator, days: Sequence[date]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for day in days:
        at = datetime(day.year, day.month, day.day, 10, tzinfo=LOCAL)
        for message in office.encode(office.measure(at), at):
            path = folder / message.address
            if not path.exists():
                # Under another name, then renamed: nobody reads half a workbook.
                half = path.with_suffix(".part")
                half.write_bytes(message.body)
                half.rename(path)


if __name__ == "__main__":
    drop_files(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
