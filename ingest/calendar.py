"""Working days of Việt Nam: weekends, public holidays (Tết and Giỗ Tổ by the lunar calendar), and decisions.

Source: the package ``holidays``, country VN: Bộ luật Lao động 45/2019/QH14 Điều 112 (five days of Tết, 10 March lunar,
two days about 2 September), the yearly decisions on which days, and the days exchanged for them.
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _public() -> holidays.HolidayBase:
    return holidays.country_holidays("VN", language="vi")


class Calendar:
    """Which local days are worked; ``days_off`` and ``working`` are decisions of the place, and come first."""

    def __init__(self, days_off: Collection[date] = (), working: Collection[date] = ()) -> None:
        self._off = frozenset(days_off) - frozenset(working)
        self._working = frozenset(working)

    def works(self, day: date) -> bool:
        """Tell whether offices are open."""
        if day in self._working:
            return True
        return day not in self._off and _public().is_working_day(day)

    def next(self, day: date) -> date:
        """Return the day where it is worked, else the next one that is."""
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def after(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after a day."""
        for _ in range(count):
            day = self.next(day + timedelta(days=1))
        return day
