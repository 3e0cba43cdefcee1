"""Killed in the middle of a flood, and again, and the database crashed under it: nothing lost, nothing twice."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from dashboards import indicators
from ingest.store import Store
from tests.bench.flood import Sender, messages
from tests.e2e.conftest import IOC, eventually
from tests.servers import Mosquitto, Postgres

COUNT = 20_000


@pytest.fixture
def config(tmp_path: Path, mosquitto: Mosquitto) -> Path:
    file = tmp_path / "ioc.toml"
    file.write_text(
        f'[broker]\nurl = "{mosquitto.url}"\nclient = "crash"\n[sources.loudspeakers]\nconnector = "loudspeaker_mqtt"\n'
    )
    return file


def start(config: Path, store: Store) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "IOC_DATABASE__URL": store.url}
    with (config.parent / "ingest.log").open("ab") as log:
        return subprocess.Popen([*IOC, "run", "--only", "ingest", "--config", str(config)], env=environment, stderr=log)


def stored(store: Store) -> int:
    row = store.row("select count(*) as n, count(distinct readings ->> 'uptime_s') as own from device_report")
    assert row is not None
    assert row["n"] == row["own"]
    return int(row["n"])


def test_nothing_is_lost_or_doubled_whoever_dies(
    config: Path, store: Store, mosquitto: Mosquitto, postgres: Postgres
) -> None:
    indicators.install(store)
    process = start(config, store)
    eventually(lambda: store.rows("select 1 from source where heartbeat_at is not null and error = ''"), "the session")
    sender = Sender(mosquitto.port)
    flood = messages(COUNT)
    for part in range(4):
        piece = [next(flood) for _ in range(COUNT // 4)]
        sender.send(piece)
        time.sleep(0.05)
        if part in (0, 2):
            process.kill()
            process.wait()
            process = start(config, store)
        elif part == 1:
            postgres.stop(how=signal.SIGQUIT)
            time.sleep(1)
            postgres.start()
    sender.close()

    def everything() -> bool:
        try:
            return stored(store) == COUNT
        except Exception:  # noqa: BLE001 - the database is still starting
            return False

    eventually(everything, "every message", within=60)
    process.terminate()
    assert process.wait(20) == 0
    assert stored(store) == COUNT
    c = store.row("select received, stored, duplicate, rejected from source")
    assert c is not None
    assert c["stored"] == COUNT
    assert c["rejected"] == 0
    assert c["received"] == c["stored"] + c["duplicate"]
    states = store.rows("select state from device_state group by state")
    assert states == [{"state": "online"}]
