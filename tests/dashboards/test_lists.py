"""What boards list beside numbers is what the API lists: devices, incidents, cases, programmes, sources and books.

Each board's own SQL, as the role that may only read, against the route that a person would ask instead.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from dashboards.words import STATES
from tests.dashboards.asked import Query, queries
from tests.dashboards.asking import Asked
from tests.dashboards.expander import rfc3339

QUERIES = {f"{query.board}: {query.place}": query for query in queries()}
CHOICES = ("one commune", "all communes")
SPANS = (timedelta(hours=24), timedelta(days=30), timedelta(days=365))


def shown(asked: Asked, place: str, choice: str, span: timedelta = timedelta(days=365)) -> list[dict[str, Any]]:
    """Return what a board lists for a choice."""
    query: Query = QUERIES[place]
    return asked.shown(query.sent(asked.now - span, asked.now, asked.chosen[choice]))


def told(asked: Asked, path: str, choice: str, **params: Any) -> list[dict[str, Any]]:
    """Return what the API lists of the chosen communes."""
    return [row for unit in asked.chosen[choice]["commune"] for row in asked.told(path, unit=unit, **params)]


def at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def alike(board: Iterable[Any], api: Iterable[Any]) -> None:
    """Both say the same rows, whatever their order, and there are some."""
    one, other = Counter(board), Counter(api)
    assert one == other
    assert one


@pytest.mark.parametrize("choice", CHOICES)
def test_the_wall_and_the_map_show_the_devices(asked: Asked, choice: str) -> None:
    wanted = [row for row in told(asked, "devices", choice) if row["lifecycle"] != "retired"]
    wall = shown(asked, "ioc-devices: Tường trạng thái A", choice)
    assert len(wanted) <= 200, "the wall shows no more"
    alike(
        ((row["device"].rpartition(" · ")[0] or row["device"], list(STATES)[row["state"] - 1]) for row in wall),
        ((row["name"], row["state"]) for row in wanted),
    )
    alike(
        ((row["device"], row["kind"], row["hamlet"], row["state"], row["latitude"], row["longitude"], row["since"])
         for row in shown(asked, "ioc-devices: Bản đồ thiết bị A", choice)),
        ((row["name"], row["kind"], row["hamlet"], row["state"], row["latitude"], row["longitude"], at(row["since"]))
         for row in wanted if row["latitude"] is not None),
    )  # fmt: skip


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("span", SPANS, ids=lambda span: f"{span.days} d")
def test_availability_is_the_uptime_of_each_device(asked: Asked, choice: str, span: timedelta) -> None:
    bounds = {"start": rfc3339(asked.now - span), "stop": rfc3339(asked.now)}
    uptime = [
        row for row in told(asked, "uptime", choice, **bounds) if row["lifecycle"] in ("installed", "unconfirmed")
    ]
    alike(
        ((row["device"], row["kind"], row["hamlet"],
          None if row["availability"] is None else round(float(row["availability"]), 6),
          round(row["down_s"]), round(row["maintenance_s"]), round(row["blind_s"]))
         for row in shown(asked, "ioc-devices: Tỷ lệ hoạt động từng thiết bị A", choice, span)),
        ((row["name"], row["kind"], row["hamlet"],
          None if row["availability"] is None else round(row["availability"], 6),
          round(row["offline_s"] + row["fault_s"]), round(row["maintenance_s"]), round(row["blind_s"]))
         for row in uptime),
    )  # fmt: skip


def test_the_timeline_is_what_the_time_of_each_device_counts_as(asked: Asked) -> None:
    """Its lengths by state are those that a device's page adds up to its availability."""
    span = timedelta(hours=24)
    lengths: dict[tuple[str, str], float] = defaultdict(float)
    for row in shown(asked, "ioc-devices: Dòng thời gian trạng thái A", "one commune", span):
        counted = {"degraded": "online", "unknown": "blind"}.get(row["state"], row["state"])
        lengths[row["device"], counted] += (row["timeend"] - row["time"]).total_seconds()
    bounds = {"start": rfc3339(asked.now - span), "stop": rfc3339(asked.now)}
    uptime = told(asked, "uptime", "one commune", **bounds)
    wanted = {
        (row["name"], state): row[f"{state}_s"]
        for row in uptime
        for state in ("online", "offline", "fault", "maintenance", "blind")
        if row[f"{state}_s"]
    }
    shown_devices = {device for device, _ in lengths}
    assert len(shown_devices) > 20
    assert {key: pytest.approx(length, abs=1) for key, length in lengths.items()} == {
        key: length for key, length in wanted.items() if key[0] in shown_devices
    }


@pytest.mark.parametrize("choice", CHOICES)
def test_incidents(asked: Asked, choice: str) -> None:
    everyone = [row for row in told(asked, "incidents", choice) if row["folded_into"] is None]
    active = [row for row in everyone if row["closed_at"] is None]
    wanted = [
        (row["severity"], row["title_vi"], row["subject_title"], row["state"], at(row["since"])) for row in active
    ]
    grave = ("emergency", "critical", "warning", "info")
    urgent = sorted(wanted, key=lambda row: (grave.index(row[0]), row[-1]))
    for place in ("ioc-incidents: Sự cố đang mở: danh sách A", "ioc-overview: Sự cố chưa xong A"):
        listed = [
            (row["severity"], row["what"], row["subject"], row["state"], row["since"])
            for row in shown(asked, place, choice)
        ]
        assert len(listed) == min(200, len(wanted)), "the most urgent are shown"
        assert Counter(listed) <= Counter(wanted)
        assert [(row[0], row[-1]) for row in listed] == [(row[0], row[-1]) for row in urgent[:200]]
    counts = shown(asked, "ioc-incidents: Sự cố theo mức độ A", choice)
    by_severity = Counter(row["severity"] for row in active)
    assert [row["incidents"] for row in counts] == [by_severity[severity] for severity in grave]
    assert sorted(
        (row["severity"], row["what"], row["closed_at"])
        for row in shown(asked, "ioc-incidents: Sự cố đã xong A", choice)
    ) == sorted(
        (row["severity"], row["title_vi"], closed)
        for row in told(asked, "incidents", choice)
        if (closed := at(row["closed_at"])) and asked.now - SPANS[-1] <= closed <= asked.now
    )


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("ioc-one-stop: Hồ sơ đang giải quyết: danh sách A", "dossier"),
        ("ioc-field-reports: Phản ánh đang mở: danh sách A", "field_report"),
    ],
)
def test_open_cases(asked: Asked, place: str, kind: str, choice: str) -> None:
    def row_of(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in ("id", "category", "severity", "hamlet", "deadline"))

    wanted = told(asked, "cases", choice, kind=kind, open="true")
    listed = shown(asked, place, choice)
    if len(wanted) <= 300:
        alike(map(row_of, listed), map(row_of, wanted))
    else:  # the most urgent are shown
        assert len(listed) == 300
        assert Counter(map(row_of, listed)) <= Counter(map(row_of, wanted))


@pytest.mark.parametrize("choice", CHOICES)
def test_programmes(asked: Asked, choice: str) -> None:
    span = timedelta(hours=24)
    start, stop = asked.now - span, asked.now + timedelta(days=1)
    played = told(asked, "broadcasts/played", choice, start=rfc3339(start), stop=rfc3339(stop))
    alike(
        ((row["programme"], row["starts_at"], row["heard_at"], row["device"], row["state"])
         for row in shown(asked, "ioc-broadcasting: Chương trình A", choice, span)),
        ((row["programme"], at(row["starts_at"]), at(row["heard_at"]), row["name"], row["state"])
         for row in played if start <= datetime.fromisoformat(row["starts_at"]) <= stop),
    )  # fmt: skip


def test_sources_and_their_books(asked: Asked) -> None:
    sources = {row["title"]: row for row in asked.told("sources")}
    fresh = {row["source"]: row for row in shown(asked, "ioc-sources: Độ mới của số liệu A", "one commune")}
    assert {title: row["state"] for title, row in fresh.items()} == {
        title: row["state"] for title, row in sources.items()
    }
    books = {row["source"]: row for row in shown(asked, "ioc-sources: Sổ đếm của từng nguồn A", "one commune")}
    for name in ("received", "stored", "duplicate", "rejected", "queued", "state", "connector"):
        assert {title: row[name] for title, row in books.items()} == {
            title: row[name] for title, row in sources.items()
        }
    assert {row["missing"] for row in books.values()} == {0}
    assert sum(row["received"] for row in books.values()) > 1000


def test_what_was_refused(asked: Asked) -> None:
    titles = {row["name"]: row["title"] for row in asked.told("sources")}
    refused = {(titles[name], row["stage"]): [] for name in titles for row in asked.told(f"sources/{name}/rejections")}  # type: dict[tuple[str, str], list[dict[str, Any]]]
    for name in titles:
        for row in asked.told(f"sources/{name}/rejections"):
            refused[titles[name], row["stage"]].append(row)
    assert refused
    listed = shown(asked, "ioc-sources: Bản tin bị từ chối: theo nguồn A", "one commune")
    assert {(row["source"], row["stage"]): (row["kept"], row["times"], row["open"]) for row in listed} == {
        key: (len(rows), sum(row["times"] for row in rows), sum(row["resolved_at"] is None for row in rows))
        for key, rows in refused.items()
    }


def test_what_the_service_can_see(asked: Asked) -> None:
    alike(
        ((row["name"], row["state"], row["reason"], row["since"], row["checked_at"])
         for row in shown(asked, "ioc-service: Tầm nhìn của hệ thống A", "one commune")),
        ((row["name"], row["state"], row["reason"], at(row["since"]), at(row["checked_at"]))
         for row in asked.told("canaries")),
    )  # fmt: skip
