"""What `ioc doctor` finds at the broker: whether it lets ingest's account in, and how long its certificate is valid."""

import secrets
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from ingest.sections import Broker

_PATIENCE = 5.0
"""Seconds until the broker's word is missed."""
_SOON = timedelta(days=30)

_AWAY = "start the broker, or correct IOC_BROKER__URL"
_STRANGE = "IOC_BROKER__CA must be the authority that signed it, and IOC_BROKER__URL use a name that it holds"
_REFUSED = "correct user and password in IOC_BROKER__URL, or the broker's list of accounts"
_ENDS = "bring ca.key back and run `python3 -m deploy renew`, then let the broker and the proxy read it"


def assess(broker: Broker, *, soon: timedelta = _SOON) -> tuple[bool, str, str]:
    """Return whether it is well, what was seen and the remedy; a certificate that ends so ``soon`` is not well.

    It comes under a name of its own, since a second one of ingest's would end ingest's session.
    """
    url = urlsplit(broker.url)
    host, port = url.hostname or "127.0.0.1", url.port or (8883 if url.scheme == "mqtts" else 1883)
    place = f"{host}:{port}"
    try:
        # Before the client, which leaves its socket open where it finds no trust.
        until = _valid_until(host, port, broker) if url.scheme == "mqtts" else None
        answer = _answer(host, port, broker)
    except ssl.SSLCertVerificationError as error:
        return False, f"{place}: {error}", _STRANGE
    except FileNotFoundError:
        return False, f"{place}: its authority {broker.ca} is not there", _STRANGE
    except OSError as error:
        return False, f"{place}: {error}", _AWAY
    if answer is None:
        return False, f"{place}: listens, and says nothing within {_PATIENCE:g} s", _AWAY
    if answer.is_failure:
        return False, f"{place}: refuses {unquote(url.username or '') or 'whoever gives no name'}: {answer}", _REFUSED
    if until is None:
        return True, f"{place} lets us in", ""
    near = until - datetime.now(UTC) < soon
    return not near, f"{place} lets us in, its certificate is valid until {until:%F}", _ENDS if near else ""


def _valid_until(host: str, port: int, broker: Broker) -> datetime:
    """Return the end of its certificate (UTC)."""
    context = ssl.create_default_context(cafile=broker.ca)
    with (
        socket.create_connection((host, port), timeout=_PATIENCE) as wire,
        context.wrap_socket(wire, server_hostname=host) as secured,
    ):
        shown = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


def _answer(host: str, port: int, broker: Broker) -> ReasonCode | None:
    """Return what the broker answers to our name and password; None where it says nothing."""
    url = urlsplit(broker.url)
    answers: list[ReasonCode] = []
    name = f"ioc-doctor-{secrets.token_hex(4)}"
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, reconnect_on_failure=False)
    client.connect_timeout = _PATIENCE
    client.on_connect = lambda *said: answers.append(said[3])
    if url.username:
        client.username_pw_set(unquote(url.username), unquote(url.password or ""))
    if url.scheme == "mqtts":
        client.tls_set(ca_certs=str(broker.ca) if broker.ca else None)
    client.connect(host, port)
    last = time.monotonic() + _PATIENCE
    while not answers and time.monotonic() < last and client.loop(timeout=0.2) == paho.MQTT_ERR_SUCCESS:
        pass
    client.disconnect()
    return answers[0] if answers else None
