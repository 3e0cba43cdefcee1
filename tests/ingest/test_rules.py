"""Rules as files: those we ship are whole, and what a commune writes is refused with every place and remedy at once."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboards import indicators
from ingest import config, rules
from ingest.airtime import Window
from ingest.errors import ConfigError
from ingest.rule import BroadcastRule, DeviceRule
from ingest.rules import load, merged, shipped

UNIT, TRUNG_LOC = "05068", "17866"


def test_every_rule_that_is_shipped_says_where_its_threshold_comes_from() -> None:
    assert len(shipped()) > 40
    for rule in shipped().values():
        assert rule.source
        assert rule.help
        assert rule.valid_from <= date(2026, 11, 21)
    assert load().unknown_numbers(indicators.load()) == []
    titles = [rule.title_vi for rule in shipped().values()]
    assert len(set(titles)) == len(titles)


def test_a_number_that_there_is_not_is_named_with_what_was_meant() -> None:
    changed = load({"line_load": [{"when": {"key": "network_line_lod_p95"}}]})
    (fault,) = changed.unknown_numbers(indicators.load())
    assert fault == (
        "rules.line_load.when.key: there is no number 'network_line_lod_p95'; did you mean 'network_line_load_p95'?"
    )


BAD = """
[commune]
unit = "5068"

[[rules.camera_ofline]]
for = "3m"

[[rules.camera_offline]]
unit = "99999"
clear = "3m"
title_vi = "Khác"

[[rules.camera_offline]]
for = "three minutes"
escalate = [{ after = "1h", severity = "info" }]

[[rules.camera_clock]]
when.any = [{ reading = "clock_skew_s", above = 30, clear = 40 }]

[[rules.broadcast_out_of_hours]]
unit = "17866"
valid_from = 2026-01-01
when.windows = ["18:00-17:00"]

[[rules.broadcast_out_of_hours]]
when.windows = ["05:00-06:30", "06:00-07:00"]

[[rules.mass_outage]]
when.back = 0.6

[[rules.camera_disk]]
severity = "critical"

[[rules.camera_disk]]
severity = "warning"

[rules.camera_frozen]
for = "1m"
"""


def test_every_fault_of_a_file_at_once_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text(BAD, "utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(file, {})
    faults = {line.removeprefix(f"{file}:").partition(": ")[::2] for line in caught.value.faults}
    said = dict(sorted(faults))
    assert said["rules.camera_ofline"] == "there is no rule 'camera_ofline'; did you mean 'camera_offline'?"
    assert "no commune of today" in said["rules.camera_offline.0.unit"]
    assert "can't be changed" in said["rules.camera_offline.0.title_vi"]
    assert "unknown key" in said["rules.camera_offline.0.clear"]
    assert "as '5m'" in said["rules.camera_offline.1.for"]
    assert any(place.startswith("rules.camera_clock.0.when.any") and "never ends" in said[place] for place in said)
    assert "ends before it begins" in said["rules.broadcast_out_of_hours.0.when.windows.0"]
    assert "overlap" in said["rules.broadcast_out_of_hours.1.when.windows"]
    assert "it would end as it begins" in said["rules.mass_outage.0.when"]
    assert "same unit and day" in said["rules.camera_disk.1"]
    assert "[[rules.camera_frozen]]" in said["rules.camera_frozen"]
    assert "commune.unit" in said


def test_a_commune_s_change_holds_there_and_from_its_day_on() -> None:
    changed = load(
        {
            "camera_offline": [{"for": "8m"}, {"unit": UNIT, "valid_from": "2026-06-01", "severity": "critical",
                                              "escalate": []}],
            "broadcast_out_of_hours": [{"unit": TRUNG_LOC, "valid_from": "2026-01-01",
                                        "when": {"windows": ["05:30-06:00"]}}],
        }
    )  # fmt: skip
    before, after = date(2026, 5, 31), date(2026, 6, 1)
    assert (changed.of("camera_offline", UNIT, before).for_, changed.of("camera_offline", UNIT, before).severity) == (
        timedelta(minutes=8), "warning"
    )  # fmt: skip
    theirs = changed.of("camera_offline", UNIT, after)
    assert (theirs.for_, theirs.severity, theirs.escalate) == (timedelta(minutes=8), "critical", ())
    assert changed.of("camera_offline", TRUNG_LOC, after).severity == "warning"
    hours = changed.of("broadcast_out_of_hours", TRUNG_LOC, after)
    assert isinstance(hours, BroadcastRule)
    assert hours.when.windows == (Window.model_validate("05:30-06:00"),)
    assert hours.when.unplanned, "what a change does not name stays"
    own, rest = changed.plans("camera_offline", after)
    assert (own.units, rest.units, rest.but) == ((UNIT,), None, (UNIT,))


def test_a_rule_that_is_off_or_not_yet_in_force_is_none() -> None:
    off = load({"camera_offline": [{"unit": UNIT, "enabled": False}]})
    (rest,) = off.plans("camera_offline", date(2026, 11, 21))
    assert rest.but == (UNIT,)
    assert load().plans("camera_certificate", date(2026, 6, 30)) == []


@pytest.mark.parametrize("hours", ["5:30-6:30", "05:30", "05:30-25:00", "", "05:60-06:00"])
def test_hours_that_are_none(hours: str) -> None:
    with pytest.raises(ValueError, match=r"hours|ends before|minute|hour"):
        Window.model_validate(hours)


def test_a_clause_must_say_something() -> None:
    with pytest.raises(ValueError, match="holds always"):
        merged(shipped()["camera_offline"], {"when": {"any": [{}]}})
    assert isinstance(merged(shipped()["camera_offline"], {"for": 90}), DeviceRule)


def test_the_units_of_changes_are_those_of_today() -> None:
    assert {UNIT, TRUNG_LOC} < rules.communes()
    assert len(rules.communes()) == 3321
