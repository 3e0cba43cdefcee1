"""Offices at work: workbooks whole and once, citizens' reports again and again until somebody takes them."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from connectors.contract import LOCAL
from simulators import citizens as people
from simulators.commune import FOLDERS
from simulators.files import drop_files
from simulators.hamlets import Hamlet
from tests.servers import await_that
from tests.simulators.conftest import UNIT, Counter, simulating

CENTRE = (20.6523, 105.589)


def due() -> set[str]:
    """Return the names of the workbooks that the office has sent by today: each month's begin, and the real one."""
    today = datetime.now(LOCAL).date()
    last = min(today, date(today.year, 8, 25))
    months = {date(today.year, month, 1) for month in range(2, last.month + 1)}
    return {f"thu-chi-{day.isoformat()}.xlsx" for day in months | {last}}


def files(inbox: Path) -> list[Path]:
    return [path for path in inbox.glob("*/*") if path.is_file()]


def test_workbooks_are_dropped_whole(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    seen: list[str | None] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            for path in inbox.glob("*/*.xlsx"):
                with ZipFile(path) as archive:
                    seen.append(archive.testzip())

    watcher = threading.Thread(target=watch)
    watcher.start()
    drop_files(inbox, UNIT, "04969", 1)
    over.set()
    watcher.join()
    assert {path.name for path in inbox.iterdir()} == set(FOLDERS)
    assert {path.name for path in (inbox / "ngan-sach").iterdir()} == due()
    assert set(seen) <= {None}
    for path in inbox.glob("*/*.xlsx"):
        with ZipFile(path) as archive:
            assert archive.testzip() is None


def test_a_workbook_is_dropped_once(tmp_path: Path) -> None:
    drop_files(tmp_path, UNIT, "04969", 1)
    first, *others = sorted(files(tmp_path))
    first.write_bytes(b"what the accountant made of it")
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (first, *others)}
    drop_files(tmp_path, UNIT, "04969", 1)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files(tmp_path)} == before


def test_a_workbook_that_was_taken_away_comes_again_with_the_same_content(tmp_path: Path) -> None:
    drop_files(tmp_path, UNIT, "04969", 1)
    before = {path.name: path.read_bytes() for path in files(tmp_path)}
    max(files(tmp_path)).unlink()
    drop_files(tmp_path, UNIT, "04969", 1)
    assert {path.name: path.read_bytes() for path in files(tmp_path)} == before


@contextmanager
def citizens(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run them at a quicker pace than the real ones have."""
    monkeypatch.setattr(people, "_EVERY", timedelta(seconds=0.2))
    monkeypatch.setenv("IOC_CITIZEN_TOKEN", "a-token")
    stopping = threading.Event()
    arguments = (url, UNIT, 1, CENTRE, (Hamlet("Nà Mười"),), stopping)
    thread = threading.Thread(target=people.report_as_citizens, args=arguments)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(15)
        assert not thread.is_alive()


def events(body: bytes) -> list[tuple[str, str]]:
    return [(said["id"], said["status"]) for said in map(json.loads, body.splitlines())]


def test_reports_are_pushed_again_until_they_are_accepted(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.refusals = 2
    with citizens(counter.url, monkeypatch):
        await_that(lambda: bool(counter.accepted), "an accepted push")
        time.sleep(1)
    first, second, third = (events(body) for _path, _headers, body in counter.asked[:3])
    assert first
    assert set(first) <= set(second) <= set(third)
    told = [event for body in counter.accepted for event in events(body)]
    assert len(told) == len(set(told))  # what was accepted is not told again


def test_a_push_says_who_sends_it_and_is_one_report_a_line(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    with citizens(counter.url, monkeypatch):
        await_that(lambda: bool(counter.accepted), "a push")
    path, headers, body = counter.asked[0]
    assert path == "/api/v1/messages/field_reports"
    assert headers["Authorization"] == "Bearer a-token"
    assert headers["Content-Type"] == "application/x-ndjson"
    reports = [json.loads(line) for line in body.splitlines()]
    assert {report["unit"] for report in reports} == {UNIT}
    assert {report["hamlet"] for report in reports} == {"Nà Mười"}
    assert all(abs(report["latitude"] - CENTRE[0]) <= 0.031 for report in reports)
    now = datetime.now(LOCAL)
    stamps = [datetime.fromisoformat(report["at"]) for report in reports]
    assert stamps == sorted(stamps)
    assert now - timedelta(days=9, minutes=1) < stamps[0] < stamps[-1] <= now
    assert {"new", "received", "in_progress", "resolved"} <= {report["status"] for report in reports}


def test_nobody_there_is_no_end_of_it(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    with citizens("http://127.0.0.1:9", monkeypatch):
        time.sleep(0.5)
    assert not counter.asked


def test_the_command_line_starts_both_offices(config: Path, tmp_path: Path, counter: Counter) -> None:
    counter.refusals = 1
    options = ("--devices", "1", "--inbox", str(tmp_path / "inbox"), "--api", counter.url)
    with simulating(config, *options, IOC_CITIZEN_TOKEN="another-token") as process:
        await_that(lambda: bool(counter.accepted), "the citizens")
        budget = tmp_path / "inbox" / "ngan-sach"
        await_that(lambda: {path.name for path in budget.glob("*.xlsx")} == due(), "the workbooks")
        assert process.is_running()
    assert {headers["Authorization"] for _path, headers, _body in counter.asked} == {"Bearer another-token"}
