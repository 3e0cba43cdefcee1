"""What a running Grafana holds after a push, and what an operator reads when it refuses."""

import copy
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from dashboards import wanted
from dashboards.grafana_api import Grafana, GrafanaFault
from dashboards.push import Push, Step
from ingest.errors import ConfigError
from ingest.sections import Grafana as Settings
from tests.dashboards.commune_files import ENVIRONMENT, OVERVIEW, files
from tests.peers import grafana as peer
from tests.peers.grafana_http import serving
from tests.servers import free_port


@pytest.fixture
def there() -> Iterator[peer.Grafana]:
    with serving(peer.Grafana()) as grafana:
        yield grafana


def here(there: peer.Grafana, **more: Any) -> Grafana:
    return Grafana(Settings.model_validate({"url": there.url, "token": "glsa_admin", **more}))


def push(
    there: peer.Grafana, made: Mapping[str, str] | None = None, account: Mapping[str, Any] | None = None, **more: Any
) -> list[Step]:
    with here(there, **(account or {})) as grafana:
        return list(Push(grafana, made or files(), more.pop("environment", ENVIRONMENT), **more).steps())


def done(steps: list[Step]) -> Counter[str]:
    return Counter(step.done for step in steps)


def test_everything_is_there_after_a_push(there: peer.Grafana) -> None:
    steps = push(there)
    assert done(steps) == {"created": 8, "changed": 1}  # every Grafana has a tree of policies
    assert there.folders["ioc"]["title"] == "Điều hành"
    source = there.sources["commune-ioc"]
    assert (source["url"], source["jsonData"]["timescaledb"]) == ("db:5432", False)
    assert there.passwords["commune-ioc"] == peer.PASSWORD
    assert set(there.boards) == {"ioc-overview", "ioc-devices"}
    assert set(there.board_folder.values()) == {"ioc"}
    assert there.points["ioc-hook"]["settings"] == {"url": "http://ioc:8080/api/v1/alerts", "password": "a$b"}
    assert there.policies["receiver"] == "ioc"
    (rule,) = there.groups["ioc", "thiết bị"]["rules"]
    assert there.groups["ioc", "thiết bị"]["interval"] == 60
    assert rule["annotations"] == {
        "summary": "{{ $labels.device }} mất kết nối", "__dashboardUid__": "ioc-overview", "__panelId__": "1",
    }  # fmt: skip
    assert rule["data"][0]["model"]["rawSql"] == "select $__timeFrom()"
    (account,) = there.accounts
    assert (account["name"], account["role"]) == ("commune-ioc", "Viewer")
    assert [step.token for step in steps if step.token] == ["glsa_commune-ioc_1"]


def test_a_second_push_changes_nothing_and_says_so(there: peer.Grafana) -> None:
    push(there)
    there.sent.clear()
    steps = push(there)
    assert done(steps) == {"unchanged": 9}
    assert there.sent == []
    assert not any(step.token for step in steps)


def test_only_what_differs_is_sent(there: peer.Grafana) -> None:
    push(there)
    there.sent.clear()
    changed = copy.deepcopy(OVERVIEW)
    changed["panels"][0]["fieldConfig"]["defaults"]["unit"] = "short"
    steps = push(there, {**files(), **{name: text for name, text in files(changed).items() if "overview" in name}})
    assert [(step.name, step.done) for step in steps if step.done != "unchanged"] == [("Tổng quan", "changed")]
    assert there.sent == [("POST", "/api/dashboards/db")]
    there.groups["ioc", "thiết bị"]["rules"][0]["for"] = "1h"
    there.sources["commune-ioc"]["jsonData"]["sslmode"] = "disable"
    there.folders["ioc"]["title"] = "Cũ"
    assert done(push(there, files(changed))) == {"changed": 3, "unchanged": 5}


def test_a_dry_run_tells_the_same_and_sends_nothing(there: peer.Grafana) -> None:
    steps = push(there, dry_run=True)
    assert done(steps) == {"created": 8, "changed": 1}
    assert there.sent == []
    assert not any(step.token for step in steps)


def test_another_title_for_the_folder(there: peer.Grafana) -> None:
    push(there, title="Xã Hợp Kim")
    assert there.folders["ioc"]["title"] == "Xã Hợp Kim"


def test_a_board_that_somebody_edited_is_kept_until_told_otherwise(there: peer.Grafana) -> None:
    push(there)
    there.edit("ioc-overview", lambda board: board["panels"][0].update(title="Camera của tôi"))
    kept = next(step for step in push(there) if step.name == "Tổng quan")
    assert kept.done == "kept"
    assert "admin edited it in Grafana (version 2)" in kept.note
    assert there.board("ioc-overview")["panels"][0]["title"] == "Camera của tôi"
    assert next(step for step in push(there, overwrite=True) if step.name == "Tổng quan").done == "changed"
    assert there.board("ioc-overview")["panels"][0]["title"] == "Camera"
    assert done(push(there)) == {"unchanged": 9}


def test_opening_and_saving_without_an_edit_is_no_difference(there: peer.Grafana) -> None:
    push(there)
    for uid in ("ioc-overview", "ioc-devices"):
        there.edit(uid, lambda board: None)
    assert done(push(there)) == {"unchanged": 9}


def test_what_grafana_reads_from_files_is_left_to_them(there: peer.Grafana) -> None:
    push(there)
    there.provisioned.add("ioc-overview")
    there.edit("ioc-overview", lambda board: board.update(title="Cũ"))
    there.sources["commune-ioc"] |= {"readOnly": True, "url": "elsewhere:5432"}
    steps = {step.name: step for step in push(there)}
    assert steps["Tổng quan"].done == steps["IOC"].done == "kept"
    assert "provisioning file" in steps["Tổng quan"].note
    assert "provisioning file" in steps["IOC"].note


def test_a_password_that_changed_is_sent_where_grafana_can_not_sign_in(there: peer.Grafana) -> None:
    push(there)
    there.passwords["commune-ioc"] = "cũ"
    assert {step.name: step.done for step in push(there)}["IOC"] == "changed"
    assert there.passwords["commune-ioc"] == peer.PASSWORD


def test_somebody_saves_between_our_look_and_our_save(there: peer.Grafana) -> None:
    push(there)
    changed = copy.deepcopy(OVERVIEW)
    changed["panels"][0]["title"] = "Camera mới"

    def first(uid: str) -> None:
        there.before_save = lambda uid: None
        there.edit(uid, lambda board: board.update(title="Của tôi"))

    there.before_save = first
    with pytest.raises(GrafanaFault, match="changed by someone else") as told:
        push(there, files(changed))
    assert told.value.status == 412
    assert "ioc dashboards diff" in told.value.remedy
    assert there.board("ioc-overview")["title"] == "Của tôi"


def test_another_board_has_the_title(there: peer.Grafana) -> None:
    push(there)
    there.edit("ioc-devices", lambda board: board.update(title="Tổng quan"))
    del there.boards["ioc-overview"]
    with pytest.raises(GrafanaFault, match="rename or remove it"):
        push(there)


REFUSALS: dict[str, tuple[dict[str, Any], str, int, str]] = {
    "a token that is no more": ({"token": "glsa_old"}, "Invalid API key", 401, "IOC_GRAFANA__TOKEN"),
    "a role that is too small": ({"token": "glsa_editor"}, "additional permissions", 403, "Admin to push"),
    "a wrong password": ({"token": None, "user": "admin", "password": "x"}, "Invalid API key", 401, "Service accounts"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_who_may_not_is_told_what_to_do(there: peer.Grafana, case: str) -> None:
    credentials, seen, status, remedy = REFUSALS[case]
    with pytest.raises(GrafanaFault) as told:
        push(there, account=credentials)
    assert told.value.status == status
    assert seen in told.value.seen
    assert remedy in told.value.remedy


def test_an_administrator_can_make_the_first_push_with_a_password(there: peer.Grafana) -> None:
    administrator = {"token": None, "user": "admin", "password": peer.PASSWORD}
    assert done(push(there, account=administrator)) == {"created": 8, "changed": 1}
    with here(there, token="glsa_commune-ioc_1") as viewer:
        assert viewer.datasource_health("commune-ioc") == "Database Connection OK"
        assert viewer.board("ioc-overview") is not None


def test_a_missing_plugin_is_named_before_anything_is_sent(there: peer.Grafana) -> None:
    there.plugins.clear()
    with pytest.raises(GrafanaFault, match=f"plugin {peer.POSTGRES}: is not installed") as told:
        push(there)
    assert "plugins folder" in told.value.remedy
    assert there.sent == []


def test_a_plugin_that_went_away_is_named_by_the_health_of_the_datasource(there: peer.Grafana) -> None:
    push(there)
    there.plugins.clear()
    with here(there) as grafana, pytest.raises(GrafanaFault) as told:
        grafana.datasource_health("commune-ioc")
    assert "plugins folder" in told.value.remedy


@pytest.mark.parametrize(
    ("trouble", "seen", "remedy"),
    [
        ((500, "database is locked"), "500 database is locked", "log"),
        ((502, "Bad Gateway"), "502 Bad Gateway", "log"),
        ((404, "Not found"), "404 Not found", "Grafana's own address"),
        ((429, "too many requests"), "429 too many requests", "wait a minute"),
        ("html", "is no Grafana", "Grafana's own address"),
        ("slow", "did not answer within 1 s", "grafana.timeout"),
    ],
    ids=["500", "502", "404", "429", "html", "slow"],
)
def test_troubles_on_the_way(there: peer.Grafana, trouble: Any, seen: str, remedy: str) -> None:
    there.troubles["/api/folders"] = trouble
    with pytest.raises(GrafanaFault) as told:
        push(there, account={"timeout": 1})
    assert seen in told.value.seen
    assert remedy in told.value.remedy


def test_another_server_is_not_taken_for_a_grafana(there: peer.Grafana) -> None:
    with here(there) as grafana:
        assert grafana.version() == "12.4.11"
        there.troubles["/api/health"] = "html"
        with pytest.raises(GrafanaFault, match="no Grafana"):
            grafana.version()
    nobody = here(there, url=f"http://127.0.0.1:{free_port()}")
    with nobody, pytest.raises(GrafanaFault, match=r"can't be reached: .*refused") as told:
        nobody.version()
    assert "start Grafana" in told.value.remedy


def test_a_grafana_that_lies_under_a_path() -> None:
    with serving(peer.Grafana(), "/grafana") as there:
        assert done(push(there)) == {"created": 8, "changed": 1}
        with here(there, url=f"{there.url}/") as grafana:
            assert grafana.version() == "12.4.11"


def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate),
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip

    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"database": "ok", "version": "12.4.11"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Healthy)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"https://127.0.0.1:{server.server_address[1]}"
        wary = Grafana(Settings.model_validate({"url": url, "token": "x"}))
        with wary, pytest.raises(GrafanaFault) as told:
            wary.version()
        assert "[grafana] ca" in told.value.remedy
        with Grafana(Settings.model_validate({"url": url, "token": "x", "ca": str(certificate)})) as trusting:
            assert trusting.version() == "12.4.11"
    finally:
        server.shutdown()
        server.server_close()


def test_all_variables_that_are_not_set_are_named_before_anything_is_sent(there: peer.Grafana) -> None:
    with pytest.raises(ConfigError) as told:
        push(there, environment={"IOC_PG": "db:5432"})
    assert [fault.partition(";")[0] for fault in told.value.faults] == [
        "environment:IOC_PG_PASSWORD: is not set, and grafana/provisioning/datasources/ioc.yaml wants it",
        "environment:IOC_HOOK: is not set, and grafana/provisioning/alerting/ioc.yaml wants it",
    ]
    assert there.sent == []


def test_files_hold_secrets_as_grafana_reads_them(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("m\n")
    text = f"datasources: [{{uid: a, secureJsonData: {{password: '$__file{{{secret}}}', user: '$__env{{U}}'}}}}]"
    (source,) = wanted.datasources({"grafana/provisioning/datasources/a.yaml": text}, {"U": "u"})
    assert source["secureJsonData"] == {"password": "m", "user": "u"}
    elsewhere = text.replace("/password", "/grafana_password")
    (source,) = wanted.datasources(
        {"grafana/provisioning/datasources/a.yaml": elsewhere}, {"U": "u", "GRAFANA_PASSWORD": "n"}
    )
    assert source["secureJsonData"]["password"] == "n"
    with pytest.raises(
        ConfigError, match="/none can't be read: No such file or directory; give what stands in it as NONE"
    ):
        wanted.datasources({"grafana/provisioning/datasources/a.yaml": text.replace("/password", "/none")}, {"U": "u"})


def test_without_an_address_or_credentials() -> None:
    with pytest.raises(ConfigError, match=r"grafana\.url: is missing"):
        Grafana(Settings())
    with pytest.raises(ConfigError, match="IOC_GRAFANA__TOKEN: is missing"):
        Grafana(Settings(url="http://grafana:3000"))
