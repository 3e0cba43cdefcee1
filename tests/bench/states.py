"""The state machine against the decoding of the same messages; a look for silence over every device of the nation."""

import time
from datetime import UTC, datetime, timedelta

from connectors.contract import DeviceReport, Message
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from ingest.live import Live
from ingest.rhythm import Rhythms
from ingest.sections import Ingest
from ingest.states import sweep
from ingest.store import Store
from ingest.timeline import Heard
from tests.bench.flood import messages
from tests.bench.site import site
from tests.bench.table import Line, Target

NATION = 332_100
"""3,321 communes with a hundred devices each."""


def figure(*, quick: bool) -> list[Line]:
    """Take both."""
    return [*_heard(20_000 if quick else 100_000, 3 if quick else 7), *_swept(10_000 if quick else NATION)]


def _heard(count: int, rounds: int) -> list[Line]:
    connector, now = LoudspeakerMqtt(), datetime.now(UTC)
    came = [Message("loa", topic, body, now) for topic, body in messages(count)]
    rhythms = Rhythms(Ingest())
    decoding: list[float] = []
    hearing: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        reports = [record for message in came for record in connector.decode(message)]
        decoding.append(count / (time.perf_counter() - began))
        said = [r for r in reports if isinstance(r, DeviceReport)]
        known = {report.device: Live() for report in said}
        began = time.perf_counter()
        repairs = 0
        for report in said:
            one = Heard("loa", report.at, report.at, report.state)
            repairs += known[report.device].hear(one, rhythms.of("loudspeaker", None)) is not None
        hearing.append(count / (time.perf_counter() - began))
        assert len(said) == count
        assert repairs == 0
    return [Line("state machine, messages heard", "msg/s", hearing, decoding, "decoding them", Target("≥", 1.0))]


def _swept(devices: int) -> list[Line]:
    rhythms = Rhythms(Ingest())
    with site() as here, here.store() as store:
        _fill(store, devices)
        quiet = [_sweep(store, rhythms, 0) for _ in range(5)]
        # Of every hundred thousand three hundred fall silent within the same second.
        silent = max(1, devices * 3 // 1000)
        store.execute(
            "update device_state set due_at = now() - interval '1 second' where (unit, kind, name) in"
            " (select unit, kind, name from device_state limit %s)",
            (silent,),
        )
        some = [_sweep(store, rhythms, silent)]
    second = Target("<", 1000, "measured")
    return [
        Line(f"look for silence, {devices:,} devices that all speak", "ms", quiet, target=second),
        Line(f"  {silent:,} of them fall silent at once", "ms", some, target=second),
    ]


def _sweep(store: Store, rhythms: Rhythms, silent: int) -> float:
    began = time.perf_counter()
    with store.transaction() as link:
        changed = sweep(link, datetime.now(UTC), rhythms)
    took = 1000 * (time.perf_counter() - began)
    assert len(changed) == silent, changed[:3]
    return took


def _fill(store: Store, devices: int) -> None:
    """Register them all; each spoke four minutes ago, and has time left."""
    since = datetime.now(UTC) - timedelta(minutes=4)
    store.execute(
        "insert into device (unit, kind, name, lifecycle, registered_at)"
        " select lpad((n / 100)::text, 5, '0'), 'loudspeaker', 'loa-' || n, 'installed', %s"
        " from generate_series(0, %s) n",
        (since, devices - 1),
    )
    store.execute(
        "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source, facts, due_at,"
        " decided_by, word, readings) select unit, kind, name, %(at)s, %(at)s, 'online', 'idle', %(at)s, 'loa',"
        " jsonb_build_object('loa', jsonb_build_array(%(said)s::text, 'idle', false)), now() + interval '1 hour',"
        " 'loa', 'idle', '{\"volume_pct\": 70, \"signal_dbm\": -71.5, \"temperature_c\": 40.5}' from device",
        {"at": since, "said": since.isoformat()},
    )
    store.execute(
        "insert into state_span (unit, kind, name, started_at, state)"
        " select unit, kind, name, %s, 'online' from device",
        (since,),
    )
    store.execute("analyze device, device_state, state_span")
