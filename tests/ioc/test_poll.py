"""`ioc poll`: one look at a source, told in numbers; the demo's configuration, source by source."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.config import load
from ingest.store import Store
from simulators.commune import FOLDERS, sources
from simulators.field_reports import CitizenSimulator
from simulators.field_reports_rest import CitizenDesk
from simulators.office import Offices
from simulators.town import Town
from tests.ioc.conftest import Desk
from tests.polling import polling
from tests.servers import free_port

CASES = Path(__file__).parents[2] / "connectors"
TOKEN = {"IOC_SOURCES__REPORTS__TOKEN": "secret"}


def told(desk: Desk, source: str, **environment: str) -> dict[str, object]:
    shown = desk.ioc("poll", source, "--json", **environment)
    said: dict[str, object] = json.loads(shown.out)
    assert shown.status == (1 if said["fault"] else 0), shown.err
    return said


def test_a_look_stores_what_is_new_and_says_so(office: Desk, store: Store) -> None:
    people = CitizenDesk(CitizenSimulator("05068", 1, timedelta(days=10)), token="secret")
    with Offices([people]) as offices:
        office.configure(
            f'[sources.reports]\nconnector = "field_reports_rest"\nurl = "{offices.url}/1022"\nunit = "05068"\n'
        )
        first = told(office, "reports", **TOKEN)
        assert first["stored"] == first["received"] != 0
        again = told(office, "reports", **TOKEN)
    assert (again["questions"], again["stored"], again["rejected"]) == (1, 0, 0)
    assert store.row("select 1 from case_now where id like '1022-%%'")
    gone = told(office, "reports", **TOKEN)
    assert "127.0.0.1" in str(gone["fault"])


def test_a_folder_is_looked_at_too(office: Desk, store: Store) -> None:
    shutil.copy(CASES / "budget_workbook" / "cases" / "real_2026" / "body.xlsx", office.folder / "so.xlsx")
    office.configure(f'[sources.budget]\nconnector = "budget_workbook"\nunit = "05068"\nfolder = "{office.folder}"\n')
    assert told(office, "budget")["stored"] == 1
    assert told(office, "budget")["received"] == 0


@pytest.mark.parametrize(("source", "why"), [("cameras", "is not polled"), ("tractor", "is no source")])
def test_what_can_t_be_asked_is_told(office: Desk, source: str, why: str) -> None:
    office.configure('[sources.cameras]\nconnector = "camera_mqtt"\n')
    shown = office.ioc("poll", source)
    assert shown.status == 2
    assert why in shown.err


def test_every_source_of_the_demo_brings_something_and_nothing_is_refused(desk: Desk, store: Store) -> None:
    """The demo's own configuration and offices: the whole way from each protocol to the tables."""
    from ingest.health import declare
    from simulators.files import drop_files

    inbox = desk.folder / "inbox"
    for folder in FOLDERS:
        (inbox / folder).mkdir(parents=True)
    drop_files(inbox, "05068", "04969", 1)
    port = free_port()
    desk.configure(sources("05068", port, str(inbox)))
    text = desk.file.read_text("utf-8").replace("[commune]\n", "[commune]\nsimulated = true\n")
    desk.file.write_text(text, "utf-8")
    settings = load(desk.file, {"IOC_DATABASE__URL": store.url})
    polled = {name: one for name, one in settings.sources.items() if hasattr(one, "talks")}
    declare(store, settings)
    with polling(store, **polled) as poller, Town("05068", port).open():
        for name in polled:
            poller.look(name)
            assert poller.look(name).fault == "", name
    counts = {
        row["name"]: row for row in store.rows("select name, stored, rejected from source where transport = 'polled'")
    }
    assert {name for name, row in counts.items() if row["rejected"]} == set()
    assert {name for name, row in counts.items() if not row["stored"]} == set()
