"""The year that boards are asked about, and a database in which nothing happened yet."""

from collections.abc import Iterator

import pytest

from tests.dashboards.asking import Asked, asking
from tests.dashboards.lived import COMMUNES, QUOTED, live
from tests.servers import Postgres


@pytest.fixture(scope="package")
def asked(postgres: Postgres, template: str) -> Iterator[Asked]:
    """The year that was lived."""
    with asking(postgres, template, "ioc_asked") as (store, made):
        live(store, made.now)
        hamlets = [row["hamlet"] for row in store.rows("select distinct hamlet from device order by 1")]
        assert QUOTED in hamlets
        others = {"hamlet": hamlets, "kind": ("camera", "loudspeaker", "network")}
        made.chosen = {
            "one commune": {"commune": COMMUNES[:1], **others},
            "all communes": {"commune": COMMUNES, **others},
            "quotes": {"commune": ("05068' or '1'='1", 'x"y', "\\"), "hamlet": (QUOTED,), "kind": ("camera",)},
        }
        yield made


@pytest.fixture(scope="package")
def nothing(postgres: Postgres, template: str) -> Iterator[Asked]:
    """A database in which nothing happened yet: a board has an empty list to choose from, or the empty text."""
    with asking(postgres, template, "ioc_nothing") as (_, made):
        made.chosen = {"no list": {}, "no text": dict.fromkeys(("commune", "hamlet", "kind"), ("",))}
        yield made
