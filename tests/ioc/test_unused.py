"""What our processes leave out of their memory is not missed."""

import subprocess
import sys


def test_vietnams_holidays_are_there_without_those_of_all_countries() -> None:
    program = """
import sys
from datetime import date
from ioc.unused import holidays_of_vietnam
holidays_of_vietnam()
from ingest import calendar
print(calendar._public().get(date(2026, 9, 2)))
print(sum(name.startswith("holidays.countries.") for name in sys.modules))
import holidays
print(holidays.country_holidays("FR").get(date(2026, 7, 14)))
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == ["Quốc khánh", "1", "National Day"]
