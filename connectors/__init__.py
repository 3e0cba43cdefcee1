"""The registry: one visible line a connector; ``ioc.toml`` names them in ``[sources.*] connector = "…"``."""

from connectors.budget_treasury import BudgetTreasury
from connectors.budget_workbook import BudgetWorkbook
from connectors.budget_xml import BudgetXml
from connectors.camera_icmp import CameraIcmp
from connectors.camera_mqtt import CameraMqtt
from connectors.camera_onvif import CameraOnvif
from connectors.camera_rtsp import CameraRtsp
from connectors.contract import Connector
from connectors.documents_rest import DocumentsRest
from connectors.dti_workbook import DtiWorkbook
from connectors.field_reports import FieldReports
from connectors.field_reports_rest import FieldReportsRest
from connectors.health_dhis2 import HealthDhis2
from connectors.health_fhir import HealthFhir
from connectors.health_workbook import HealthWorkbook
from connectors.internet_feed import InternetFeed
from connectors.internet_rest import InternetRest
from connectors.lgsp_rest import LgspRest
from connectors.loudspeaker_http import LoudspeakerHttp
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from connectors.network_icmp import NetworkIcmp
from connectors.network_mqtt import NetworkMqtt
from connectors.network_snmp import NetworkSnmp
from connectors.procedures_rest import ProceduresRest
from connectors.recorder_snmp import RecorderSnmp
from connectors.socio_rest import SocioRest
from connectors.socio_workbook import SocioWorkbook

CONNECTORS: dict[str, type[Connector]] = {
    "budget_treasury": BudgetTreasury,
    "budget_workbook": BudgetWorkbook,
    "budget_xml": BudgetXml,
    "camera_icmp": CameraIcmp,
    "camera_mqtt": CameraMqtt,
    "camera_onvif": CameraOnvif,
    "camera_rtsp": CameraRtsp,
    "documents_rest": DocumentsRest,
    "dti_workbook": DtiWorkbook,
    "field_reports": FieldReports,
    "field_reports_rest": FieldReportsRest,
    "health_dhis2": HealthDhis2,
    "health_fhir": HealthFhir,
    "health_workbook": HealthWorkbook,
    "internet_feed": InternetFeed,
    "internet_rest": InternetRest,
    "lgsp_rest": LgspRest,
    "loudspeaker_http": LoudspeakerHttp,
    "loudspeaker_mqtt": LoudspeakerMqtt,
    "network_icmp": NetworkIcmp,
    "network_mqtt": NetworkMqtt,
    "network_snmp": NetworkSnmp,
    "procedures_rest": ProceduresRest,
    "recorder_snmp": RecorderSnmp,
    "socio_rest": SocioRest,
    "socio_workbook": SocioWorkbook,
}
