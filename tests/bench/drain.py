"""A backlog of QoS 1 messages in the broker's persistent session, until its last row is committed."""

import time
from collections import defaultdict
from dataclasses import dataclass

from tests.bench.flood import Sender, messages
from tests.bench.meter import cpu_s, peak_mb
from tests.bench.peers import PEERS
from tests.bench.site import Site, site
from tests.bench.table import Line, Target


@dataclass
class _Run:
    rate: float
    """A second, after the first rows were seen."""
    whole: float
    """A second, from the start of the process."""
    lost: int
    again: int
    cpu_s: float
    peak_mb: float


def _drain(here: Site, name: str, count: int) -> _Run:
    with here.broker() as broker:
        peer = PEERS[name](here, broker)
        peer.enlist()
        sender = Sender(broker.port)
        sender.send(messages(count, named=peer.named))
        sender.close()
        here.postgres.execute("checkpoint")
        began = time.monotonic()
        with peer.start(count) as process:
            course = peer.follow(process, count)
            # The bare one has ended by now, and nothing can be read of it.
            cost = (cpu_s(process.pid), peak_mb(process.pid)) if name == "ours" else (0.0, 0.0)
        peer.close()
    flowing = max(course.last_at - course.first_at, 1e-3)
    return _Run(
        (course.rows - course.first) / flowing,
        course.rows / (course.last_at - began),
        count - course.own,
        course.rows - course.own,
        *cost,
    )


def figure(*, quick: bool) -> list[Line]:
    """Drain the same kind of backlog by each peer in alternating order."""
    count, rounds = (20_000, 1) if quick else (100_000, 3)
    runs: defaultdict[str, list[_Run]] = defaultdict(list)
    names = list(PEERS)
    with site() as here:
        for turn in range(rounds):
            for name in names if turn % 2 == 0 else reversed(names):
                runs[name].append(_drain(here, name, count))
    ours = runs["ours"]
    targets = {"bare paho": 0.6}
    rate, whole = [r.rate for r in ours], [r.whole for r in ours]
    lines = [Line(f"drain {count:,} QoS 1, flowing", "rows/s", rate, target=Target("≥", 10_000, "measured"))]
    for name in names[1:]:
        target = Target("≥", targets.get(name, 1.2))
        lines.append(Line("  the same", "rows/s", rate, [r.rate for r in runs[name]], name, target))
    lines += [Line("  start-up included", "rows/s", whole, [r.whole for r in runs[name]], name) for name in names[1:]]
    for name in names:
        lines.append(Line(f"  lost, {name}", "messages", [r.lost for r in runs[name]]))
        lines.append(Line(f"  twice, {name}", "messages", [r.again for r in runs[name]]))
    per = 100_000 / count
    lines.append(Line("  CPU of ours per 100,000 rows", "s", [r.cpu_s * per for r in ours]))
    lines.append(Line("  peak memory of ours", "MB", [r.peak_mb for r in ours]))
    return lines
