"""What the kernel says of processes, and on which core they run."""

import asyncio
import contextlib
import os
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_QUIET = 0.25
_STILL = 2 / _TICK  # seconds of CPU in that time that count as nothing
_DISTURBED = 0.1  # of a core


@dataclass(frozen=True)
class Cores:
    """Which cores the process that is measured may use, and which everything around it."""

    measured: frozenset[int]
    around: frozenset[int]

    @property
    def apart(self) -> bool:
        """Whether the two do not share a core."""
        return not self.measured & self.around


def cores() -> Cores:
    """Divide this process's cores; where there is only one, all share it."""
    mine = sorted(os.sched_getaffinity(0))
    return Cores(frozenset(mine[:1]), frozenset(mine[1:2] or mine[:1]))


def pin(pid: int, to: Collection[int]) -> None:
    """Let a process run on these cores only; 0 is this one."""
    os.sched_setaffinity(pid, to)


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a process has used, with all of its threads; exact to a kernel's tick (10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def cpu_with_children_of(pid: int) -> float:
    """Return the same with the processes that it has started and that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICK


def rss_with_children_of(pid: int) -> int:
    """Return the bytes of memory that a process and those that it has started have in RAM."""
    size = rss_of(pid)
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError, ValueError):  # it has ended meanwhile
            size += sum(rss_with_children_of(int(child)) for child in (thread / "children").read_text().split())
    return size


def rss_of(pid: int) -> int:
    """Return the bytes of memory that a process has in RAM."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


async def quiet(pid: int, *, timeout: float = 10.0) -> None:
    """Return when a process has next to nothing to do, or after `timeout` seconds."""
    until = time.monotonic() + timeout
    before = cpu_of(pid)
    while time.monotonic() < until:
        await asyncio.sleep(_QUIET)
        now = cpu_of(pid)
        if now - before <= _STILL:
            return
        before = now


def _busy(cores: Collection[int]) -> float:
    """Return the seconds for which some cores have had anything to do."""
    lines = (line.split() for line in Path("/proc/stat").read_text().splitlines())
    counted = {fields[0]: [int(one) for one in fields[1:9]] for fields in lines if fields[0].startswith("cpu")}
    idle, waiting = 3, 4
    return sum(sum(one) - one[idle] - one[waiting] for one in (counted[f"cpu{core}"] for core in cores)) / _TICK


class Stopwatch:
    """How much of a core this process and another one use from now on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cores = os.sched_getaffinity(pid)
        self._began = time.monotonic()
        self._mine, self._theirs, self._all = time.process_time(), cpu_of(pid), _busy(self._cores)

    @property
    def seconds(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._began

    @property
    def cpu(self) -> float:
        """Seconds of CPU that the other process has used since."""
        return cpu_of(self._pid) - self._theirs

    @property
    def share(self) -> float:
        """The other process's share of one core."""
        return self.cpu / self.seconds

    @property
    def own_share(self) -> float:
        """This process's share of one core."""
        return (time.process_time() - self._mine) / self.seconds

    @property
    def disturbed(self) -> list[str]:
        """Say so if all the rest of the machine takes much of the other process's cores."""
        share = self._others_share()
        return [f"something else used {share:.0%} of the program's core"] if share > _DISTURBED else []

    def _others_share(self) -> float:
        return max(0.0, _busy(self._cores) - self._all - self.cpu) / self.seconds / len(self._cores)
