"""What offices report: procedures, documents, citizens' reports, money, health, society, the internet."""

from dashboards.tables import MOMENT, Column
from dashboards.words import CATEGORIES, DEADLINES, URGENCY

_CASE = {
    "id": Column("Mã", width=150),
    "category": Column("Loại", words=CATEGORIES),
    "severity": Column("Mức độ", words=URGENCY, width=160),
    "hamlet": Column("Thôn"),
    "opened_at": Column("Tiếp nhận", MOMENT, width=150),
    "due": Column("Hạn", MOMENT, width=150),
    "deadline": Column("Thời hạn", words=DEADLINES, width=140),
    "commune": Column("Xã", width=150),
    "received_at": Column("Dữ liệu lúc", MOMENT, width=150),
}
BOARDS = ()
