"""The register and the latest state, history and uptime."""

from datetime import UTC, datetime, timedelta

import pytest

from api.devices import Device, Report, Span
from api.uptime import Uptime
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT, register, status, take

NOW = datetime.min.replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> None:
    global NOW
    NOW = datetime.now(UTC).replace(microsecond=0)


def test_a_device_is_shown_with_its_register_and_what_it_said(api: Api, store: Store) -> None:
    register(store, "cam-1", title="Camera cổng chợ", hamlet="Thôn 1", latitude=20.5, longitude=106.0, simulated=True)
    take(store, [status("cam-1", at=NOW, fps=25, disk_free_pct=41.5, recording=True, firmware="v1")])
    client = api.client()
    item = client.get("/api/v1/devices/cam-1").json()
    assert (
        item
        | {
            "id": "cam-1",
            "ref": f"{UNIT}.camera.cam-1",
            "unit": UNIT,
            "kind": "camera",
            "name": "Camera cổng chợ",
            "hamlet": "Thôn 1",
            "state": "online",
            "reported": "online",
            "reason": "",
            "lifecycle": "installed",
            "simulated": True,
            "latitude": 20.5,
            "horns": None,
            "values": {"fps": 25, "disk_free_pct": 41.5, "recording": 1},
            "labels": {"firmware": "v1"},
        }
        == item
    )
    assert NOW <= datetime.fromisoformat(item["last_seen"]) <= datetime.now(UTC)
    assert datetime.fromisoformat(item["since"]) == NOW
    assert client.get("/api/v1/devices").json() == {"items": [item], "next": None}
    assert set(item) == set(Device.model_fields)


def test_a_device_that_nobody_declared_is_kept_unconfirmed(api: Api, store: Store) -> None:
    take(store, [status("cam-x")])
    item = api.client().get("/api/v1/devices/cam-x").json()
    assert (item["name"], item["lifecycle"], item["state"]) == ("cam-x", "unconfirmed", "online")


def test_one_that_never_spoke_is_unknown_and_one_not_installed_says_so(api: Api, store: Store) -> None:
    register(store, "cam-1")
    register(store, "cam-2", lifecycle="pending_install")
    take(store, [status("cam-2")])
    first, second = api.client().get("/api/v1/devices").json()["items"]
    assert (first["state"], first["last_seen"], first["values"]) == ("unknown", None, {})
    assert second["state"] == "pending_install"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"unit": OTHER}, ["cam-9"]),
        ({"kind": "loudspeaker"}, ["loa-1", "loa-2"]),
        ({"state": "online"}, ["cam-1", "cam-9", "loa-1", "loa-2"]),
        ({"state": "playing"}, ["loa-1"]),
        ({"state": "no_signal"}, ["cam-2"]),
        ({"state": "fault"}, ["cam-2"]),
        ({"hamlet": "Thôn Đông"}, ["cam-1"]),
        ({"q": "cho dong"}, ["cam-1"]),
        ({"q": "CHỢ ĐÔNG"}, ["cam-1"]),
        ({"q": "100%"}, []),
        ({"unit": UNIT, "kind": "camera", "state": "offline"}, []),
    ],
)
def test_filters(api: Api, store: Store, query: dict[str, str], names: list[str]) -> None:
    register(store, "cam-1", title="Camera chợ Đông", hamlet="Thôn Đông")
    take(store, [
        status("cam-1"), status("cam-2", state="no_signal"), status("cam-9", unit=OTHER),
        status("loa-1", kind="loudspeaker", state="playing"), status("loa-2", kind="loudspeaker", state="idle"),
    ])  # fmt: skip
    items = api.client().get("/api/v1/devices", params=query).json()["items"]
    assert sorted(item["id"] for item in items) == names


def test_a_silent_loudspeaker_is_not_playing_any_more(api: Api, store: Store) -> None:
    take(store, [status("loa-1", kind="loudspeaker", state="playing")])
    store.execute("update device_state set state = 'offline', reason = 'silence'")
    client = api.client()
    assert client.get("/api/v1/devices?state=playing").json()["items"] == []
    assert [i["reported"] for i in client.get("/api/v1/devices?state=offline").json()["items"]] == ["playing"]


def test_a_name_that_two_communes_use_is_told_apart(api: Api, store: Store) -> None:
    take(store, [status("cam-1"), status("cam-1", unit=OTHER)])
    client = api.client()
    answer = client.get("/api/v1/devices/cam-1")
    assert answer.status_code == 409
    refs = answer.json()["refs"]
    assert refs == [f"{UNIT}.camera.cam-1", f"{OTHER}.camera.cam-1"]
    for ref in refs:
        assert client.get(f"/api/v1/devices/{ref}").json()["ref"] == ref
    assert client.get("/api/v1/devices/cam-1", params={"unit": OTHER}).json()["ref"] == refs[1]
    for leaf in ("reports", "spans", "uptime"):
        assert client.get(f"/api/v1/devices/cam-1/{leaf}").status_code == 409
        assert client.get(f"/api/v1/devices/cam-1/{leaf}", params={"unit": OTHER, "kind": "camera"}).status_code == 200
    assert client.get("/api/v1/devices/cam-7").status_code == 404


def test_what_a_device_said_comes_newest_first_and_whole(api: Api, store: Store) -> None:
    instants = [NOW - timedelta(minutes=n) for n in range(25)]
    take(store, [status("cam-1", at=at, fps=n) for n, at in enumerate(instants)])
    take(store, [status("cam-1", at=NOW, fps=99), status("cam-2", at=NOW)])
    client = api.client()
    items = walk(client, "/api/v1/devices/cam-1/reports", limit=4)
    assert [datetime.fromisoformat(i["at"]) for i in items] == [NOW, *instants]
    assert {i["values"]["fps"] for i in items} == {*range(25), 99}
    assert set(items[0]) == set(Report.model_fields)
    window = {"start": instants[10].isoformat(), "stop": instants[5].isoformat()}
    got = client.get("/api/v1/devices/cam-1/reports", params=window).json()["items"]
    assert [datetime.fromisoformat(i["at"]) for i in got] == instants[6:11]


def test_states_from_to_and_uptime(api: Api, store: Store) -> None:
    start = NOW - timedelta(hours=4)
    register(store, "cam-1", expected_every=timedelta(hours=2), registered_at=start)
    said = (("online", 0), ("fault", 1), ("online", 2))
    for state, hours in said:
        take(store, [status("cam-1", at=start + timedelta(hours=hours), state=state)])
    client = api.client()
    spans = client.get("/api/v1/devices/cam-1/spans").json()["items"]
    assert [s["state"] for s in spans] == ["online", "fault", "online"]
    assert spans[0]["ended_at"] is None
    assert spans[1]["duration_s"] == 3600
    assert set(spans[0]) == set(Span.model_fields)
    window = {"start": start.isoformat(), "stop": (start + timedelta(hours=3)).isoformat()}
    uptime = client.get("/api/v1/devices/cam-1/uptime", params=window).json()
    assert (uptime["online_s"], uptime["fault_s"], uptime["offline_s"], uptime["blind_s"]) == (7200, 3600, 0, 0)
    assert uptime["availability"] == pytest.approx(100 * 2 / 3)
    assert datetime.fromisoformat(uptime["start"]) == start
    touching = client.get("/api/v1/devices/cam-1/spans", params={"stop": (start + timedelta(minutes=30)).isoformat()})
    assert [s["state"] for s in touching.json()["items"]] == ["online"]


def test_uptime_of_many_tells_null_where_nothing_was_observed(api: Api, store: Store) -> None:
    register(store, "cam-0")
    take(store, [status("cam-1", at=NOW - timedelta(hours=2)), status("cam-2", unit=OTHER, at=NOW)])
    client = api.client()
    items = client.get("/api/v1/uptime", params={"unit": UNIT, "kind": "camera"}).json()["items"]
    assert [(i["id"], i["availability"]) for i in items] == [("cam-0", None), ("cam-1", 100)]
    assert set(items[0]) == set(Uptime.model_fields)
    assert [i["id"] for i in walk(client, "/api/v1/uptime", limit=1)] == ["cam-0", "cam-1", "cam-2"]
    store.execute("insert into blind_span values ('cameras', now() - interval '1 day', now(), 'collector_stopped')")
    blind = client.get("/api/v1/devices/cam-1/uptime").json()
    assert blind["blind_s"] == pytest.approx((datetime.now(UTC) - NOW).total_seconds() + 7200, abs=60)
    assert blind["offline_s"] == 0


def test_a_thousand_devices_come_in_one_piece_or_in_many_each_exactly_once(api: Api, store: Store) -> None:
    take(store, [status(f"cam-{n:04}", unit=(UNIT, OTHER)[n % 2], fps=n % 30) for n in range(1000)])
    client = api.client()
    whole = client.get("/api/v1/devices", params={"limit": 1000}).json()
    assert len(whole["items"]) == 1000
    assert whole["next"] is None
    assert walk(client, "/api/v1/devices", limit=37) == whole["items"]
    assert walk(client, "/api/v1/devices", limit=500) == whole["items"]


def walk(client, path: str, **query: object) -> list[dict]:  # type: ignore[no-untyped-def, type-arg]
    items: list[dict] = []  # type: ignore[type-arg]
    cursor = None
    while True:
        piece = client.get(path, params={**query, **({"cursor": cursor} if cursor else {})}).json()
        items += piece["items"]
        cursor = piece["next"]
        if cursor is None:
            return items
        assert len(piece["items"]) == query["limit"]
