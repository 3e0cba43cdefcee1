"""A commune for looking at: the register of the simulated one, states and figures as a working day leaves them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboards import indicators
from ingest.config import Settings, load
from ingest.health import declare
from ingest.store import Link, Store

UNIT = "05068"
REGISTER = Path(__file__).parents[2] / "simulators" / "hop_kim.toml"
_FEEDS = (
    ("camera", "camera_mqtt", "camera_status", "Camera", "subscribed", "10 minutes", 2),
    ("loa", "loudspeaker_mqtt", "loudspeaker_status", "Truyền thanh", "subscribed", "10 minutes", 4),
    ("ngan-sach", "budget_workbook", "budget", "Ngân sách", "polled", "35 days", 3 * 86_400),
    ("phan-anh", "field_reports", "field_reports", "Phản ánh hiện trường", "received", "1 hour", 40),
    ("mang", "network_mqtt", "network_status", "Thông tin mạng", "subscribed", "15 minutes", 9 * 60),
)
TROUBLES = {
    ("camera", "cam-12"): ("offline", "offline", "last_will", timedelta(minutes=89)),
    ("camera", "cam-18"): ("unknown", "online", "blind", timedelta(minutes=12)),
    ("loudspeaker", "loa-06"): ("fault", "fault", "reported", timedelta(minutes=34)),
}


def settings(database_url: str, port: int, register: Path = REGISTER) -> Settings:
    """Return the configuration of a service for this database and port."""
    where = {"IOC_DATABASE__URL": database_url, "IOC_HTTP__PORT": str(port)}
    return load(register, where)


def fill(store: Store, register: Settings, troubles: Mapping[tuple[str, str], tuple[str, str, str, timedelta]]) -> None:
    """Write the commune as of now."""
    indicators.install(store)
    declare(store, register)
    store.execute("update due_rule set declared_at = '2020-01-01'")
    with store.transaction() as link:
        now = datetime.now(UTC)
        link.execute("update device set registered_at = %s", (now - timedelta(days=40),))
        for device in register.devices:
            if device.lifecycle == "installed":
                trouble = troubles.get((device.kind, device.name))
                _device(link, device.kind, device.name, now, trouble)
        _feeds(link, now)
        _budget(link, now)
        _cases(link, now)


def speak(store: Store, kind: str, name: str, state: str, reason: str = "") -> None:
    """Let a device change its state now, and say so as the service does."""
    from connectors.contract import DeviceId
    from ingest.stream import notify

    with store.transaction() as link:
        now = datetime.now(UTC)
        _state(link, kind, name, now, state, state, reason, now)
        notify(link, [DeviceId(UNIT, kind, name)], (), ())


def crowd(store: Store, count: int, *, away: int) -> None:
    """Add devices in twenty hamlets; in the seventh, so many are away."""
    with store.transaction() as link:
        link.execute(
            "insert into device (unit, kind, name, title, hamlet, latitude, longitude, lifecycle)"
            " select %s, 'camera', 'crowd-' || n, repeat('Camera đông đúc ', 12) || n,"
            " 'Thôn ' || lpad((n %% 20)::text, 2, '0'), 20.63 + (n * 37 %% 500) * 0.00009,"
            " 105.563 + (n * 91 %% 499) * 0.0001, 'installed' from generate_series(1, %s) as n",
            (UNIT, count),
        )
        link.execute(
            "with d as (select *, row_number() over (partition by hamlet order by name) as nth from device"
            " where name like 'crowd-%%'), s as (insert into device_state (unit, kind, name, at, seen_at, state,"
            " reported, since, reason, source) select unit, kind, name, now(), now(),"
            " case when hamlet = 'Thôn 07' and nth <= %s then 'offline' else 'online' end, 'online',"
            " now() - interval '1 hour', 'silence', 'camera' from d returning *)"
            " insert into state_span (unit, kind, name, started_at, state)"
            " select unit, kind, name, since, state from s",
            (away,),
        )


def empty(store: Store, register: Settings) -> Settings:
    """Declare the commune without a device, a hamlet or a feed."""
    bare = register.model_copy(update={"devices": (), "hamlets": ()})
    indicators.install(store)
    declare(store, bare)
    return bare


def _device(link: Link, kind: str, name: str, now: datetime, trouble: tuple[str, str, str, timedelta] | None) -> None:
    begun = now - timedelta(days=30)
    age = timedelta(seconds=hash((kind, name)) % 40)
    if trouble is None:
        said = "idle" if kind == "loudspeaker" else "online"
        _state(link, kind, name, now - age, "online", said, "", begun)
        return
    state, reported, reason, lasting = trouble
    _state(link, kind, name, now - age, "online", "online", "", begun)
    _state(link, kind, name, now - lasting, state, reported, reason, now - lasting)


def _state(
    link: Link, kind: str, name: str, at: datetime, state: str, reported: str, reason: str, since: datetime
) -> None:
    link.execute(
        "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, reason, source, changed_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'camera', clock_timestamp())"
        " on conflict (unit, kind, name) do update set at = excluded.at, seen_at = excluded.seen_at,"
        " state = excluded.state, reported = excluded.reported, since = excluded.since, reason = excluded.reason,"
        " changed_at = excluded.changed_at",
        (UNIT, kind, name, at, at, state, reported, since, reason),
    )
    link.execute(
        "update state_span set ended_at = %s where unit = %s and kind = %s and name = %s and ended_at is null",
        (since, UNIT, kind, name),
    )
    link.execute(
        "insert into state_span (unit, kind, name, started_at, state, reason) values (%s, %s, %s, %s, %s, %s)"
        " on conflict (unit, kind, name, started_at) do update set state = excluded.state, ended_at = null",
        (UNIT, kind, name, since, state, reason),
    )


def _feeds(link: Link, now: datetime) -> None:
    for name, connector, feed, title, transport, stale, age in _FEEDS:
        last = now - timedelta(seconds=age)
        link.execute(
            "insert into source (name, connector, feed, title, transport, stale_after, last_message_at, received)"
            " values (%s, %s, %s, %s, %s, %s, %s, 1000)",
            (name, connector, feed, title, transport, stale, last),
        )
    minute = now.replace(second=0, microsecond=0)
    rows = [(UNIT, "camera", minute - timedelta(minutes=n), 118 + n * 7 % 13) for n in range(70)]
    with link.cursor() as cursor:
        cursor.executemany("insert into source_minute (unit, source, minute, stored) values (%s, %s, %s, %s)", rows)


def _budget(link: Link, now: datetime) -> None:
    year = now.year
    plans = {"revenue": 4_682_000_000_000, "expenditure": 3_793_500_000_000}
    for month in range(1, now.month):
        end = datetime(year, month + 1, 1, tzinfo=UTC).date() - timedelta(days=1)
        for what, key, share in (("revenue", "revenue_state", 0.922), ("expenditure", "expenditure_actual", 0.913)):
            done = int(plans[what] * share * (month / (now.month - 1)) ** 0.8)
            base = (UNIT, end.replace(month=1, day=1), end, end)
            _figure(link, base, key, done, None, None)
            _figure(link, base, f"{what}_rate", round(100 * done / plans[what], 2), done, plans[what])


def _figure(link: Link, base: tuple[object, ...], key: str, value: object, part: object, whole: object) -> None:
    unit, start, end, _ = base
    link.execute(
        "insert into observation (unit, indicator, period_start, period_end, period_kind, cumulative, dims, revision,"
        " latest, value, numerator, denominator, bound, source, received_at)"
        " values (%s, %s, %s, %s, 'month', true, %s, 1, true, %s, %s, %s, 'exact', 'ngan-sach', now())",
        (unit, key, start, end, json.dumps({}), value, part, whole),
    )


def _cases(link: Link, now: datetime) -> None:
    cases = (
        ("PA-1042", "lighting", "soon", 5, "Mỵ Đông"),
        ("PA-1047", "environment", "normal", 6, "Bôi Câu"),
        ("PA-1051", "traffic_infra", "soon", 1, "Nà Mười"),
        ("PA-1052", "environment", "normal", 1, "Bái Tam"),
        ("PA-1053", "trees", "normal", 0, "Nam Thượng"),
    )
    allowed = {"normal": 7, "soon": 3, "urgent": 1}
    for id_, category, severity, days, hamlet in cases:
        opened = now - timedelta(days=days, hours=2)
        link.execute(
            "insert into case_now (unit, kind, id, at, opened_at, status, category, severity, due, hamlet, source,"
            " received_at) values (%s, 'field_report', %s, %s, %s, 'received', %s, %s, %s, %s, 'phan-anh', now())",
            (UNIT, id_, opened, opened, category, severity, opened + timedelta(days=allowed[severity]), hamlet),
        )
