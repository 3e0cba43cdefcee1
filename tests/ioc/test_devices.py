"""`ioc devices import`: a list tried, then entered; faults by cell in Vietnamese."""

import json

from ingest.store import Store
from tests.ingest.test_roster import book
from tests.ioc.conftest import Desk

GOOD = book([1, "cam-1", "Camera cổng", "Camera", "Nà Mười"], [2, "loa-1", "Loa 1", "Loa"])


def test_a_list_is_tried_and_entered(office: Desk, store: Store) -> None:
    office.configure('[[devices]]\nunit = "05068"\nkind = "camera"\nname = "cam-1"\ntitle = "Camera"\n')
    (office.folder / "thiet bi.xlsx").write_bytes(GOOD)
    tried = office.ioc("devices", "import", "thiet bi.xlsx", "--dry-run")
    assert tried.status == 0, tried.err
    assert tried.out.splitlines() == [
        "thay đổi: 05068.camera.cam-1: tên thiết bị “Camera” → “Camera cổng”; thôn “” → “Nà Mười”",
        "mới: 05068.loudspeaker.loa-1",
        "chạy thử, không lưu gì: 1 mới, 1 thay đổi, 0 như cũ, 0 không có trong danh sách",
    ]
    assert not store.rows("select from device where name = 'loa-1'")
    assert office.ioc("devices", "import", "thiet bi.xlsx").out.splitlines()[-1].startswith("đã lưu: 1 mới, 1 thay đổi")
    again = json.loads(office.ioc("devices", "import", "thiet bi.xlsx", "--json").out)
    assert (again["same"], again["differences"]) == (2, [])
    assert store.row("select title from device where name = 'cam-1'") == {"title": "Camera cổng"}


def test_faults_are_told_by_cell_and_nothing_is_entered(office: Desk, store: Store) -> None:
    office.configure()
    (office.folder / "sai.xlsx").write_bytes(book([1, "CAM 1", "", "Tivi"]))
    said = office.ioc("devices", "import", "sai.xlsx")
    assert said.status == 1
    assert [line.split(":")[0] for line in said.out.splitlines()[:2]] == ["Thiết bị!B4", "Thiết bị!D4"]
    assert said.out.splitlines()[-1] == "2 lỗi; không lưu gì"
    assert not store.rows("select from device")
    assert office.ioc("devices", "import", "none.xlsx").status == 2
