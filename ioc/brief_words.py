"""What the page for the morning meeting says in words: one spelling for its page and its workbook."""

from datetime import datetime

from api.screen import words
from connectors.contract import LOCAL
from ioc.brief import Brief, Number

TITLE = "BÁO CÁO NHANH"
LEVELS = {"critical": "vượt ngưỡng nghiêm trọng", "warning": "vượt ngưỡng cảnh báo", "": ""}


def instant(at: datetime) -> str:
    """Write an instant in local time."""
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"


def period(brief: Brief) -> str:
    """Say which time the page is of."""
    named = brief.named[:1].upper() + brief.named[1:]
    return named if brief.over else f"{named} (đến {brief.stop.astimezone(LOCAL):%H:%M})"


def value(number: Number) -> str:
    """Write a value with its unit; words where there is none."""
    return "chưa có dữ liệu" if number.value is None else words.amount(number.value, number.unit)


def target(number: Number) -> str:
    """Write a target with its unit; a dash where there is none."""
    return "–" if number.target is None else words.amount(number.target, number.unit)


def change(number: Number) -> str:
    """Write the change from the period before; a dash where there is none."""
    if number.value is None or number.before is None:
        return "–"
    return words.change(number.value - number.before, number.unit)


def age(number: Number, now: datetime) -> str:
    """Say how old what the source said is."""
    return "" if number.at is None else words.lasting(now - number.at)
