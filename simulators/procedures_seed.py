"""What communes and districts published of their one-stop offices, row by row as published; nothing is rounded.

Sources: KH 143/KH-UBND 14/7/2021 (Hòa Bình: Nam Thượng, Liên Sơn), Bình Lục (Hà Nam) 2023, Yên Mô (Ninh Bình)
16/09/2022, Đà Nẵng (Hòa Phước, Hòa Hiệp Bắc). The agency codes are mô phỏng.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from connectors.contract import Period

AGENCIES: Mapping[str, str] = {
    "H28.24.7": "05068",
    "H28.25.4": "04969",
    "H24.32": "352",
    "H24.32.9": "13543",
    "H42.37": "377",
    "H17.29.3": "20329",
    "H17.21.2": "20194",
    "H03.18.6": "02122",
}
"""Unit by agency code (mô phỏng): Nam Thượng, Liên Sơn, Bình Lục, Vũ Bản, Yên Mô, Hòa Phước, Hòa Hiệp Bắc, Như Cố."""

YEAR: Mapping[int, Period] = {n: Period(date(n, 1, 1), date(n, 12, 31), "year") for n in range(2020, 2024)}
_TERM = Period(date(2022, 12, 8), date(2023, 10, 23), "custom")

Row = tuple[str, Period, Mapping[str, str], Mapping[str, Any]]
"""Unit, days, what it speaks of (``tier``, ``scope``), and fields of statistics: counts, and percentages as text."""

ROWS: tuple[Row, ...] = (
    ("05068", YEAR[2020], {},
     {"TiepNhanTrongKy": 2529, "TiepNhanQuaMang": 0, "DaXuLyDungHan": 1669, "DaXuLyQuaHan": 2}),
    ("05068", YEAR[2021], {},
     {"TiepNhanTrongKy": 1964, "TiepNhanQuaMang": 411, "DaXuLyDungHan": 1541, "DaXuLyQuaHan": 2,
      "TyLeTrucTuyen": "26.7"}),
    ("04969", YEAR[2020], {},
     {"TiepNhanTrongKy": 2690, "TiepNhanQuaMang": 657, "DaXuLyDungHan": 2137, "DaXuLyQuaHan": 14,
      "TyLeTrucTuyen": "24.4"}),
    ("04969", YEAR[2021], {},
     {"TiepNhanTrongKy": 2749, "TiepNhanQuaMang": 2140, "DaXuLyDungHan": 1318, "DaXuLyQuaHan": 2,
      "TyLeTrucTuyen": "77.8"}),
    ("352", _TERM, {}, {"TiepNhanTrongKy": 20606}),
    ("352", _TERM, {"tier": "district_legacy"},
     {"TiepNhanTrongKy": 1628, "TyLeDungHan": "99.8", "TyLeTrucTuyen": "80", "TyLeMuc3": "97.75", "TyLeMuc4": "86.68",
      "TyLeTraKetQuaBCCI": "7.92"}),
    ("352", _TERM, {"tier": "commune"},
     {"TiepNhanTrongKy": 11765, "TyLeDungHan": "99.94", "TyLeTrucTuyen": "56.82", "TyLeMuc3": "66.36",
      "TyLeMuc4": "94.5", "TyLeTraKetQuaBCCI": "18.50"}),
    ("352", YEAR[2023], {"tier": "district_legacy"}, {"TongDVC": 212, "DVCMuc3": 32, "DVCMuc4": 176}),
    ("352", YEAR[2023], {"tier": "commune"}, {"TongDVC": 115, "DVCMuc3": 28, "DVCMuc4": 76}),
    ("377", YEAR[2022], {"tier": "commune", "scope": "pilot_units"}, {"TyLeMotCua": "100"}),
    ("20329", YEAR[2023], {}, {"TyLeTrucTuyen": "75-80"}),
    ("20194", YEAR[2021], {"scope": "excl_notarisation_civil_status"}, {"TyLeTrucTuyen": "88.89"}),
    ("20194", YEAR[2022], {"scope": "excl_notarisation_civil_status"}, {"TyLeTrucTuyen": "99.02"}),
)  # fmt: skip
