"""The digital-transformation indicators of a commune: value, numerator and denominator, target, as they were stated."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from connectors.sheets.statements import StatementWorkbook


class DtiWorkbook(StatementWorkbook):
    """A folder into which the digital-transformation statement is saved: read wholly, or refused by cell."""

    feed: ClassVar[str] = "digital_transformation"
    title: ClassVar[str] = "Chỉ số chuyển đổi số (biểu Excel)"
    own: ClassVar[Path] = Path(__file__).parent / "catalogue.csv"

    stale_after: timedelta = timedelta(days=100)
    """Silence after which the feed counts as stale."""
