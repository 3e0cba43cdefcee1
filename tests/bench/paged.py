"""A year of daily figures of a hundred communes from a paged interface, and a look when nothing is new."""

import csv
import json
import time
from collections import defaultdict
from datetime import date
from importlib import resources
from typing import NamedTuple

from ingest.store import Store
from tests.bench.meter import peak_mb
from tests.bench.site import Site, program, site
from tests.bench.table import Line, Target
from tests.peers.dhis2 import ELEMENT, Dhis2, serving

_PAGE = 500
_SETTLED = 10
"""Pages after which memory must stay as it is."""
_BARE = "bare httpx"


class Read(NamedTuple):
    """What a reading took: values, seconds, and MB that its peak grew by after the first pages."""

    rows: int
    seconds: float
    grown: float


def figure(*, quick: bool) -> list[Line]:
    """Read all in alternating order, ours each on a fresh database, then look again."""
    communes, days, rounds = (100, 60, 1) if quick else (100, 365, 3)
    rate: defaultdict[str, list[float]] = defaultdict(list)
    grown: list[float] = []
    quiet: list[tuple[int, int, int]] = []
    with site() as here, serving(Dhis2(units=_communes(communes), first=date(2025, 11, 1), days=days)) as peer:
        for turn in range(rounds):
            for kind in ("ours", _BARE) if turn % 2 == 0 else (_BARE, "ours"):
                if kind == _BARE:
                    read = _bare(here, peer)
                else:
                    read, silent = _ours(here, peer)
                    grown.append(read.grown)
                    quiet.append(silent)
                if read.rows != communes * days:
                    raise RuntimeError(f"{kind}: {read.rows} of {communes * days} values")
                rate[kind].append(read.rows / read.seconds)
    what = f"paged, {communes * days:,} daily values of {communes} communes, {_PAGE} a page"
    return [
        Line(what, "values/s", rate["ours"], rate[_BARE], _BARE),
        Line(f"  peak memory after page {_SETTLED}: growth", "MB", grown, target=Target("<", 8, "measured")),
        Line("  nothing new: questions", "", [one[0] for one in quiet], target=Target("<", 2, "measured")),
        Line("  nothing new: rows", "", [one[1] for one in quiet], target=Target("<", 1, "measured")),
        Line("  nothing new: bytes of body", "B", [one[2] for one in quiet], target=Target("<", 1, "measured")),
    ]


def _ours(here: Site, peer: Dhis2) -> tuple[Read, tuple[int, int, int]]:
    config = here.folder / "paged.toml"
    config.write_text(
        f'[sources.health]\nconnector = "health_dhis2"\nurl = "{peer.url}"\ndata_sets = ["BieuTramYT1"]\n'
        f'within = ["TinhMoPhong"]\npage_size = {_PAGE}\n[sources.health.elements.{ELEMENT}]\nindicator = "visits"\n'
    )
    with here.store() as store:
        said, grown = _poll(here, store, peer)
        rows = store.row("select count(*) as n from observation")
        _poll(here, store, peer)  # the first quiet answer, whose tag is kept
        sent = peer.bodies
        silent, _ = _poll(here, store, peer)
        assert rows is not None
        return Read(rows["n"], said["seconds"], grown), (silent["questions"], silent["stored"], peer.bodies - sent)


def _poll(here: Site, store: Store, peer: Dhis2) -> tuple[dict[str, float], float]:
    """Run `ioc poll`, and watch its peak; returns what it said, and the growth after the first pages."""
    before = len(peer.asked)
    words = ("ioc", "poll", "health", "--json", "--config", str(here.folder / "paged.toml"))
    first = last = 0.0
    with program(*words, log=here.folder / "poll.log", environment={"IOC_DATABASE__URL": store.url}) as process:
        while process.poll() is None:
            last = _peak(process.pid) or last
            if not first and len(peer.asked) - before >= _SETTLED:
                first = last
            time.sleep(0.02)
        assert process.stdout is not None
        said: dict[str, float] = json.loads(process.stdout.read())
    if said["fault"]:
        raise RuntimeError(str(said["fault"]))
    return said, last - first if first else 0.0


def _peak(pid: int) -> float:
    try:
        return peak_mb(pid)
    except (OSError, StopIteration):
        return 0.0  # it ended just now


def _communes(count: int) -> tuple[str, ...]:
    lines = (resources.files("ingest.sql") / "units.csv").read_text("utf-8").splitlines()
    return tuple(row["code"] for row in csv.DictReader(lines) if row["level"] == "commune" and not row["valid_to"])[
        :count
    ]


def _bare(here: Site, peer: Dhis2) -> Read:
    with program("tests.bench.pager", peer.url, str(_PAGE), log=here.folder / "pager.log") as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.read())
    return Read(said["rows"], said["seconds"], 0.0)
