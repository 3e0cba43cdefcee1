"""What health checks ask of ingest: `python -m ioc.alive` is good while its heart beats, and says what it saw."""

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.config import load
from ingest.health import declare
from ingest.store import Store
from tests.ioc.conftest import NOBODY

CAMERAS = '[sources.cameras]\nconnector = "camera_mqtt"\n'
PUSHED = '[sources.reports]\nconnector = "field_reports"\nunit = "05068"\n'


@pytest.fixture
def folder(tmp_path: Path, store: Store) -> Path:
    """Where the configuration lies; its sources are declared, as ingest does when it starts."""
    (tmp_path / "ioc.toml").write_text(CAMERAS)
    declare(store, load(tmp_path / "ioc.toml", {}))
    return tmp_path


def asked(folder: Path, url: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "ioc.alive"]
    environment = {"IOC_DATABASE__URL": url, "PATH": "/usr/bin"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize(("ago", "status"), [("0 s", 0), ("20 s", 0), ("1 min", 1), (None, 1)])
def test_the_heart_beats_or_not(folder: Path, store: Store, database_url: str, ago: str | None, status: int) -> None:
    store.execute("update source set heartbeat_at = now() - %s::interval", (ago,))
    code, said = asked(folder, database_url)
    assert code == status
    assert ("never" in said) is (ago is None)


def test_a_database_that_is_away_is_no_life(folder: Path) -> None:
    code, said = asked(folder, NOBODY)
    assert code == 1
    assert "does not answer" in said


def test_nothing_to_look_after_is_well(folder: Path, database_url: str) -> None:
    (folder / "ioc.toml").write_text(PUSHED)
    assert asked(folder, database_url)[0] == 0
