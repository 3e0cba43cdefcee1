"""Figures of a commune's offices for five years, as their sources leave them: what boards of numbers show."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connectors.contract import LOCAL
from ingest.store import Link, Store
from tests.screen.commune import UNIT

_FEEDS = (
    ("mot-cua", "procedures_rest", "admin_procedures", "Một cửa", "2 days"),
    ("van-ban", "documents_rest", "documents", "Văn bản", "2 days"),
    ("y-te", "health_workbook", "health", "Trạm Y tế", "8 days"),
    ("thong-ke", "socio_workbook", "socio_economic", "Thống kê xã", "100 days"),
    ("nghe-mang", "internet_rest", "internet_monitoring", "Thông tin mạng", "2 hours"),
    ("dti", "dti_workbook", "digital_transformation", "Chuyển đổi số", "100 days"),
)
SIGNED = (Decimal("98.0707"), 610, 622, Decimal("99.5"))
"""Documents signed of the month before: computed, of how many, and what the source states instead."""


def write(store: Store) -> None:
    """Write the figures up to now (UTC)."""
    with store.transaction() as link:
        now = datetime.now(UTC)
        for name, connector, feed, title, stale in _FEEDS:
            link.execute(
                "insert into source (name, connector, feed, title, transport, stale_after, last_message_at, received)"
                " values (%s, %s, %s, %s, 'polled', %s, %s, 10) on conflict do nothing",
                (name, connector, feed, title, stale, now - timedelta(minutes=14)),
            )
        today = now.astimezone(LOCAL).date()
        for back in range(70):
            _month(link, *_month_back(today, back), back)
        for back in range(1, 13):
            _week(link, today - timedelta(days=today.isoweekday() + 7 * (back - 1)), back)
        for back in range(1, 11):
            _day(link, today - timedelta(days=back), back)
        _quarter(link, *_quarter_before(today))
        _items(link, today)


def tell(
    link: Link, figure: str, start: date, end: date, kind: str, value: object, *, dims: Mapping[str, str] | None = None,
    cumulative: bool = False, parts: tuple[object, object] = (None, None), stated: object = None, scope: str = "",
) -> None:  # fmt: skip
    """Write one figure of offices."""
    link.execute(
        "insert into observation (unit, indicator, period_start, period_end, period_kind, cumulative, scope, dims,"
        " revision, latest, value, numerator, denominator, stated, quality, bound, source, received_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, 1, true, %s, %s, %s, %s, %s, 'exact', 'van-ban', now())",
        (UNIT, figure, start, end, kind, cumulative, scope, json.dumps(dict(dims or {})), value, *parts, stated,
         "" if stated is None else "stated_mismatch"),
    )  # fmt: skip


def _month_back(day: date, back: int) -> tuple[date, date]:
    months = day.year * 12 + day.month - 1 - back
    start = date(months // 12, months % 12 + 1, 1)
    return start, date((months + 1) // 12, (months + 1) % 12 + 1, 1) - timedelta(days=1)


def _quarter_before(day: date) -> tuple[date, date]:
    start, _ = _month_back(day, (day.month - 1) % 3 + 3)
    return start, _month_back(start, -2)[1]


def _month(link: Link, start: date, end: date, back: int) -> None:
    for disease, usual in (("dengue", 4), ("hand_foot_mouth", 9), ("influenza", 15)):
        cases = 40 if disease == "dengue" and back == 0 else usual + back % 3
        tell(link, "cases_reported", start, end, "month", cases, dims={"disease": disease})
    if not 1 <= back <= 14:
        return
    early, late, online = 120 + back, 2, 140
    tell(link, "dossiers_received", start, end, "month", 200)
    for name, value in (("early", early), ("on_time", 60), ("overdue", late)):
        tell(link, f"dossiers_resolved_{name}", start, end, "month", value)
    for name, value in (("direct", 50), ("online", online), ("postal", 10)):
        tell(link, f"dossiers_received_{name}", start, end, "month", value)
    done = early + 60
    rate = round(Decimal(100 * done) / (done + late), 4)
    tell(link, "on_time_rate", start, end, "month", rate, parts=(done, done + late))
    tell(link, "on_time_of_received_rate", start, end, "month", round(Decimal(100 * done) / 200, 4), parts=(done, 200))
    tell(link, "online_rate", start, end, "month", 70, parts=(online, 200))
    tell(link, "documents_incoming", start, end, "month", 230 + back)
    tell(link, "documents_outgoing", start, end, "month", 622)
    tell(link, "documents_signed", start, end, "month", 610)
    signed, part, whole, stated = SIGNED
    tell(link, "signed_rate", start, end, "month", signed, parts=(part, whole), stated=stated if back == 1 else None)
    tell(link, "documents_processed_rate", start, end, "month", 100, parts=(230, 230))
    tell(link, "health_insurance_rate", start, end, "month", Decimal("95.4"), parts=(7651, 8022))
    tell(link, "visits", start, end, "month", 900 + back)


def _week(link: Link, end: date, back: int) -> None:
    for disease, cases in (("dengue", 2), ("hand_foot_mouth", back % 4), ("influenza", 1)):
        tell(link, "cases_reported", end - timedelta(days=6), end, "week", cases, dims={"disease": disease})


def _day(link: Link, day: date, back: int) -> None:
    tell(link, "visits", day, day, "day", 30 + back)
    tell(link, "documents_backlog", day, day, "day", back % 3)
    tell(link, "treasury_balance", day, day, "day", 1_262_700_000_000 + back * 10**9)
    tell(link, "treasury_revenue", day, day, "day", 22_800_000_000)
    for source in ("newspaper", "social"):
        for feeling, count in (("total", 41), ("negative", 3), ("neutral", 20), ("positive", 18)):
            tell(link, f"mentions_{feeling}", day, day, "day", count, dims={"source_type": source})
        tell(link, "mentions_total", day, day, "day", 25, dims={"source_type": source, "topic": "Ngập lụt"})


def _quarter(link: Link, start: date, end: date) -> None:
    for figure, value in (("population", 7985), ("households", 2335), ("poor_households", 94),
                          ("near_poor_households", 123), ("ntm_criteria_met", 8)):  # fmt: skip
        tell(link, figure, start, end, "quarter", value)
    tell(link, "poor_households", start, end, "quarter", 90, scope="target")
    for figure, share in (("smartphone_adult_rate", Decimal("91.5")), ("bank_account_rate", Decimal("76.14")),
                          ("digital_id_rate", Decimal("82.9"))):  # fmt: skip
        tell(link, figure, start, end, "quarter", share)
    tell(link, "smartphone_adult_rate", start, end, "quarter", 95, scope="target")


def _items(link: Link, today: date) -> None:
    end = _month_back(today, 1)[1] if today.month > 1 else today
    begin = end.replace(month=1, day=1)
    for place, name, done, plan in (("A", "Thu nội địa", 2_569, 2_781), ("A/I", "Thuế ngoài quốc doanh", 566, 590)):
        dims = {"item": place, "name": name}
        money = done * 10**9, plan * 10**9
        tell(link, "revenue_state", begin, end, "custom", money[0], dims=dims, cumulative=True)
        rate = round(Decimal(100 * done) / plan, 4)
        tell(link, "revenue_rate", begin, end, "custom", rate, dims=dims, cumulative=True, parts=money)
