"""SNMP questions against Debian's snmpd: v2c and v3, answers as they are promised, refusals with a remedy."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from connectors.talk import NO_ANSWER, Snmp
from ingest.fetch.snmp import fetch
from tests.peers import net_snmp
from tests.peers.net_snmp import Snmpd

SYS_DESCR, SYS_UPTIME, IF_NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.31.1.1.1.1"
V2C = {"community": SecretStr(net_snmp.COMMUNITY)}
V3 = {
    "username": net_snmp.USERNAME,
    "auth_password": SecretStr(net_snmp.AUTH_PASSWORD),
    "privacy_password": SecretStr(net_snmp.PRIVACY_PASSWORD),
}


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    server = Snmpd(Path(tmp_path_factory.mktemp("snmpd")))
    server.start()
    yield server
    server.stop()


def ask(snmpd: Snmpd, timeout: float = 3, **fields: Any) -> dict[str, object]:
    question = Snmp(**{"host": "127.0.0.1", "port": snmpd.port, "get": (SYS_DESCR,), **fields})
    answer: dict[str, object] = orjson.loads(fetch(question, timeout))
    return answer


@pytest.mark.parametrize("identity", [V2C, V3], ids=["v2c", "v3"])
def test_what_another_client_reads_is_what_we_read(snmpd: Snmpd, identity: dict[str, Any]) -> None:
    answer = ask(snmpd, get=(SYS_DESCR, SYS_UPTIME, "1.3.6.1.4.1.99999.1.0"), walk=(IF_NAME,), **identity)
    assert answer.pop(SYS_DESCR) == net_snmp.DESCR
    uptime = answer.pop(SYS_UPTIME)
    assert isinstance(uptime, int)
    assert 0 < uptime < 600 * 100, "hundredths of a second since the test began"
    theirs = dict(line.split(" = STRING: ") for line in net_snmp.walk(snmpd.port, IF_NAME))
    assert answer == {name.removeprefix("."): text.strip('"') for name, text in theirs.items()}


def test_octets_that_are_no_text_are_hex(snmpd: Snmpd) -> None:
    answer = ask(snmpd, get=(), walk=("1.3.6.1.2.1.2.2.1.6", "1.3.6.1.6.3.10.2.1.1"), **V2C)
    engine = str(answer["1.3.6.1.6.3.10.2.1.1.0"])
    assert engine.startswith("0x80001f88"), "net-snmp's engine id, RFC 3411"


def test_an_agent_that_does_not_know_us_is_silent(snmpd: Snmpd) -> None:
    with pytest.raises(OSError, match=f"{NO_ANSWER} from 127.0.0.1:{snmpd.port} within 0.3 s.*community") as error:
        ask(snmpd, timeout=0.3, community=SecretStr("another"))
    assert "another" not in str(error.value)
    with pytest.raises(OSError, match=NO_ANSWER):
        ask(snmpd, timeout=0.3, **{**V3, "privacy_password": SecretStr("wrong-password")})


def test_refused_credentials_are_no_silence(snmpd: Snmpd) -> None:
    for wrong in ({"auth_password": SecretStr("wrong-password")}, {"username": "nobody"}, {"auth_protocol": "sha256"}):
        with pytest.raises(OSError, match=r"refuses us.*compare username") as error:
            ask(snmpd, timeout=0.5, **{**V3, **wrong})
        assert NO_ANSWER not in str(error.value)


def test_where_nobody_is_there_is_no_answer_and_an_unknown_host_is_named(snmpd: Snmpd) -> None:
    with pytest.raises(OSError, match=NO_ANSWER):
        ask(snmpd, timeout=0.3, port=1, **V2C)
    for host in ("no-such-host.invalid", "x" * 250, "..", ""):
        with pytest.raises(OSError, match=r"unknown host|no answer"):
            ask(snmpd, timeout=0.3, host=host, **V2C)


def test_many_at_a_time_get_their_own_answers_and_the_dead_delay_nobody(snmpd: Snmpd) -> None:
    began = time.monotonic()

    def one(n: int) -> bool:
        if n % 4 == 0:
            with pytest.raises(OSError, match=NO_ANSWER):
                ask(snmpd, timeout=1, community=SecretStr("another"))
            return True
        return ask(snmpd, **(V3 if n % 2 else V2C))[SYS_DESCR] == net_snmp.DESCR

    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(one, range(64)))
    assert time.monotonic() - began < 14, "sixteen dead ones were waited for one after the other"
