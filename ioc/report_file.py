"""Papers as files: `ioc report devices` and `ioc report brief`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.store import Store
from ioc.report import report


def write(settings: Settings, period: str, unit: str, form: str, out: Path | None) -> dict[str, object]:
    """Write the paper into a file; returns what was written, for the command line."""
    _known(form)
    code = unit or settings.commune.unit
    with Store(settings.database.url, pool=2, name="ioc-report") as store:
        made = report(store, code, period, datetime.now(UTC), simulated=settings.commune.simulated)
    path = out or Path(f"thiet-bi-{code}-{period}.{form}")
    if form == "pdf":
        from ioc.report_page import write as put
    else:
        from ioc.report_sheet import write as put
    _put(path, lambda file: put(made, file))
    return {"file": str(path), "devices": len(made.devices), "availability": made.whole.account.availability}


def write_brief(settings: Settings, period: str, unit: str, form: str, out: Path | None) -> dict[str, object]:
    """Write the page for the morning meeting into a file; returns what was written, for the command line."""
    from ioc.brief import brief

    _known(form)
    code = unit or settings.commune.unit
    with Store(settings.database.url, pool=2, name="ioc-report") as store:
        made = brief(store, code, period, datetime.now(UTC), simulated=settings.commune.simulated)
    path = out or Path(f"bao-cao-nhanh-{code}-{made.stamp}.{form}")
    if form == "pdf":
        from ioc.brief_page import write as put
    else:
        from ioc.brief_sheet import write as put
    _put(path, lambda file: put(made, file))
    return {"file": str(path), "incidents": len(made.incidents), "numbers": len(made.numbers)}


def _known(form: str) -> None:
    if form not in ("xlsx", "pdf"):
        raise ConfigError(f"--format: {form!r} is none of ours; there are xlsx and pdf")


def _put(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    try:
        with path.open("wb") as file:
            write(file)
    except OSError as error:
        raise ConfigError(f"--out: {path}: can't be written: {error.strerror or error}") from error
