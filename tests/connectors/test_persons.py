"""What tells a person is found by its name or its form, and nothing of it is stored."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import persons

KNOWN = frozenset({"dataValues", "value", "period"})


@pytest.mark.parametrize(
    "label",
    ["HO_TEN", "Họ và tên", "hoTen", "SO_CCCD", "MA_THE_BHYT", "Ngày sinh", "NGAY_SINH", "Số điện thoại", "MA_LK",
     "birthDate", "trackedEntityInstance", "Ngày, tháng, năm sinh", "NOIDUNGFILE"],
)  # fmt: skip
def test_names_of_a_person(label: str) -> None:
    assert persons.named(label)


@pytest.mark.parametrize("label", ["value", "Số ca mắc", "orgUnit", "Giới tính", "Địa bàn", "ten_benh", "", "x" * 99])
def test_names_of_something_else(label: str) -> None:
    assert not persons.named(label)


@pytest.mark.parametrize(
    "text",
    ["079085001234", "BN nặng, CCCD 001099012345", "DN4797900123456", "0912 345 678", "+84912345678", "a.b@xa.gov.vn",
     "Patient/17", "http://his/fhir/Encounter/9"],
)  # fmt: skip
def test_numbers_of_a_person(text: str) -> None:
    assert persons.told(text)


@pytest.mark.parametrize(
    "text",
    ["202601", "12.0912345678", "fbfJHSPpUQD", "2026-03-01T00:00:00.0912345678+0000", "79085001234", "3463459200000",
     "f81d4fae-7dec-11d0-a765-012345678901", "Location/20791", "1234567890123"],
)  # fmt: skip
def test_numbers_of_something_else(text: str) -> None:
    assert not persons.told(text)


def test_the_place_of_a_person_tells_nobody() -> None:
    assert persons.place({"dataValues": [{"value": "1"}, {"value": "079085001234"}]}) == "dataValues[1].value"
    assert persons.place([{"resourceType": "Patient"}]) == "[0].resourceType"
    assert persons.place({"Nguyễn Thị A": {"SO_CCCD": "x"}}) == "*.SO_CCCD"
    assert persons.place({"dataValues": [{"value": "1"}]}) == ""


secret = st.sampled_from(["Nguyễn Thị Bí Mật", "079085001234", "DN4797900123456", "0912345678"])
keys = st.sampled_from(["HO_TEN", "Họ và tên", "value", "dataValues", "unknown", "Nguyễn Thị Bí Mật"])
documents = st.recursive(
    secret, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=8
)


@given(said=documents, end=st.integers(1, 400))
def test_of_a_message_with_persons_the_skeleton_is_kept(said: object, end: int) -> None:
    whole = json.dumps({"HO_TEN": "Nguyễn Thị Bí Mật", "value": said, "ICD": "B20"}, ensure_ascii=False).encode()
    for body in (whole, whole[:end], whole.replace(b"value", b"\xff"), b"<HO_TEN>" + whole):
        kept = persons.cleansed(body, KNOWN, lambda said: said)
        assert persons.cleansed(kept, KNOWN, lambda said: said) == kept
        assert not any(word.encode() in kept for word in ("Nguyễn", "Thị", "Mật", "079", "DN479", "0912", "B20"))
    kept = persons.cleansed(whole, KNOWN, lambda said: said)
    assert persons.place(json.loads(kept))
