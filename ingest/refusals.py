"""Why a value of a rule is refused, in Vietnamese and at its field; what is allowed, the rule's own model says."""

from collections.abc import Mapping
from decimal import Decimal

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from connectors.contract import Fault
from ingest.sources import faults_of
from ingest.wording import number

_SAID: Mapping[str, str] = {
    "duration": "thời gian viết như 30s, 5m, 1h 30m, 7d",
    "duration_range": "thời gian từ 0 giây đến 400 ngày",
    "duration_none": "thời gian phải dài hơn 0",
    "one_bound": "chỉ một trong các ngưỡng trên, từ, dưới",
    "clear_alone": "mức hết cần có ngưỡng đi kèm",
    "clear_beyond": "mức hết nằm ở phía còn báo, nên sự cố không bao giờ hết",
    "one_step": "mỗi bậc nâng mức cần thời gian, hoặc một ngưỡng",
    "back_above_share": "tỷ lệ trở lại phải không hơn tỷ lệ mất kết nối, nếu không sự cố hết ngay khi bắt đầu",
    "no_louder": "bậc nâng mức phải nặng hơn mức độ ban đầu",
    "hours": "khung giờ viết như 05:30-06:30",
    "hours_backwards": "khung giờ kết thúc trước khi bắt đầu; qua nửa đêm thì viết hai khung",
    "hours_overlap": "hai khung giờ chồng nhau; gộp làm một",
    "hours_missing": "cần ít nhất một khung giờ",
    "literal_error": "không có lựa chọn này",
    "missing": "còn thiếu",
    "extra_forbidden": "quy tắc này không có mục này",
    "too_short": "cần ít nhất một mục",
    "bool_parsing": "chỉ có hoặc không",
    "bool_type": "chỉ có hoặc không",
    "int_from_float": "cần số nguyên",
    "int_parsing": "cần số nguyên",
    "int_type": "cần số nguyên",
}
_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than": ("gt", "phải lớn hơn {}"),
    "greater_than_equal": ("ge", "phải từ {} trở lên"),
    "less_than": ("lt", "phải nhỏ hơn {}"),
    "less_than_equal": ("le", "không được quá {}"),
}
_AT: Mapping[str, tuple[str, ...]] = {
    "clear_beyond": ("clear",), "clear_alone": ("clear",), "back_above_share": ("back",), "no_louder": ("escalate",),
    "hours_missing": ("windows",),
}  # fmt: skip
"""The field to mend, of faults that pydantic tells of the whole table."""


def refusals(error: ValidationError, model: type[BaseModel], under: str) -> list[Fault]:
    """Return the faults of a rule's table, each with its place under this one."""
    told = faults_of(error, model, under)
    return [
        Fault(".".join((place, *_AT.get(fault["type"], ()))), reason, _vietnamese(fault))
        for (place, reason), fault in zip(told, error.errors(), strict=True)
    ]


def _vietnamese(fault: ErrorDetails) -> str:
    kind, said = fault["type"], fault.get("ctx", {})
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return words.format(number(Decimal(str(said[name]))))
    if kind.startswith(("decimal_", "float_", "finite_")):
        return "cần một con số"
    if kind.startswith("time_delta_"):
        return _SAID["duration"]
    return _SAID.get(kind, "giá trị không hợp lệ")
