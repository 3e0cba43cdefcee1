"""The live stream: what changes appears, and nothing is lost when a line or the database breaks."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from api import stream
from api.hub import Event, Hub, instant_of
from ingest.config import Settings
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT, register, report, status, take
from tests.api.test_push import NOW, PUSH
from tests.servers import Postgres, await_that


@dataclass
class Reader:
    """Reads a stream in a thread, as a browser does."""

    events: list[tuple[str, str, Any]] = field(default_factory=list)
    comments: int = 0
    last_id: str = ""
    status: int = 0
    ended: bool = False

    def read(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        lines: dict[str, str] = {}
        for line in answer.iter_lines():
            if line.startswith(":"):
                self.comments += 1
            elif line:
                name, _, value = line.partition(": ")
                lines[name] = value
            elif lines:
                self.last_id = lines.get("id", self.last_id)
                if "data" in lines:
                    self.events.append((lines.get("id", ""), lines["event"], orjson.loads(lines["data"])))
                lines = {}
        self.ended = True

    def of(self, kind: str) -> list[Any]:
        return [data for _, event, data in list(self.events) if event == kind]

    def await_hub(self, state: str) -> None:
        await_that(lambda: any(d["state"] == state for d in self.of("hub")), f"hub {state}")


@contextmanager
def reading(client: httpx.Client, headers: dict[str, str] | None = None, **query: str) -> Iterator[Reader]:
    reader = Reader()
    with client.stream("GET", "/api/v1/stream", params=query, headers=headers, timeout=30) as answer:
        thread = threading.Thread(target=_read, args=(reader, answer))
        thread.start()
        await_that(lambda: bool(reader.of("hub")), "the stream's begin")
        yield reader
        # Closing from here would wake the thread in the middle of a read: let go of its socket.
        with suppress(OSError):
            answer.extensions["network_stream"].get_extra_info("socket").shutdown(2)
        thread.join(10)


def _read(reader: Reader, answer: httpx.Response) -> None:
    try:
        reader.read(answer)
    except httpx.HTTPError:
        reader.ended = True


@pytest.fixture
def up(api: Api) -> Api:
    await_that(lambda: api.app.state.hub.present, "the hub")
    return api


def test_a_changed_device_appears_as_the_list_shows_it(up: Api, store: Store) -> None:
    client = up.client()
    register(store, "cam-1", title="Camera cổng chợ", hamlet="Thôn 1")
    register(store, "cam-3", lifecycle="disabled")
    with reading(client) as reader:
        take(store, [status("cam-1", fps=24.5, firmware="v1"), status("cam-2"), status("cam-3")])
        await_that(lambda: len(reader.of("device")) == 3, "three devices")
        assert sorted(reader.of("device"), key=lambda d: d["id"]) == client.get("/api/v1/devices").json()["items"]
        take(store, [status("cam-1", state="no_signal", note="x" * 9000)])
        await_that(lambda: len(reader.of("device")) == 4, "the fourth")
        assert reader.of("device")[3] == client.get("/api/v1/devices/cam-1").json()
        assert reader.of("device")[3]["state"] == "fault"


def test_cases_and_sources_appear_too(up: Api) -> None:
    client = up.client("operator")
    with reading(client, unit=UNIT) as reader:
        client.post(PUSH, content=report("PA-1", at=NOW))
        client.post(PUSH, content=report("PA-1", at=NOW - timedelta(days=1), status="received"))
        await_that(lambda: len(reader.of("case")) == 2 and bool(reader.of("source")), "the case and its source")
        (case,) = client.get("/api/v1/cases").json()["items"]
        assert reader.of("case") == [case, case], "an older event does not change how the case stands"
        await_that(lambda: reader.of("source")[-1]["stored"] == 2, "the counters")
        assert reader.of("source")[-1]["name"] == "reports"


def test_a_commune_s_stream_tells_of_no_other(up: Api, store: Store) -> None:
    with reading(up.client(), unit=OTHER) as reader:
        take(store, [status("cam-1"), status("cam-2", unit=OTHER), status("cam-3")])
        await_that(lambda: bool(reader.of("device")), "the device")
        time.sleep(0.2)
        assert [d["id"] for d in reader.of("device")] == ["cam-2"]


def test_a_broken_line_resumes_where_it_was(up: Api, store: Store) -> None:
    client = up.client()
    with reading(client) as first:
        take(store, [status("cam-1")])
        await_that(lambda: len(first.of("device")) == 1, "the device")
    heard: list[Event] = []
    up.app.state.hub.follow(heard.extend)
    take(store, [status("cam-2")])
    await_that(lambda: any(e.type == "device" for e in heard), "the hub's hearing")
    with reading(client, {"Last-Event-ID": first.last_id}) as second:
        assert [d["id"] for d in second.of("device")] == ["cam-2"], "exactly what was missed, from the ring"
        ids = [id_ for id_, _, _ in second.events]
        assert ids == sorted(ids, key=lambda i: int(i.split("-")[1]))
    with reading(client, last_event_id=second.last_id) as third:
        assert third.of("device") == []


def test_an_id_of_another_process_resumes_from_the_tables(up: Api, store: Store) -> None:
    client = up.client("operator")
    take(store, [status("cam-1"), status("cam-2", unit=OTHER)])
    client.post(PUSH, content=report("PA-1", at=NOW))
    store.execute("update device_state set changed_at = now() - interval '1 hour' where name = 'cam-1'")
    take(store, [status("cam-3")])
    seen = int((datetime.now(UTC) - timedelta(minutes=1)).timestamp() * 1000)
    with reading(client, last_event_id=f"{seen}-77", unit=UNIT) as reader:
        assert {d["id"] for d in reader.of("device")} == {"cam-3"}, "at least once: the ring may hold it too"
        assert [c["id"] for c in reader.of("case")] == ["PA-1"]
        assert reader.of("hub") == [{"state": "live"}]
        assert {id_ for id_, event, _ in reader.events if event == "device"} == {""}, "the hub's id comes last"
        assert reader.last_id


@pytest.mark.parametrize("last", ["nonsense", "12", "1-x", "²-1", "99999999999999999999-1"])
def test_an_id_that_is_none_is_refused(last: str) -> None:
    assert instant_of(last) is None


def test_a_bad_last_event_id_is_told(up: Api) -> None:
    assert up.client().get("/api/v1/stream", headers={"Last-Event-ID": "x"}).status_code == 400


def test_the_database_goes_and_nothing_is_missed(up: Api, store: Store, postgres: Postgres) -> None:
    with reading(up.client()) as reader:
        take(store, [status("cam-1")])
        await_that(lambda: len(reader.of("device")) == 1, "the device")
        postgres.stop()
        try:
            reader.await_hub("away")
        finally:
            postgres.start()
        # stored before the hub listens again
        await_that(lambda: _stored(store), "the row")
        reader.await_hub("back")
        await_that(lambda: {"cam-1", "cam-2"} <= {d["id"] for d in reader.of("device")}, "what was missed")


def _stored(store: Store) -> bool:
    from ingest.errors import StoreDown

    try:
        take(store, [status("cam-2")])
    except StoreDown:
        return False
    return True


def test_a_server_stops_although_streams_are_open(configured: Callable[..., Settings], store: Store) -> None:
    with Api(configured(), store) as api, reading(api.client()) as reader:
        assert api.stop() < 3
        await_that(lambda: reader.ended, "the stream's end")


def test_a_quiet_stream_shows_that_it_lives_and_ends_with_its_session(
    up: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(stream, "_LOOK_AGAIN_S", 0.3)
    client = up.person()
    with reading(client) as reader:
        await_that(lambda: reader.comments > 10, "heartbeats")
        assert not reader.ended
        store.execute("delete from session")
        await_that(lambda: reader.ended, "the end", within=5)
    await_that(lambda: up.app.state.hub.followers == 0, "the reader's leave")


def test_a_slow_reader_is_sent_away_instead_of_filling_memory(
    up: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BOUND", 10)
    with reading(up.client()) as reader:
        take(store, [status(f"cam-{n}") for n in range(200)])
        await_that(lambda: reader.ended, "the end")
    assert reader.of("reset")
    assert len(reader.of("device")) <= 10


def test_a_ring_that_does_not_reach_back_says_so(store: Store) -> None:
    hub = Hub(store, ring=10)
    hub.start()
    heard: list[Event] = []
    try:
        await_that(lambda: hub.present, "the hub")
        leave, begin, missed = hub.follow(heard.extend)
        assert missed == []
        take(store, [status(f"cam-{n}") for n in range(30)])
        await_that(lambda: sum(e.type == "device" for e in heard) == 30, "the events")
        assert hub.follow(lambda _: None, after=begin)[2] is None
        assert hub.follow(lambda _: None, after=heard[-5].id)[2] == heard[-4:]
        store.execute("select pg_notify('ioc', 'not ours')")
        store.execute("select pg_notify('ioc', '{\"type\":\"x\"}')")
        take(store, [status("cam-99")])
        await_that(lambda: any(b"cam-99" in e.data for e in heard), "the hub's going on")
        assert [e.id for e in heard] == [e.id for e in dict.fromkeys(heard)]
        leave()
        count = len(heard)
        take(store, [status("cam-100")])
        time.sleep(0.5)
        assert len(heard) == count
    finally:
        hub.close()
    assert not hub.is_alive()
