"""The pages of the screen: where each is, what it is called, who may open it; the header lists them in this order."""

from dataclasses import asdict, dataclass
from typing import Any

from api.accounts import ROLES, Role


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``key`` names its component (``components/pages/page_<key>.js``), a board of numbers its board."""

    path: str
    key: str
    title: str
    role: Role = "viewer"
    board: str = ""
    """Key of the board that the page shows; such a page needs no component of its own."""
    deeper: bool = False
    """Whether single things have addresses below it, such as ``/su-co/17``."""


PAGES = (
    Page("/", "overview", "Tổng quan"),
    Page("/ban-do", "map", "Bản đồ"),
    Page("/thiet-bi", "devices", "Thiết bị", deeper=True),
    Page("/truyen-thanh", "broadcasts", "Truyền thanh", board="broadcasts"),
    Page("/su-co", "incidents", "Sự cố", deeper=True),
    Page("/phan-anh", "field_reports", "Phản ánh", board="field_reports", deeper=True),
    Page("/ngan-sach", "board", "Ngân sách", board="budget"),
    Page("/mot-cua", "board", "Một cửa", board="procedures"),
    Page("/y-te", "board", "Y tế", board="health"),
    Page("/van-ban", "board", "Văn bản", board="documents"),
    Page("/kinh-te-xa-hoi", "board", "Kinh tế – xã hội", board="socio"),
    Page("/thong-tin-mang", "board", "Thông tin mạng", board="internet"),
    Page("/chuyen-doi-so", "board", "Chuyển đổi số", board="dti"),
    Page("/nguon-du-lieu", "sources", "Nguồn dữ liệu", deeper=True),
    Page("/quan-tri", "administration", "Quản trị", "technician", deeper=True),
    Page("/tro-giup", "assistance", "Trợ giúp"),
)


def open_to(role: Role) -> list[dict[str, Any]]:
    """Return the pages that a role may open, as the browser reads them."""
    return [asdict(page) for page in PAGES if ROLES.index(role) >= ROLES.index(page.role)]


def at(path: str) -> Page:
    """Return the page of an address of the screen."""
    return next(page for page in PAGES if path == page.path or (page.deeper and path.startswith(page.path + "/")))


_FEEDS = {
    "admin_procedures": "/mot-cua",
    "budget": "/ngan-sach",
    "camera_status": "/thiet-bi?kind=camera",
    "digital_transformation": "/chuyen-doi-so",
    "documents": "/van-ban",
    "field_reports": "/phan-anh",
    "health": "/y-te",
    "internet_monitoring": "/thong-tin-mang",
    "loudspeaker_status": "/truyen-thanh",
    "network_status": "/thiet-bi?kind=network",
    "socio_economic": "/kinh-te-xa-hoi",
}


_ROOMS = {"devices": "/thiet-bi", "feeds": "/nguon-du-lieu", "incidents": "/su-co"}
"""Pages of numbers that are of no one feed, by the file that defines them."""


def path_of(feed: str, key: str) -> str:
    """Return the address of the page that shows the rows of a number of a feed; empty where none does."""
    return _FEEDS.get(feed, "") if feed else _ROOMS.get(key.partition("_")[0], "")
