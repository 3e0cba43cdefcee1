"""The registry: one visible line a connector; ``ioc.toml`` names them in ``[sources.*] connector = "…"``."""

from connectors.budget_workbook import BudgetWorkbook
from connectors.camera_mqtt import CameraMqtt
from connectors.contract import Connector
from connectors.field_reports import FieldReports
from connectors.internet_feed import InternetFeed
from connectors.loudspeaker_mqtt import LoudspeakerMqtt
from connectors.network_mqtt import NetworkMqtt

CONNECTORS: dict[str, type[Connector]] = {
    "budget_workbook": BudgetWorkbook,
    "camera_mqtt": CameraMqtt,
    "field_reports": FieldReports,
    "internet_feed": InternetFeed,
    "loudspeaker_mqtt": LoudspeakerMqtt,
    "network_mqtt": NetworkMqtt,
}
