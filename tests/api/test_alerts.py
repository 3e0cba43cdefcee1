"""Alerts as a Grafana posts them become incidents: one each, told once, cleared when they are resolved."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ingest.rules import load
from ingest.store import Store
from ingest.watch import Watch
from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT

PATH = "/api/v1/grafana/alerts"
NEVER = "0001-01-01T00:00:00Z"
GROUP = {"alertname": "Tỷ lệ camera hoạt động", "grafana_folder": "Điều hành", "severity": "warning", "unit": UNIT}


def alert(status: str = "firing", *, ago: float = 10, ended: float | None = None, **fields: Any) -> dict[str, Any]:
    """Return one alert as Grafana 12 writes it; ``ago`` and ``ended`` are minutes before now."""
    now = datetime.now(UTC)
    labels = {
        **GROUP, "label": "", "owner": "police_on_duty", "subject_kind": "indicator",
        "indicator": "devices_camera_availability", **fields.pop("labels", {}),
    }  # fmt: skip
    return {
        "status": status,
        "labels": labels,
        "annotations": {"summary": "Tỷ lệ camera hoạt động dưới 95 %", "description": "Xem bảng Camera"},
        "startsAt": (now - timedelta(minutes=ago)).isoformat(),
        "endsAt": NEVER if ended is None else (now - timedelta(minutes=ended)).isoformat(),
        "generatorURL": "http://grafana:3000/alerting/grafana/ioc-camera/view?orgId=1",
        "fingerprint": "c6eadffa33fcdf37",
        "silenceURL": "http://grafana:3000/alerting/silence/new?alertmanager=grafana&matcher=unit%3D00004",
        "dashboardURL": "",
        "panelURL": "",
        "values": {"A": 88.25, "C": 1} if status == "firing" else None,
        "valueString": "[ var='A' labels={unit=00004} value=88.25 ], [ var='C' labels={unit=00004} value=1 ]",
        "orgId": 1,
        **fields,
    }


def webhook(*alerts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return what a contact point posts."""
    firing = [a for a in alerts if a["status"] == "firing"]
    return {
        "receiver": "commune-ioc", "status": "firing" if firing else "resolved", "alerts": list(alerts),
        "groupLabels": {"alertname": GROUP["alertname"]}, "commonLabels": GROUP, "commonAnnotations": {},
        "externalURL": "http://grafana:3000/", "version": "1", "groupKey": '{}:{alertname="x"}',
        "truncatedAlerts": 0, "orgId": 1, "title": f"[FIRING:{len(firing)}] x", "state": "alerting",
        "message": "**Firing**\n\nValue: A=88.25, C=1\nLabels:\n - alertname = x\n", **fields,
    }  # fmt: skip


@pytest.fixture
def grafana(api: Api) -> httpx.Client:
    return api.client("operator")


def told(grafana: httpx.Client, *alerts: dict[str, Any]) -> dict[str, int]:
    answer = grafana.post(PATH, json=webhook(*alerts))
    assert answer.status_code == 200, answer.text
    return {what: count for what, count in answer.json().items() if count}


def incidents(grafana: httpx.Client, **asked: str) -> list[dict[str, Any]]:
    return list(grafana.get("/api/v1/incidents", params={"rule": "grafana", **asked}).json()["items"])


def test_an_alert_is_one_incident_however_often_it_is_told(grafana: httpx.Client) -> None:
    fires = alert()
    assert told(grafana, fires) == {"opened": 1}
    assert told(grafana, fires) == told(grafana, {**fires, "values": {"A": 80, "C": 1}}) == {"same": 1}
    [one] = incidents(grafana)
    assert one["title_vi"] == "Tỷ lệ camera hoạt động dưới 95 %"
    assert (one["unit"], one["state"], one["severity"], one["owner"]) == (UNIT, "open", "warning", "police_on_duty")
    assert (one["subject_kind"], one["subject"]) == ("indicator", "alert/c6eadffa33fcdf37")
    assert one["value"] == 80
    assert datetime.fromisoformat(one["opened_at"]) == datetime.fromisoformat(fires["startsAt"])
    assert one["evidence"] == {
        "fingerprint": "c6eadffa33fcdf37",
        "alertname": GROUP["alertname"],
        "indicator": "devices_camera_availability",
    }


def test_what_is_resolved_is_cleared_at_its_end(grafana: httpx.Client) -> None:
    told(grafana, alert())
    over = alert("resolved", ended=2)
    assert told(grafana, over) == {"cleared": 1}
    assert told(grafana, over) == {"same": 1}
    [one] = incidents(grafana)
    assert one["state"] == "resolved"
    assert datetime.fromisoformat(one["cleared_at"]) == datetime.fromisoformat(over["endsAt"])
    history = grafana.get(f"/api/v1/incidents/{one['id']}").json()["history"]
    assert [step["action"] for step in history] == ["opened", "cleared"]


def test_what_returns_soon_is_the_same_incident(grafana: httpx.Client) -> None:
    told(grafana, alert(ago=20))
    told(grafana, alert("resolved", ago=20, ended=5))
    assert told(grafana, alert(ago=1)) == {"reopened": 1}
    [one] = incidents(grafana)
    assert one["state"] == "open"


def test_the_end_of_what_was_never_told_opens_nothing(grafana: httpx.Client) -> None:
    assert told(grafana, alert("resolved", ended=1)) == {"same": 1}
    assert incidents(grafana) == []


def test_alerts_of_one_rule_are_told_apart(grafana: httpx.Client) -> None:
    many = [alert(fingerprint=f"{n:016x}", labels={"unit": unit}) for n, unit in enumerate((UNIT, OTHER))]
    assert told(grafana, *many) == {"opened": 2}
    assert told(grafana, alert("resolved", ended=0, fingerprint=f"{1:016x}", labels={"unit": OTHER}), many[0]) == {
        "cleared": 1,
        "same": 1,
    }
    assert {one["unit"]: one["state"] for one in incidents(grafana)} == {UNIT: "open", OTHER: "resolved"}


def test_a_false_alarm_stays_quiet_until_it_ends(grafana: httpx.Client) -> None:
    told(grafana, alert())
    [one] = incidents(grafana)
    grafana.post(f"/api/v1/incidents/{one['id']}/false-alarm")
    assert told(grafana, alert()) == {"same": 1}
    assert incidents(grafana)[0]["state"] == "false_alarm"


def test_our_own_engine_leaves_it_alone(grafana: httpx.Client, store: Store) -> None:
    told(grafana, alert())
    watch = Watch(store, load(), UNIT)
    watch.tick(datetime.now(UTC))
    watch.tick(datetime.now(UTC) + timedelta(hours=1))
    assert [one["state"] for one in incidents(grafana)] == ["open"]


def test_the_same_told_twice_at_once_opens_one(grafana: httpx.Client) -> None:
    body = webhook(alert())
    with ThreadPoolExecutor(4) as pool:
        answers = [future.result().json() for future in [pool.submit(grafana.post, PATH, json=body) for _ in range(4)]]
    assert sum(answer["opened"] for answer in answers) == 1
    assert len(incidents(grafana)) == 1


def test_a_rule_that_could_not_be_judged_is_a_matter_of_the_system(grafana: httpx.Client) -> None:
    labels = {
        "alertname": "DatasourceError",
        "rulename": "Tỷ lệ camera",
        "datasource_uid": "commune-ioc",
        "ref_id": "A",
    }
    told(grafana, alert(labels=labels, annotations={"Error": "failed to connect to host=db"}, values={}))
    [one] = incidents(grafana)
    assert one["subject_kind"] == "system"
    assert one["title_vi"] == "Grafana không đánh giá được cảnh báo: Tỷ lệ camera"
    assert one["value"] is None


def test_what_says_little_goes_to_the_centre_and_its_technician(grafana: httpx.Client) -> None:
    body = alert(annotations={}, values=None)
    body["labels"] = {"alertname": "Đĩa đầy", "severity": "page", "team": "x"}
    assert told(grafana, body) == {"opened": 1}
    [one] = incidents(grafana)
    assert (one["unit"], one["severity"], one["owner"]) == (UNIT, "warning", "technician")
    assert (one["subject_kind"], one["title_vi"]) == ("system", "Đĩa đầy")
    assert one["evidence"] == {"fingerprint": "c6eadffa33fcdf37", "alertname": "Đĩa đầy"}


def test_persons_are_left_out(grafana: httpx.Client) -> None:
    text = "Gọi 0912345678 cho chị Lan"
    body = alert(annotations={"summary": text}, labels={"alertname": text, "label": text, "phone": "0912345678"})
    told(grafana, body)
    assert "0912345678" not in str(incidents(grafana))
    assert "(đã lược)" in incidents(grafana)[0]["title_vi"]


def test_a_trial_of_the_contact_point_opens_nothing(grafana: httpx.Client) -> None:
    body = alert(annotations={"summary": "Notification test"}, fingerprint="57c6d9296de2ad39")
    body["labels"] = {"alertname": "TestAlert", "instance": "Grafana"}
    assert told(grafana, body) == {"tests": 1}
    assert incidents(grafana) == []


def test_an_instant_ahead_of_our_clock_counts_as_now(grafana: httpx.Client) -> None:
    told(grafana, alert(ago=-10))
    assert told(grafana, alert("resolved", ago=-10, ended=-20)) == {"cleared": 1}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (webhook(alert(labels={"unit": "99999"})), "body.alerts.0.labels.unit"),
        (webhook(alert(status="pending")), "body.alerts.0.status"),
        (webhook({**alert(), "startsAt": "yesterday"}), "body.alerts.0.startsAt"),
        (webhook({**alert(), "fingerprint": "x' or 1=1"}), "body.alerts.0.fingerprint"),
        (webhook(alert(), truncatedAlerts=3), "body.truncatedAlerts"),
        ({"text": "not a webhook"}, "body.alerts"),
    ],
)
def test_what_is_no_alert_is_refused_with_its_place(grafana: httpx.Client, body: dict[str, Any], place: str) -> None:
    answer = grafana.post(PATH, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [reason["place"] for reason in answer.json()["reasons"]] == [place]
    assert incidents(grafana) == []


def test_all_of_a_post_or_nothing(grafana: httpx.Client) -> None:
    answer = grafana.post(PATH, json=webhook(alert(), alert(labels={"unit": "1"}, fingerprint="a1")))
    assert answer.status_code == 422
    assert incidents(grafana) == []


def test_it_needs_a_token_that_may_act(api: Api) -> None:
    assert api.anonymous().post(PATH, json=webhook(alert())).status_code == 401
    refused = api.client("viewer").post(PATH, json=webhook(alert()))
    assert refused.status_code == 403
    assert refused.json()["role"] == "operator"
