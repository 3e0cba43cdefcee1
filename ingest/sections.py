"""The tables of ``ioc.toml``: what an operator can set, its bounds and meaning; sources and receivers bring theirs."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr


class Section(BaseModel):
    """A table of ``ioc.toml``: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _url(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        if urlsplit(value).scheme not in schemes:
            raise ValueError(f"must begin with {' or '.join(s + '://' for s in schemes)}")
        return value

    return AfterValidator(check)


class Commune(Section):
    """Whose centre this is."""

    unit: str = Field(default="00000", pattern=r"^[0-9]{5}$")
    """Code of the commune that the screen opens with."""
    simulated: bool = False
    """True where devices and offices are simulated: every screen says *mô phỏng*."""


class Database(Section):
    """PostgreSQL 15 or newer, with or without TimescaleDB."""

    url: Annotated[str, _url("postgresql", "postgres")] = "postgresql://ioc@127.0.0.1/ioc"
    """``postgresql://user@host/name``; with a password it comes from the environment only."""
    pool: int = Field(default=6, ge=2, le=200)
    """Connections at most, per process."""
    keep_days: int = Field(default=400, ge=2)
    """Device reports older than this are dropped, a day's partition at a time."""
    reader_password: SecretStr = SecretStr("")
    """What Grafana's role ``ioc_grafana``, which may only read, logs in with; set by `ioc migrate`. Empty: as it is."""


class Broker(Section):
    """The MQTT broker that devices publish to."""

    url: Annotated[str, _url("mqtt", "mqtts")] = "mqtt://127.0.0.1:1883"
    """``mqtt://host:port``, ``mqtts://`` over TLS; with a password it comes from the environment only."""
    client: str = Field(default="ioc-ingest", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """Client id; the persistent session at the broker belongs to it, so one ingest process a name."""
    protocol: Literal["3.1.1", "5"] = "3.1.1"
    """Version of MQTT."""
    keepalive: int = Field(default=30, ge=5, le=3600)
    """Seconds."""
    canary: float = Field(default=10.0, ge=1)
    """Seconds between two messages to ourselves through the broker; three unanswered: the connection is made anew."""
    ca: Path | None = None
    """Certificate authority for mqtts."""


class Http(Section):
    """The API and the screen."""

    host: str = "127.0.0.1"
    """Address that is listened on; 0.0.0.0 only behind a firewall or a proxy with TLS."""
    port: int = Field(default=8080, ge=0, le=65535)
    """0 takes a free one."""
    secure_cookies: bool = False
    """True behind TLS."""
    address: str = Field(default="", pattern=r"^(https?://[^\s/]\S*)?$")
    """As people reach the screen, for links in messages: ``https://ioc.xa.example.vn``; empty: no links."""
    largest_body: int = Field(default=32 * 1024 * 1024, gt=0)
    """Bytes of one request."""


class Screen(Section):
    """The operations screen."""

    tiles: Path | None = None
    """Folder of map tiles ``{z}/{x}/{y}.png`` (Web Mercator, 256 pixels), served by us; none: outlines alone."""
    attribution: str = Field(default="", max_length=200)
    """Whose map the tiles are, as their licence wants it said: ``© OpenStreetMap``."""


class Ingest(Section):
    """How messages become rows."""

    queue: int = Field(default=20_000, ge=4_000)
    """Messages waiting in memory at most, unacknowledged all."""
    batch_rows: int = Field(default=8_000, ge=1)
    """Rows of one transaction at most."""
    apart: bool = False
    """Whether messages are understood and stored in a process of its own: for thousands a second on several cores."""
    batch_age: float = Field(default=0.05, gt=0, le=10)
    """Seconds the first message of a batch waits for company."""
    patience: float = Field(default=3.0, ge=1.5)
    """A device is silent after so many expected intervals."""
    expected_every: Mapping[str, timedelta] = {
        "loudspeaker": timedelta(seconds=60),
        "camera": timedelta(seconds=60),
        "network": timedelta(minutes=5),
    }
    """How often a kind of device speaks, unless its own entry says otherwise."""


def _place(value: str) -> str:
    host, _, port = value.rpartition(":")
    if host and ":" not in host and not (port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("a host for an echo is expected, or host:port for a connection")
    return value


_Host = Annotated[str, Field(pattern=r"^[^\s/]{1,253}$"), AfterValidator(_place)]


class Canary(Section):
    """How we find out that we ourselves can't see: what doesn't answer us hides devices, which are unknown then.

    A host is asked for an echo, ``host:port`` for a connection. Where there is no way out, name no hosts outside.
    """

    every: timedelta = Field(default=timedelta(seconds=5), ge=timedelta(milliseconds=200), le=timedelta(minutes=10))
    """Pause between two looks."""
    timeout: timedelta = Field(default=timedelta(seconds=2), ge=timedelta(milliseconds=50), le=timedelta(minutes=1))
    """How long an answer may take."""
    failures: int = Field(default=3, ge=1, le=100)
    """Looks in a row that must fail."""
    gateway: Annotated[str, Field(pattern=r"^[^\s/]{0,253}$"), AfterValidator(_place)] = "auto"
    """Our own network: ``auto`` is the default route's gateway, once it has answered; empty: not looked at."""
    uplink: tuple[_Host, ...] = ()
    """The way out: it is down where none of these answers."""
    dns: tuple[_Host, ...] = ()
    """Names to look up; one that is found is enough."""
    clock: Annotated[str, Field(pattern=r"^(database|ntp://[^\s/]+)?$")] = "database"
    """What our clock is compared with: ``database``, ``ntp://host``, or nothing."""
    largest_skew: timedelta = Field(default=timedelta(seconds=5), gt=timedelta())
    """By how much it may differ."""


class Calendar(Section):
    """Days off and working days by decision, besides weekends and the public holidays of Việt Nam."""

    days_off: tuple[date, ...] = ()
    """Local days, as 2026-12-24."""
    working: tuple[date, ...] = ()
    """Days that are worked although they are days off, as in exchange for another."""


class Grafana(Section):
    """A running Grafana that `ioc dashboards push` sends to and `ioc doctor` asks; without ``url`` there is none."""

    url: str = Field(default="", pattern=r"^(https?://[^\s/@]\S*)?$")
    """As ``https://grafana.xa.example.vn``, with the path where it lies under one."""
    token: SecretStr | None = None
    """Of a service account: ``push`` needs the role Admin, ``diff``, ``pull`` and ``doctor`` the role Viewer."""
    user: str = ""
    """Instead of a token: an administrator's name, as for the first ``push``."""
    password: SecretStr | None = None
    """Of ``user``."""
    ca: Path | None = None
    """Certificate authority for https; none: those that the system trusts."""
    timeout: timedelta = Field(default=timedelta(seconds=10), ge=timedelta(seconds=1), le=timedelta(minutes=5))
    """How long one answer may take."""
    folder: str = ""
    """Title of the folder that boards and rules lie in; empty: as the files of `ioc dashboards build` say."""
    alerts_token: SecretStr | None = None
    """What its contact point shows our API, 32 characters at least; `ioc migrate` admits it with the role operator."""


class Hamlet(Section):
    """A hamlet with its outline, longitude before latitude (WGS 84)."""

    name: str
    """As people write it; devices name it as their ``hamlet``."""
    outline: tuple[tuple[float, float], ...] = ()
    """Corners as [longitude, latitude], the first again at the end; empty: not drawn."""


class Device(Section):
    """A device of the register; those not named here are kept as *chưa khai báo*."""

    unit: str = Field(pattern=r"^[0-9]{5}$")
    """Code of the commune that it stands in."""
    kind: Literal["loudspeaker", "camera", "network"]
    """What it is."""
    name: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    """As it names itself in its messages."""
    title: str = ""
    """As people call it; empty: the name."""
    hamlet: str = ""
    """Name of its hamlet."""
    latitude: float | None = None
    """Degrees, WGS 84; without it the map does not show it."""
    longitude: float | None = None
    """Degrees, WGS 84."""
    owner: str = ""
    """Who answers for it."""
    upstream: str = ""
    """The line or device that it hangs on: what goes away together is one incident."""
    expected_every: timedelta | None = None
    """How often it speaks; left out: as its kind."""
    horns: int | None = None
    """Horns of a loudspeaker."""
    lifecycle: Literal["installed", "pending_install", "disabled", "retired"] = "installed"
    """Only what is installed is missed when it is silent."""
    installed_on: date | None = None
    """Local day since which it stands there, as 2025-07-01; left out: since it is registered. What was planned for it
    since then counts; its silence counts only since it is registered."""
