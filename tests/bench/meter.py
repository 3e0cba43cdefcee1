"""What processes cost: CPU seconds and memory, read from outside."""

import time
from collections.abc import Mapping
from pathlib import Path

import psutil


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all that descend from it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process and its descendants, those that ended included."""
    spent = 0.0
    for process in family(pid):
        try:
            t = process.cpu_times()
        except psutil.NoSuchProcess:
            continue  # it ended just now; its parent counts it from here on
        spent += t.user + t.system + t.children_user + t.children_system
    return spent


def peak_mb(pid: int) -> float:
    """Return the largest resident memory that a process ever had (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def pss_mb(pid: int) -> float:
    """Return the memory of a process and its descendants, shared pages counted once (Linux)."""
    total = 0
    for process in family(pid):
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / 1024 / 1024


def child(name: str) -> int:
    """Return the process id of our own child program of this name."""
    return next(p.pid for p in psutil.Process().children() if p.name() == name)


class Load:
    """How busy named processes are from its making on."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._began = time.perf_counter()
        self._spent = {name: cpu_s(pid) for name, pid in pids.items()}

    def cores(self) -> dict[str, float]:
        """Return each one's share of one core, in percent."""
        took = time.perf_counter() - self._began
        return {n: 100 * (cpu_s(p) - self._spent[n]) / took for n, p in self._pids.items()}
