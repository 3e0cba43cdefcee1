"""`ioc migrate` and `ioc doctor`: the database brought up to date, and every dependency with its remedy."""

import json
from typing import Any

import pytest

from api import tokens
from dashboards import indicators
from ingest import migrate
from ingest.store import Store
from tests.ioc.conftest import Desk
from tests.servers import Mosquitto

BUDGET = '[sources.budget]\nconnector = "budget_workbook"\nunit = "05068"\nfolder = "inbox"\n'


def findings(desk: Desk) -> dict[str, dict[str, Any]]:
    """Return what the doctor found; its status says whether all is well."""
    said = desk.ioc("doctor", "--json")
    found = json.loads(said.out)
    assert said.status == (0 if all(one["good"] for one in found) else 1)
    for one in found:
        assert one["good"] or one["remedy"], one
    assert len({json.dumps(one) for one in found}) == len(found), "told twice"
    return {one["what"]: one for one in found}


def test_an_empty_database_is_brought_up_to_date_once(desk: Desk, empty_database_url: str) -> None:
    desk.environment["IOC_DATABASE__URL"] = empty_database_url
    first = desk.ioc("migrate", "--json")
    assert first.status == 0
    told = json.loads(first.out)
    assert told["migrations"][0].startswith("0001 ")
    assert told["numbers_renewed"] is True
    with Store(empty_database_url) as store:
        migrate.check(store)
        assert not indicators.install(store)
    again = {"migrations": [], "numbers_renewed": False, "reader_let_in": False}
    assert json.loads(desk.ioc("migrate", "--json").out) == again


@pytest.fixture
def well(office: Desk, mosquitto: Mosquitto) -> Desk:
    """A desk at which everything is there."""
    (office.folder / "inbox").mkdir()
    office.configure(BUDGET, broker=mosquitto.url)
    return office


def test_the_doctor_finds_everything_well(well: Desk) -> None:
    found = findings(well)
    own = {"database", "schema", "timescaledb", "role ioc_grafana"}
    assert set(found) == own | {"numbers", "broker", "folder of budget", "disk"}
    assert all(one["good"] and not one["remedy"] for what, one in found.items() if what != "disk")
    assert found["database"]["seen"].startswith("PostgreSQL")
    assert "3321 communes" in found["schema"]["seen"]
    assert found["numbers"]["seen"] == f"{len(indicators.load())} defined"
    people = well.ioc("doctor").out.splitlines()
    assert sum(line.startswith("ok ") for line in people) >= 5


@pytest.mark.parametrize("lost", ["database", "broker", "folder of budget"])
def test_the_doctor_names_what_is_away_and_what_to_do(well: Desk, mosquitto: Mosquitto, lost: str) -> None:
    remedies = {
        "database": "start PostgreSQL, or correct IOC_DATABASE__URL",
        "broker": "start the broker, or correct IOC_BROKER__URL",
        "folder of budget": "make it: mkdir -p inbox",
    }
    if lost == "database":
        well.environment["IOC_DATABASE__URL"] += "_gone"
    elif lost == "broker":
        mosquitto.stop()
    else:
        (well.folder / "inbox").rmdir()
    found = findings(well)
    assert [what for what, one in found.items() if not one["good"] and what != "disk"] == [lost]
    assert found[lost]["remedy"] == remedies[lost]
    assert f"-> {remedies[lost]}" in well.ioc("doctor").out


def test_the_doctor_sends_a_database_without_schema_to_migrate(desk: Desk, empty_database_url: str) -> None:
    desk.environment["IOC_DATABASE__URL"] = empty_database_url
    found = findings(desk)
    assert found["database"]["good"]
    assert not found["schema"]["good"]
    assert "it has no schema yet" in found["schema"]["seen"]
    assert found["schema"]["remedy"] == "run `ioc migrate`"
    assert desk.ioc("migrate").status == 0
    assert findings(desk)["schema"]["good"]


def test_a_newer_schema_is_left_alone(office: Desk, store: Store) -> None:
    store.execute("insert into migration (number, name, digest) values (9999, 'tomorrow', 'x')")
    refused = office.ioc("migrate")
    assert refused.status == 2
    assert "it has the newer schema 9999 tomorrow" in refused.err
    assert "install the version that made it, or restore a backup" in refused.err
    assert not findings(office)["schema"]["good"]


def test_grafanas_secrets_are_let_in_and_renewed(desk: Desk, empty_database_url: str) -> None:
    desk.environment["IOC_DATABASE__URL"] = empty_database_url
    old, new = "o" * 32, "n" * 64
    for secret in (old, old, new):
        given = {"IOC_DATABASE__READER_PASSWORD": "mật khẩu", "IOC_GRAFANA__ALERTS_TOKEN": secret}
        said = desk.ioc("migrate", "--json", **given)
        assert said.status == 0, said.err
        assert json.loads(said.out)["reader_let_in"] is True
    with Store(empty_database_url) as store:
        assert store.row("select rolcanlogin from pg_roles where rolname = 'ioc_grafana'") == {"rolcanlogin": True}
        admitted = store.rows("select name, role, digest from token where revoked_at is null")
        assert admitted == [{"name": "grafana", "role": "operator", "digest": tokens.digest(new)}]
    short = desk.ioc("migrate", IOC_GRAFANA__ALERTS_TOKEN="abc")
    assert short.status == 2
    assert "a secret has 32 characters at least" in short.err


def test_grafanas_password_does_not_stand_in_the_file(desk: Desk) -> None:
    desk.configure('[database]\nreader_password = "x"\n')
    said = desk.ioc("check")
    assert said.status == 2
    assert "database.reader_password: is a secret; it comes from the environment" in said.err
