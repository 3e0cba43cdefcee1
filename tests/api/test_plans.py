"""Programmes planned by hand: repeated, told before what speaks against them, changed by two, cancelled and kept."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from connectors.contract import LOCAL, Broadcast, Message
from dashboards import indicators
from ingest.batch import Committer
from ingest.pipeline import Understood
from ingest.rules import load
from ingest.store import Store
from ingest.watch import Watch
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT, register
from tests.servers import await_that

PATH = "/api/v1/broadcasts/plans"
TODAY = date.min


@pytest.fixture(autouse=True)
def _today() -> None:
    """Set the day; the suite takes longer than what tests wait for."""
    global TODAY
    TODAY = datetime.now(LOCAL).date()


@pytest.fixture
def clusters(store: Store) -> None:
    for name, hamlet in (("loa-1", "Nà Mười"), ("loa-2", "Nà Mười"), ("loa-3", "Bái Tam")):
        register(store, name, kind="loudspeaker", hamlet=hamlet)


def day(n: int) -> str:
    return str(TODAY + timedelta(days=n))


def wish(**fields: Any) -> dict[str, Any]:
    return {
        "unit": UNIT, "id": "a1", "programme": "Bản tin sáng", "first_day": day(1), "starts": "05:30", "minutes": 30
    } | fields  # fmt: skip


def changed(version: int, **fields: Any) -> dict[str, Any]:
    return {key: value for key, value in wish(**fields).items() if key not in ("unit", "id")} | {"version": version}


def heard(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"unit": UNIT, "limit": 1000, "kind": "planned"} | query
    items: list[dict[str, Any]] = client.get("/api/v1/broadcasts", params=asked).json()["items"]
    return sorted(items, key=lambda item: (item["starts_at"], item["device"]))


def local(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(LOCAL):%Y-%m-%d %H:%M}"


@pytest.mark.usefixtures("clusters")
def test_a_programme_of_every_day_is_in_each_days_programme_once(api: Api, store: Store) -> None:
    assert api.client("viewer").post(PATH, json=wish()).status_code == 403
    client = api.client("operator")
    daily = wish(programme="  Bản tin  sáng ", weekdays=[1, 2, 3, 4, 5, 6, 7], last_day=day(5), genre="relay")
    answer = client.post(PATH, json=daily)
    assert answer.status_code == 201, answer.text
    item = answer.json()
    assert (item["programme"], item["state"], item["clusters"], item["starts"]) == (
        "Bản tin sáng", "active", None, "05:30"
    )  # fmt: skip
    assert local(item["next_at"]) == f"{day(1)} 05:30"
    again = client.post(PATH, json=daily)
    assert (again.status_code, again.json()) == (200, item)
    assert client.post(PATH, json=daily | {"minutes": 10}).json()["type"].endswith("id-taken")
    rows = heard(client)
    assert [local(row["starts_at"]) for row in rows] == [f"{day(n)} 05:30" for n in range(1, 6)]
    assert {(row["device"], row["source"], row["state"], row["programme"]) for row in rows} == {
        ("", "operator", "planned", "Bản tin sáng")
    }
    assert local(rows[0]["ends_at"]) == f"{day(1)} 06:00"
    assert client.get(PATH, params={"unit": UNIT, "state": "active"}).json()["items"] == [item]
    assert client.get(PATH, params={"unit": OTHER}).json()["items"] == []
    (noted,) = store.rows("select actor, subject, detail from audit where action = 'broadcast.plan'")
    assert (noted["actor"], noted["subject"], noted["detail"]["starts"]) == ("token:test-operator", "a1", "05:30")


@pytest.mark.usefixtures("clusters")
def test_clusters_and_hamlets_and_days_of_the_week(api: Api) -> None:
    client = api.client("operator")
    two = [(TODAY + timedelta(days=n)).isoweekday() for n in (1, 3)]
    item = client.post(PATH, json=wish(devices=["loa-3"], hamlets=["Nà Mười"], weekdays=two, last_day=day(7))).json()
    assert item["clusters"] == 3
    assert [(local(row["starts_at"])[:10], row["device"]) for row in heard(client)] == [
        (day(n), f"loa-{k}") for n in (1, 3) for k in (1, 2, 3)
    ]


@pytest.mark.usefixtures("clusters")
def test_what_speaks_against_it_is_told_before_it_is_saved(api: Api, store: Store) -> None:
    client, path = api.client("operator"), f"{PATH}/rehearse"
    assert client.post(path, json=wish()).json()["concerns"] == []
    noon = wish(starts="11:30", minutes=90, weekdays=[1, 2, 3, 4, 5, 6, 7], last_day=day(4))
    told = client.post(path, json=noon).json()
    assert (told["times"], told["clusters"]) == (4, [])
    outside, long = told["concerns"]
    assert (outside["kind"], outside["times"], local(outside["first"])) == ("outside_hours", 4, f"{day(1)} 11:30")
    assert outside["windows"] == [{"start": 19_800, "stop": 23_400}, {"start": 61_200, "stop": 64_800}]
    assert (long["kind"], long["longest_s"]) == ("too_long", 3600)
    # Over its end, not only at its begin.
    (late,) = client.post(path, json=wish(starts="06:10")).json()["concerns"]
    assert late["kind"] == "outside_hours"
    # An emergency may be heard at any hour.
    urgent = client.post(path, json=noon | {"priority": "emergency", "reason": "Bão số 9"}).json()
    assert urgent["concerns"] == []
    assert heard(client) == [], "nothing was planned"

    client.post(PATH, json=wish(devices=["loa-1"]))
    (clash,) = client.post(path, json=wish(id="b2", programme="Khác", starts="05:45", minutes=15)).json()["concerns"]
    assert (clash["kind"], clash["programme"]) == ("overlap", "Bản tin sáng")
    other = wish(id="b2", starts="05:45", minutes=15, devices=["loa-3"])
    assert client.post(path, json=other).json()["concerns"] == [], "on another cluster"
    assert client.post(path, json=wish(devices=["loa-1"], starts="05:40", minutes=10)).json()["concerns"] == []

    # The hours are those that an admin set, from their day on.
    wants = {"when": {"windows": ["11:00-13:30"]}}
    set_ = {"wants": wants, "valid_from": day(3), "reason": "Quyết định của xã", "version": 0}
    assert api.client("admin").put("/api/v1/rules/broadcast_out_of_hours", json=set_).status_code == 200
    outside, _ = client.post(path, json=noon | {"id": "c3"}).json()["concerns"]
    assert outside["times"] == 2


@pytest.mark.usefixtures("clusters")
def test_what_can_t_be_planned_is_refused_at_its_field(api: Api, store: Store) -> None:
    client = api.client("operator")
    for fields, place, vi in (
        ({"unit": "99999"}, "unit", "không phải mã xã"),
        ({"devices": ["loa-9"]}, "devices", "không có cụm loa loa-9"),
        ({"hamlets": ["Xóm Lạ"]}, "hamlets", "không có cụm loa nào"),
        ({"first_day": day(-1)}, "first_day", "chỉ lập được cho thời gian tới"),
        ({"weekdays": [1], "last_day": day(-3)}, "last_day", "trước ngày đầu"),
        ({"weekdays": [1], "last_day": day(400)}, "last_day", "xa quá"),
        ({"priority": "emergency"}, "reason", "cần ghi lý do"),
        ({"priority": "emergency", "reason": "  "}, "reason", "cần ghi lý do"),
        ({"minutes": 0}, "minutes", ""),
        ({"starts": "25:00"}, "starts", ""),
        ({"programme": " "}, "programme", ""),
        ({"weekdays": [8], "last_day": day(3)}, "weekdays.0", ""),
        ({"id": "a/b"}, "id", ""),
    ):
        for path in (PATH, f"{PATH}/rehearse"):
            answer = client.post(path, json=wish(**fields))
            assert answer.status_code == 422, (fields, answer.text)
            said = {reason["place"]: reason.get("vi", "") for reason in answer.json()["reasons"]}
            assert vi in said[f"body.{place}"], fields
    assert store.row("select count(*) as n from broadcast_plan") == {"n": 0}
    assert heard(client) == []


@pytest.mark.usefixtures("clusters")
def test_a_change_holds_for_what_is_to_come_and_who_is_second_is_told(api: Api, store: Store) -> None:
    client = api.client("operator")
    daily = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "last_day": day(3)}
    client.post(PATH, json=wish(**daily, devices=["loa-1", "loa-3"]))
    # The first time has begun meanwhile.
    store.execute("update broadcast set starts_at = now() - interval '1 minute' where id like 'a1.%%' and id like %s",
                  (f"%{day(1).replace('-', '')}%",))  # fmt: skip
    url = f"{PATH}/{UNIT}/a1"
    new = client.put(url, json=changed(1, **daily, devices=["loa-1"], starts="17:00", minutes=20))
    assert new.status_code == 200, new.text
    assert new.json()["version"] == 2
    rows = heard(client)
    state = {(row["id"], row["state"]) for row in rows if row["starts_at"] < datetime.now(UTC).isoformat()}
    assert {its for _, its in state} == {"planned"}, "what has begun stays"
    to_come = [
        (row["device"], row["state"], local(row["starts_at"])[11:])
        for row in rows
        if row["id"][3:11] == day(2).replace("-", "")
    ]
    assert to_come == [("loa-3", "cancelled", "05:30"), ("loa-1", "planned", "17:00")]
    late = client.put(url, json=changed(1, **daily, programme="Khác"))
    assert late.status_code == 409
    problem = late.json()
    assert (problem["by"], problem["version"]) == ("token:test-operator", 2)
    assert problem["fields"]["starts"] == ["05:30", "17:00"]
    assert problem["fields"]["devices"] == ["loa-1, loa-3", "loa-1"]
    assert client.put(f"{PATH}/{UNIT}/zz", json=changed(1)).status_code == 404
    assert api.client("viewer").put(url, json=changed(2)).status_code == 403


@pytest.mark.usefixtures("clusters")
def test_one_day_or_all_is_cancelled_and_kept(api: Api, store: Store) -> None:
    client = api.client("operator")
    daily = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "last_day": day(3)}
    client.post(PATH, json=wish(**daily))
    url = f"{PATH}/{UNIT}/a1"
    one = client.post(f"{url}/cancel", json={"day": day(2)})
    assert (one.status_code, one.json()["skipped"], one.json()["version"]) == (200, [day(2)], 2)
    assert client.post(f"{url}/cancel", json={"day": day(2)}).json() == one.json()
    assert [row["state"] for row in heard(client)] == ["planned", "cancelled", "planned"]
    client.put(url, json=changed(2, **daily, programme="Bản tin mới"))
    assert [row["state"] for row in heard(client)] == ["planned", "cancelled", "planned"], "that day stays out"
    assert client.post(f"{url}/cancel", json={"day": day(9)}).json()["type"].endswith("too-late")
    single = client.post(f"/api/v1/broadcasts/{UNIT}/{heard(client)[0]['id']}/cancel")
    assert single.json()["type"].endswith("of-a-programme"), "the next change of the programme would plan it again"
    gone = client.post(f"{url}/cancel", json={})
    assert (gone.json()["state"], gone.json()["cancelled_by"]) == ("cancelled", "token:test-operator")
    assert client.post(f"{url}/cancel", json={}).json() == gone.json()
    assert [row["state"] for row in heard(client)] == ["cancelled"] * 3
    assert client.put(url, json=changed(4, **daily)).json()["type"].endswith("cancelled")
    assert client.put(url, json=changed(3, **daily)).json()["fields"] == {"state": ["active", "cancelled"]}
    assert client.post(PATH, json=wish(**daily)).status_code == 409, "a cancelled id is not planned again"
    acts = [row["action"] for row in store.rows("select action from audit where action like 'broadcast%%' order by id")]
    assert acts == ["broadcast.plan", "broadcast.edit", "broadcast.edit", "broadcast.cancel"]


def test_it_is_told_on_the_stream_and_what_is_not_heard_of_it_is_an_incident(api: Api, store: Store) -> None:
    indicators.install(store)
    register(store, "loa-1", kind="loudspeaker")
    register(store, "loa-2", kind="loudspeaker")
    store.execute("update device set registered_at = now() - interval '1 day'")
    told: list[bytes] = []
    leave, _, _ = api.app.state.hub.follow(lambda events: told.extend(e.data for e in events if e.type == "broadcast"))
    await_that(lambda: api.app.state.hub.present, "the hub")
    client = api.client("operator")
    assert client.post(PATH, json=wish()).status_code == 201
    await_that(lambda: any(b'"operator"' in data for data in told), "the plan on the stream")
    leave()
    (row,) = heard(client)
    begins = datetime.fromisoformat(row["starts_at"])
    after = begins + timedelta(minutes=20)
    store.execute(
        "insert into source (name, connector, feed, title, transport, stale_after, last_message_at)"
        " values ('loa', 'x', 'loudspeaker_status', 'Loa', 'received', '1 day', %s)", (after,),
    )  # fmt: skip
    for name in ("loa-1", "loa-2"):
        store.execute(
            "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source)"
            " values (%s, 'loudspeaker', %s, now(), now(), 'online', 'idle', now(), 'loa')", (UNIT, name),
        )  # fmt: skip
    play = Broadcast(UNIT, "played", "p1", begins + timedelta(minutes=1), begins + timedelta(minutes=30),
                     "Bản tin sáng", "played", "loa-1")  # fmt: skip
    Committer(store).commit([Understood(Message("loa", "/x", b"", after), (play,))])
    Watch(store, load(), UNIT).tick(after)
    (incident,) = store.rows("select members from incident where rule = 'broadcast_not_heard'")
    assert [member["device"] for member in incident["members"]] == ["loa-2"]
