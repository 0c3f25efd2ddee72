"""The worker as the operating system shows it (Linux only)."""

import os
import sys
from pathlib import Path

import pytest

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def workers() -> list[int]:
    """Return the workers that this process has started and that still live, zombies included."""
    return [pid for pid in _children() if b"bot.video.worker" in _read(pid, "cmdline") or _is_zombie(pid)]


def environment(pid: int) -> dict[str, str]:
    """Return the environment that a worker was started with."""
    lines = _read(pid, "environ").decode().split("\0")
    return dict(line.split("=", 1) for line in lines if line)


def niceness(pid: int) -> int:
    """Return how much a worker stands back."""
    return os.getpriority(os.PRIO_PROCESS, pid)


def limits(pid: int) -> dict[str, str]:
    """Return the soft limits that a worker has."""
    lines = _read(pid, "limits").decode().splitlines()[1:]
    return {line[:25].strip(): line[25:].split()[0] for line in lines}


def _children() -> list[int]:
    threads = Path("/proc/self/task").iterdir()
    return [int(pid) for thread in threads for pid in _read(f"self/task/{thread.name}", "children").split()]


def _read(pid: int | str, what: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:
        return b""


def _is_zombie(pid: int) -> bool:
    return b") Z " in _read(pid, "stat")
