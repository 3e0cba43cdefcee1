"""Secrets as files: what container engines and systemd hand out reaches the settings."""

from pathlib import Path

import pytest

from ingest.config import load
from ingest.errors import ConfigError


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "database_url"
    secret.write_text("postgresql://ioc:bí mật@db/ioc\n", "utf-8")
    assert load(None, {"IOC_DATABASE__URL_FILE": str(secret)}).database.url == "postgresql://ioc:bí mật@db/ioc"


def test_only_the_line_break_at_the_end_is_cut(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_bytes(b"mqtts://a: b @broker\r\n")
    assert load(None, {"IOC_BROKER__URL_FILE": str(secret)}).broker.url == "mqtts://a: b @broker"


def test_a_source_and_a_receiver_get_theirs_too(tmp_path: Path) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text(
        '[sources.cameras]\nconnector = "camera_onvif"\nunit = "05068"\nusername = "giamsat"\n'
        'cameras = [{ name = "cam-01", host = "10.0.5.11" }]\n'
        '[[receivers]]\nname = "truc"\nkind = "webhook"\nurl = "https://x.vn"\n'
    )
    secret = tmp_path / "secret"
    secret.write_text("mật-khẩu-dài-hơn-mười-sáu-chữ\n", "utf-8")
    variables = ("IOC_SOURCES__CAMERAS__PASSWORD_FILE", "IOC_RECEIVERS__TRUC__SECRET_FILE")
    settings = load(file, dict.fromkeys(variables, str(secret)))
    (receiver,) = settings.receivers
    for holder, field in ((settings.sources["cameras"], "password"), (receiver, "secret")):
        assert getattr(holder, field).get_secret_value() == "mật-khẩu-dài-hơn-mười-sáu-chữ"


def test_a_file_that_is_missing_and_a_value_given_twice_are_named(tmp_path: Path) -> None:
    both = {"IOC_BROKER__URL": "mqtt://x", "IOC_BROKER__URL_FILE": str(tmp_path / "any")}
    with pytest.raises(ConfigError) as caught:
        load(None, {**both, "IOC_DATABASE__URL_FILE": str(tmp_path / "none")})
    twice, missing = caught.value.faults
    assert twice == "environment:IOC_BROKER__URL_FILE: IOC_BROKER__URL is set too; keep one of them"
    assert missing.startswith(f"environment:IOC_DATABASE__URL_FILE: {tmp_path / 'none'}: can't be read: ")
