"""The hours in which loudspeakers may speak: as shipped, and as a commune has them from a day on."""

from tests.api.conftest import Api
from tests.api.filling import OTHER, UNIT

PATH = "/api/v1/broadcasts/hours"


def test_hours_are_those_of_the_commune_on_the_day(api: Api) -> None:
    changed = {"unit": UNIT, "valid_from": "2026-06-01", "when": {"windows": ["05:00-06:00", "22:30-24:00"]}}
    api.settings = api.settings.model_copy(update={
        "rules": {"broadcast_out_of_hours": ({**changed},), "broadcast_too_long": ({"when": {"longest": "45m"}},)}
    })  # fmt: skip
    api.app.state.settings = api.settings
    client = api.client()
    before = client.get(PATH, params={"unit": UNIT, "day": "2026-05-31"}).json()
    assert [(w["start"], w["stop"]) for w in before["windows"]] == [(19_800, 23_400), (61_200, 64_800)]
    assert (before["longest_s"], before["tolerance_s"], before["day"]) == (2_700, 300, "2026-05-31")
    assert "49/2024" in before["source"]
    after = client.get(PATH, params={"unit": UNIT, "day": "2026-06-01"}).json()
    assert [(w["start"], w["stop"]) for w in after["windows"]] == [(18_000, 21_600), (81_000, 86_400)]
    assert client.get(PATH, params={"unit": OTHER, "day": "2026-06-01"}).json()["windows"] == before["windows"]
    # A rule that is not in force yet allows every hour.
    early = client.get(PATH, params={"unit": UNIT, "day": "2024-01-01"}).json()
    assert (early["windows"], early["longest_s"], early["source"]) == ([], None, "")
    assert client.get(PATH).status_code == 422
