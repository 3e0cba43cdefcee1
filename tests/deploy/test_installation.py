"""`python3 -m deploy`: makes what is missing, changes nothing that is there, and says what is wrong."""

import base64
import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.__main__ import main
from deploy.authority import Authority, ends, names
from deploy.broker import hashed
from deploy.files import Mishap
from ingest.config import load
from ingest.store import Store
from tests.api.conftest import Api
from tests.api.filling import UNIT, register
from tests.deploy.conftest import ROOT
from tests.servers import free_port

INIT = ["init", "--unit", "05068", "--host", "ioc.hopkim.vn"]


def snapshot(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an installation is made by whoever runs the tests."""
    folder = tmp_path / "commune"
    if os.geteuid() == 0:
        monkeypatch.setattr(os, "geteuid", lambda: 1)  # nothing is handed over
    return folder


@pytest.fixture
def made(commune: Path, empty: Path) -> Path:
    """An installation of the test's own."""
    shutil.copytree(commune, empty)
    return empty


def test_run_again_it_changes_nothing(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*INIT, "--into", str(empty)]) == 0
    was = snapshot(empty)
    capsys.readouterr()
    assert main([*INIT, "--into", str(empty)]) == 0
    assert snapshot(empty) == was
    assert "made" not in capsys.readouterr().out


def test_what_is_lost_is_made_again_and_the_rest_stays(empty: Path) -> None:
    """As after an interruption: the account of ingest follows its secret, not the other way round."""
    main([*INIT, "--into", str(empty)])
    was = snapshot(empty)
    for name in ("broker/passwords", "broker/acl", "secrets/broker_url", "web/web.crt"):
        (empty / name).unlink()
    assert main([*INIT, "--into", str(empty)]) == 0
    now = snapshot(empty)
    changed = {str(path.relative_to(empty)) for path in was if was[path] != now[path]}
    assert changed == {"broker/passwords", "web/web.crt"}  # salts and serials are new, what they stand for is not


def test_secrets_lie_in_folders_that_only_the_owner_enters(empty: Path) -> None:
    main([*INIT, "--into", str(empty)])
    for folder in ("secrets", "authority", "broker", "web", "backups"):
        assert stat.S_IMODE((empty / folder).stat().st_mode) == 0o700, folder
    for file in ("authority/ca.key", "broker/server.key", "broker/passwords", "broker/mosquitto_sub"):
        assert stat.S_IMODE((empty / file).stat().st_mode) == 0o600, file
    words = [file.read_text() for file in (empty / "secrets").glob("*_password")]
    assert len(set(words)) == len(words)
    assert min(map(len, words)) > 20


def test_the_certificates_are_the_authoritys_and_name_the_hosts(commune: Path) -> None:
    authority = commune / "authority" / "ca.crt"
    for certificate, host in (("broker/server.crt", "broker"), ("web/web.crt", "ioc.hopkim.vn")):
        command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host,
                   "-CAfile", str(authority), str(commune / certificate)]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert {"ioc.hopkim.vn", "10.0.0.5", "localhost"} <= set(names(commune / certificate))


def test_certificates_are_renewed_when_they_end_or_lack_a_name(made: Path) -> None:
    certificate = made / "web" / "web.crt"
    key = certificate.with_suffix(".key").read_bytes()
    was, until = certificate.read_bytes(), ends(certificate)
    assert timedelta(days=820) < until - datetime.now(UTC) < timedelta(days=826)
    assert main(["renew", "--into", str(made)]) == 0
    assert certificate.read_bytes() == was
    assert main(["renew", "--days", "900", "--into", str(made)]) == 0
    assert certificate.read_bytes() != was
    assert main(["renew", "--host", "10.9.8.7", "--into", str(made)]) == 0
    assert {"ioc.hopkim.vn", "10.9.8.7"} <= set(names(certificate))
    assert certificate.with_suffix(".key").read_bytes() == key


def test_a_password_is_kept_as_mosquitto_keeps_it(tmp_path: Path) -> None:
    """mosquitto_passwd's own hash of a word, made again from its salt."""
    file = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(file), "cam", "mật khẩu"], check=True, capture_output=True)
    theirs = file.read_text().strip().partition(":")[2]
    assert hashed("mật khẩu", base64.b64decode(theirs.split("$")[3])) == theirs


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["init", "--unit", "5068", "--host", "x"], "--unit: '5068' is no 5-digit code"),
        (["devices"], "run `python3 -m deploy init` first"),
        (["renew"], "run `python3 -m deploy init` first"),
        (["revoke", "05068.camera.cam-01"], "run `python3 -m deploy init` first"),
    ],
)
def test_mistakes_are_named(empty: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert main([*words, "--into", str(empty)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", ["+", "#", "cam/../x", "cam\nuser ingest", "Cam-1", ""])
def test_a_devices_name_cannot_widen_its_rights(
    made: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    was = snapshot(made / "broker")
    register = tmp_path / "devices.csv"
    register.write_text(f'unit,kind,id\n05068,camera,"{name}"\n')
    assert main(["devices", "--register", str(register), "--into", str(made)]) == 2
    assert "devices.csv:line 2" in capsys.readouterr().err
    assert snapshot(made / "broker") == was


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["revoke", "05068.camera.cam-99"], "05068.camera.cam-99: has no account"),
        (["revoke", "ingest"], "ingest: is no device's account"),
        (["devices", "--register", "{table}"], "has no column id"),
    ],
)
def test_what_cannot_be_done_changes_no_account(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    table = tmp_path / "devices.csv"
    table.write_text("unit,kind,name\n05068,camera,Cổng xã\n", "utf-8")
    was = snapshot(made)
    assert main([*(word.format(table=table) for word in words), "--into", str(made)]) == 2
    assert said in capsys.readouterr().err
    assert snapshot(made) == was


def test_the_register_is_read_as_the_api_exports_it(made: Path, store: Store, database_url: str) -> None:
    register(store, "cam-1", title="Camera cổng xã – “thôn Nà Mười”")
    register(store, "cam-2", lifecycle="pending_install")
    register(store, "cam-cu", lifecycle="retired")
    settings = load(None, {"IOC_DATABASE__URL": database_url, "IOC_HTTP__PORT": str(free_port())})
    table = made.with_name("devices.csv")
    with Api(settings, store) as api:
        table.write_text(api.client().get("/api/v1/export/devices.csv").text, "utf-8")
    before = (made / "devices.csv").read_text("utf-8")
    assert main(["devices", "--register", str(table), "--into", str(made)]) == 0
    new = (made / "devices.csv").read_text("utf-8").removeprefix(before)
    assert [line.split(",")[:3] for line in new.splitlines()] == [
        [UNIT, "camera", "cam-1"], [UNIT, "camera", "cam-2"],
    ]  # fmt: skip


def test_with_the_authoritys_key_in_a_safe_everything_else_goes_on(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the guide says: the key is off the machine, until a certificate must be signed."""
    (made / "authority" / "ca.key").unlink()
    was = snapshot(made)
    assert main([*INIT, "--into", str(made)]) == 0
    assert snapshot(made) == was
    (made / "web" / "web.crt").unlink()
    for words in (INIT, ["renew", "--days", "900"]):
        assert main([*words, "--into", str(made)]) == 2
        said = capsys.readouterr().err
        assert "ca.key" in said
        assert "bring it back" in said
    assert snapshot(made).items() <= was.items()


def test_an_authority_without_its_certificate_is_not_replaced(made: Path) -> None:
    (made / "authority" / "ca.crt").unlink()
    with pytest.raises(Mishap, match=r"ca\.crt is missing beside ca\.key"):
        Authority(made / "authority").make("IOC")


def test_a_copy_of_the_commune_is_all_that_a_new_machine_needs(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weekly copy on another machine, without the authority's key: no device and no browser needs anything new."""
    (made / "authority" / "ca.key").unlink()
    machine = tmp_path / "new"
    shutil.copytree(made, machine)
    owners: dict[str, object] = {}
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "chown", lambda path, user, _group: owners.update({str(Path(path).name): user}))
    assert main([*INIT, "--into", str(machine)]) == 0
    assert {path.relative_to(machine): body for path, body in snapshot(machine).items()} == {
        path.relative_to(made): body for path, body in snapshot(made).items()
    }
    # A copy belongs to whoever made it; the containers' accounts get their folders back.
    assert {name: owners[name] for name in ("broker", "server.key", "backups", "reports")} == {
        "broker": 1883, "server.key": 1883, "backups": 70, "reports": 10001,
    }  # fmt: skip


def test_what_docker_made_in_a_files_place_is_named(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`docker compose up` before `init` leaves folders where files are missing."""
    (empty / "ioc.toml").mkdir(parents=True)
    assert main([*INIT, "--into", str(empty)]) == 2
    assert f"{empty / 'ioc.toml'}: is a folder" in capsys.readouterr().err


def test_it_needs_nothing_but_python(empty: Path) -> None:
    """The operator's machine has Debian's Python and no packages of ours."""
    command = [sys.executable, "-I", "-S", "-c",
               f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[1:] = {[*INIT, '--into', str(empty)]!r};"
               " from deploy.__main__ import main; sys.exit(main())"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
