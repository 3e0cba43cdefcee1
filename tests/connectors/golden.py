"""Golden cases: a message in ``connectors/*/cases/<case>/`` and what must be understood of it.

``python -m tests.connectors.golden FOLDER..`` writes ``expected.json`` of the cases anew: read the difference before
believing it.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors import CONNECTORS
from connectors.contract import Connector, DeviceId, Message, Record, Undecodable
from simulators import budget_treasury, budget_xml, health_dhis2, health_fhir
from simulators.internet_feed import TOPICS
from simulators.lgsp_rest import SERVICES
from simulators.procedures_seed import AGENCIES
from simulators.socio_rest import CATALOGUE

CONNECTORS_FOLDER = Path(__file__).parents[2] / "connectors"
MINIMAL: Mapping[str, Mapping[str, Any]] = {
    "dti_workbook": {"unit": "20791", "folder": "/var/lib/ioc/dti"},
    "health_workbook": {"unit": "20791", "folder": "/var/lib/ioc/health"},
    "socio_workbook": {"unit": "20791", "folder": "/var/lib/ioc/socio"},
    "budget_workbook": {"unit": "20791", "folder": "/var/lib/ioc/budget"},
    "field_reports_rest": {"url": "https://1022.mo-phong.example", "unit": "20791"},
    "budget_treasury": {"url": "https://kho-bac.example", **budget_treasury.settings(["20791", "05068"])},
    "budget_xml": {"folder": "/var/lib/ioc/budget-xml", **budget_xml.settings("20791")},
    "health_dhis2": {"url": "https://dhis2.example/api-root", **health_dhis2.settings(["20791", "05068"])},
    "health_fhir": {"url": "https://fhir.example/fhir", **health_fhir.settings()},
    "internet_feed": {
        "unit": "20791",
        "topics": TOPICS,
        "sites": [
            {"name": "Báo Mô Phỏng", "url": "https://mo-phong.example/internet/bao.rss"},
            {
                "name": "Trang tin Mô Phỏng",
                "url": "https://mo-phong.example/internet/trang-tin.atom",
                "source_type": "website",
            },
        ],
    },
    "camera_icmp": {"unit": "20791", "devices": [{"name": "cam-cong-01", "host": "10.20.1.11"}]},
    "camera_onvif": {"unit": "20791", "cameras": [{"name": "cam-cong-01", "host": "192.0.2.7"}]},
    "camera_rtsp": {"unit": "20791", "cameras": [{"name": "cam-cong-01", "url": "rtsp://192.0.2.7/1"}]},
    "internet_rest": {"url": "https://lang-nghe.mo-phong.example", "unit": "20791"},
    "loudspeaker_http": {"url": "https://truyen-thanh.mo-phong.example/api", "unit": "20791"},
    "network_icmp": {"unit": "20791", "devices": [{"name": "rt-ubnd", "host": "10.20.0.1"}]},
    "network_snmp": {
        "unit": "20791",
        "community": "mo-phong",
        "devices": [
            {"name": name, "host": "10.20.0.1", "interface": 2, "capacity_mbps": 100}
            for name in ("rt-ubnd", "rt-tslcd")
        ],
    },
    "recorder_snmp": {
        "unit": "20791",
        "community": "mo-phong",
        "devices": [{"name": "nvr-01", "host": "10.20.0.9", "channels": {1: "cam-cong-01", 2: "cam-cong-02"}}],
        "profile": {"recording": "1.3.6.1.3.5068.1.1"},
    },
    "documents_rest": {"url": "http://van-ban.test", "units": {**AGENCIES, "H28.20791": "20791"}},
    "lgsp_rest": {
        "url": "http://lgsp.test",
        "unit": "20791",
        "services": [{"name": name, "path": f"/{name}/health", "title": title} for name, title in SERVICES.items()],
    },
    "procedures_rest": {
        "url": "http://mot-cua.test",
        "statistics": "/thong-ke",
        "dossiers": "/ho-so",
        "units": {**AGENCIES, "H28.20791": "20791"},
    },
    "socio_rest": {"url": "https://bao-cao.mo-phong.example", "units": {"H28.24.7": "20791"}, "catalogue": CATALOGUE},
}
"""The least an operator must write; connectors that are not here need nothing."""

_WORDS_OF_LIBRARIES = re.compile(r"(?<=not JSON in UTF-8: ).*|(?<=is no instant: ).*|(?<=send it again ).*", re.DOTALL)


@dataclass(frozen=True)
class Case:
    """One folder of a golden case."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.parents[1].name

    @property
    def headers(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "message.toml").read_text("utf-8"))

    @property
    def message(self) -> Message:
        headers = self.headers
        (body,) = self.folder.glob("body.*")
        return Message(
            source=self.name,
            address=headers["address"],
            body=body.read_bytes(),
            received_at=headers["received_at"].astimezone(UTC),
            redelivered=headers.get("redelivered", False),
            retained=headers.get("retained", False),
        )

    @property
    def connector(self) -> Connector:
        return configured(self.name, self.headers.get("config", {}))

    @property
    def expected(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self.folder / "expected.json").read_text("utf-8"))
        return said

    @property
    def accepted(self) -> bool:
        return "records" in self.expected

    def write(self) -> None:
        (self.folder / "expected.json").write_text(_text(outcome(self.connector, self.message)), "utf-8")


def configured(name: str, config: Mapping[str, Any] | None = None) -> Connector:
    """Return the connector of the registry with the least configuration, and what is given beside it."""
    return CONNECTORS[name](**{**MINIMAL.get(name, {}), **(config or {})})


def cases() -> list[Case]:
    """Return every case of every connector."""
    return [Case(path.parent) for path in sorted(CONNECTORS_FOLDER.glob("*/cases/*/message.toml"))]


def outcome(connector: Connector, message: Message) -> dict[str, Any]:
    """Return what cleansing and decoding make of a message, as in ``expected.json``; ``…`` for words of libraries."""
    try:
        return {"records": serialised(understood(connector, message))}
    except Undecodable as error:
        reason = _WORDS_OF_LIBRARIES.sub("…", error.reason)
        refused: dict[str, Any] = {"undecodable": {"place": error.place, "reason": reason}}
        return refused | ({"taken": serialised(error.taken)} if error.taken else {})


def understood(connector: Connector, message: Message) -> tuple[Record, ...]:
    """Return the records of a message as they pass the door: cleansed, then decoded."""
    body = connector.cleanse(message.body)
    cleansed = Message(
        message.source,
        message.address,
        body,
        message.received_at,
        redelivered=message.redelivered,
        retained=message.retained,
    )
    return tuple(connector.decode(cleansed))


def serialised(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return the records as JSON has them: type and fields that differ from their defaults."""
    return [
        {"type": type(record).__name__}
        | {
            field.name: _plain(value)
            for field in fields(record)
            if (value := getattr(record, field.name)) not in (field.default, {}) or field.name == "value"
        }
        for record in records
    ]


def _plain(value: object) -> object:
    if isinstance(value, DeviceId | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _text(said: Mapping[str, Any]) -> str:
    """Write one record a line, so that a difference can be read."""
    parts = []
    for key, value in said.items():
        if isinstance(value, list):
            lines = ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in value)
            parts.append(f' "{key}": [\n  {lines}\n ]')
        else:
            parts.append(f' "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        Case(Path(folder).resolve()).write()
