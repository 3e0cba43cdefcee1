"""The registry: one visible line a connector; ``ioc.toml`` names them in ``[sources.*] connector = "…"``.

A connector is imported when it is asked for: a commune without workbooks needs no reader of them, and who imports the
contract imports nothing else.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.contract import Connector

_CLASSES = {
    "budget_treasury": "BudgetTreasury",
    "budget_workbook": "BudgetWorkbook",
    "budget_xml": "BudgetXml",
    "camera_icmp": "CameraIcmp",
    "camera_mqtt": "CameraMqtt",
    "camera_onvif": "CameraOnvif",
    "camera_rtsp": "CameraRtsp",
    "documents_rest": "DocumentsRest",
    "dti_workbook": "DtiWorkbook",
    "field_reports": "FieldReports",
    "field_reports_rest": "FieldReportsRest",
    "health_dhis2": "HealthDhis2",
    "health_fhir": "HealthFhir",
    "health_workbook": "HealthWorkbook",
    "internet_feed": "InternetFeed",
    "internet_rest": "InternetRest",
    "lgsp_rest": "LgspRest",
    "loudspeaker_http": "LoudspeakerHttp",
    "loudspeaker_mqtt": "LoudspeakerMqtt",
    "network_icmp": "NetworkIcmp",
    "network_mqtt": "NetworkMqtt",
    "network_snmp": "NetworkSnmp",
    "procedures_rest": "ProceduresRest",
    "recorder_snmp": "RecorderSnmp",
    "socio_rest": "SocioRest",
    "socio_workbook": "SocioWorkbook",
}


class _Registry(Mapping[str, "type[Connector]"]):
    """The class of each connector by its name, which is its folder's."""

    def __getitem__(self, name: str) -> "type[Connector]":
        its_class = _CLASSES[name]  # KeyError, as of any mapping
        made: type[Connector] = getattr(import_module(f"connectors.{name}"), its_class)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(_CLASSES)

    def __len__(self) -> int:
        return len(_CLASSES)

    def __contains__(self, name: object) -> bool:
        return name in _CLASSES


CONNECTORS: Mapping[str, "type[Connector]"] = _Registry()
