"""For technicians: what the sources deliver, and how the service itself does."""

from dashboards import rows
from dashboards.board import Board
from dashboards.charts import counts, events
from dashboards.panels import bars, tile, trend
from dashboards.tables import MOMENT, Column, freshness, table
from dashboards.words import CALM, CRITICAL, FEEDS, SIGHT, STAGES, TRANSPORTS, WARNING

_COUNTERS = {
    "source": Column("Nguồn"),
    "connector": Column("Bộ đọc", width=160),
    "transport": Column("Cách lấy", words=TRANSPORTS, width=120),
    "state": Column("Tình trạng", words=FEEDS, width=160),
    "received": Column("Đã nhận", width=110),
    "stored": Column("Đã lưu", width=110),
    "duplicate": Column("Trùng", width=100),
    "rejected": Column("Từ chối", width=100),
    "queued": Column("Đang chờ", width=100),
    "missing": Column("Thiếu", width=90),
    "last_stored_at": Column("Lưu lần cuối", MOMENT, width=150),
    "heartbeat": Column("Nhịp tim cách đây", width=140),
    "error": Column("Lỗi"),
}
_REJECTIONS = {
    "source": Column("Nguồn"),
    "stage": Column("Ở bước", words=STAGES, width=120),
    "kept": Column("Bản tin giữ lại", width=130),
    "times": Column("Số lần đến", width=110),
    "open": Column("Chưa xử lý", width=110),
    "first_at": Column("Lần đầu", MOMENT, width=150),
    "received_at": Column("Lần cuối", MOMENT, width=150),
}
_SIGHTS = {
    "name": Column("Đường", width=120),
    "state": Column("Tình trạng", words=SIGHT, width=150),
    "since": Column("Từ lúc", MOMENT, width=150),
    "reason": Column("Lý do"),
    "measured": Column("Đo được (ms; đồng hồ: giây)", width=200),
    "checked_at": Column("Kiểm tra lúc", MOMENT, width=150),
    "hides": Column("Che khuất nguồn"),
}

BOARDS = (
    Board(
        "ioc-sources",
        "Nguồn dữ liệu",
        "Cho cán bộ kỹ thuật: từng nguồn trễ bao lâu, nhận, lưu, trùng, từ chối bao nhiêu, còn nợ số liệu nào.",
        [
            [
                tile("feeds_in_error"),
                tile("feeds_owing"),
                tile("feeds_rejected"),
                tile("feeds_messages_per_minute"),
            ],
            [freshness(width=12, height=12),
             counts("Đã dùng bao nhiêu thời hạn",
                    "Thời gian từ lần liên lạc gần nhất so với thời hạn của nguồn, lúc này; từ 100 % là trễ.",
                    rows.LAGS, "used", "percent", height=12, steps=((None, CALM), (80, WARNING), (100, CRITICAL)))],
            [table("Sổ đếm của từng nguồn",
                   "Từ khi nguồn bắt đầu đến lúc này: đã nhận = đã lưu + trùng + từ chối + đang chờ. “Thiếu” khác 0 là "
                   "sổ không khớp, cần báo nhà phát triển.",
                   rows.COUNTERS, _COUNTERS, height=12)],
            [events("Bản tin theo kết quả", "Bản tin mỗi khoảng thời gian: đã lưu, trùng, bị từ chối.", rows.MESSAGES,
                    "suffix: bản tin"),
             trend("feeds_messages_per_minute")],
            [trend("feeds_lag"), trend("feeds_lag_share"), trend("feeds_duplicate_rate")],
            [trend("feeds_stored", style="stacked"), trend("feeds_rejected", style="stacked"),
             trend("feeds_in_error", "feeds_owing", title="Nguồn lỗi, nguồn chưa nộp")],
            [table("Bản tin bị từ chối: theo nguồn",
                   "Bản tin không hiểu hoặc không lưu được, giữ nguyên để thử lại: ioc rejections list, show, retry.",
                   rows.REJECTIONS, _REJECTIONS, width=14),
             events("Bị từ chối mỗi ngày", "Bản tin bị từ chối theo ngày đến lần cuối, theo nguồn.",
                    rows.REJECTIONS_DAILY, "suffix: bản tin")],
        ],
        since="now-24h",
        refresh="1m",
    ),
    Board(
        "ioc-service",
        "Vận hành dịch vụ",
        "Dịch vụ tự nói về mình: nhìn thấy gì, ghi kịp không, cơ sở dữ liệu lớn bao nhiêu. Số đo HTTP ở /metrics.",
        [
            [counts("Dịch vụ lúc này",
                    "Kết nối và bế tắc khóa của cơ sở dữ liệu, tin đang chờ ghi, nguồn mà tiến trình thu thập không "
                    "còn nhịp tim trong 15 giây; tính lúc tải bảng.",
                    rows.SERVICE, "value", "none", width=10),
             table("Tầm nhìn của hệ thống",
                   "Các đường ra vào của chính hệ thống; đường hỏng thì thiết bị sau nó là “không quan sát được”.",
                   rows.SIGHTS, _SIGHTS, height=8)],
            [events("Lúc không quan sát được", "Mỗi lần một nguồn không nhìn thấy thiết bị: bắt đầu lúc nào, bao lâu.",
                    rows.BLINDNESS, "s", style="points"),
             events("Bản tin hệ thống xử lý", "Bản tin mỗi khoảng thời gian: đã lưu, trùng, bị từ chối.", rows.MESSAGES,
                    "suffix: bản tin")],
            [counts("Dung lượng", "Cơ sở dữ liệu và các bảng lớn nhất, cả chỉ mục, lúc này.", rows.SIZES, "bytes",
                    "bytes", height=10),
             bars("Không quan sát được trong 24 giờ", ["devices_unseen"], height=10)],
            [freshness()],
        ],
        since="now-24h",
        refresh="1m",
    ),
)  # fmt: skip
