"""What a tile says of the change from before."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from api.screen import tile
from api.screen.numbers import Reading
from api.screen.tile import Tile
from connectors.contract import LOCAL
from dashboards import indicators

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def test_a_number_by_the_hour_is_compared_with_a_day_ago_and_with_nothing_younger() -> None:
    now = datetime.now(UTC)
    online = indicators.load()["devices_camera_online"]
    told = Reading(now, Decimal(20))

    def change(*hours: int) -> str:
        trend = [(now.replace(minute=0, second=0) - hour * HOUR, Decimal(18)) for hour in hours]
        return tile.change(Tile("devices_camera_online"), online, told, trend)[0]

    assert change(24, 1, 0) == "+2 hôm qua"
    assert change(0) == "", "a centre that began this hour has no yesterday"
    assert change(5, 4) == ""
    assert change() == ""


def test_a_count_of_a_day_that_goes_on_is_not_held_against_a_whole_one() -> None:
    mentions = indicators.load()["internet_mentions"]
    midnight = datetime.now(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    trend = [(midnight - n * DAY, Decimal(90 + n)) for n in (3, 2, 1)]

    def said(days_ago: int) -> tuple[str, str]:
        told = Reading(midnight - days_ago * DAY, Decimal(7))
        its = Tile("internet_mentions")
        return tile.period(its, mentions, told), tile.change(its, mentions, told, [*trend, (told.at, told.value)])[0]

    assert said(0) == (f"ngày {midnight.day}/{midnight.month}/{midnight.year} đến nay", "")
    period, change = said(1)
    assert not period.endswith("đến nay")
    assert change


def test_a_rate_of_a_month_that_goes_on_is_held_against_the_one_before() -> None:
    day = datetime.now(LOCAL).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    next_month = (day + 32 * DAY).replace(day=1)
    rate = next(one for one in indicators.load().values() if one.unit == "percent" and one.grain == "1 month")
    told = Reading(next_month - DAY, Decimal(99))
    assert not tile.runs(Tile(rate.key), rate, told)
    assert tile.runs(Tile("x"), rate.model_copy(update={"unit": "dossier"}), told)
