"""A nation's stream for a minute: 11,070 messages a second, generator and all on this machine."""

import time

from ingest.store import Store
from tests.bench.meter import Load, child
from tests.bench.site import await_process, listening, site
from tests.bench.table import Line, Target
from tests.servers import await_that

RATE = 11_070
"""3,321 communes, 100 devices each, a message every 30 s."""
DEVICES = 1_000


def figure(*, quick: bool) -> list[Line]:
    """Send at the rate and see what is committed in the same time."""
    seconds = 10 if quick else 60
    with site() as here, here.broker() as broker, here.store() as store, here.ioc("ingest", store.url, broker) as ours:
        await_process(ours, lambda: listening(store), "the subscription")
        with here.generator(broker, RATE, seconds, DEVICES) as generator:
            await_that(lambda: _stored(store) > 0, "the first rows")
            before, began = _stored(store), time.perf_counter()
            load = Load(
                {"broker": child("mosquitto"), "postgres": child("postgres"), "ingest": ours.pid,
                 "generator": generator.pid}
            )  # fmt: skip
            # Looked at before the generator ends, for then its cost can't be read any more.
            time.sleep(seconds - 1)
            busy = load.cores()
            committed = (_stored(store) - before) / (time.perf_counter() - began)
            sent, rate = generator.finish()
        ended = time.perf_counter()
        behind = sent - _stored(store)
        await_that(lambda: _stored(store) >= sent, "the rest", within=120)
        late = time.perf_counter() - ended
    lines = [
        Line(f"live {seconds} s, {DEVICES:,} devices: sent", "messages/s", [rate], [RATE], "wanted"),
        Line("  committed meanwhile", "rows/s", [committed], [rate], "sent", Target("≥", 0.99)),
        Line("  behind when the last was sent", "messages", [behind]),
        Line("  caught up after", "s", [late]),
    ]
    order = sorted(busy, key=lambda name: -busy[name])
    return lines + [Line(f"  CPU of {name}", "% of a core", [busy[name]]) for name in order]


def _stored(store: Store) -> int:
    """Return the rows that are counted as stored: in the transaction of the rows, and cheaper than counting them."""
    row = store.row("select coalesce(sum(stored), 0)::bigint as n from source")
    assert row is not None
    return int(row["n"])
