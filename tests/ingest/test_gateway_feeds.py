"""REST feeds through a gateway that behaves badly: everything arrives once, nothing is lost, whatever it does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.contract import Polled
from connectors.documents_rest import DocumentsRest
from connectors.gateway import OAuth
from connectors.lgsp_rest import LgspRest, Service
from connectors.procedures_rest import ProceduresRest
from ingest.store import Store
from simulators.lgsp_rest import ProvincialGateway
from simulators.office import Offices
from simulators.procedures_rest import OneStopSystem
from simulators.procedures_seed import AGENCIES
from tests.ingest.test_pulled_feeds import nothing_new
from tests.peers.lgsp import CLIENT, Lgsp, Row, serving
from tests.polling import polling

NOW = datetime.now(UTC).replace(microsecond=0)
WORST: tuple[int | str, ...] = ("", 429, "", 503, "cut", "", "hang up", "", 504)


def dossier(n: int, at: datetime, status: int = 4) -> Row:
    return {
        "MaHoSo": f"H28.24.7-{n:05}",
        "MaDonVi": "H28.24.7",
        "NguoiNop": "Nguyễn Thị Bí Mật",
        "TrangThai": status,
        "Kenh": 2,
        "NgayTiepNhan": (NOW - timedelta(days=20)).isoformat(),
        "NgayHenTra": "2026-12-31",
        "CapNhat": at.isoformat(),
    }


def signed_in(peer: Lgsp) -> dict[str, Any]:
    name, _, secret = CLIENT.partition(":")
    oauth = OAuth(token_url=f"{peer.url}/token", client_id=name, client_secret=SecretStr(secret))
    return {"url": peer.url, "oauth": oauth, "units": {"H28.24.7": "05068"}}


def one_stop(peer: Lgsp, **fields: Any) -> ProceduresRest:
    return ProceduresRest(dossiers="/ho-so", paging={"rows": 50}, **signed_in(peer), **fields)


def stored(store: Store) -> list[tuple[str, str, datetime]]:
    rows = store.rows("select id, status, at from case_now order by id")
    return [(row["id"], row["status"], row["at"]) for row in rows]


def truth(peer: Lgsp) -> list[tuple[str, str, datetime]]:
    words = {4: "processing", 10: "returned"}
    rows = sorted(peer.lists["/ho-so"], key=lambda row: str(row["MaHoSo"]))
    return [(row["MaHoSo"], words[row["TrangThai"]], datetime.fromisoformat(row["CapNhat"])) for row in rows]


def test_dossiers_come_once_through_every_trouble_and_while_they_change(store: Store) -> None:
    rows = [dossier(n, NOW - timedelta(days=9) + timedelta(minutes=n // 4)) for n in range(300)]
    said = {(row["MaHoSo"], row["CapNhat"]) for row in rows}

    def change(n: int) -> None:
        if n % 2 == 0 and n < 20:  # somebody works on a dossier that we have not read yet, or just have
            rows[n * 13 % 300] = row = dossier(n * 13 % 300, NOW - timedelta(minutes=30 - n), 10)
            said.add((row["MaHoSo"], row["CapNhat"]))

    with serving(Lgsp({"/ho-so": rows}, token_lasts=4)) as peer:
        peer.trouble(*WORST)
        peer.before_page = change
        with polling(store, its=one_stop(peer)) as poller:
            assert poller.look("its").fault == ""
            assert stored(store) == truth(peer)
            assert {str(one) for one in WORST} <= set(peer.asked), "a trouble was not met"
            assert len(peer.tokens) > 2
            assert max(peer.tokens.values()) <= 4
            peer.before_page = lambda n: None
            nothing_new(poller)
    events = [(row["id"], row["at"]) for row in store.rows("select id, at from case_event")]
    assert len(set(events)) == len(events)
    assert {(name, at) for name, at in events} <= {(name, datetime.fromisoformat(at)) for name, at in said}
    assert not store.rows("select 1 from rejection")
    assert "Nguy" not in str(store.rows("select case_event::text from case_event"))


def test_a_page_of_an_error_is_kept_and_said_and_the_next_look_goes_on_there(store: Store) -> None:
    rows = [dossier(n, NOW - timedelta(days=9) + timedelta(minutes=n)) for n in range(120)]
    with serving(Lgsp({"/ho-so": rows})) as peer, polling(store, its=one_stop(peer)) as poller:
        peer.trouble("", "html")
        assert "asked for again" in poller.look("its").fault
        assert 0 < len(stored(store)) < 120
        assert poller.look("its").fault == ""
        assert stored(store) == truth(peer)
    (kept,) = store.rows("select body, reason from rejection")
    assert b"Nguyen" not in bytes(kept["body"])


def test_a_crash_between_two_pages_loses_nothing_and_repeats_nothing(store: Store) -> None:
    rows = [dossier(n, NOW - timedelta(days=9) + timedelta(minutes=n)) for n in range(200)]
    with serving(Lgsp({"/ho-so": rows})) as peer:
        with polling(store, its=one_stop(peer, retries=0)) as poller:
            peer.trouble("", "", "hang up")
            assert poller.look("its").fault
            before = len(stored(store))
            assert 0 < before < 200
        with polling(store, its=one_stop(peer)) as poller:
            assert poller.look("its").fault == ""
        assert stored(store) == truth(peer)
    assert store.row("select count(*) as n from case_event") == {"n": 200}


@pytest.mark.parametrize("trouble", [429, 503, "cut", "hang up"])
def test_a_year_of_a_hundred_communes_is_read_page_by_page(store: Store, trouble: int | str) -> None:
    """Every page of a long list, with a trouble in the midst; a thousand rows stand for more."""
    codes = [row["code"] for row in store.rows("select code from unit where level = 'commune' and valid_to is null"
                                               " order by code limit 10")]  # fmt: skip
    days = [(NOW - timedelta(days=n)).date().isoformat() for n in range(1, 101)]
    rows = [{"MaDonVi": f"H28.{code}", "TuNgay": day, "DenNgay": day, "VanBanDen": n, "TrichYeu": "Mật"}
            for code in codes for n, day in enumerate(days)]  # fmt: skip
    with serving(Lgsp({"/vb": rows}, token_lasts=3)) as peer:
        peer.trouble("", "", trouble)
        its = {**signed_in(peer), "units": {f"H28.{code}": code for code in codes}}
        with polling(store, its=DocumentsRest(path="/vb", periods=(), paging={"rows": 100}, **its)) as poller:
            seen = poller.look("its")
            assert (seen.fault, dict(seen.outcomes)) == ("", {"stored": 10})
            again = poller.look("its")
            assert (again.fault, dict(again.outcomes)) == ("", {"duplicate": 10})
    found = store.rows("select unit, period_start::text as day, value from observation")
    assert {(f"H28.{r['unit']}", r["day"], r["value"]) for r in found} == {
        (row["MaDonVi"], row["TuNgay"], row["VanBanDen"]) for row in rows
    }
    assert len(found) == len(rows)


def test_questions_keep_to_the_gateways_rate(store: Store) -> None:
    rows = [dossier(n, NOW - timedelta(days=9) + timedelta(minutes=n)) for n in range(150)]
    with serving(Lgsp({"/ho-so": rows})) as peer, polling(store, its=one_stop(peer, per_minute=600)) as poller:
        began = datetime.now(UTC)
        assert poller.look("its").fault == ""
        asked = peer.asked["/ho-so"]
        assert datetime.now(UTC) - began >= timedelta(seconds=(asked - 1) * 0.1)


def health(url: str, **fields: Any) -> Polled:
    services = tuple(Service(name=name, path=f"/{name}/health", title=name) for name in ("mot-cua", "tabmis", "khac"))
    return LgspRest(url=url, unit="05068", services=services, **fields)


def states(store: Store) -> dict[str, str]:
    return {row["name"]: row["state"] for row in store.rows("select name, state from device_state")}


def test_each_service_has_its_own_state_and_a_dead_gateway_is_a_state_too(store: Store) -> None:
    with serving(Lgsp({"/khac": []})) as peer:
        its = {key: value for key, value in signed_in(peer).items() if key != "units"}
        services = (Service(name="mot-cua", path="/mot-cua/health"), Service(name="khac", path="/nowhere"))
        with polling(store, its=LgspRest(unit="05068", services=services, **its)) as poller:
            assert poller.look("its").fault == ""
    assert states(store) == {"lgsp-mot-cua": "online", "lgsp-khac": "fault"}
    with polling(store, its=health("http://127.0.0.1:9", retries=0)) as poller:
        seen = poller.look("its")
        assert (seen.fault, seen.outcomes.total()) == ("", 3)
    assert set(states(store).values()) == {"offline"}


def test_offices_behind_the_simulated_gateway_are_reached_with_its_token_only(store: Store) -> None:
    system = OneStopSystem("05068", 5, published=False)
    gateway = ProvincialGateway("05068", 5, offices=(system,), lifetime=timedelta(seconds=1))
    with Offices([gateway]) as offices:
        url = f"{offices.url}/lgsp/mot-cua"
        its: dict[str, Any] = {
            "url": url,
            "statistics": "/thong-ke",
            "dossiers": "/ho-so",
            "units": AGENCIES,
            "retries": 0,
        }
        with polling(store, its=ProceduresRest(**its)) as poller:
            assert "401" in poller.look("its").fault
        secret = SecretStr(gateway.client[1])
        oauth = OAuth(token_url=f"{offices.url}/lgsp/token", client_id=gateway.client[0], client_secret=secret)
        with polling(store, its=ProceduresRest(**its, oauth=oauth, paging={"rows": 20})) as poller:
            assert poller.look("its").fault == ""
    assert len(store.rows("select 1 from case_now")) > 40
    kinds = {row["period_kind"] for row in store.rows("select distinct period_kind from observation")}
    assert kinds == {"month"}
    assert not store.rows("select 1 from rejection")
