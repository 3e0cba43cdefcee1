"""Child processes under watch: started in order, started again when they end, stopped in reverse order."""

import ctypes
import logging
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, eq=False)
class Child:
    """One program: ``ready`` tells when the next one may start, ``user`` runs it as somebody else (root only)."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] = lambda: True
    stop: signal.Signals = signal.SIGTERM
    patience: float = 15.0
    """Seconds it may take to stop before it is killed."""
    user: str | None = None
    before: Callable[[], None] = lambda: None
    """What must be put in order before each start."""


class Children:
    """Keeps children running; the log of each lies in ``<logs>/<name>.log``, or goes where ours goes."""

    def __init__(self, logs: Path | None = None) -> None:
        self._logs = logs
        self._running: dict[Child, subprocess.Popen[bytes]] = {}
        self._restart_at: dict[Child, float] = {}
        self._started_at: dict[Child, float] = {}
        self._pause: dict[Child, float] = {}
        if logs is not None:
            logs.mkdir(parents=True, exist_ok=True)

    def start(self, child: Child, *, wait: float = 30.0) -> None:
        """Start a child and wait until it is ready; raises ``RuntimeError`` with the end of its log."""
        self._spawn(child)
        end = time.monotonic() + wait
        while not child.ready():
            if self._running[child].poll() is not None:
                raise RuntimeError(f"{child.name} ended at once:\n{self.tail(child)}")
            if time.monotonic() > end:
                raise RuntimeError(f"{child.name} is not ready after {wait:g} s:\n{self.tail(child)}")
            time.sleep(0.02)

    def watch(self) -> None:
        """Start again what has ended, with growing pauses while it keeps ending."""
        now = time.monotonic()
        for child, process in list(self._running.items()):
            status = process.poll()
            if status is None:
                if now - self._started_at[child] > 30:
                    self._pause[child] = 0.2
                continue
            if status == 2:
                raise RuntimeError(f"{child.name}: an operator must mend something first:\n{self.tail(child)}")
            if child not in self._restart_at:
                pause = self._pause.get(child, 0.2)
                self._restart_at[child] = now + pause
                self._pause[child] = min(pause * 2, 30)
                log.warning("child ended name=%s status=%d; again in %.1f s", child.name, status, pause)
            elif now >= self._restart_at[child]:
                del self._restart_at[child]
                self._spawn(child)

    def stop(self) -> None:
        """Stop all, the last started first, so that nothing that was sent is left unstored."""
        for child, process in reversed(self._running.items()):
            if process.poll() is not None:
                continue
            process.send_signal(child.stop)
            try:
                process.wait(child.patience)
            except subprocess.TimeoutExpired:
                log.warning("child does not stop name=%s; killed", child.name)
                process.kill()
                process.wait()
        self._running.clear()

    def tail(self, child: Child, lines: int = 15) -> str:
        """Return the end of a child's log."""
        if self._logs is None:
            return "(see above)"
        text = (self._logs / f"{child.name}.log").read_text("utf-8", "replace")
        return "\n".join(text.splitlines()[-lines:])

    def _spawn(self, child: Child) -> None:
        child.before()
        with (self._logs / f"{child.name}.log").open("ab") if self._logs else nullcontext() as sink:
            # A session of its own: Ctrl-C reaches us alone, and we stop the children in order.
            self._running[child] = subprocess.Popen(  # noqa: S603 - our own programs
                list(child.argv),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT if sink else None,
                env={"MALLOC_ARENA_MAX": "2", **os.environ, **child.environment},  # threads share what they free
                start_new_session=True,
                **as_user(child.user),
                preexec_fn=lambda: _die_with_parent(child.stop),
            )
        self._started_at[child] = time.monotonic()


class Identity(TypedDict, total=False):
    """Whom a program runs as, in subprocess's words."""

    user: str
    group: int
    extra_groups: list[int]


def as_user(user: str | None) -> Identity:
    """Return the whole identity of an account: root's groups would decide what it may pass through."""
    return Identity(user=user, group=pwd.getpwnam(user).pw_gid, extra_groups=[]) if user else Identity()


def _die_with_parent(how: signal.Signals) -> None:
    """Ask the kernel to stop the child when we are killed: nothing is left behind."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(how))
