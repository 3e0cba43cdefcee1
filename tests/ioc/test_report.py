"""The monthly paper on devices: right figures, in cells of their kind, and legible Vietnamese."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from connectors.contract import LOCAL
from ingest.config import Settings
from ingest.errors import ConfigError
from ingest.sections import Commune, Database
from ingest.store import Store
from ioc import report, report_file, report_page, report_sheet
from ioc.report_words import COLUMNS, FORMULA, contract, duration

UNIT = "05068"
NOW = datetime(2026, 11, 21, 7, tzinfo=UTC)
START = datetime(2026, 10, 1, tzinfo=LOCAL)


def at(day: float) -> datetime:
    """Return the instant so many days after the month began."""
    return START + timedelta(days=day)


@pytest.fixture
def month(store: Store) -> Store:
    """Three devices of two hamlets; one moved on the 11th, one waits for its installation."""

    def device(name: str, hamlet: str, *said: tuple[float, str], lifecycle: str = "installed") -> None:
        store.execute(
            "insert into device (unit, kind, name, title, hamlet, lifecycle) values (%s, 'camera', %s, %s, %s, %s)",
            (UNIT, name, f"Camera {name}", hamlet, lifecycle),
        )
        store.execute(
            "insert into device_state (unit, kind, name, at, seen_at, state, reported, since, source)"
            " values (%s, 'camera', %s, now(), now(), 'online', 'online', now(), 'cameras')",
            (UNIT, name),
        )
        for (begin, state), (end, _) in zip(said, [*said[1:], (40, "")], strict=True):
            store.execute(
                "insert into state_span (unit, kind, name, started_at, ended_at, state)"
                " values (%s, 'camera', %s, %s, %s, %s)",
                (UNIT, name, at(begin), at(end), state),
            )

    # Down when the month begins, for a day of it; then an hour unseen in an outage of six.
    device("a", "Thôn Ưỡng Hạ", (-3, "offline"), (1, "online"), (20, "fault"), (20.25, "online"))
    device("b", "Thôn Đồng Dương", (0, "online"), (30.5, "offline"))
    device("c", "Thôn Đồng Dương", (0, "offline"), lifecycle="pending_install")
    store.execute(
        "insert into blind_span values ('cameras', %s, %s, 'connection_down')",
        (at(20.1), at(20.1) + timedelta(hours=1)),
    )
    store.execute(
        "insert into maintenance (unit, name, starts_at, ends_at, reason, created_by) values (%s, 'b', %s, %s, '', '')",
        (UNIT, at(5), at(5.5)),
    )
    with store.transaction() as link:
        link.execute("update device set hamlet = 'Thôn Quyết Thắng' where name = 'b'")
        link.execute(
            "insert into device_change (unit, kind, name, field, old, new, valid_from, actor) values"
            " (%s, 'camera', 'b', 'hamlet', 'Thôn Đồng Dương', 'Thôn Quyết Thắng', %s, 'lan')",
            (UNIT, at(10)),
        )
    return store


def test_the_figures_of_a_month(month: Store) -> None:
    its = report.report(month, UNIT, "2026-10", NOW)
    assert (its.unit_name, its.start, its.stop, its.over, its.absent) == ("Xã Hợp Kim", START, at(31), True, 1)
    a, b = its.devices
    hour = timedelta(hours=1)
    assert (a.title, a.account.down, len(a.outages), a.longest) == ("Camera a", 29 * hour, 2, 24 * hour)
    assert a.account.online == 29.75 * 24 * hour
    assert a.account.blind == hour
    assert a.mtbf == a.account.online / 2
    assert a.mttr == 29 * hour / 2
    assert [one.ended_at for one in b.outages] == [None]
    assert b.account.maintenance == 12 * hour
    assert [(line.title, line.devices, len(line.outages)) for line in its.hamlets] == [
        ("Thôn Đồng Dương", 1, 0), ("Thôn Quyết Thắng", 1, 1), ("Thôn Ưỡng Hạ", 1, 2)
    ]  # fmt: skip
    assert sum((line.account for line in its.hamlets), report.Account()) == its.whole.account
    assert its.whole.account.availability == pytest.approx(
        100 * (a.account.online + b.account.online) / (a.account.online + b.account.online + 41 * hour)
    )
    assert [(line.title, len(line.outages)) for line in its.kinds] == [("Camera", 3)]
    assert its.whole.by_contract == its.whole.account.availability
    ((source, *_, reason),) = its.blindness
    assert (source, reason) == ("cameras", "connection_down")


def test_the_workbook_has_real_cells(month: Store, tmp_path: Path) -> None:
    its = report.report(month, UNIT, "2026-10", NOW, simulated=True)
    with (tmp_path / "a.xlsx").open("wb") as file:
        report_sheet.write(its, file)
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Tổng hợp", "Thiết bị", "Lần ngừng", "Không quan sát được"]
    head, first, *_ = book["Thiết bị"].iter_rows()
    cells = {h.value: c for h, c in zip(head, first, strict=True)}
    assert cells["Tỷ lệ hoạt động (%)"].value == pytest.approx(its.devices[0].account.availability)
    assert cells["Lần ngừng dài nhất"].value == timedelta(days=1)
    assert cells["Số lần ngừng"].value == 2
    outage = list(book["Lần ngừng"].iter_rows(values_only=True))[1]
    assert outage[1] == datetime.combine(START.date(), time())
    summary = [str(row[0].value) for row in book["Tổng hợp"].iter_rows()]
    assert set(FORMULA) <= set(summary)
    assert "Số liệu mô phỏng" in summary


def test_the_page_is_legible_and_says_how_it_was_made(month: Store, tmp_path: Path) -> None:
    its = report.report(month, UNIT, "2026-10", NOW, simulated=True)
    with (tmp_path / "a.pdf").open("wb") as file:
        report_page.write(its, file)
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(tmp_path / "a.pdf").pages)
    for said in (
        "BÁO CÁO HOẠT ĐỘNG THIẾT BỊ", "Xã Hợp Kim (05068) · Tháng 10/2026 · SỐ LIỆU MÔ PHỎNG", "Thôn Quyết Thắng",
        "Thôn Ưỡng Hạ", FORMULA[0], "mất kết nối tới máy chủ truyền tin", "Không tính 1 thiết bị", "24:00:00",
    ):  # fmt: skip
        assert said in text, said


def test_a_month_that_lasts_goes_to_now_and_one_without_devices_is_a_paper_too(store: Store, tmp_path: Path) -> None:
    its = report.report(store, UNIT, "2026-11", NOW)
    assert (its.stop, its.over, its.devices, its.whole.account.availability) == (NOW, False, [], None)
    with (tmp_path / "a.pdf").open("wb") as file:
        report_page.write(its, file)
    with (tmp_path / "a.xlsx").open("wb") as file:
        report_sheet.write(its, file)
    assert "tính đến 14:00:00 21/11/2026" in PdfReader(tmp_path / "a.pdf").pages[0].extract_text()


@pytest.mark.parametrize(
    ("period", "unit", "form", "word"),
    [
        ("2026-13", "", "pdf", "no month"),
        ("10/2026", "", "pdf", "2026-10"),
        ("2999-01", "", "pdf", "has not begun"),
        ("2026-10", "99999", "pdf", "no commune"),
        ("2026-10", "", "docx", "xlsx and pdf"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    store: Store, tmp_path: Path, period: str, unit: str, form: str, word: str
) -> None:
    settings = Settings(commune=Commune(unit=UNIT), database=Database(url=store.url))
    with pytest.raises(ConfigError, match=word):
        report_file.write(settings, period, unit, form, tmp_path / "a")


def test_the_command_writes_a_file_and_says_where_it_cannot(store: Store, tmp_path: Path) -> None:
    settings = Settings(commune=Commune(unit=UNIT), database=Database(url=store.url))
    said = report_file.write(settings, "2026-10", "", "xlsx", tmp_path / "a.xlsx")
    assert said == {"file": str(tmp_path / "a.xlsx"), "devices": 0, "availability": None}
    with pytest.raises(ConfigError, match="can't be written"):
        report_file.write(settings, "2026-10", "", "xlsx", tmp_path / "nowhere" / "a.xlsx")


def test_words() -> None:
    assert [duration(of) for of in (None, timedelta(hours=26, seconds=9))] == ["–", "26:00:09"]
    h = timedelta(hours=1)
    assert contract(report.Agreed([("camera", 0 * h, 24 * h), ("loudspeaker", 22 * h, 29 * h)], [])) == [
        "Camera: 00:00–24:00 hằng ngày.", "Loa: 22:00–05:00 hằng ngày."
    ]  # fmt: skip
    assert len(COLUMNS) == 10
