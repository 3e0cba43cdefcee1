"""Before the demo's services start: schema, numbers, the account ``admin`` and the citizens' token."""

import json
import os
import sys

from api import accounts, tokens
from dashboards import indicators
from ingest.errors import IocError
from ingest.migrate import migrate
from ingest.store import Store


def prepare(store: Store, password: str, token: str) -> None:
    """Bring a new or an old database to this version, with the demo's own account and token."""
    migrate(store)
    indicators.install(store)
    if store.row("select from account where name = 'admin'") is None:
        accounts.create(store, "admin", password, "admin", actor="demo")
    if store.row("select from token where digest = %s", (tokens.digest(token),)) is None:
        insert = "insert into token (name, role, digest) values ('demo', 'operator', %s)"
        store.execute(insert, (tokens.digest(token),))


def main() -> None:
    """Read the secrets from IOC_DEMO; exit 2 when an operator must mend something."""
    known = json.loads(os.environ["IOC_DEMO"])
    try:
        with Store(os.environ["IOC_DATABASE__URL"], pool=2, name="ioc-prepare", wait=10) as store:
            prepare(store, known["password"], known["token"])
    except IocError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
