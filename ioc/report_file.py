"""The monthly paper as a file: `ioc report devices`."""

from datetime import UTC, datetime
from pathlib import Path

from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.store import Store
from ioc.report import report


def write(settings: Settings, period: str, unit: str, form: str, out: Path | None) -> dict[str, object]:
    """Write the paper into a file; returns what was written, for the command line."""
    if form not in ("xlsx", "pdf"):
        raise ConfigError(f"--format: {form!r} is none of ours; there are xlsx and pdf")
    code = unit or settings.commune.unit
    with Store(settings.database.url, pool=2, name="ioc-report") as store:
        made = report(store, code, period, datetime.now(UTC), simulated=settings.commune.simulated)
    path = out or Path(f"thiet-bi-{code}-{period}.{form}")
    try:
        with path.open("wb") as file:
            if form == "pdf":
                from ioc import report_page

                report_page.write(made, file)
            else:
                from ioc import report_sheet

                report_sheet.write(made, file)
    except OSError as error:
        raise ConfigError(f"--out: {path}: can't be written: {error.strerror or error}") from error
    return {"file": str(path), "devices": len(made.devices), "availability": made.whole.account.availability}
