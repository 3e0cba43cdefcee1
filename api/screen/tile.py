"""One tile: an indicator, and what it says of it in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from api.screen import words
from api.screen.facts import Facts, Reading
from api.screen.language import say, spoken
from api.screen.numbers import before, today
from connectors.contract import LOCAL
from dashboards import indicators
from dashboards.indicators import Indicator

Touch = Literal["device", "case", ""]
Points = Sequence[tuple[datetime, Decimal]]

_SIGNS = {"higher": "≥", "lower": "≤"}
_RATES = ("percent", "percentage_point", "point", "hour", "million_vnd_per_person_year")
"""Units that do not grow with the time that they speak of."""
_DAY_AGO = timedelta(hours=23)
"""Where the first hour of a trend is younger, nobody looked a day ago."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One indicator in the row; ``touched_by`` is the live change after which it is read at once."""

    key: str
    title: str = ""
    """What stands on the tile; none: the indicator's own title."""
    period: str = ""
    """What the value speaks of; none: the period of its figure, or the grain at its instant ("tháng 10/2026")."""
    to_date: bool = False
    """Whether it runs from 1 January: then it speaks of its day ("đến 25/8/2026")."""
    touched_by: Touch = ""
    plus: tuple[str, ...] = ()
    """Further indicators of the same unit that are added."""
    beside: str = ""
    """Key of a number that judges this one, such as the overdue among the open."""
    beside_word: str = ""
    """What the number beside counts: "quá hạn"; of a number with labels, those that a threshold judges."""
    page: str = ""
    """Where it leads; none: the page of its feed."""


def value(indicator: Indicator, now: Reading | None) -> str | None:
    """Write its value; None where there is none."""
    if now is None:
        return None
    if indicator.unit == "vnd":
        return words.glance(now.value)[0]
    return words.number(now.value, 1 if indicator.unit == "percent" and now.value % 1 else None)


def unit(indicator: Indicator, now: Reading | None, whole: Reading | None) -> str:
    """Write what stands behind the value: its unit, or the whole that it is of."""
    if now is None or indicator.unit == "message":
        return ""
    if whole is not None and indicator.key.endswith("_online"):
        return f"/{words.number(whole.value)}"
    if indicator.unit == "vnd":
        return say(words.glance(now.value)[1])
    if indicator.feed == "budget" and indicator.unit == "percent":
        return say("% dự toán")
    return say(words.UNITS[indicator.unit])


def period(tile: Tile, indicator: Indicator, now: Reading) -> str:
    """Name what the value speaks of."""
    if tile.period:
        return say(tile.period)
    if now.stated and not tile.to_date:
        named = words.named(now.stated.start, now.stated.end, cumulative=now.stated.cumulative)
    else:
        named = words.period(indicator.grain, now.at, cumulative=tile.to_date)
    return say("{period} đến nay", period=named) if runs(tile, indicator, now) else named


def runs(tile: Tile, indicator: Indicator, now: Reading) -> bool:
    """Tell whether it counts what happens in a time that goes on: beside a whole one before it says nothing yet."""
    cumulative = tile.to_date or indicator.cumulative or (now.stated is not None and now.stated.cumulative)
    if tile.period or cumulative or indicator.unit in _RATES or indicator.grain in ("1 minute", "1 hour"):
        return False
    last = now.stated.end if now.stated else words.span(indicator.grain, now.at)[1]
    return last >= datetime.now(LOCAL).date()


def verdict(tile: Tile, indicator: Indicator, now: Reading | None, facts: Facts) -> tuple[str, str]:
    """Say in words what the colour says: never colour alone."""
    if now is None:
        return "", ""
    beside = facts.numbers.get(tile.beside) if tile.beside_word else None
    if beside and beside.level:
        count = beside.beyond if indicators.load()[tile.beside].labels else beside.value
        return beside.level, f"{words.number(count)} {say(tile.beside_word)}"
    if now.level:
        return now.level, say("dưới ngưỡng" if indicator.better == "higher" else "vượt ngưỡng")
    if now.stated and now.stated.differs:
        return "warning", say("lệch số liệu")
    if now.stated and now.stated.old(datetime.now(UTC)):
        return "", say("số liệu cũ")
    return "", ""


def mismatch(now: Reading | None) -> str:
    """Say that the stated percentage is not the computed one; empty where it is."""
    if now is None or now.stated is None or not now.stated.differs or now.stated.stated is None:
        return ""
    return say("Lệch số liệu: tính lại {computed}, nguồn nêu {stated}",
               computed=words.percent(now.value), stated=words.percent(now.stated.stated))  # fmt: skip


def target(indicator: Indicator, now: Reading | None) -> str:
    """Write the target with the side on which it is met; empty where there is none."""
    aim = now.target if now else indicator.target
    if aim is None:
        return ""
    return f"{_SIGNS.get(indicator.better, '')} {words.amount(aim, indicator.unit)}".strip()


def compare(tile: Tile, indicator: Indicator, now: Reading | None, facts: Facts) -> str:
    """Return what stands in the target's place, or the parts that a percentage was computed from."""
    if now is None:
        return ""
    if indicator.key == "budget_expenditure_rate":
        return _elapsed(now.at)
    if tile.beside and not tile.beside_word and (known := facts.numbers.get(tile.beside)):
        return say("theo {share} số điểm", share=words.percent(known.value))
    its = now.stated
    if indicator.unit != "percent" or its is None or its.numerator is None or not its.denominator:
        return ""
    return "" if indicator.feed == "budget" else f"{words.number(its.numerator)}/{words.number(its.denominator)}"


def change(tile: Tile, indicator: Indicator, now: Reading | None, trend: Points) -> tuple[str, str]:
    """Return the change from the previous period, and in words what that was; empty where nothing was before."""
    if now is None or not trend or runs(tile, indicator, now):
        return "", ""
    if indicator.grain == "1 hour":
        if now.at - trend[0][0] < _DAY_AGO:
            return "", ""
        old, since = trend[0], say("24 giờ trước")
    elif found := before(trend, now.at if now.stated else today()):
        old, since = found, words.period(indicator.grain, found[0], cumulative=tile.to_date)
    else:
        return "", ""
    if tile.to_date and old[0].astimezone(LOCAL).year != now.at.astimezone(LOCAL).year:
        return "", ""
    difference = words.change(now.value - old[1], indicator.unit)
    daily = indicator.grain in ("1 day", "1 hour") and now.stated is None
    return (
        f"{difference} {say('hôm qua')}" if daily else difference,
        f"{since[:1].upper() + since[1:]}: {words.amount(old[1], indicator.unit)} ({difference})",
    )


def explained(indicator: Indicator) -> str:
    """Say what a number is, in the language that is spoken."""
    return f"{title(indicator)}: {meaning(indicator)}"


def meaning(indicator: Indicator) -> str:
    """Return an indicator's explanation in the language that is spoken."""
    return indicator.help_en if spoken() == "en" else indicator.help


def title(indicator: Indicator) -> str:
    """Return an indicator's title in the language that is spoken."""
    return indicator.title_en if spoken() == "en" else indicator.title


def _elapsed(at: datetime) -> str:
    """Say how much of the year had passed, which is what spending is compared with."""
    local = at.astimezone(LOCAL)
    begin, end = local.replace(month=1, day=1), local.replace(year=local.year + 1, month=1, day=1)
    return say("năm {share}", share=words.percent(Decimal(100) * ((local - begin).days + 1) / (end - begin).days))
