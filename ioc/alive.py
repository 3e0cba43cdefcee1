"""The ingest process's sign of life for health checks: ``python -m ioc.alive`` ends with 0 while its heart beats."""

import sys
from pathlib import Path

from connectors.contract import Polled, Subscribed
from ingest.config import Settings, load
from ingest.errors import IocError
from ingest.store import Store

_ASKED = """
    select max(heartbeat_at) as last, coalesce(max(heartbeat_at) > now() - interval '30 seconds', false) as beats
    from source
"""


def sign_of_life(settings: Settings) -> tuple[bool, str]:
    """Tell whether ingest looked after its sources within 30 seconds, and what was seen.

    Where all sources are pushed to the API there is nothing to look after. Raises :class:`StoreDown`.
    """
    if not any(isinstance(source, Subscribed | Polled) for source in settings.sources.values()):
        return True, "no source that ingest looks after"
    with Store(settings.database.url, pool=2, name="ioc-alive", wait=4) as store:
        row = store.row(_ASKED) or {"last": None, "beats": False}
    return bool(row["beats"]), f"last heartbeat: {row['last'] or 'never'}"


def main() -> None:
    """Print what was seen; exit 0 alive, 1 not."""
    try:
        alive, seen = sign_of_life(load(Path("ioc.toml") if Path("ioc.toml").exists() else None))
    except IocError as error:
        alive, seen = False, str(error)
    sys.stdout.write(f"{seen}\n")
    sys.exit(0 if alive else 1)


if __name__ == "__main__":
    main()
