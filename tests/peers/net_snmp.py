"""Debian's snmpd on a loopback port, and Debian's snmpget and snmpwalk; a missing one fails its tests."""

import shutil
import socket
import subprocess
from pathlib import Path

from tests.servers import STARTS_WITHIN, ServerMissing, await_that

COMMUNITY = "mo-phong"
USERNAME, AUTH_PASSWORD, PRIVACY_PASSWORD = "ioc", "auth-mo-phong", "privacy-mo-phong"
DESCR = "Debian's snmpd"

_CONFIG = f"""
agentaddress udp:127.0.0.1:{{port}}
rocommunity {COMMUNITY} 127.0.0.1
createUser {USERNAME} SHA {AUTH_PASSWORD} AES {PRIVACY_PASSWORD}
rouser {USERNAME} priv
sysDescr {DESCR}
sysName peer
"""


def _program(name: str, package: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise ServerMissing(f"{name} is missing: apt-get install {package}")
    return found


class Snmpd:
    """snmpd with a configuration of its own: v2c by community, v3 authPriv with SHA and AES."""

    def __init__(self, folder: Path) -> None:
        self._program = _program("snmpd", "snmpd")
        self._folder = folder
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        config = self._folder / "snmpd.conf"
        config.write_text(_CONFIG.format(port=self.port))
        log = self._folder / "snmpd.log"
        self._process = subprocess.Popen(
            [self._program, "-f", "-r", "-Lf", str(log), "-C", "-c", str(config), "-p", str(self._folder / "pid")],
            env={"SNMP_PERSISTENT_DIR": str(self._folder), "PATH": "/usr/sbin:/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            await_that(lambda: self._process is not None and get(self.port, "1.3.6.1.2.1.1.1.0") != "", "snmpd")
        except TimeoutError as error:
            self.stop()
            raise ServerMissing(f"snmpd does not start: {log.read_text(errors='replace')[-2000:]}") from error

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STARTS_WITHIN)
            self._process = None


def get(port: int, *names: str, community: str = COMMUNITY) -> str:
    """Return what snmpget prints, numeric, a line an object; nothing where there was no answer."""
    return _asked("snmpget", port, *names, community=community)


def walk(port: int, name: str, *, bulk: bool = True) -> list[str]:
    """Return the lines that a walk prints, numeric; ``bulk`` by GETBULK, else by GETNEXT."""
    return _asked("snmpbulkwalk" if bulk else "snmpwalk", port, name).splitlines()


def _asked(tool: str, port: int, *names: str, community: str = COMMUNITY) -> str:
    command = [_program(tool, "snmp"), "-v2c", "-c", community, "-On", "-r", "0", "-t", "1", f"127.0.0.1:{port}"]
    done = subprocess.run([*command, *names], check=False, capture_output=True, text=True, timeout=60)
    return done.stdout
