"""How numbers, amounts, days and periods are written, in the language that is spoken."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from api.screen.language import say, spoken
from connectors.contract import LOCAL

UNITS = {
    "camera": "camera",
    "case": "ca",
    "cooperative": "hợp tác xã",
    "criterion": "tiêu chí",
    "day": "ngày",
    "device": "thiết bị",
    "document": "văn bản",
    "dossier": "hồ sơ",
    "figure": "số liệu",
    "head": "con",
    "hectare": "ha",
    "hour": "giờ",
    "household": "hộ",
    "incident": "sự cố",
    "mention": "lượt đề cập",
    "message": "bản tin",
    "million_vnd_per_person_year": "triệu đồng/người/năm",
    "millisecond": "ms",
    "minute": "phút",
    "percent": "%",
    "percentage_point": "điểm phần trăm",
    "person": "người",
    "point": "điểm",
    "product": "sản phẩm",
    "report": "phản ánh",
    "second": "giây",
    "service": "dịch vụ",
    "signature": "chữ ký số",
    "speaker": "loa",
    "speaker_cluster": "cụm loa",
    "state": "trạng thái",
    "team": "tổ",
    "times": "lần",
    "tonne": "tấn",
    "visit": "lượt",
    "vnd": "đồng",
}
_BILLION, _MILLION = Decimal(10**9), Decimal(10**6)


def number(value: Decimal | float, places: int | None = None) -> str:
    """Write 1234567.8 as ``1.234.567,8`` (``1,234,567.8`` in English); at most two places unless told how many."""
    exact = Decimal(str(value))
    if places is not None:
        text = f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    else:
        text = f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}".rstrip("0").rstrip(".")
    text = text.replace("-", "−")
    return text if spoken() == "en" else text.replace(",", "_").replace(".", ",").replace("_", ".")


def percent(value: Decimal | float) -> str:
    """Write a percentage with one place; the sign never stands alone on the next line."""
    return f"{number(value, 1)}\u00a0%"


def money(value: Decimal) -> str:
    """Write an amount of đồng in tỷ or triệu, for a glance; the exact figure stands in :func:`money_exact`."""
    shown, word = glance(value)
    return f"{shown} {say(word.removesuffix(' đồng'))}"


def glance(value: Decimal) -> tuple[str, str]:
    """Return an amount of đồng in its greatest unit, and that unit."""
    for size, word in ((_BILLION, "tỷ đồng"), (_MILLION, "triệu đồng")):
        if abs(value) >= size:
            return number(value / size, 1), word
    return number(value), "đồng"


def money_exact(value: Decimal) -> str:
    """Write an amount of đồng whole."""
    return f"{number(value)} {say('đồng')}"


def amount(value: Decimal | float, unit: str) -> str:
    """Write a value with its unit for a glance: ``92,2 %``, ``4.316,8 tỷ``, ``84 văn bản``."""
    if unit == "vnd":
        return money(Decimal(str(value)))
    text = number(value, 1 if unit == "percent" and Decimal(str(value)) % 1 else None)
    return f"{text}\u00a0{say(UNITS[unit])}"


def exact(value: Decimal | float, unit: str) -> str:
    """Write what a glance shortens: money whole; empty where nothing is shortened."""
    return money_exact(Decimal(str(value))) if unit == "vnd" else ""


def change(value: Decimal, unit: str) -> str:
    """Write a difference with its sign, ``+0,12``; ``±0`` where there is none; money in tỷ or triệu."""
    text = money(abs(value)) if unit == "vnd" else number(abs(value))
    if text.partition(" ")[0] == "0":
        return "±0"
    return ("+" if value > 0 else "−") + text


def day(at: datetime) -> str:
    """Write an instant's day in Asia/Ho_Chi_Minh."""
    local = at.astimezone(LOCAL)
    return f"{local.day}/{local.month}/{local.year}"


def day_month(at: datetime) -> str:
    """Write an instant's day in Asia/Ho_Chi_Minh without its year."""
    local = at.astimezone(LOCAL)
    return f"{local.day}/{local.month}"


def time_of(at: datetime) -> str:
    """Write an instant's time of day in Asia/Ho_Chi_Minh."""
    return f"{at.astimezone(LOCAL):%H:%M}"


def period(grain: str, at: datetime, *, cumulative: bool = False) -> str:
    """Name the period of a grain that an instant speaks of, as "tháng 10/2026"; cumulative: since 1 January."""
    if grain in ("1 minute", "1 hour"):
        return f"{time_of(at)} {day_month(at)}"
    return named(*span(grain, at), cumulative=cumulative)


def span(grain: str, at: datetime | float) -> tuple[date, date]:
    """Return the local days, both included, of the period of a grain that an instant speaks of."""
    last = datetime.fromtimestamp(at if isinstance(at, float) else at.timestamp(), LOCAL).date()
    months = {"1 year": 12, "3 months": 3, "1 month": 1}.get(grain)
    if months is None:
        return last, last
    begin = (last.month - 1) // months * months
    after = date(last.year + (begin + months) // 12, (begin + months) % 12 + 1, 1)
    return date(last.year, begin + 1, 1), after - timedelta(days=1)


def brief(first: date, last: date) -> str:
    """Name a time of local days as short as an axis needs: a month is ``10/2026``, a year ``2026``."""
    for kind in ("tháng ", "năm ", "ngày "):
        text = named(first, last)
        if text.startswith(kind):
            return text.removeprefix(kind)
    return named(first, last)


def named(first: date, last: date, *, cumulative: bool = False) -> str:
    """Name a time of local days, both included; cumulative: since 1 January."""
    if cumulative:
        return say("đến {day}", day=f"{last.day}/{last.month}/{last.year}")
    if (last - first).days == 6 and first.isoweekday() == 1:
        return say("tuần {week}/{year}", week=first.isocalendar().week, year=first.isocalendar().year)
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    whole = first.day == after.day == 1
    if whole and months == 1:
        return say("tháng {month}/{year}", month=first.month, year=first.year)
    if whole and months == 3 and first.month % 3 == 1:
        return say("quý {quarter}/{year}", quarter=("I", "II", "III", "IV")[first.month // 3], year=first.year)
    if whole and months == 12 and first.month == 1:
        return say("năm {year}", year=first.year)
    if whole and months == 6 and first.month in (1, 7):
        half = "6 tháng đầu năm {year}" if first.month == 1 else "6 tháng cuối năm {year}"
        return say(half, year=first.year)
    if first == last:
        return say("ngày {day}", day=f"{last.day}/{last.month}/{last.year}")
    return f"{first.day}/{first.month} – {last.day}/{last.month}/{last.year}"


def lasting(age: timedelta) -> str:
    """Write a duration by its greatest unit; screens tick by themselves, so this is for what stands still."""
    seconds = max(0, int(age.total_seconds()))
    for size, word in ((86_400, "ngày"), (3_600, "giờ"), (60, "phút")):
        if seconds >= size:
            return f"{seconds // size} {word}"
    return f"{seconds} giây"
