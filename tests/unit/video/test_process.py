"""The worker is a process that is watched, confined, and never left behind."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bot
from bot.models import NotShrunk
from bot.video import PyAvShrinker
from tests.support.waiting import until
from tests.unit.video.conftest import MIB
from tests.unit.video.films import left_in
from tests.unit.video.workers import environment, linux_only, niceness, workers

REPOSITORY = Path(bot.__file__).parents[1]
PROGRAM = """
import asyncio, sys
from pathlib import Path
from bot.video import PyAvShrinker
video, target = map(Path, sys.argv[1:])
outcome = asyncio.run(PyAvShrinker().shrink(video, target, limit=100_000))
print(outcome, "av" in sys.modules)
"""


def _cpu_of_children() -> float:
    """Return the seconds that ended processes have computed, however much else the machine had to do."""
    times = os.times()
    return times.children_user + times.children_system


@linux_only
async def test_one_that_is_too_slow_is_killed(long_clip: Path, tmp_path: Path) -> None:
    begin = _cpu_of_children()
    outcome = await PyAvShrinker(seconds=0.8).shrink(long_clip, tmp_path / "small.mp4", limit=5 * MIB)
    assert outcome is NotShrunk.TOO_SLOW
    assert _cpu_of_children() - begin < 3
    assert workers() == []
    assert left_in(tmp_path) == []


@linux_only
async def test_who_no_longer_wants_it_leaves_no_worker(long_clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.mp4"
    asking = asyncio.create_task(PyAvShrinker().shrink(long_clip, target, limit=5 * MIB))
    await until(lambda: left_in(tmp_path), timeout=20)  # it writes already
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert workers() == []
    assert left_in(tmp_path) == []


@linux_only
async def test_two_are_served_one_after_the_other(short_clip: Path, tmp_path: Path) -> None:
    shrinker = PyAvShrinker()
    ended: list[int] = []
    most = 0

    async def ask(number: int) -> None:
        assert await shrinker.shrink(short_clip, tmp_path / f"{number}.mp4", limit=100_000) is None
        ended.append(number)

    asking = [asyncio.create_task(ask(number)) for number in range(3)]
    while not all(task.done() for task in asking):
        most = max(most, len(workers()))
        await asyncio.wait(asking, timeout=0.01)
    await asyncio.gather(*asking)
    assert most == 1
    assert ended == [0, 1, 2]


async def test_a_waiting_one_that_gives_up_does_not_hold_the_next(short_clip: Path, tmp_path: Path) -> None:
    shrinker = PyAvShrinker()
    first, second, third = (
        asyncio.create_task(shrinker.shrink(short_clip, tmp_path / f"{number}.mp4", limit=100_000))
        for number in range(3)
    )
    await asyncio.sleep(0)
    second.cancel()
    assert await asyncio.gather(first, third) == [None, None]
    assert second.cancelled()


@linux_only
async def test_the_worker_gets_no_secret_and_stands_back(
    long_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISCORD_TOKEN", "TOKEN_KEYS", "DATABASE_URL", "BLINK_TOKENS", "DISCORD_CLIENT_SECRET", "OTHER"):
        monkeypatch.setenv(name, "a-secret-of-the-tests")
    asking = asyncio.create_task(PyAvShrinker().shrink(long_clip, tmp_path / "small.mp4", limit=5 * MIB))
    await until(lambda: left_in(tmp_path), timeout=20)
    (worker,) = workers()
    given = environment(worker)
    assert set(given) <= {"LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "MALLOC_ARENA_MAX"}
    assert "a-secret-of-the-tests" not in given.values()
    assert niceness(worker) == min(19, os.nice(0) + 10)
    assert os.readlink(f"/proc/{worker}/cwd") == "/"
    assert os.readlink(f"/proc/{worker}/fd/0") == "/dev/null"
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


@linux_only
def test_a_worker_that_nobody_watches_any_more_ends_by_itself(long_clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.mp4"
    begin = _cpu_of_children()
    limits = [str(5 * MIB), "1", str(1 << 30)]
    command = [sys.executable, "-m", "bot.video.worker", str(target), *limits, "shrink", str(long_clip)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False, timeout=60)
    assert done.returncode < 0
    assert _cpu_of_children() - begin < 5


def test_the_bot_itself_never_loads_the_decoders(short_clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.mp4"
    assert _run(short_clip, target, [path for path in sys.path if path]) == "None False"
    assert target.exists()


def test_without_pyav_it_says_so(short_clip: Path, tmp_path: Path) -> None:
    packages = Path(next(path for path in sys.path if path.endswith("site-packages")))
    without = tmp_path / "site-packages"
    without.mkdir()
    for package in packages.iterdir():
        if package.name.split(".")[0] != "av":
            (without / package.name).symlink_to(package)
    paths = [str(without) if path == str(packages) else path for path in sys.path if path]
    assert _run(short_clip, tmp_path / "small.mp4", paths) == "not installed False"
    assert not (tmp_path / "small.mp4").exists()


def _run(video: Path, target: Path, paths: list[str]) -> str:
    """Shrink in another process that finds modules only in `paths`, and return what it says."""
    program = f"import sys; sys.path[:] = {paths!r}\n{PROGRAM}"
    command = [sys.executable, "-I", "-S", "-c", program, str(video), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
