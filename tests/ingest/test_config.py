"""Each mistake of an operator has its exact message: file, place, remedy; all of them at once."""

from pathlib import Path

import pytest

from connectors import CONNECTORS
from ingest.config import load
from ingest.errors import ConfigError

MISTAKES = {
    '[broker]\nprotocl = "5"': ["broker.protocl: unknown key; did you mean 'protocol'?"],
    '[brokr]\nurl = "mqtt://x"': ["brokr: unknown key; did you mean 'broker'?"],
    "[http]\nport = 99999": ["http.port: Input should be less than or equal to 65535 (is 99999)"],
    '[broker]\nurl = "http://x"': ["broker.url: must begin with mqtt:// or mqtts:// (is 'http://x')"],
    '[commune]\nunit = "5068"': [r"commune.unit: String should match pattern '^[0-9]{5}$' (is '5068')"],
    '[sources.a]\nconnector = "camera_mqt"': [
        "sources.a.connector: there is no connector 'camera_mqt'; did you mean 'camera_mqtt'?"
    ],
    "[sources.a]\nunit = 1": ['sources.a: names no connector; write connector = "…", one of ' + ", ".join(CONNECTORS)],
    '[sources.a]\nconnector = "budget_workbook"\nfoldr = "x"\nunit = "05068"': [
        "sources.a.folder: is missing",
        "sources.a.foldr: unknown key; did you mean 'folder'?",
    ],
    '[[devices]]\nunit = "05068"\nkind = "camera"\nname = "C 1"': [
        r"devices.0.name: String should match pattern '^[a-z0-9-]{1,64}$' (is 'C 1')"
    ],
    '[database]\nurl = "postgresql://ioc:secret@db/ioc"': [
        "database.url: holds a password; secrets come from the environment: IOC_DATABASE__URL"
    ],
    '[grafana]\nurl = "grafana:3000"\ntoken = "glsa_x"': [
        "grafana.token: is a secret; it comes from the environment: IOC_GRAFANA__TOKEN",
        r"grafana.url: String should match pattern '^(https?://[^\s/@]\S*)?$' (is 'grafana:3000')",
    ],
    '[canary]\ngateway = "192.168.1.1:x"\nuplink = ["http://x/"]\nclock = "gps"': [
        "canary.clock: String should match pattern '^(database|ntp://[^\\s/]+)?$' (is 'gps')",
        "canary.gateway: a host for an echo is expected, or host:port for a connection (is '192.168.1.1:x')",
        r"canary.uplink.0: String should match pattern '^[^\s/]{1,253}$' (is 'http://x/')",
    ],
    "[http]\nport = -1\n[ingest]\npatience = 1": [
        "http.port: Input should be greater than or equal to 0 (is -1)",
        "ingest.patience: Input should be greater than or equal to 1.5 (is 1)",
    ],
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert sorted(caught.value.faults) == sorted(f"{file}:{fault}" for fault in MISTAKES[text])


def test_no_file_and_no_toml_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "none.toml", {})
    (tmp_path / "bad.toml").write_text("[broker\n")
    with pytest.raises(ConfigError, match="not TOML"):
        load(tmp_path / "bad.toml", {})


def test_the_environment_overrides_the_file_and_is_checked_too(tmp_path: Path) -> None:
    file = tmp_path / "ioc.toml"
    file.write_text("[http]\nport = 1")
    secret = {"IOC_HTTP__PORT": "9090", "IOC_DATABASE__URL": "postgresql://ioc:secret@db/ioc", "IOC_PARENT": "x"}
    settings = load(file, secret)
    assert settings.http.port == 9090
    assert settings.database.url.endswith("secret@db/ioc")
    with pytest.raises(ConfigError, match="environment:IOC_HTPP__PORT: unknown section; did you mean 'http'"):
        load(file, {"IOC_HTPP__PORT": "1"})


def test_the_example_is_good() -> None:
    settings = load(Path(__file__).parents[2] / "docs" / "ioc.example.toml", {})
    assert {"loudspeakers", "cameras", "network", "budget", "field_reports", "procedures"} <= set(settings.sources)
