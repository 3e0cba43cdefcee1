"""The commune's own folder: configuration, secrets, certificates, the broker's accounts, inbox and backups."""

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from deploy.authority import Authority, ends
from deploy.broker import HEALTH, INGEST, SIMULATORS, Accounts, Device, configuration
from deploy.files import Mishap, keep, password, private_folder, put

_TEMPLATE = Path(__file__).with_name("ioc.toml")
_GRAFANA = "# Under which address people reach Grafana.\nGF_SERVER_ROOT_URL=https://{host}/grafana/\n"
_PASSWORDS = ("postgres", "ioc", "grafana_reader", "grafana_admin", "ingest", "health")
# The folder lets only root in; a container is given the one file, and runs as whatever account it likes.
_OPEN_IN_CLOSED_FOLDER = 0o444


class Installation:
    """Makes what is missing in the folder, and changes nothing that is there.

    ``system``: programs run on this machine without Docker and meet on localhost.
    """

    def __init__(self, folder: Path, *, system: bool, broker_owner: str = "") -> None:
        self._folder = folder
        self._system = system
        # The accounts of the images eclipse-mosquitto, timescaledb and our own, or Debian's.
        self._owners = {"broker": broker_owner or ("mosquitto" if system else "1883")}
        if not system:
            self._owners |= {"backups": "70", "reports": "10001"}
        self._broker = folder / "broker"
        self.authority = Authority(folder / "authority")
        self._servers = {"broker": self._broker / "server.crt", "web": folder / "web" / "web.crt"}

    def make(self, unit: str, hosts: Sequence[str], *, demo: bool) -> list[str]:
        """Make what is missing; returns the names of what was made. Raises :class:`Mishap`, ``OSError``."""
        made = ["authority/ca.crt"] if self.authority.make(f"IOC {unit} {hosts[0]}") else []
        database, broker = ("127.0.0.1", "localhost") if self._system else ("database", "broker")
        if self.authority.issue(self._servers["broker"], (broker, *hosts, "localhost", "127.0.0.1"), mode=0o600):
            made.append("broker/server.crt")
        if self.authority.issue(self._servers["web"], (*hosts, "localhost"), mode=_OPEN_IN_CLOSED_FOLDER):
            made.append("web/web.crt")
        programs = (*_PASSWORDS, *(["simulators"] if demo else []))
        made += [f"secrets/{name}_password" for name in programs if self._secret(f"{name}_password", password())]
        made += ["secrets/grafana_alerts_token"] if self._secret("grafana_alerts_token", password(43)) else []
        urls = {
            "database_url": f"postgresql://ioc:{self._quoted('ioc')}@{database}/ioc",
            "broker_url": f"mqtts://ingest:{self._quoted('ingest')}@{broker}:8883",
        }
        if demo:
            urls["simulators_url"] = f"mqtts://simulators:{self._quoted('simulators')}@{broker}:8883"
        made += [f"secrets/{name}" for name, url in urls.items() if self._secret(name, url)]
        made += self._broker_files(demo=demo)
        text = _TEMPLATE.read_text("utf-8").replace("UNIT", unit).replace("HOST", hosts[0])
        made += ["ioc.toml"] if keep(self._folder / "ioc.toml", text, 0o644) else []
        made += ["grafana.env"] if keep(self._folder / "grafana.env", _GRAFANA.format(host=hosts[0]), 0o644) else []
        if not self._system:
            (self._folder / "inbox").mkdir(mode=0o755, exist_ok=True)
            private_folder(self._folder / "backups")
            private_folder(self._folder / "reports")
        self._hand_over()
        return made

    def admit(self, devices: Iterable[Device]) -> list[str]:
        """Give devices that have none an account; returns their names. The passwords are added to ``devices.csv``."""
        accounts = Accounts(self._existing("broker"))
        told = self._folder / "devices.csv"
        keep(told, "unit,kind,name,username,password\n", 0o600)
        known = accounts.known()
        new = [device for device in sorted(set(devices)) if device.account not in known]
        for device in new:
            word = password()
            with told.open("a", encoding="utf-8") as file:  # first: a password that nobody knows opens nothing
                file.write(f"{device.unit},{device.kind},{device.name},{device.account},{word}\n")
            accounts.add(device.account, device.rights, word)
        self._hand_over()
        return [device.account for device in new]

    def dismiss(self, names: Iterable[str]) -> list[str]:
        """Take devices' accounts away, and their passwords out of ``devices.csv``; returns their names."""
        accounts, told = Accounts(self._existing("broker")), self._folder / "devices.csv"
        gone = list(dict.fromkeys(names))
        for name in gone:
            if "." not in name:  # a program's: without it the service ends
                raise Mishap(f"{name}: is no device's account; those are called unit.kind.name")
            if name not in accounts.known():
                raise Mishap(f"{name}: has no account")
        for name in gone:
            accounts.remove(name)
        if told.exists():
            lines = told.read_text("utf-8").splitlines(keepends=True)
            put(told, "".join(line for line in lines if line.split(",")[3] not in gone), 0o600)
        self._hand_over()
        return gone

    @property
    def configuration(self) -> Path:
        """The file that declares devices."""
        return self._existing("ioc.toml")

    def renew(self, hosts: Sequence[str], days: int) -> list[str]:
        """Sign certificates anew that end within so many days or lack a host; returns a line about each."""
        said = []
        for name, certificate in self._servers.items():
            self._existing(str(certificate.relative_to(self._folder)))
            new = self.authority.renew(certificate, hosts, days=days)
            said.append(f"{name}: {'renewed, ' if new else ''}valid until {ends(certificate):%Y-%m-%d}")
        return said

    def _broker_files(self, *, demo: bool) -> list[str]:
        accounts = Accounts(self._broker)
        for name, rights in {
            "ingest": INGEST,
            "health": HEALTH,
            **({"simulators": SIMULATORS} if demo else {}),
        }.items():
            accounts.add(name, rights, self._word(name))
        private = str(self._broker) if self._system else "/mosquitto/private"
        files = {
            "ca.crt": self.authority.certificate.read_text("utf-8"),
            # What mosquitto_sub reads: the password of a health check must not stand in its command line.
            "mosquitto_sub": f"-u health\n-P {self._word('health')}\n--cafile {private}/ca.crt\n",
        }
        if self._system:
            files["mosquitto.conf"] = configuration(private, "/var/lib/mosquitto")
        return [f"broker/{name}" for name, text in files.items() if keep(self._broker / name, text, 0o600)]

    def _secret(self, name: str, value: str) -> bool:
        private_folder(self._folder / "secrets")
        return keep(self._folder / "secrets" / name, value + "\n", _OPEN_IN_CLOSED_FOLDER)

    def _word(self, name: str) -> str:
        return self._existing(f"secrets/{name}_password").read_text("utf-8").strip()

    def _quoted(self, name: str) -> str:
        return quote(self._word(name), safe="")

    def _existing(self, name: str) -> Path:
        path = self._folder / name
        if not path.exists():
            raise Mishap(f"{path}: is not there; run `python3 -m deploy init` first")
        return path

    def _hand_over(self) -> None:
        """Give folders to the accounts that work in them, where we may."""
        if os.geteuid() == 0:
            for name, owner in self._owners.items():
                user, _, group = owner.partition(":")
                for path in (self._folder / name, *(self._folder / name).iterdir()):
                    shutil.chown(path, _who(user), _who(group or user))


def _who(name: str) -> int | str:
    return int(name) if name.isdecimal() else name
