"""What a tile says of the change from before."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from api.screen import tile
from api.screen.numbers import Reading
from api.screen.tile import Tile
from dashboards import indicators

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
