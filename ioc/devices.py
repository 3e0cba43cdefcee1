"""`ioc devices import`: a commune's list of devices into the register, tried first or entered whole."""

from pathlib import Path
from typing import Any

from api.roster import take
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.health import declare
from ingest.register import LABELS
from ingest.store import Store

_ACTOR = "command line"
_CHANGES = {"new": "mới", "changed": "thay đổi", "missing": "không có trong danh sách"}
_COUNTS = {"new": "mới", "changed": "thay đổi", "same": "như cũ", "missing": "không có trong danh sách"}


def import_list(settings: Settings, file: Path, unit: str, *, dry_run: bool) -> dict[str, Any]:
    """Enter a list of devices, or say what it would change; returns counts, ``faults`` and ``differences``.

    ``unit`` is the commune of devices whose line names none; empty: the centre's own. Raises :class:`ConfigError` for a
    file that can't be read, :class:`StoreDown`.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: can't be read: {error.strerror}") from error
    with Store(settings.database.url, name="ioc-devices") as store:
        declare(store, settings)
        with store.transaction() as link:
            return take(link, body, unit or settings.commune.unit, actor=_ACTOR, dry_run=dry_run)


def lines(shown: dict[str, Any]) -> list[str]:
    """Return what :func:`import_list` said, for people."""
    if shown["faults"]:
        said = [f"{fault['place']}: {fault['vi'] or fault['reason']}" for fault in shown["faults"]]
        return [*said, f"{shown['faults_in_all']} lỗi; không lưu gì"]
    said = [_told(one) for one in shown["differences"]]
    counts = ", ".join(f"{shown[key]} {word}" for key, word in _COUNTS.items())
    return [*said, ("chạy thử, không lưu gì: " if shown["dry_run"] else "đã lưu: ") + counts]


def _told(one: dict[str, Any]) -> str:
    said = f"{_CHANGES[one['change']]}: {one['ref']}"
    if one["change"] != "changed":
        return said
    fields = (f"{LABELS.get(key, key)} “{old or ''}” → “{new or ''}”" for key, (old, new) in one["fields"].items())
    return f"{said}: {'; '.join(fields)}"
