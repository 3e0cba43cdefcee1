"""The commune's socio-economic indicators, by a catalogue that is loaded from a file, with their breakdowns."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from connectors.sheets.statements import StatementWorkbook


class SocioWorkbook(StatementWorkbook):
    """A folder into which the statistical table is saved: read wholly, or refused by cell."""

    feed: ClassVar[str] = "socio_economic"
    title: ClassVar[str] = "Kinh tế – xã hội (biểu Excel)"
    own: ClassVar[Path] = Path(__file__).parent / "catalogue.csv"

    stale_after: timedelta = timedelta(days=45)
    """Silence after which the feed counts as stale."""
