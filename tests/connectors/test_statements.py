"""Statements: every figure that communes published comes back as it was stated, and the traps in them are seen."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Message, Observation, Period, Undecodable
from connectors.dti_workbook import DtiWorkbook
from connectors.health_workbook import HealthWorkbook
from connectors.sheets.archive import parse, unpacked
from connectors.sheets.statements import StatementWorkbook
from connectors.sheets.xlsx import Xlsx, _Scan
from connectors.socio_workbook import SocioWorkbook
from ingest.batch import Committer
from ingest.pipeline import understand
from ingest.store import Store
from ingest.units import unit_codes
from simulators.dti_workbook import StatedFigures, stated
from tests.connectors.golden import cases, configured, understood
from tests.connectors.sheet_files import Rows, csv, ods, xls, xlsx

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FOLDER = Path("/nowhere")
DTI = DtiWorkbook(folder=FOLDER, unit="05068")


def said(rows: Rows, connector: StatementWorkbook = DTI, write: str = "xlsx") -> list[Observation]:
    body = {"xlsx": lambda: xlsx({"A": rows}), "csv": lambda: csv(rows), "ods": lambda: ods({"A": rows}),
            "xls": lambda: xls({"A": rows})}[write]()  # fmt: skip
    return [one for one in connector.decode(Message("dti", "x", body, NOW)) if isinstance(one, Observation)]


def faults(rows: Rows, connector: StatementWorkbook = DTI) -> dict[str, str]:
    with pytest.raises(Undecodable) as refused:
        said(rows, connector)
    return {fault.place: fault.vi for fault in refused.value.faults}


def published() -> Mapping[str, Observation]:
    """The published figures as they came through the connector, by their number."""
    (message,) = StatedFigures().encode(StatedFigures().measure(NOW), NOW)
    records = tuple(DTI.decode(message))
    assert records == StatedFigures().measure(NOW)
    by_id: dict[str, Observation] = {}
    for row, record in zip(stated(), records, strict=True):
        assert isinstance(record, Observation)
        by_id.setdefault(row["id"] + (":target" if row["target_cell"] else ""), record)
    return by_id


FIGURES = published()


def test_published_figures_are_of_five_places_and_all_levels() -> None:
    assert len(FIGURES) == 174
    assert {one.unit for one in FIGURES.values()} == {
        "02122", "06", "377", "13543", "352", "48", "20329", "20194", "05068", "04969", "17",
    }  # fmt: skip
    assert {one.level for one in FIGURES.values()} == {"", "village"}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        # 1: stated and computed differ
        ("S4-02d", {"value": "98.0707", "numerator": "610", "denominator": "622", "stated": "99.5",
                    "quality": "stated_mismatch"}),
        ("S4-12e", {"value": "20.9267", "numerator": "411", "denominator": "1964", "stated": "26.7",
                    "quality": "stated_mismatch"}),
        # 2: cut off or rounded
        ("S4-14e", {"value": "77.8465", "stated": "77.8", "quality": ""}),
        ("S4-13e", {"value": "24.4238", "stated": "24.4", "quality": ""}),
        ("S2-15", {"value": "82.3489", "stated": "82", "quality": "", "bound": "exact"}),
        ("S2-47", {"value": "46.7283", "stated": "46.7", "quality": ""}),
        # 3: bounds
        ("S0-02", {"value": "90", "bound": "gt", "quality": "lower_bound"}),
        ("S3-01b", {"value": "3000", "bound": "gt", "quality": "lower_bound", "scope": "10_phuong_xa_thi_diem"}),
        # 4: ranges have no middle
        ("S3-05", {"value": None, "bound": "range", "low": "75", "high": "80", "quality": "range"}),
        ("S4-26", {"value": None, "bound": "range", "low": "4000000000", "high": "5000000000", "quality": "range"}),
        # 5: approximations
        ("S3-03", {"value": "3800", "bound": "approx", "quality": "estimated"}),
        ("S3-01", {"value": "50", "bound": "approx", "quality": "estimated"}),
        # 6: missing and zero
        ("S4-01b", {"value": None, "quality": "missing"}),
        ("S4-11d", {"value": "0", "quality": ""}),
        ("S1-06", {"value": "0", "quality": ""}),
        # 7: parts and totals
        ("S2-27", {"value": "20606", "quality": "sum_mismatch"}),
        ("S2-41", {"value": "451", "quality": ""}),
        ("S4-11", {"value": "2529", "quality": "sum_mismatch"}),
        ("S4-11-rest", {"value": "858", "indicator": "dossiers_unclassified"}),
        ("S4-14-rest", {"value": "1429", "indicator": "dossiers_unclassified"}),
        # 9: both styles of numbers
        ("S2-20", {"value": "78229"}),
        ("S2-36", {"value": "18.5"}),
        # 10: the same name in another scope
        ("S3-08", {"value": "88.89", "indicator": "online_rate", "scope": "excl_notarisation_civil_status"}),
        ("T-G6:target", {"value": "80", "indicator": "online_rate", "scope": "target"}),
        ("S4-12e:target", {"value": "50", "bound": "gt", "scope": "target"}),
        # 11: names alike
        ("S0-11", {"value": "20", "indicator": "cashless_account_rate"}),
        ("S0-13", {"value": "70", "indicator": "bank_account_rate"}),
        ("S0-15", {"value": "40", "indicator": "ehr_rate"}),
        ("S0-26", {"value": "100", "indicator": "ehr_initialised_rate"}),
        # 12: the unit from the sign, not from the words
        ("S0-17", {"value": "20", "indicator": "ict_skill_rate"}),
        # 13: terms of before
        ("S2-25b", {"value": "32", "indicator": "services_level3", "unit": "352"}),
        # 15: levels
        ("S2-03", {"value": "80.6971", "unit": "13543", "level": "village"}),
        ("S2-11", {"value": "85.7143", "unit": "13543", "level": ""}),
        ("S0-24", {"value": "36", "unit": "06"}),
    ],
)  # fmt: skip
def test_the_traps_of_published_figures(number: str, expected: Mapping[str, str | None]) -> None:
    one = FIGURES[number]
    shown = {name: str(value) if isinstance(value := getattr(one, name), Decimal) else value for name in expected}
    assert shown == expected


def test_periods_that_are_not_of_the_calendar() -> None:
    period = FIGURES["S2-27"].period
    assert (period.start, period.end, period.kind) == (date(2022, 12, 8), date(2023, 10, 23), "custom")


def test_a_date_of_the_wrong_year_is_told_and_not_mended() -> None:
    rows = [["Chỉ tiêu", "Kỳ", "Kết quả"], ["Số hộ", "13/6/2062", 12], ["Máy scan", "31/6/2021", 1]]
    assert set(faults(rows)) == {"A!C2", "A!B3"}


def test_published_figures_come_back_from_the_store(store: Store) -> None:
    store.execute(
        "insert into source (name, connector, feed, title, transport, stale_after)"
        " values ('dti', 'dti_workbook', 'digital_transformation', '', 'received', '100 days')"
    )
    (message,) = StatedFigures().encode(StatedFigures().measure(NOW), NOW)
    taken = understand(DTI, replace(message, source="dti"), unit_codes(store))
    assert taken.rejection is None
    assert Committer(store).commit([taken]) == ["stored"]
    assert Committer(store).commit([taken]) == ["duplicate"]
    rows = store.rows("select * from observation where latest")
    kept = {(r["unit"], r["indicator"], r["period_start"], r["scope"], *sorted(r["dims"].items())): r for r in rows}
    assert len(kept) == len(FIGURES)
    for one in FIGURES.values():
        row = kept[one.unit, one.indicator, one.period.start, one.scope, *sorted(one.dims.items())]
        for name in ("value", "numerator", "denominator", "bound", "low", "high", "stated", "quality", "level"):
            assert row[name] == getattr(one, name)


@pytest.mark.parametrize("write", ["xlsx", "xls", "ods", "csv"])
def test_every_kind_of_file_says_the_same(write: str) -> None:
    rows = [
        ["Tháng 8 năm 2026"],
        ["STT", "Mẫu số", "Chỉ tiêu", "Tử số", "Kết quả"],
        ["1", 6, "Tỷ lệ hộ có cáp quang", 5, ""],
        ["2", "", "Số hộ", "", "2310"],
    ]
    first, second = said(rows, write=write)
    assert (first.value, first.numerator, first.denominator) == (Decimal("83.3333"), Decimal(5), Decimal(6))
    assert (second.value, second.period.kind) == (Decimal(2310), "month")


def test_a_percent_format_is_a_percentage() -> None:
    rows = [["Quý III năm 2026"], ["Chỉ tiêu", "Tử số", "Mẫu số", "Tỷ lệ (%)"]]
    rows += [["Tỷ lệ hộ có cáp quang", "", "", "91.3%%"], ["Tỷ lệ hộ có địa chỉ số", 610, 622, 0.995]]  # type: ignore[list-item]
    for write in ("xlsx", "xls", "ods"):
        first, second = said(rows, write=write)
        assert first.value == Decimal("91.3")
        assert (second.stated, second.quality) == (Decimal("99.5"), "stated_mismatch")


def test_the_unit_of_measure_is_held_against_the_name() -> None:
    rows = [["Năm 2026"], ["Chỉ tiêu", "ĐVT", "Kết quả"], ["Văn bản đi", "%", 95], ["Số hộ", "nghìn hộ", 2.31]]
    assert set(faults(rows)) == {"A!B3"}
    assert [one.value for one in said([*rows[:2], rows[3]])] == [Decimal(2310)]


def test_units_of_administration_by_name_and_code() -> None:
    connector = DtiWorkbook(folder=FOLDER, units={"Nam Thượng": "05068"})
    rows = [["Năm 2021"], ["Đơn vị", "Chỉ tiêu", "Kết quả"], ["Xã Nam Thượng", "Số hộ", 1]]
    assert [one.unit for one in said(rows, connector)] == ["05068"]
    rows += [["Xã Liên Sơn", "Số hộ", 1], ["UBND xã (04969)", "Số hộ", 1]]
    assert faults(rows, connector) == {
        "A!A4": "chưa biết mã của đơn vị “Xã Liên Sơn”; thêm cột “Mã đơn vị”, hoặc khai báo trong `units` của nguồn"
    }


def test_codes_that_lost_their_zeros() -> None:
    rows = [["Năm 2021"], ["Mã đơn vị", "Chỉ tiêu", "Kết quả"], [5068, "Số hộ", 1]]
    assert [one.unit for one in said(rows)] == ["05068"]
    assert set(faults([*rows[:2], [68, "Số hộ", 1]])) == {"A!A3"}


def test_the_nearest_name_is_proposed() -> None:
    rows = [["Năm 2021"], ["Chỉ tiêu", "Kết quả"], ["Tỉ lệ hộ có cáp quang", "70 %"], ["Hộ có cáp quan", "70 %"]]
    assert faults(rows) == {
        "A!A4": "không có chỉ tiêu “Hộ có cáp quan”; gần nhất là “Tỷ lệ hộ có cáp quang”; sửa tên hoặc bổ sung vào"
        " danh mục"
    }


def test_a_workbook_of_unknown_names_is_refused_in_time() -> None:
    rows = [["Năm 2021"], ["Chỉ tiêu", "Kết quả"], *([f"Chỉ tiêu lạ số {n}", n] for n in range(20_000))]
    began = time.perf_counter()
    assert len(faults(rows)) == 20_000
    assert time.perf_counter() - began < 120


def test_the_same_figure_twice_is_one_and_with_another_value_a_fault() -> None:
    rows = [["Năm 2021"], ["Chỉ tiêu", "Kết quả"], ["Số hộ", 5], ["Số hộ", 5]]
    assert len(said(rows)) == 1
    assert set(faults([*rows, ["Tổng số hộ", 6]])) == {"A!B5"}


def test_two_sheets_that_differ_on_a_figure_are_told() -> None:
    table = [["UBND xã Nam Thượng"], ["Năm 2021"], ["Chỉ tiêu", "Kết quả"], ["Số hộ", 5]]
    other = [*table[:3], ["Số hộ", 6]]
    with pytest.raises(Undecodable) as refused:
        list(DTI.decode(Message("dti", "x", xlsx({"Nam Thượng": table, "Liên Sơn": other}), NOW)))
    (fault,) = refused.value.faults
    assert (fault.place, "Nam Thượng!B4" in fault.vi) == ("Liên Sơn!B4", True)
    assert len(list(DTI.decode(Message("dti", "x", xlsx({"A": table, "B": table}), NOW)))) == 1


@pytest.mark.parametrize(
    ("name", "word", "expected"),
    [
        ("Tỷ lệ hộ có cáp quang", "Đạt", None),
        ("Tỷ lệ hộ có cáp quang", "Không đạt", None),
        ("Số hộ", "Có", None),
        ("Tỷ lệ hộ có cáp quang", "Chưa", "missing"),
        ("Văn bản đi", "chưa", "missing"),
        ("Văn bản đi", "Không", "0"),
    ],
)
def test_yes_and_no_where_a_number_belongs(name: str, word: str, expected: str | None) -> None:
    rows = [["Năm 2021"], ["Chỉ tiêu", "Kết quả"], [name, word]]
    if expected is None:
        assert word in faults(rows)["A!B3"]
    else:
        (figure,) = said(rows)
        assert expected in (figure.quality, str(figure.value))


def test_a_measure_in_another_unit_is_converted_or_told() -> None:
    socio = SocioWorkbook(folder=FOLDER, unit="05068")

    def rows(unit: str) -> Rows:
        return [["Năm 2025"], ["Chỉ tiêu", "ĐVT", "Thực hiện"], ["Diện tích gieo trồng", unit, 25_000]]

    assert [said(rows(unit), socio)[0].value for unit in ("ha", "m2", "nghìn m2")] == [
        Decimal(25_000), Decimal("2.5"), Decimal(2_500)
    ]  # fmt: skip
    assert "sào" in faults(rows("sào"), socio)["A!B3"]


def test_a_title_of_two_periods_is_told_and_a_labelled_one_believed() -> None:
    rows = [["BÁO CÁO THÁNG 9 VÀ 9 THÁNG ĐẦU NĂM 2025"], ["Chỉ tiêu", "Kết quả"], ["Số hộ", 5]]
    assert "nêu nhiều kỳ" in faults(rows)["A!A1"]
    (figure,) = said([rows[0], ["Kỳ báo cáo: Tháng 9 năm 2025"], *rows[1:]])
    assert figure.period == Period(date(2025, 9, 1), date(2025, 9, 30), "month")


def test_a_month_that_a_program_made_a_date_is_told() -> None:
    rows: Rows = [["Chỉ tiêu", "Kỳ", "Kết quả"], ["Số hộ", date(2025, 9, 1), 5], ["Văn bản đến", date(2025, 9, 30), 5]]
    told = faults(rows)
    assert set(told) == {"A!B2"}
    assert "“Tháng 9/2025”" in told["A!B2"]
    (figure,) = said([rows[0], ["Số hộ", "Ngày 01/09/2025", 5]])
    assert (figure.period.kind, figure.period.start) == ("day", date(2025, 9, 1))


@pytest.mark.parametrize(
    ("title", "heading", "agrees"),
    [
        ("Tháng 9 năm 2025", "Thực hiện tháng 9", True),
        ("Tháng 9 năm 2025", "Thực hiện tháng 9/2025", True),
        ("Tháng 9 năm 2025", "Thực hiện trong tháng", True),
        ("Tháng 9 năm 2025", "Thực hiện tháng 8", False),
        ("Tháng 9 năm 2025", "Thực hiện 9 tháng", False),
        ("Tháng 9 năm 2025", "Lũy kế 9 tháng", True),
        ("Tháng 9 năm 2025", "Lũy kế đến tháng 8", False),
        ("Tháng 9 năm 2025", "Thực hiện tháng 9/2024", False),
        ("9 tháng đầu năm 2025", "Thực hiện 9 tháng", True),
        ("9 tháng đầu năm 2025", "Thực hiện 6 tháng", False),
        ("Quý III năm 2025", "Kết quả quý III", True),
        ("Quý III năm 2025", "Kết quả quý 2", False),
        ("Năm 2025", "Thực hiện năm 2025", True),
        ("Năm 2025", "Thực hiện năm 2024", False),
    ],
)
def test_a_column_of_another_period_is_not_taken_for_the_table_s(title: str, heading: str, agrees: bool) -> None:
    rows: Rows = [[title], ["STT", "Chỉ tiêu", heading], [1, "Số hộ", 5]]
    if agrees:
        assert len(said(rows)) == 1
    else:
        assert f"“{heading}”" in faults(rows)["A!C2"]


def test_what_was_the_month_before_is_no_figure_of_this_one() -> None:
    rows = [["Tháng 9 năm 2025"], ["Chỉ tiêu", "Thực hiện tháng trước", "Thực hiện tháng 9"], ["Số hộ", 4, 5]]
    assert [one.value for one in said(rows)] == [5]


@pytest.mark.parametrize("above", [["ĐVT: triệu đồng"], ["", "Đơn vị tính:", "triệu đồng"]])
def test_the_unit_of_money_above_a_table_holds_for_its_money(above: list[object]) -> None:
    socio = SocioWorkbook(folder=FOLDER, unit="05068")
    rows: Rows = [["Năm 2025"], above, ["Chỉ tiêu", "Thực hiện"], ["Giá trị thiệt hại do thiên tai", 12.5],
                  ["Số hộ", 5]]  # fmt: skip
    assert [one.value for one in said(rows, socio)] == [12_500_000, 5]


def test_two_periods_above_a_table_are_told() -> None:
    rows = [["Quý II năm 2026"], ["Quý III năm 2026"], ["Chỉ tiêu", "Kết quả"], ["Số hộ", 5]]
    assert set(faults(rows)) == {"A!A2"}, "one fault, and not also that no period was found"
    assert said([["Kỳ báo cáo:", "Quý III năm 2026"], ["Kế hoạch năm 2026"], *rows[2:]])[0].period.kind == "quarter"


def test_an_operators_catalogue_in_vietnamese(tmp_path: Path) -> None:
    path = tmp_path / "chi-tieu.csv"
    path.write_text('STT,Mã số,"Nhóm, tên chỉ tiêu",Đơn vị tính\n1,T0101,Số mô hình nhà màng,mô hình\n', "utf-8")
    connector = SocioWorkbook(folder=FOLDER, unit="05068", catalogue=path)
    rows = [
        ["Năm 2025"],
        ["Mã số", "Chỉ tiêu", "Kết quả"],
        ["t0101", "tên viết tắt", 12],
        ["", "Số mô hình nhà màng", 12],
    ]
    body = xlsx({"A": rows})
    (one,) = connector.decode(Message("s", "x", body, NOW))
    assert isinstance(one, Observation)
    assert (one.indicator, one.value) == ("so_mo_hinh_nha_mang", Decimal(12))


@pytest.mark.parametrize("text", ["ten\nx\n", "id,name\n,\n", "id,name\na,Hộ\nb,Hộ\n", "id,name\na,Hộ\na,Xã\n"])
def test_a_bad_catalogue_is_told_at_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"c\.csv"):
        SocioWorkbook(folder=FOLDER, catalogue=path)


@pytest.mark.parametrize("connector", ["budget_workbook", "dti_workbook", "health_workbook", "socio_workbook"])
@pytest.mark.parametrize(
    "heading",
    ["Họ và tên", "HỌ TÊN BỆNH NHÂN", "Số CCCD", "CMND/CCCD", "Ngày sinh", "Số thẻ BHYT", "MA_THE", "SO_CCCD"],
)
@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_no_person_passes_the_door(connector: str, heading: str, write: object) -> None:
    body = write({"Danh sách": [["STT", heading], [1, "Nguyễn Thị Bí Mật 001099000999"]]})  # type: ignore[operator]
    kept = configured(connector).cleanse(body)
    assert b"M\xe1\xba\xadt" not in kept
    assert len(kept) < 80
    message = Message("s", "x", body, NOW)
    with pytest.raises(Undecodable, match="persons"):
        configured(connector).decode(replace(message, body=kept))


@pytest.mark.parametrize("connector", ["budget_workbook", "dti_workbook", "health_workbook", "socio_workbook"])
@pytest.mark.parametrize("note", ["BN Bí Mật, CCCD 001099000999, nặng", "DN4797900123456"])
def test_the_number_of_a_card_in_any_cell_is_not_kept(connector: str, note: str) -> None:
    far = [[] for _ in range(70_000)] + [["one sheet is bad, and the next still looked at"]]
    body = xlsx({"Xa": far, "Biểu": [["Năm 2021"], ["Chỉ tiêu", "Kết quả", ""], ["Số hộ", 5, note]]})
    kept = configured(connector).cleanse(body)
    assert len(kept) < 80
    with pytest.raises(Undecodable) as refused:
        configured(connector).decode(Message("s", "x", kept, NOW))
    assert refused.value.place == "Biểu!C3"
    assert not any(number in f"{kept!r}{refused.value}" for number in ("001099000999", "4797900123456"))


def test_the_offices_own_telephone_is_no_person() -> None:
    rows = [["Điện thoại:", "0218 3 860 000"], ["Năm 2021"], ["Chỉ tiêu", "Kết quả"], ["Số hộ", 5]]
    assert DTI.cleanse(xlsx({"A": rows})) == xlsx({"A": rows})


def test_a_file_that_nobody_can_open_is_not_kept_by_the_health_station() -> None:
    station = HealthWorkbook(folder=FOLDER, unit="05068")
    for body in (b"PK\x03\x04 cut off", b"\x00\x01", xlsx({"A": [["Họ tên"]]})[:-60]):
        assert len(station.cleanse(body)) < 20


CASES = [case for case in cases() if case.name.endswith("_workbook") and (case.folder / "body.xlsx").exists()]


@pytest.mark.parametrize("case", [case for case in CASES if case.accepted], ids=lambda c: f"{c.name}/{c.folder.name}")
def test_the_quick_look_at_a_sheet_sees_what_the_thorough_one_sees(case: object) -> None:
    body = case.message.body  # type: ignore[attr-defined]
    book = Xlsx(unpacked(body))
    for sheet, part in book.sheets.items():
        scan = _Scan(sheet, book._percents)  # noqa: SLF001 - both ways of the same class
        parse(unpacked(body)[part], scan, sheet)
        marks = book.marks(sheet)
        assert (dict(marks.spoiled), marks.percents, list(marks.merged)) == (scan.spoiled, scan.percents, scan.merged)


CELLS = ["", "Chỉ tiêu", "Kết quả", "Kỳ", "Số hộ", "- Nam", "Trong đó: Nữ", "Thôn 1", "Năm 2021", "Mục tiêu"]
some_cell = (
    st.sampled_from(CELLS)
    | st.text(max_size=6)
    | st.integers(-9, 99_999)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(some_cell, min_size=1, max_size=6), max_size=8))
def test_any_table_is_understood_or_refused_by_cell(rows: list[list[object]]) -> None:
    for name in ("dti_workbook", "health_workbook", "socio_workbook"):
        connector = configured(name)
        message = Message(name, "x", csv([["Năm 2021"], ["Chỉ tiêu", "Kết quả", "Phân tổ"], *rows]), NOW)
        try:
            understood(connector, message)
        except Undecodable as refused:
            assert all(fault.place and fault.reason and fault.vi for fault in refused.faults)  # noqa: PT017
