"""What passes the doors of the gateway's feeds: codes, counts and instants; no applicant, no subject of a document."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.connectors.golden import configured

SECRET = "Nguyễn Thị Bí Mật 0900000999 bimat@example.vn"
KNOWN = {"procedures_rest": ("MaHoSo", "TrangThai", "CapNhat", "TongSo"), "documents_rest": ("VanBanDen", "MaDonVi")}
named = st.sampled_from(
    ["NguoiNop", "HoTen", "ten_nguoi_nop", "SoDienThoai", "CCCD", "DiaChi", "email", "NoiDung", "TrichYeu", "SoKyHieu",
     "NguoiKy", "FileDinhKem", "GhiChu", "sender", "subject", "Tiêu đề"]
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(KNOWN))
@given(
    said=st.dictionaries(named, st.sampled_from([SECRET, [SECRET], {"x": SECRET}]), min_size=1), end=st.integers(0, 300)
)
def test_nothing_else_comes_in(name: str, said: dict[str, object], end: int) -> None:
    connector = configured(name)
    row = dict.fromkeys(KNOWN[name], 1) | said | {KNOWN[name][0]: {"ten": SECRET, "ma": [SECRET]}}
    body = json.dumps({"data": [row, SECRET, [row]], **said, "meta": said}, ensure_ascii=False).encode()
    for one in (body, body[:end], body.replace(b"1", b"\xff"), b"\xff\xfe" + body, b"[" + body):
        kept = connector.cleanse(one)
        assert connector.cleanse(kept) == kept
        assert not any(part.encode() in kept for part in ("Nguy", "Thị", "Bí", "Mật", "0900", "bimat", "example"))
    for field in KNOWN[name][1:]:
        assert json.loads(connector.cleanse(body))["data"][0][field] == 1
