"""`python -m bot demo`, as somebody sees it who starts it in a terminal."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROC = Path("/proc")
INNER = """
import asyncio, sys
from simulators.demo import street, tour
from simulators.blink import Behaviour, LiveBehaviour
sys.exit(asyncio.run(tour.show(street.build(front=Behaviour.quick({front})), once=True, within={within})))
"""


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder for temporary files of what a test starts."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    return folder


def start(temporary: Path, *command: str) -> subprocess.Popen[str]:
    """Start Python as from a shell in which somebody has settings for their real bot."""
    others = {"TMPDIR": str(temporary), "PORT": "no port", "DISCORD_TOKEN": "a real token", "TOKEN_KEYS": "short"}
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "COLUMNS"} | others,  # xdist sets it
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return the exit status and all that was printed."""
    try:
        printed, _ = process.communicate(timeout=300)
    finally:
        kill(process.pid)
    return process.returncode, printed


@contextlib.contextmanager
def demo(temporary: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the demo, and yield it with its page's address."""
    with start(temporary, "-m", "bot", "demo") as process:
        try:
            assert process.stdout
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line)
                if address := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield process, address[0]
                    return
            pytest.fail("".join(lines))
        finally:
            kill(process.pid)


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """Return the processes that this one has started and that are alive, where the system tells (Linux)."""
    return [int(one.name) for one in PROC.glob("[0-9]*") if _parent(one) == pid and alive(int(one.name))]


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "stat").read_text().rpartition(") ")[2][0] != "Z"
    return False


def _parent(process: Path) -> int:
    with contextlib.suppress(OSError):
        return int((process / "stat").read_text().rpartition(") ")[2].split()[1])
    return 0


def until(predicate: Callable[[], bool], timeout: float = 60) -> None:
    ends = time.monotonic() + timeout
    while not predicate():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.sweep
def test_once_shows_a_clip_a_share_and_an_alert_and_ends_well(temporary: Path) -> None:
    status, printed = finished(start(temporary, "-m", "bot", "demo", "--once"))
    assert status == 0, printed
    steps = [
        "alice  /clip camera: Front Door",
        "is thinking…",
        "│ 📹 Front Door",
        "The Sync Module is calling the camera…",
        "Blink: running",
        "📎 front-door-",
        "✓ The reply has the video that the camera recorded",
        "alice presses Keep.",
        "(direct message to alice)",
        "✓ The direct message has the same video.",
        "✓ The camera was asked exactly once.",
        "alice  /share add who: @bob camera: Front Door preset: Use until: Sunday",
        "@bob may now use Front Door · Home: see how it is, take pictures,",
        "bob  /snapshot camera: Front Door (alice's)",
        "✓ bob has a picture from alice's camera, and no Blink account.",
        "alice  /notify motion: all",
        "Somebody walks past Front Door.",
        "Motion at Front Door, ",
        "📎 front-door-",
        "✓ The video of what moved came by itself",
    ]
    place = 0
    for step in steps:
        place = printed.find(step, place)
        assert place >= 0, step
    assert "\033" not in printed
    assert "INFO" not in printed
    assert list(temporary.iterdir()) == []


def test_once_says_what_is_wrong_when_no_video_comes(temporary: Path) -> None:
    neither = "fail=True, live=LiveBehaviour(start='refused')"
    status, printed = finished(start(temporary, "-c", INNER.format(front=neither, within=60)))
    assert status == 1
    assert "✗ No video came. The bot said: Blink refused to start the live view." in printed
    assert "Traceback" not in printed
    [kept] = temporary.iterdir()
    assert f"The logs are in {kept}" in printed.replace("\n", ""), "a long path may be broken"
    assert "INFO" in (kept / "bot.log").read_text()


def test_once_never_hangs(temporary: Path) -> None:
    status, printed = finished(start(temporary, "-c", INNER.format(front="", within=0.2)))
    assert status == 1
    assert "✗ 0.2 s are over, still waiting for the bot to connect." in printed


def test_the_page_is_served_until_ctrl_c_which_leaves_nothing_behind(temporary: Path) -> None:
    with demo(temporary) as (process, address):
        with urllib.request.urlopen(address, timeout=10) as page:  # noqa: S310 - our own server
            assert b"What to try" in page.read()
        bots = children(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        status, printed = finished(process)
    assert status == 0, printed
    assert printed.endswith("The demo has ended.\n")
    assert "Traceback" not in printed
    assert not any(map(alive, bots))
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(not PROC.exists(), reason="needs /proc to find the bot's process")
def test_the_bot_ends_with_a_demo_that_was_killed(temporary: Path) -> None:
    with demo(temporary) as (process, _):
        [bot] = children(process.pid)
        process.kill()
        process.wait(timeout=60)
        until(lambda: not alive(bot))


@pytest.mark.skipif(not PROC.exists(), reason="needs /proc to find the bot's process")
def test_a_bot_that_dies_is_said(temporary: Path) -> None:
    with demo(temporary) as (process, _):
        [bot] = children(process.pid)
        kill(bot)
        status, printed = finished(process)
    assert status == 1
    assert "✗ The bot ended by itself (exit status -9)." in printed
    assert "INFO" in printed.partition("✗")[2], "the tail of its log"
    assert "Traceback" not in printed
