"""What messages say: read as whoever is on duty reads them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import persons
from ingest.channel import Webhook
from ingest.conditions import SEVERITIES
from ingest.letters import Subject, written
from ingest.notices import UNACKNOWLEDGED, Batch, Notice
from ingest.receiver import Receiver
from ingest.wording import lasting, number, readings

AT = datetime(2026, 11, 21, 1, 12, tzinfo=UTC)
ONE = Webhook.model_validate({"name": "hook", "url": "http://127.0.0.1/x", "secret": "k" * 24})


def subject(**fields: Any) -> Subject:
    given: dict[str, Any] = {
        "id": 7, "unit": "05068", "unit_name": "xã Hợp Kim", "rule": "camera_clock", "subject_kind": "device",
        "subject": "camera/cam-01", "subject_title": "Camera C01", "title_vi": "Đồng hồ camera lệch: Camera C01",
        "severity": "warning", "state": "open", "since": AT, "value": Decimal("45.5"), "threshold": Decimal(30),
        "evidence": {"reading": "clock_skew_s", "hamlet": "Nà Mười"},
    }  # fmt: skip
    return Subject(**(given | fields))


def said(
    *subjects: Subject, actions: tuple[str, ...] = ("opened",), one: Receiver = ONE, **more: Any
) -> dict[str, Any]:
    notices = tuple(Notice(n, s.id, action, s.severity, AT) for s in subjects for n, action in enumerate(actions))
    address = "https://ioc.example.vn/"

    def link(incident: int | None) -> str:
        return address if incident is None else f"{address}?incident={incident}"

    batch = Batch(notices, urgent=False, **more)
    return written(one, batch, {s.id: s for s in subjects}, link, readings().get)


def test_one_incident_is_told_with_place_time_value_and_link() -> None:
    letter = said(subject())
    assert letter["title"] == "[Cảnh báo] Đồng hồ camera lệch: Camera C01"
    assert letter["text"] == (
        "[Cảnh báo] Đồng hồ camera lệch: Camera C01\n"
        "Nơi: Nà Mười, xã Hợp Kim\n"
        "Từ 08:12 ngày 21/11/2026\n"
        "Giá trị: 45,5 giây (ngưỡng 30 giây)\n"
        "https://ioc.example.vn/?incident=7"
    )
    assert letter["link"] == "https://ioc.example.vn/?incident=7"
    assert letter["items"][0]["incident"] == 7


def test_what_ended_says_when_and_how_long_it_took() -> None:
    ended = subject(state="resolved", cleared_at=AT + timedelta(hours=3, minutes=5), value=None)
    letter = said(ended, actions=("opened", "cleared"))
    assert letter["title"] == "[Đã hết] Đồng hồ camera lệch: Camera C01"
    assert "hết lúc 11:17 ngày 21/11/2026 (kéo dài 3 giờ 5 phút)" in letter["text"]


def test_other_steps_and_values() -> None:
    assert said(subject(severity="critical"), actions=("opened", "escalated"))["title"].startswith(
        "[Nghiêm trọng, tăng mức độ]"
    )
    assert said(subject(), actions=(UNACKNOWLEDGED,))["title"].startswith("[Cảnh báo, chưa ai tiếp nhận]")
    group = subject(subject_kind="group", title_vi="Mất kết nối hàng loạt: toàn xã", subject_title="toàn xã",
                    value=Decimal(12), threshold=None, evidence={"there": 20})  # fmt: skip
    assert "Giá trị: 12/20 thiết bị\n" in said(group)["text"]
    late = subject(subject_kind="case", value=Decimal("0.8"), threshold=Decimal("0.8"), evidence={})
    assert "Giá trị: 80 % thời hạn (ngưỡng 80 % thời hạn)" in said(late)["text"]
    ill = subject(subject_kind="indicator", value=Decimal(12), threshold=Decimal("8.25"), evidence={"month": "2026-11"})
    assert "Giá trị: 12 ca (ngưỡng 8,25 ca)" in said(ill)["text"]
    unrecorded = subject(evidence={"reading": "recording"}, value=Decimal(0), threshold=Decimal(1))
    assert "Giá trị" not in said(unrecorded)["text"]


def test_no_person_and_no_line_of_somebody_else_gets_in() -> None:
    named = subject(
        subject_title="Camera nhà bà Hoa 0912 345 678\r\nBcc: x@y.vn", evidence={"hamlet": "gọi a@b.vn"},
        title_vi="Camera mất kết nối: Camera nhà bà Hoa 0912 345 678\r\nBcc: x@y.vn",
    )  # fmt: skip
    letter = said(named)
    assert letter["title"] == "[Cảnh báo] Camera mất kết nối: (đã lược)"
    assert "0912" not in letter["text"]
    assert "@" not in letter["text"]
    # What a programme is called, somebody wrote freely: it stays in the house.
    sought = subject(subject_kind="broadcast", subject_title="Tìm cháu Nguyễn Văn A",
                     title_vi="Phát ngoài khung giờ: Tìm cháu Nguyễn Văn A", value=None,
                     evidence={"device": "loa-09", "programme": "Tìm cháu Nguyễn Văn A"})  # fmt: skip
    letter = said(sought)
    assert letter["title"] == "[Cảnh báo] Phát ngoài khung giờ: loa-09"
    assert "Nguyễn" not in str(letter)


def test_a_storm_is_ten_incidents_and_a_line() -> None:
    storm = [subject(id=n, severity="critical" if n % 10 == 0 else "warning", value=None) for n in range(1, 38)]
    storm[4] = subject(id=5, cleared_at=AT + timedelta(minutes=1), state="resolved")
    letter = said(*storm, held_since=AT, full_until=AT + timedelta(hours=1))
    assert letter["title"] == "[Nghiêm trọng] 37 sự cố: 36 đang diễn ra, 1 đã hết"
    assert letter["text"].startswith("Gộp từ 08:12 ngày 21/11/2026 vì giới hạn 20 tin trong 60 phút.")
    assert "Đã đủ 20 tin trong 60 phút; tin sau được gộp, gửi lúc 09:12 ngày 21/11/2026." in letter["text"]
    assert "… và 27 sự cố khác: 26 cảnh báo, 1 đã hết." in letter["text"]
    assert letter["text"].endswith("Tất cả: https://ioc.example.vn/")
    assert (len(letter["items"]), letter["more"]) == (10, 27)
    assert [item["severity"] for item in letter["items"][:4]] == ["critical", "critical", "critical", "warning"]


numbers = st.none() | st.just(Decimal("NaN")) | st.decimals(allow_nan=False)
subjects = st.builds(
    subject,
    id=st.integers(1, 10**9),
    subject_title=st.text(max_size=400),
    title_vi=st.text(max_size=400),
    severity=st.sampled_from(SEVERITIES),
    value=numbers,
    threshold=numbers,
    cleared_at=st.none() | st.just(AT + timedelta(days=400)),
    subject_kind=st.sampled_from(["device", "group", "case", "indicator", "feed", "broadcast", "system"]),
    evidence=st.dictionaries(
        st.sampled_from(["hamlet", "device", "reading", "number", "month"]), st.text(max_size=200)
    ),
)


@given(st.lists(subjects, min_size=1, max_size=30, unique_by=lambda s: s.id), st.integers(500, 4096))
@settings(max_examples=150, deadline=None)
def test_any_incident_fits_its_message_and_is_counted(those: list[Subject], longest: int) -> None:
    one = Webhook.model_validate({"name": "hook", "url": "http://x", "secret": "k" * 24, "longest": longest})
    letter = said(*those, one=one)
    assert len(letter["text"]) <= longest
    assert len(letter["items"]) + letter["more"] == len(those)
    assert "\n" not in letter["title"]
    assert "\r" not in letter["text"]
    assert not persons.told(letter["title"].partition("] ")[2].partition(": ")[2])


def test_numbers_and_times_as_they_are_written() -> None:
    assert [number(Decimal(n)) for n in ("1234567.8", "-0.5", "100", "0.005", "NaN", "1e30")] == [
        "1.234.567,8", "−0,5", "100", "0,01", "?", "?",
    ]  # fmt: skip
    spans = [0, 59, 60, 3599, 3600, 90_000, 172_805]
    assert [lasting(timedelta(seconds=s)) for s in spans] == [
        "0 giây", "59 giây", "1 phút", "59 phút 59 giây", "1 giờ", "1 ngày 1 giờ", "2 ngày",
    ]  # fmt: skip
