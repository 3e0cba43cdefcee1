"""Sources that are asked: every page once, through cuts, refusals and expired tokens; the cursor goes with the rows."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
from pydantic import SecretStr

from connectors.contract import Message, Observation, Period, Undecodable
from connectors.gateway import Gateway, OAuth
from connectors.talk import Arrived, Talk
from ingest.config import load
from ingest.errors import ConfigError
from ingest.poll import Look
from ingest.store import Store
from simulators.office import Asked, Offices, Told
from tests.ingest.conftest import counters, eventually, serving, settings
from tests.polling import polling

PAGE = 3
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(10)]


class Figures(Gateway):
    """Daily figures in pages; ``roads`` are conversations of their own."""

    feed: ClassVar[str] = "socio_economic"
    title: ClassVar[str] = "Số liệu ngày"
    roads: tuple[str, ...] = ("",)

    def talks(self) -> tuple[str, ...]:
        return self.roads

    def talk(self, name: str, cursor: str, now: datetime) -> Talk:
        while True:
            answer = yield from self.ask(f"/figures/{name}", {"after": cursor})
            page = orjson.loads(answer.body)
            if not page["days"]:
                return
            cursor = page["next"]
            yield Arrived(f"/figures/{name}", answer.body, cursor=cursor)

    def decode(self, message: Message) -> Iterator[Observation]:
        days = orjson.loads(message.body)["days"]
        if "wrong" in days:
            raise Undecodable("this page is wrong", place="days")
        for day in map(date.fromisoformat, days):
            yield Observation("05068", "visits", Period(day, day, "day"), Decimal(day.day))


class Clinic:
    """Answers in pages; ``troubles`` are met one after the other, before anything else."""

    prefix = "/clinic"

    def __init__(self, *troubles: Told) -> None:
        self.troubles = list(troubles)
        self.days: list[str] = [day.isoformat() for day in DAYS]
        self.asked: list[Asked] = []
        self.tokens: Counter[str] = Counter()
        self.valid = ""
        self.slow: set[str] = set()
        self.released = threading.Event()

    def answer(self, asked: Asked, now: datetime) -> Told:
        self.asked.append(asked)
        if asked.path == "/token":
            self.valid = f"t{sum(self.tokens.values())}"
            self.tokens[asked.headers["authorization"]] += 1
            return Told(orjson.dumps({"access_token": self.valid, "expires_in": 3600}))
        if self.troubles:
            trouble = self.troubles.pop(0)
            if trouble.status:
                return trouble
        if self.valid and asked.headers.get("authorization") != f"Bearer {self.valid}":
            return Told(b"{}", 401)
        if asked.path.rpartition("/")[2] in self.slow:
            self.released.wait(30)
        first = int(asked.query["after"] or 0)
        days = self.days[first : first + PAGE]
        return Told(orjson.dumps({"days": days, "next": str(first + len(days))}))

    @property
    def pages(self) -> list[str]:
        return [asked.query["after"] for asked in self.asked if asked.path.startswith("/figures")]


def look(store: Store, clinic: Clinic, **fields: Any) -> Look:
    with Offices([clinic]) as offices, polling(store, figures=Figures(url=f"{offices.url}/clinic", **fields)) as poller:
        return poller.look("figures")


def days_stored(store: Store) -> list[date]:
    return [row["period_start"] for row in store.rows("select period_start from observation order by 1")]


def test_every_page_once_and_with_nothing_new_one_question(store: Store) -> None:
    clinic = Clinic()
    assert look(store, clinic).outcomes == {"stored": 4}
    assert days_stored(store) == DAYS
    assert clinic.pages == ["", "3", "6", "9", "10"]
    again = look(store, clinic)
    assert (again.questions, dict(again.outcomes), again.fault) == (1, {}, "")
    assert counters(store, "figures")["received"] == 4
    row = store.row("select state, contact_at from source_now where name = 'figures'")
    assert row is not None
    assert row["contact_at"] is not None


def test_the_cursor_moves_in_the_transaction_of_its_rows(store: Store) -> None:
    clinic = Clinic()
    clinic.days = clinic.days[:PAGE]
    look(store, clinic)
    rows = store.rows("select xmin::text from observation union select xmin::text from cursor")
    assert len(rows) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_passing_faults_are_waited_for(store: Store, status: int) -> None:
    clinic = Clinic(Told(b"", status, {"Retry-After": "1"}), Told(b"", status))
    began = time.monotonic()
    seen = look(store, clinic)
    assert seen.fault == ""
    assert days_stored(store) == DAYS
    assert time.monotonic() - began > 1, "Retry-After was not obeyed"


def test_an_answer_cut_midway_is_asked_for_again(store: Store) -> None:
    clinic = Clinic(Told(b"[", 200, {"Transfer-Encoding": "chunked"}))
    assert look(store, clinic).fault == ""
    assert days_stored(store) == DAYS


def test_a_refusal_is_said_with_its_remedy_and_not_repeated(store: Store) -> None:
    clinic = Clinic(*[Told(b"", 403)] * 9)
    seen = look(store, clinic)
    assert "403" in seen.fault
    assert "ask its owner" in seen.fault
    assert len(clinic.asked) == 1
    assert look(store, Clinic()).fault == ""


def test_a_wrong_page_is_kept_and_never_asked_for_again(store: Store) -> None:
    clinic = Clinic()
    clinic.days[4] = "wrong"
    assert look(store, clinic).outcomes == {"stored": 3, "rejected": 1}
    assert look(store, clinic).questions == 1
    assert [row["place"] for row in store.rows("select place from rejection")] == ["days"]
    assert days_stored(store) == DAYS[:3] + DAYS[6:]


def test_a_token_is_got_once_and_again_when_it_is_refused(store: Store) -> None:
    clinic = Clinic()
    with Offices([clinic]) as offices:
        oauth = OAuth(token_url=f"{offices.url}/clinic/token", client_id="ioc", client_secret=SecretStr("s3cret"))
        with polling(store, figures=Figures(url=f"{offices.url}/clinic", oauth=oauth)) as poller:
            assert poller.look("figures").fault == ""
            assert clinic.tokens.total() == 1
            clinic.valid = "another"  # the other side forgot ours
            clinic.days += [(DAYS[-1] + timedelta(days=1)).isoformat()]
            assert poller.look("figures").fault == ""
    assert clinic.tokens.total() == 2
    assert len(days_stored(store)) == 11


def test_nobody_there_is_a_fault_and_the_next_look_goes_on(store: Store) -> None:
    with polling(store, figures=Figures(url="http://127.0.0.1:9", retries=0)) as poller:
        assert "127.0.0.1:9" in poller.look("figures").fault
        assert poller.fault("figures")
    assert look(store, Clinic()).outcomes == {"stored": 4}


def test_one_slow_conversation_delays_no_other(store: Store) -> None:
    clinic = Clinic()
    clinic.days = clinic.days[:1]
    clinic.slow = {"b"}
    roads = ("a", "b", "c", "d")
    with Offices([clinic]) as offices:
        its = Figures(url=f"{offices.url}/clinic", roads=roads, parallel=2)
        with polling(store, figures=its) as poller:
            thread = threading.Thread(target=poller.look, args=["figures"])
            thread.start()
            eventually(
                lambda: {r["name"] for r in store.rows("select name from cursor")} == {"a", "c", "d"}, "the others"
            )
            clinic.released.set()
            thread.join()
    assert len(store.rows("select from cursor")) == 4


def test_questions_keep_to_the_rate(store: Store) -> None:
    began = time.monotonic()
    look(store, Clinic(), per_minute=600)
    assert time.monotonic() - began >= 0.4  # five questions, a tenth of a second apart


def test_a_run_missed_while_away_is_made_up_once(store: Store) -> None:
    clinic = Clinic()
    with Offices([clinic]) as offices:
        source = Figures(url=f"{offices.url}/clinic", cron="0 0 1 1 *")
        its = settings(store.url, "mqtt://127.0.0.1:1", sources={"figures": source})
        with serving(its):
            eventually(lambda: store.row("select 1 from poll where good_at is not null"), "the first look")
        assert days_stored(store) == DAYS
        asked = len(clinic.asked)
        with serving(its):
            time.sleep(1)
        assert len(clinic.asked) == asked, "asked although nothing was due"
        store.execute("update poll set began_at = began_at - interval '2 years', good_at = good_at - interval '1 year'")
        with serving(its):
            eventually(lambda: len(clinic.asked) == asked + 1, "the missed run")
            time.sleep(1)
        assert len(clinic.asked) == asked + 1


def test_secrets_and_schedules_in_the_file_are_told(tmp_path: Path) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text("""
[sources.dossiers]
connector = "budget_workbook"
unit = "05068"
folder = "/tmp"
cron = "99 * * * *"
""")
    with pytest.raises(ConfigError, match=r"sources\.dossiers\.cron"):
        load(file, {})


def test_stopping_breaks_a_wait_off(store: Store) -> None:
    clinic = Clinic(*[Told(b"", 503, {"Retry-After": "60"})] * 9)
    with Offices([clinic]) as offices:
        source = Figures(url=f"{offices.url}/clinic")
        its = settings(store.url, "mqtt://127.0.0.1:1", sources={"figures": source})
        began = datetime.now(UTC)
        with serving(its):
            eventually(lambda: clinic.asked, "the first question")
        assert datetime.now(UTC) - began < timedelta(seconds=40), "a pause of a minute was sat out"


def test_a_secret_in_the_file_is_told_and_one_in_the_environment_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text(
        '[sources.dossiers]\nconnector = "field_reports_rest"\nurl = "http://127.0.0.1"\ntoken = "s3cret"\n'
    )
    with pytest.raises(ConfigError, match="IOC_SOURCES__DOSSIERS__TOKEN") as told:
        load(file, {})
    assert "s3cret" not in str(told.value)
    file.write_text(file.read_text().replace('token = "s3cret"', 'username = "ioc"'))
    with pytest.raises(ConfigError) as told:
        load(file, {"IOC_SOURCES__DOSSIERS__TOKEN": "s3cret"})
    assert "one of token" in str(told.value)
    assert "s3cret" not in str(told.value)
