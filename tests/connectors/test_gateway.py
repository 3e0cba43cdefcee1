"""Lists of a gateway, played with canned answers: pages, what changed, what is wrong, and whose row it is."""

import gc
import json
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.contract import Message, SourceDown, Undecodable
from connectors.documents_rest import DocumentsRest
from connectors.json_fields import Json, read
from connectors.procedures_rest import ProceduresRest
from connectors.talk import Answer, Arrived, Request, Talk

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
Reply = Callable[[Mapping[str, str], Mapping[str, str]], tuple[int, Any, dict[str, str]]]


@dataclass
class Heard:
    """What a conversation asked, and what arrived."""

    asked: list[Mapping[str, str]] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    fault: str = ""

    @property
    def cursor(self) -> str:
        return next((a.cursor for a in reversed(self.arrived) if a.cursor is not None), "")


def play(talk: Talk, reply: Reply) -> Heard:
    heard = Heard()
    try:
        step = next(talk)
        while True:
            if isinstance(step, Arrived):
                heard.arrived.append(step)
                step = talk.send(Answer(b"", NOW, NOW))
            else:
                assert isinstance(step, Request)
                heard.asked.append(step.params)
                status, body, headers = reply(step.params, step.headers)
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                step = talk.send(Answer(raw, NOW, NOW, status, headers))
    except StopIteration:
        pass
    except SourceDown as down:
        heard.fault = str(down)
    return heard


def source(**fields: Any) -> ProceduresRest:
    given = {"url": "https://lgsp.test/api/", "statistics": "/tk", "dossiers": "/hs", "periods": (), "unit": "05068"}
    return ProceduresRest(**(given | fields))


def numbered(count: int, **paging: Any) -> tuple[ProceduresRest, Reply]:
    """Return a source of so many rows in pages of 10, and the interface, which knows all four ways."""
    its = source(paging={"rows": 10, **paging})

    def reply(params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any, dict[str, str]]:
        first = int(params["at"]) if "at" in params else (int(params.get("page", 1)) - its.paging.first) * 10
        if its.paging.by == "none":
            return 200, {"data": list(map(str, range(count)))}, {}
        said: dict[str, Any] = {"data": list(map(str, range(count)))[first : first + 10]}
        if its.paging.by == "next":
            said["next"] = f"https://elsewhere.test/tk?at={first + 10}" if first + 10 < count else None
        if its.paging.by == "offset":
            said["data"] = list(map(str, range(count)))[int(params["page"]) : int(params["page"]) + 10]
        if paging.get("total"):
            said["total"] = count
        return 200, said, {}

    return its, reply


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 35, 40])
@pytest.mark.parametrize(
    "paging",
    [{}, {"first": 0}, {"total": "total"}, {"by": "offset"}, {"by": "offset", "total": "total"}, {"by": "next"},
     {"by": "none"}],
)  # fmt: skip
def test_every_row_comes_once_whatever_the_paging(count: int, paging: dict[str, Any]) -> None:
    its, reply = numbered(count, **paging)
    heard = play(its.talk("statistics", "", NOW), reply)
    assert [row for a in heard.arrived for row in json.loads(a.body)["data"]] == list(map(str, range(count)))
    pages = -(-count // 10) if paging.get("by") != "none" else min(count, 1)
    assert len(heard.arrived) == pages
    unsure = count % 10 == 0 and not paging.get("total") and paging.get("by") != "next"
    assert len(heard.asked) == max(1, pages + (unsure and paging.get("by") != "none" and count > 0))
    assert not heard.fault


def test_a_next_link_never_takes_our_credentials_elsewhere() -> None:
    its, reply = numbered(35, by="next")
    conversation = its.talk("statistics", "", NOW)
    first = next(conversation)
    assert isinstance(first, Request)
    assert isinstance(conversation.send(Answer(json.dumps(reply({}, {})[1]).encode(), NOW, NOW, 200)), Arrived)
    second = next(conversation)
    assert isinstance(second, Request)
    assert second.url == "https://lgsp.test/api/tk"
    assert second.params["at"] == "10"


def test_a_list_that_did_not_change_is_one_question_without_a_body() -> None:
    def reply(params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any, dict[str, str]]:
        return (304, b"", {}) if headers.get("If-None-Match") == '"7"' else (200, {"data": [{}]}, {"etag": '"7"'})

    its = source(periods=("month",))
    heard = play(its.talk("statistics:month:0", "", NOW), reply)
    assert len(heard.arrived) == 1
    assert heard.asked == [{"tuNgay": "2026-11-01", "denNgay": "2026-11-30", "page": "1", "size": "200"}]
    again = play(its.talk("statistics:month:0", heard.cursor, NOW), reply)
    assert (len(again.asked), again.arrived, again.fault) == (1, [], "")
    december = play(its.talk("statistics:month:0", heard.cursor, NOW + timedelta(days=10)), reply)
    assert len(december.arrived) == 1, "another month is another list, whatever its tag"


def test_a_page_that_cannot_be_read_is_kept_and_the_next_is_asked_for() -> None:
    def reply(params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any, dict[str, str]]:
        n = int(params["page"])
        return 200, b"<html>" if n in broken else {"data": ["x"] * (10 if n < 4 else 1)}, {}

    its = source(paging={"rows": 10})
    broken = {2}
    heard = play(its.talk("statistics", "", NOW), reply)
    assert [len(a.body) > 6 for a in heard.arrived] == [True, False, True, True]
    assert not heard.fault
    broken = {2, 3}
    heard = play(its.talk("statistics", "", NOW), reply)
    assert "can't be read" in heard.fault
    assert len(heard.asked) == 3


class Registry:
    """Dossiers by their last change; ``at_once`` changes that happen before a page is asked for."""

    def __init__(self, count: int, *, tags: bool = False) -> None:
        self.rows = {f"hs-{n}": NOW - timedelta(days=9) + timedelta(minutes=n // 3) for n in range(count)}
        self.tags = tags
        self.changes: dict[int, str] = {}
        self.asked = 0

    def __call__(self, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any, dict[str, str]]:
        self.asked += 1
        if self.asked in self.changes:
            self.rows[self.changes[self.asked]] = NOW - timedelta(minutes=60 - self.asked)
        since = params.get("capNhatTu", "")
        found = sorted((at, name) for name, at in self.rows.items() if not since or at.isoformat() >= since)
        page = int(params["page"])
        data = [
            {"MaHoSo": name, "CapNhat": at.isoformat(), "TrangThai": 4}
            for at, name in found[page * 10 - 10 : page * 10]
        ]
        tag = str(hash(json.dumps(data)))
        if self.tags and headers.get("If-None-Match") == tag:
            return 304, b"", {}
        return 200, {"data": data, "total": len(found)}, {"etag": tag} if self.tags else {}


@pytest.mark.parametrize("tags", [False, True])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 50, 101])
def test_what_changed_comes_and_with_nothing_new_it_is_one_question(count: int, tags: bool) -> None:
    registry = Registry(count, tags=tags)
    its = source(paging={"rows": 10})
    heard = play(its.talk("dossiers", "", NOW), registry)
    came = {row["MaHoSo"] for a in heard.arrived for row in json.loads(a.body)["data"]}
    assert came == set(registry.rows)
    for _ in range(2):
        again = play(its.talk("dossiers", heard.cursor, NOW), registry)
        assert (len(again.asked), again.arrived, again.fault) == (1, [], "")
    registry.rows["hs-new"] = NOW
    new = play(its.talk("dossiers", heard.cursor, NOW), registry)
    assert "hs-new" in {row["MaHoSo"] for a in new.arrived for row in json.loads(a.body)["data"]}
    assert len(new.arrived) <= 2
    assert play(its.talk("dossiers", new.cursor, NOW), registry).arrived == []


def test_a_row_that_changes_while_we_read_pushes_no_other_out() -> None:
    registry = Registry(60)
    registry.changes = {n: f"hs-{n * 3}" for n in range(2, 8)}
    heard = play(source(paging={"rows": 10}).talk("dossiers", "", NOW), registry)
    last: dict[str, str] = {}
    for arrived in heard.arrived:
        last |= {row["MaHoSo"]: row["CapNhat"] for row in json.loads(arrived.body)["data"]}
    assert last == {name: at.isoformat() for name, at in registry.rows.items()}


def test_many_rows_of_one_instant_are_read_to_their_end() -> None:
    registry = Registry(0)
    registry.rows = {f"hs-{n}": NOW - timedelta(days=1) for n in range(35)} | {"hs-last": NOW}
    heard = play(source(paging={"rows": 10}).talk("dossiers", "", NOW), registry)
    assert {row["MaHoSo"] for a in heard.arrived for row in json.loads(a.body)["data"]} == set(registry.rows)


def test_a_page_that_cannot_be_read_stops_the_reading_and_is_asked_for_again() -> None:
    registry = Registry(35)
    its = source(paging={"rows": 10})
    first = play(
        its.talk("dossiers", "", NOW), lambda p, h: (200, b"<html>", {}) if registry.asked == 2 else registry(p, h)
    )
    assert "asked for again" in first.fault
    assert [a.body[:1] for a in first.arrived] == [b"{", b"{", b"<"]
    again = play(its.talk("dossiers", first.cursor, NOW), registry)
    came = {row["MaHoSo"] for a in (*first.arrived[:2], *again.arrived) for row in json.loads(a.body)["data"]}
    assert came == set(registry.rows)
    assert not again.fault


def test_a_row_without_a_last_change_refuses_its_page_and_the_reading_goes_on() -> None:
    rows = [{"MaHoSo": str(n), "CapNhat": f"2026-11-20T09:{n:02}:00Z"} for n in range(10)]
    rows[1] = {"MaHoSo": "1", "CapNhat": "hôm qua"}
    its = source(paging={"rows": 10})
    heard = play(
        its.talk("dossiers", "", NOW), lambda p, h: (200, {"data": rows if "capNhatTu" not in p else rows[9:]}, {})
    )
    assert [json.loads(a.cursor or "{}")["since"] for a in heard.arrived] == ["2026-11-20T09:09:00Z"]
    assert not heard.fault


def test_an_interface_that_does_not_sort_or_obey_is_told_so() -> None:
    rows = [{"MaHoSo": "1", "CapNhat": "2026-11-20T09:00:00Z"}, {"MaHoSo": "2", "CapNhat": "2026-11-19T09:00:00Z"}]
    its = source(paging={"rows": 2})
    assert "not sorted" in play(its.talk("dossiers", "", NOW), lambda p, h: (200, {"data": rows}, {})).fault
    deaf = play(its.talk("dossiers", "", NOW), lambda p, h: (200, {"data": rows[::-1]}, {}))
    assert "capNhatTu" in deaf.fault
    assert len(deaf.asked) == 2


@pytest.mark.parametrize(("status", "remedy"), [(400, "manual"), (401, "credentials"), (403, "owner"), (404, "url")])
def test_a_refusal_names_the_address_and_the_remedy(status: int, remedy: str) -> None:
    heard = play(source().talk("dossiers", "", NOW), lambda p, h: (status, b"", {}))
    assert heard.fault.startswith(f"https://lgsp.test/api/hs answers {status}")
    assert remedy in heard.fault


def test_cursors_that_nobody_understands_begin_anew() -> None:
    registry = Registry(3)
    for cursor in ("x", "[]", '{"since": 3}', '{"of": ["/tk"]}'):
        assert len(play(source().talk("dossiers", cursor, NOW), registry).arrived) == 1


def test_agencies_are_mapped_and_checked() -> None:
    its = source(unit="05068", units={"H28.25.4": "04969"})
    assert its.unit_of(Json(None)) == "05068"
    assert its.unit_of(Json("H28.25.4")) == "04969"
    for wrong in ("H28.99", "h28.25.4", "H28..4", "H28/4", "A" * 36, "Xã Hợp Kim"):
        with pytest.raises(Undecodable):
            its.unit_of(Json(wrong, "data[0].MaDonVi"))
    assert source(units={"H28.25.4": "04969"}, skip_others=True).unit_of(Json("H28.99")) is None
    with pytest.raises(Undecodable, match="set `unit`"):
        source(unit=None).unit_of(Json(None))


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": {"h28": "05068"}},
        {"units": {"H28": "5068"}},
        {"fields": {"TongSoHoSo": "x"}},
        {"balance": ["TongHop"]},
        {"statuses": {"1": "done"}},
        {"statistics": "", "dossiers": ""},
        {"dossiers": "/tk"},
        {"periods": ["week"]},
        {"paging": {"by": "cursor"}},
        {"username": "a", "token": "b", "password": "c"},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**wrong)


def test_numbers_are_exact_and_names_are_compared_without_case() -> None:
    page = read(b'{"tong_so": 12345678901234567, "TyLe": 0.1000000000000000055, "ky_so": null}', 200)
    assert str(page.at("TongSo").value) == "12345678901234567"
    assert str(page.at("tyLe").number()) == "0.1000000000000000055"
    assert page.at("KySo").absent
    assert page.has("KySo")
    assert not page.has("Khac")


def test_memory_does_not_grow_with_pages() -> None:
    its = DocumentsRest(url="https://lgsp.test", path="/vb", periods=(), unit="05068", paging={"rows": 100})
    days = [f"{date(2025, 1, 1) + timedelta(days=k):%Y%m%d}" for k in range(100)]

    def page(n: int) -> bytes:
        return json.dumps({"data": [{"Ky": day, "VanBanDen": n} for day in days]}).encode()

    def peak(pages: int) -> int:
        gc.collect()
        tracemalloc.reset_peak()
        talk = its.talk("all", "", NOW)
        step, n = next(talk), 0
        try:
            while True:
                if isinstance(step, Arrived):
                    assert len(list(its.decode(Message("its", step.address, its.cleanse(step.body), NOW)))) == 100
                    step = talk.send(Answer(b"", NOW, NOW))
                else:
                    n += 1
                    step = talk.send(Answer(page(n) if n <= pages else b'{"data": []}', NOW, NOW, 200))
        except StopIteration:
            assert n > pages
            return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        peak(3)
        few, many = peak(3), peak(33)
    finally:
        tracemalloc.stop()
    assert many - few < 30 * len(page(1)) / 2, "pages, or what was read of them, are kept"
