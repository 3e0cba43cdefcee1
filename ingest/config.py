"""The one file ``ioc.toml`` as one strict model; ``IOC_<SECTION>__<KEY>[_FILE]`` overrides it, secrets come only so."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SerializeAsAny, ValidationError, field_validator

from connectors import CONNECTORS
from connectors.contract import Connector
from ingest import rules as shipped_rules
from ingest.contracts import Contracts
from ingest.environment import given
from ingest.errors import ConfigError
from ingest.receiver import Receiver
from ingest.receivers import give, receivers_of, secrets_in
from ingest.sections import (
    Broker,
    Calendar,
    Canary,
    Commune,
    Database,
    Device,
    Grafana,
    Hamlet,
    Http,
    Ingest,
    Screen,
    Section,
)
from ingest.sources import SourceFault, connector_of, faults_of, meant, secrets


class Settings(Section):
    """Everything an operator can set."""

    commune: Commune = Commune()
    database: Database = Database()
    broker: Broker = Broker()
    http: Http = Http()
    screen: Screen = Screen()
    ingest: Ingest = Ingest()
    canary: Canary = Canary()
    calendar: Calendar = Calendar()
    contracts: Contracts = Contracts()
    grafana: Grafana = Grafana()
    hamlets: tuple[Hamlet, ...] = ()
    devices: tuple[Device, ...] = ()
    rules: Mapping[str, tuple[Mapping[str, Any], ...]] = {}
    """What a commune wants otherwise of a rule of ``ingest/rules``: [[rules.KEY]] with unit and valid_from."""
    receivers: tuple[SerializeAsAny[Receiver], ...] = ()
    """Who is told of incidents: [[receivers]] with name and kind."""
    sources: Mapping[str, SerializeAsAny[Connector]] = {}

    @field_validator("rules", mode="before")
    @classmethod
    def _known_rules(cls, tables: Any) -> Any:
        if not isinstance(tables, Mapping):
            raise ValueError("a table of rules is expected: [[rules.KEY]]")
        shipped_rules.load(tables)
        return tables

    @field_validator("receivers", mode="before")
    @classmethod
    def _receivers(cls, tables: Any) -> tuple[Receiver, ...]:
        return receivers_of(tables)

    @field_validator("sources", mode="before")
    @classmethod
    def _connectors(cls, tables: Any) -> dict[str, Connector]:
        if not isinstance(tables, dict):
            raise ValueError("a table of sources is expected: [sources.NAME]")
        made: dict[str, Connector] = {}
        faults: list[tuple[str, str]] = []
        for name, table in tables.items():
            try:
                made[name] = connector_of(name, table)
            except SourceFault as fault:
                faults += fault.faults
        if faults:
            raise SourceFault(faults)
        return made


def _from_environment(environment: Mapping[str, str], tables: dict[str, Any]) -> list[str]:
    values, faults = given(environment)
    for variable, value in values.items():
        *sections, key = variable.removeprefix("IOC_").lower().split("__")
        if sections[0] == "receivers":
            if fault := give(tables.get("receivers"), [*sections[1:], key], value):
                faults.append(f"environment:{variable}: {fault}")
            continue
        table = tables
        for section in sections:
            table = table.setdefault(section, {})
        if sections[0] not in Settings.model_fields:
            faults.append(f"environment:{variable}: unknown section{meant(sections[0], Settings.model_fields)}")
            tables.pop(sections[0], None)
        else:
            table[key] = value
    return faults


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the file (none: defaults) and the environment; raises :class:`ConfigError` with all faults at once."""
    tables: dict[str, Any] = {}
    if path is not None:
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError as error:
            raise ConfigError(f"{path}: there is no such file; write one or name another with --config") from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: can't be read: {error}") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{path}: not TOML: {error}") from error
    faults = [
        f"{path}:{section}.url: holds a password; secrets come from the environment: IOC_{section.upper()}__URL"
        for section in ("database", "broker")
        if urlsplit(str(dict(tables.get(section, {})).get("url", ""))).password
    ]
    for place in ("database.reader_password", "grafana.token", "grafana.password", "grafana.alerts_token"):
        section, _, key = place.partition(".")
        if isinstance(table := tables.get(section), dict) and table.get(key):
            variable = f"IOC_{section}__{key}".upper()
            faults.append(f"{path}:{place}: is a secret; it comes from the environment: {variable}")
    sources, commune = tables.get("sources", {}), tables.get("commune", {})
    # What opens simulated offices guards nothing.
    simulated = isinstance(commune, dict) and commune.get("simulated") is True
    for name, table in sources.items() if isinstance(sources, dict) and not simulated else ():
        if isinstance(table, dict) and table.get("connector") in CONNECTORS:
            for place in secrets(CONNECTORS[table["connector"]], table):
                variable = f"IOC_SOURCES__{name}__{place.replace('.', '__')}".upper()
                faults.append(f"{path}:sources.{name}.{place}: is a secret; it comes from the environment: {variable}")
    for place, variable in secrets_in(tables.get("receivers")):
        faults.append(f"{path}:{place}: is a secret; it comes from the environment: {variable}")
    faults += _from_environment(environment, tables)
    try:
        settings = Settings.model_validate(tables)
    except ValidationError as error:
        faults += [f"{path or 'defaults'}:{place}: {message}" for place, message in faults_of(error, Settings)]
        raise ConfigError(*faults) from error
    if faults:
        raise ConfigError(*faults)
    return settings
