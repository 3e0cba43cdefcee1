"""Devices: all of them, loudspeakers, cameras."""

from dashboards import rows
from dashboards.board import Board
from dashboards.map import device_map
from dashboards.panels import bars, tile, trend
from dashboards.tables import DURATION, MOMENT, SHARE, Column, freshness, table
from dashboards.walls import history, timeline, wall
from dashboards.words import KINDS, OUTCOMES, STATES

_AVAILABILITY = {
    "device": Column("Thiết bị"),
    "kind": Column("Loại", words=KINDS, width=130),
    "hamlet": Column("Thôn"),
    "availability": Column("Hoạt động", "percent", gauge=SHARE),
    "down_s": Column("Mất kết nối, lỗi", DURATION, width=150),
    "maintenance_s": Column("Bảo trì", DURATION, width=120),
    "blind_s": Column("Không quan sát được", DURATION, width=170),
    "state": Column("Lúc này", words=STATES, width=190),
    "last_seen": Column("Tin gần nhất", MOMENT, width=150),
}
_PROGRAMMES = {
    "starts_at": Column("Giờ hẹn", MOMENT, width=160),
    "programme": Column("Chương trình"),
    "device": Column("Cụm loa"),
    "heard_at": Column("Phát lúc", MOMENT, width=160),
    "state": Column("Kết quả", words=OUTCOMES, width=200),
}

BOARDS = (
    Board(
        "ioc-devices",
        "Thiết bị",
        "Thiết bị của xã: đang thế nào, đã thế nào, ở đâu. Không quan sát được không có nghĩa là hỏng.",
        [
            [
                tile("devices_camera_online", board="ioc-cameras"),
                tile("devices_loudspeaker_online", board="ioc-broadcasting"),
                tile("network_devices_online"),
                tile("devices_camera_availability", board="ioc-cameras"),
                tile("devices_loudspeaker_availability", board="ioc-broadcasting"),
                tile("network_availability"),
            ],
            [wall(width=14, height=14), device_map(height=14)],
            [timeline()],
            "Tỷ lệ hoạt động",
            [
                table(
                    "Tỷ lệ hoạt động từng thiết bị",
                    "Trong khoảng thời gian đang xem: hoạt động / (hoạt động + mất kết nối + lỗi); bảo trì và lúc "
                    "không quan sát được không tính. Thấp nhất trước.",
                    rows.AVAILABILITY,
                    _AVAILABILITY,
                    width=16,
                    height=12,
                ),
                bars("Tỷ lệ hoạt động theo thôn", ["devices_availability_hamlet"], height=12),
            ],
            [
                trend("devices_availability_contract"),
                trend("devices_unseen", "devices_maintained", title="Không quan sát được, bảo trì"),
                trend("devices_states", style="stacked"),
            ],
            "Hỏng và khắc phục",
            [
                trend("devices_outages", style="stacked"),
                trend("devices_mttr"),
                trend("devices_mtbf"),
            ],
            "Mạng",
            [
                trend("network_latency"),
                trend("network_loss"),
                trend("network_line_load_p95", most=20),
                trend("network_availability"),
            ],
            [
                bars("Thiết bị mạng", ["network_devices_total", "network_devices_online"], width=8, height=6),
                freshness("camera_status", "loudspeaker_status", "network_status"),
            ],
        ],
        refresh="1m",
        variables=("commune", "hamlet", "kind"),
        marks=True,
    ),
    Board(
        "ioc-broadcasting",
        "Truyền thanh",
        "Loa truyền thanh và chương trình phát: đã phát gì, đúng lịch không, loa nào không nói được.",
        [
            [
                tile("devices_loudspeaker_online", board="ioc-devices"),
                tile("devices_loudspeaker_availability", board="ioc-devices"),
                tile("broadcasts_planned_rate"),
                tile("broadcasts_today"),
                tile("broadcasts_minutes"),
            ],
            [
                table(
                    "Chương trình",
                    "Lịch phát trong khoảng thời gian đang xem và một ngày tới, mỗi cụm loa một dòng; đã phát là bắt "
                    "đầu trong vòng 5 phút quanh giờ hẹn. Lúc không ai quan sát được không tính là không phát.",
                    rows.PROGRAMMES,
                    _PROGRAMMES,
                    width=14,
                    height=12,
                ),
                trend("broadcasts_planned_rate", height=12),
            ],
            [history("loudspeaker")],
            [
                trend("broadcasts_today", style="bars"),
                trend("broadcasts_minutes", style="bars"),
                trend("devices_loudspeaker_total", "devices_loudspeaker_online", title="Thiết bị truyền thanh"),
                trend("devices_loudspeaker_availability"),
            ],
            [freshness("loudspeaker_status")],
        ],
        since="now-7d",
        marks=True,
    ),
    Board(
        "ioc-cameras",
        "Camera",
        "Camera an ninh: kết nối, xem được hình, ghi hình là ba việc khác nhau; đầu ghi và đĩa.",
        [
            [
                tile("devices_camera_online", board="ioc-devices"),
                tile("cameras_decodable"),
                tile("recorders_recording_ok"),
                tile("cameras_picture_bad"),
                tile("cameras_clock_wrong"),
            ],
            [
                trend(
                    "devices_camera_total",
                    "devices_camera_online",
                    "cameras_decodable",
                    "recorders_recording_ok",
                    title="Kết nối, xem được hình, ghi hình",
                    width=16,
                ),
                trend("devices_camera_availability"),
            ],
            [history("camera", height=14)],
            [
                trend("cameras_picture_bad", "cameras_clock_wrong", title="Hình hỏng, sai giờ"),
                trend("recorders_hdd_free_pct"),
                bars("Đĩa đầu ghi bị hỏng", ["recorders_disks_failed"]),
            ],
            [freshness("camera_status")],
        ],
        since="now-7d",
        marks=True,
    ),
)
