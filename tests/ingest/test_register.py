"""The register: what people enter stays, renames and moves break no history, absent devices have no outages."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import Broadcast, DeviceId, DeviceReport, Message
from ingest import names, register, renewal
from ingest.batch import Committer
from ingest.health import declare
from ingest.names import CannotRegister, Taken
from ingest.pipeline import Understood
from ingest.register import Entry
from ingest.rhythm import rhythms
from ingest.sections import Device
from ingest.states import sweep
from ingest.store import Store
from tests.ingest import test_maintenance
from tests.ingest.conftest import settings
from tests.ingest.test_maintenance import DEVICE, MINUTE, UNIT, follow, hear, spans

NOW = T0 = datetime.min.replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> None:
    global NOW, T0
    test_maintenance.begin()
    NOW, T0 = test_maintenance.NOW, test_maintenance.T0


NEW = DeviceId(UNIT, "loudspeaker", "loa-cong-chao")
FILE = Device(unit=UNIT, kind="loudspeaker", name="ls-1", title="Loa L1", hamlet="Nà Mười")


def configure(store: Store, *devices: Device) -> None:
    declare(store, settings(store.url, "mqtt://127.0.0.1:1", sources={}, ingest={}, devices=devices))


@pytest.fixture
def declared(store: Store) -> Store:
    configure(store, FILE)
    store.execute("update device set registered_at = %s", (T0,))
    store.execute("update device_change set valid_from = %s", (T0 - timedelta(days=1),))
    return store


def edit(store: Store, device: DeviceId = DEVICE, valid_from: datetime | None = None, **fields: object) -> str:
    with store.transaction() as link:
        return register.edit(link, device, fields, actor="lan", valid_from=valid_from).change


def judge(store: Store) -> None:
    with store.transaction() as link:
        sweep(link, NOW, rhythms(link))


def title(store: Store) -> str:
    row = store.row("select title from device where name = 'ls-1'")
    return str(row and row["title"])


def test_the_file_declares_until_a_person_changes_the_device(declared: Store) -> None:
    configure(declared, FILE.model_copy(update={"title": "Loa số 1"}))
    assert title(declared) == "Loa số 1"
    assert edit(declared, title="Loa cổng chào") == "changed"
    assert edit(declared, title="Loa cổng chào") == "same"
    configure(declared, FILE)
    assert title(declared) == "Loa cổng chào", "what a person changed stays"
    said = declared.rows("select old, new, actor from device_change where field = 'title' order by id")
    assert [(row["old"], row["new"], row["actor"]) for row in said] == [
        (None, "Loa L1", "ioc.toml"), ("Loa L1", "Loa số 1", "ioc.toml"), ("Loa số 1", "Loa cổng chào", "lan")
    ]  # fmt: skip


def test_a_device_switched_off_has_no_outage_from_that_instant_on(declared: Store) -> None:
    hear(declared, range(60))
    judge(declared)
    assert spans(declared) == [(0, "online"), (60, "offline")]
    edit(declared, valid_from=T0 + 90 * MINUTE, lifecycle="disabled")
    follow(declared)
    assert spans(declared) == [(0, "online"), (60, "offline"), (90, "disabled")]
    row = declared.row("select offline_s from device_uptime('{05068}', null, %s, %s)", (T0, NOW))
    assert row == {"offline_s": 30 * 60}
    hear(declared, range(170, 180))
    assert spans(declared)[-1] == (90, "disabled"), "a word of a device that is switched off changes nothing"
    edit(declared, valid_from=T0 + 172 * MINUTE, lifecycle="installed")
    follow(declared)
    assert spans(declared)[-2:] == [(90, "disabled"), (172, "online")]
    with pytest.raises(CannotRegister, match="a later instant is expected"):
        edit(declared, valid_from=T0 + 100 * MINUTE, lifecycle="retired")
    for wrong in (NOW + timedelta(hours=1), NOW - timedelta(days=70)):
        with pytest.raises(CannotRegister, match="within the last"):
            edit(declared, valid_from=wrong, lifecycle="retired")


def test_a_renamed_device_is_found_under_both_names_and_keeps_its_history(declared: Store) -> None:
    hear(declared, range(100))
    with declared.transaction() as link:
        assert names.rename(link, DEVICE, NEW.name, actor="lan")
        assert not names.rename(link, DEVICE, NEW.name, actor="lan")
    hear(declared, range(100, 140), NEW)
    hear(declared, range(140, 180))  # the old name in a message means it still
    assert spans(declared) == [(0, "online")]
    assert declared.row("select count(*) as n from device_report") == {"n": 180}
    assert declared.rows("select name from device") == [{"name": "ls-1"}]
    played = Broadcast(UNIT, "played", "p1", T0, T0 + MINUTE, "Bản tin", "played", NEW.name)
    Committer(declared).commit([Understood(Message("loa", "", b"", NOW), (played,))])
    assert declared.row("select device from broadcast") == {"device": "ls-1"}


def test_who_was_heard_under_the_new_name_before_anybody_said_so_was_this_device(declared: Store) -> None:
    hear(declared, range(60))
    hear(declared, range(75, 120), NEW)
    judge(declared)
    assert spans(declared) == [(0, "online"), (60, "offline")]
    with declared.transaction() as link:
        names.rename(link, DEVICE, NEW.name, actor="lan")
    follow(declared)
    hear(declared, range(120, 180), NEW)
    assert spans(declared) == [(0, "online"), (60, "offline"), (75, "online")]
    for table in ("device", "device_state", "device_report", "state_span"):
        assert not declared.rows(f"select from {table} where name = %s", (NEW.name,)), table


def test_a_device_never_heard_takes_over_what_was_heard_under_its_new_name(declared: Store) -> None:
    hear(declared, range(100, 180), NEW)
    with declared.transaction() as link:
        names.rename(link, DEVICE, NEW.name, actor="lan")
    follow(declared)
    assert spans(declared) == [(100, "online")]


def test_a_name_belongs_to_one_device(declared: Store) -> None:
    other = DeviceId(UNIT, "loudspeaker", "ls-2")
    configure(declared, FILE, FILE.model_copy(update={"name": "ls-2"}))
    with declared.transaction() as link, pytest.raises(Taken):
        names.rename(link, DEVICE, "ls-2", actor="lan")
    with declared.transaction() as link:
        names.rename(link, DEVICE, NEW.name, actor="lan")
        with pytest.raises(Taken):
            names.rename(link, other, NEW.name, actor="lan")
        assert names.names_of(link, DEVICE) == ["ls-1", NEW.name]


def test_a_batch_in_hand_keeps_a_rename_waiting(declared: Store) -> None:
    """A report under the new name that was read before the rename would else make a device of its own."""
    with declared.transaction() as batch:
        names.renamed(batch)
        with declared.transaction() as link:
            link.execute("set lock_timeout = '200ms'")
            with pytest.raises(Exception, match="lock timeout"):
                names.rename(link, DEVICE, NEW.name, actor="lan")


def test_one_device_takes_another_s_place(declared: Store) -> None:
    hear(declared, range(60))
    with declared.transaction() as link:
        register.replace(link, DEVICE, NEW, {"title": "Loa mới"}, actor="lan", valid_from=T0 + 90 * MINUTE)
    hear(declared, range(100, 180), NEW)
    judge(declared)
    follow(declared)
    assert spans(declared) == [(0, "online"), (60, "offline"), (90, "retired")]
    assert spans(declared, NEW) == [(100, "online")]
    row = declared.row("select title, hamlet, lifecycle, replaces from device where name = %s", (NEW.name,))
    assert row == {"title": "Loa mới", "hamlet": "Nà Mười", "lifecycle": "installed", "replaces": str(DEVICE)}
    with declared.transaction() as link, pytest.raises(Taken):
        register.replace(link, DEVICE, NEW, {}, actor="lan")


def test_a_device_moves_to_another_commune_and_both_keep_their_time(declared: Store) -> None:
    hear(declared, range(60))
    there = DeviceId("00004", "loudspeaker", "ls-1")
    with declared.transaction() as link:
        register.replace(link, DEVICE, there, {}, actor="lan", valid_from=T0 + 60 * MINUTE, reason="điều chuyển")
    hear(declared, range(60, 180), there)
    follow(declared)
    assert spans(declared) == [(0, "online"), (60, "retired")]
    assert spans(declared, there) == [(60, "online")]
    assert declared.row("select hamlet from device where unit = '00004'") == {"hamlet": ""}


def test_a_move_within_the_commune_has_its_instant(declared: Store) -> None:
    edit(declared, hamlet="Nà Rì", valid_from=T0 + 90 * MINUTE)
    past = declared.rows(
        "select value, upper(during) as until from device_past(%s, %s, %s, 'hamlet')"
        " order by lower(during) nulls first",
        DEVICE,
    )
    assert [(row["value"], row["until"]) for row in past] == [("Nà Mười", T0 + 90 * MINUTE), ("Nà Rì", None)]


def test_entries_beside_the_register(declared: Store) -> None:
    hear(declared, [0], NEW)
    entries = [
        Entry(DEVICE, {"title": "Loa 1", "hamlet": "Nà Mười"}),
        Entry(DeviceId(UNIT, "loudspeaker", "ls-3"), {"horns": 2}),
        Entry(NEW, {}),
    ]
    configure(declared, FILE, FILE.model_copy(update={"name": "ls-9"}))
    with declared.transaction() as link:
        assert register.checked(link, entries) == []
        changes = register.compare(link, entries)
        changes += register.missing(link, changes)
        register.apply(link, changes, actor="lan", valid_from=NOW)
    assert [(c.change, c.device.name) for c in changes] == [
        ("changed", "ls-1"), ("new", "ls-3"), ("changed", NEW.name), ("missing", "ls-9")
    ]  # fmt: skip
    assert changes[0].fields == {"title": ("Loa L1", "Loa 1")}
    assert changes[2].fields == {"lifecycle": ("unconfirmed", "installed")}
    with declared.transaction() as link:
        assert {c.change for c in register.compare(link, entries)} == {"same"}


def test_what_does_not_fit_the_register_is_told_by_its_cell(declared: Store) -> None:
    declared.execute("insert into hamlet (unit, name) values (%s, 'Nà Mười')", (UNIT,))
    with declared.transaction() as link:
        names.rename(link, DEVICE, NEW.name, actor="lan")
        faults = register.checked(link, [
            Entry(DEVICE, {"hamlet": "na muoi"}, {"name": "A!B4", "hamlet": "A!E4"}),
            Entry(NEW, {}, {"name": "A!B5"}),
            Entry(DeviceId("99999", "camera", "c"), {}, {"unit": "A!C6"}),
        ])  # fmt: skip
    assert [(fault.place, fault.vi) for fault in faults] == [
        ("A!E4", f"xã {UNIT} không có thôn “na muoi”; các thôn: Nà Mười"),
        ("A!B5", "trùng thiết bị ls-1 với ô A!B4"),
        ("A!C6", "99999 không phải mã xã hiện nay"),
    ]


def test_a_renewal_survives_until_it_is_done(declared: Store) -> None:
    hear(declared, range(180))
    follow(declared)
    with declared.transaction() as link:
        renewal.ask(link, DEVICE, T0)
        link.rollback()  # a crash
    assert follow(declared) == 0
    with declared.transaction() as link:
        renewal.ask(link, DEVICE, T0 + MINUTE)
        renewal.ask(link, DEVICE, T0)
    assert declared.row("select since from renewal") == {"since": T0}
    with declared.transaction() as link:
        assert renewal.perform(link, NOW, rhythms(link))[0] == 1
        link.rollback()
    assert follow(declared) == 1


def test_reports_of_a_device_of_the_file_count_from_their_first_word(store: Store) -> None:
    configure(store, FILE)
    report = DeviceReport(DEVICE, datetime.now(UTC), "idle")
    Committer(store).commit([Understood(Message("loa", "", json.dumps({}).encode(), report.at), (report,))])
    assert store.row("select state, lifecycle from device_now") == {"state": "online", "lifecycle": "installed"}


def test_two_processes_that_start_at_once_declare_the_same_devices(store: Store) -> None:
    devices = [FILE.model_copy(update={"name": f"ls-{n}"}) for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: configure(store, *devices), range(4)))
    assert store.row("select count(*) as n from device_change where field = 'title'") == {"n": 40}
