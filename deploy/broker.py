"""Mosquitto's side: its configuration, who may sign in, and what each may publish and read."""

import base64
import csv
import hashlib
import re
import secrets
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.files import Mishap, keep, put

_TEMPLATE = Path(__file__).with_name("mosquitto.conf")
_ROUNDS = 101
"""PBKDF2-SHA512 rounds of mosquitto_passwd; its passwords here are random, so guessing needs no slowing down."""
_UNIT, _NAME = re.compile(r"[0-9]{5}"), re.compile(r"[a-z0-9-]{1,64}")
_KINDS = ("loudspeaker", "camera", "network")
_THERE = ("installed", "pending_install")
"""Lifecycles of devices that speak or will."""

INGEST = ("topic read ioc/#", "topic readwrite ioc-canary/#")
HEALTH = ("topic read $SYS/broker/uptime",)
SIMULATORS = ("topic write ioc/#",)


@dataclass(frozen=True, order=True)
class Device:
    """A device of the register, as its topics name it."""

    unit: str
    kind: str
    name: str

    @property
    def account(self) -> str:
        """Its user name at the broker."""
        return f"{self.unit}.{self.kind}.{self.name}"

    @property
    def rights(self) -> tuple[str, ...]:
        """What it may do: speak for itself."""
        here = f"ioc/{self.unit}/{self.kind}/{self.name}"
        return f"topic write {here}/status", f"topic write {here}/connection"


def configuration(private: str, data: str) -> str:
    """Return the broker's configuration for these folders instead of the container's."""
    return _TEMPLATE.read_text("utf-8").replace("/mosquitto/private", private).replace("/mosquitto/data", data)


class Accounts:
    """Passwords and access list in the broker's folder: accounts come and go, what is written by hand stays."""

    def __init__(self, folder: Path) -> None:
        self._passwords, self._access = folder / "passwords", folder / "acl"
        head = "# `python3 -m deploy` adds accounts; lines written by hand stay as they are.\n"
        keep(self._passwords, "", 0o600)
        keep(self._access, head, 0o600)

    def known(self) -> set[str]:
        """Return who can sign in."""
        return {line.partition(":")[0] for line in self._passwords.read_text("utf-8").splitlines() if line}

    def add(self, account: str, rights: Iterable[str], word: str) -> None:
        """Add an account with this password, unless it has one. What it may do stands there first."""
        if account in self.known():
            return
        if f"user {account}" not in self._access.read_text("utf-8").splitlines():
            with self._access.open("a", encoding="utf-8") as file:
                file.write("\n".join(["", f"user {account}", *rights, ""]))
        with self._passwords.open("a", encoding="utf-8") as file:
            file.write(f"{account}:{hashed(word)}\n")

    def remove(self, account: str) -> None:
        """Take an account's password away; what it was allowed stays written, and serves nobody."""
        lines = self._passwords.read_text("utf-8").splitlines(keepends=True)
        put(self._passwords, "".join(line for line in lines if line.partition(":")[0] != account), 0o600)


def hashed(word: str, salt: bytes | None = None) -> str:
    """Return a password as Mosquitto keeps it: ``$7$rounds$salt$key``, PBKDF2 with HMAC-SHA512."""
    salt = salt if salt is not None else secrets.token_bytes(12)
    key = hashlib.pbkdf2_hmac("sha512", word.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def declared(configuration: Path) -> Iterator[Device]:
    """Yield the devices of ``ioc.toml`` that are or will be there. Raises :class:`Mishap`."""
    try:
        tables = tomllib.loads(configuration.read_text("utf-8")).get("devices", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Mishap(f"{configuration}: {error}") from error
    for n, table in enumerate(tables):
        if table.get("lifecycle", "installed") in _THERE:
            yield _device(table, f"{configuration}:devices.{n}")


def exported(register: Path) -> Iterator[Device]:
    """Yield the devices of a register exported as CSV (``/api/v1/export/devices.csv``) that are or will be there.

    Its column ``id`` is what a device calls itself, ``name`` what people call it. Raises :class:`Mishap`.
    """
    try:
        with register.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            if "id" not in (lines.fieldnames or ()):
                raise Mishap(f"{register}: has no column id; fetch it from /api/v1/export/devices.csv")
            for n, line in enumerate(lines, 2):
                if line.get("lifecycle", "installed") in _THERE:
                    yield _device({**line, "name": line["id"]}, f"{register}:line {n}")
    except (OSError, UnicodeDecodeError) as error:
        raise Mishap(f"{register}: {error}") from error


def _device(table: dict[str, str], place: str) -> Device:
    unit, kind, name = (str(table.get(key, "")) for key in ("unit", "kind", "name"))
    # Checked to the letter: a wildcard or a line break here would give one device the rights of all.
    if not _UNIT.fullmatch(unit) or kind not in _KINDS or not _NAME.fullmatch(name):
        said = f"unit {unit!r}, kind {kind!r}, name {name!r}"
        raise Mishap(
            f"{place}: {said}: a 5-digit unit, one of {', '.join(_KINDS)}, and a name of a-z 0-9 - are expected"
        )
    return Device(unit, kind, name)
