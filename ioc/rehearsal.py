"""Whether the numbers' SQL prepares: tried on a database of its own that lives as long as the check.

Only PostgreSQL knows whether a query is right for a schema; a parser alone knows neither columns nor types. The check
starts the embedded one in a folder of its own, on a unix socket, and touches no network.
"""

import logging
import shutil
import tempfile
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from dashboards import indicators
from ingest.migrate import migrate
from ingest.sql import migrations
from ingest.store import Store
from ioc import embedded
from ioc.children import Children


def rehearse() -> bool:
    """Prepare every number on the newest schema; False where the wheel with PostgreSQL is not installed.

    Raises :class:`ConfigError` with every number whose SQL does not prepare.
    """
    if not embedded.installed():
        return False
    with tempfile.TemporaryDirectory(prefix="ioc-check-") as folder:
        logging.disable(logging.INFO)  # that a throwaway database was made is nobody's concern
        child, url = embedded.postgres(Path(folder))
        server = Children(Path(folder) / "logs")
        try:
            server.start(child)
            with Store(url, pool=1, name="ioc-check") as store:
                migrate(store, up_to=migrations()[-1][0])  # the tables only: neither communes nor partitions
                indicators.install(store)
        finally:
            server.stop()
            logging.disable(logging.NOTSET)
            shutil.rmtree(str(conninfo_to_dict(url)["host"]), ignore_errors=True)
    return True
