"""The simulated gateway tells how its services are, also those whose offices stand behind it."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import DeviceReport
from simulators.documents_rest import DocumentSystem
from simulators.lgsp_rest import SERVICES, ProvincialGateway
from simulators.office import Asked
from simulators.procedures_rest import OneStopSystem

UNIT = "05068"
AT = datetime(2026, 5, 12, 3, 20, 7, tzinfo=UTC)
STATUS = {"online": 200, "degraded": 200, "fault": 500, "offline": 503}


def token(gateway: ProvincialGateway, now: datetime) -> str:
    secret = b64encode(b"ioc:secret").decode()
    asked = Asked("POST", "/token", {}, {"authorization": f"Basic {secret}"}, b"grant_type=client_credentials")
    return str(json.loads(gateway.answer(asked, now).body)["access_token"])


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_health_is_the_gateways_own_word(service: str) -> None:
    gateway = ProvincialGateway(
        UNIT, 1, client=("ioc", "secret"), offices=(OneStopSystem(UNIT, 1), DocumentSystem(UNIT, 1))
    )
    states = set()
    for hour in range(0, 24 * 60, 2):
        now = AT + timedelta(minutes=5 * hour)
        headers = {"authorization": f"Bearer {token(gateway, now)}"}
        said = gateway.answer(Asked("GET", f"/{service}/health", {}, headers), now)
        (report,) = (r for r in gateway.measure(now) if isinstance(r, DeviceReport) and r.device.name.endswith(service))
        assert said.status == STATUS[report.state]
        states.add(report.state)
    assert "online" in states
    assert gateway.answer(Asked("GET", f"/{service}/health", {}, {}), AT).status == 401
