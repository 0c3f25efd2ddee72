"""Remuxing happens in a process that is confined, watched and never left behind, and always ends in a known way."""

import asyncio
import logging
import os
import random
import stat
import sys
from pathlib import Path

import pytest

from bot.video import NotRemuxed, PyAvRemuxer, Remuxed
from tests.support.live_streams import Live, play, stream
from tests.support.waiting import until
from tests.unit.video.conftest import MIB
from tests.unit.video.films import left_in
from tests.unit.video.workers import environment, limits, linux_only, niceness, workers

LIAR = "import sys; open(sys.argv[1], 'w').write('no video'); print(sys.argv[2])"


def written(path: Path, content: bytes) -> Path:
    """Write a file."""
    path.write_bytes(content)
    return path


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A live view of eight seconds."""
    return written(tmp_path / "live.ts", stream(Live()))


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A live view that nobody writes, so that the worker waits for it for ever."""
    path = tmp_path / "live.ts"
    os.mkfifo(path)
    return path


async def remuxed(raw: Path, remuxer: PyAvRemuxer | None = None) -> Remuxed | NotRemuxed:
    """Remux it, and make sure that only a success leaves a file."""
    target = raw.with_suffix(".mp4")
    others = set(left_in(raw.parent)) - {target.name}
    found = await (remuxer or PyAvRemuxer()).remux(raw, target, most_seconds=60.0, sound=True)
    assert set(left_in(raw.parent)) == others | ({target.name} if isinstance(found, Remuxed) else set())
    return found


async def test_it_says_how_the_video_is(raw: Path) -> None:
    target = raw.with_suffix(".mp4")
    assert await remuxed(raw) == Remuxed(target.stat().st_size, 8.0, True, 0.064)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert play(target).numbers == list(range(120))


async def test_length_and_sound_are_as_wished(raw: Path) -> None:
    target = raw.with_suffix(".mp4")
    found = await PyAvRemuxer().remux(raw, target, most_seconds=2.0, sound=False)
    assert isinstance(found, Remuxed)
    assert (found.seconds, found.sound) == (2.0, False)
    assert play(target).codecs == ("h264",)


async def test_nothing_and_no_file_are_empty(tmp_path: Path) -> None:
    assert await remuxed(written(tmp_path / "nothing.ts", b"")) is NotRemuxed.EMPTY
    assert await remuxed(tmp_path / "no file.ts") is NotRemuxed.EMPTY


async def test_less_than_a_second_is_too_short(raw: Path, caplog: pytest.LogCaptureFixture) -> None:
    written(raw, stream(Live(seconds=0.8)))
    with caplog.at_level(logging.DEBUG, "bot.video"):
        assert await remuxed(raw) is NotRemuxed.TOO_SHORT
    assert caplog.text == ""


async def test_without_pyav_it_says_so(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.video.supervisor.installed", lambda: False)
    assert await remuxed(raw) is NotRemuxed.NOT_INSTALLED


async def test_an_older_target_is_not_taken_for_the_result(raw: Path) -> None:
    written(raw, b"")
    written(raw.with_suffix(".mp4"), b"old")
    assert await remuxed(raw) is NotRemuxed.EMPTY


async def test_one_that_takes_more_memory_than_it_may_fails(raw: Path) -> None:
    assert await remuxed(raw, PyAvRemuxer(memory=60 * MIB)) is NotRemuxed.FAILED


async def test_a_folder_that_is_gone_fails(raw: Path) -> None:
    target = raw.parent / "gone" / "live.mp4"
    assert await PyAvRemuxer().remux(raw, target, most_seconds=60.0, sound=True) is NotRemuxed.FAILED


@pytest.mark.parametrize("said", ["", "nan 0 1", "8.0 inf 1", "8.0 0", "8.0 0 1 1", "eight 0 1"])
async def test_a_worker_that_talks_nonsense_is_not_believed(
    raw: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(
        "bot.video.supervisor._command", lambda part, *_: [sys.executable, "-ISc", LIAR, str(part), said]
    )
    assert await remuxed(raw) is NotRemuxed.FAILED


async def test_ten_megabytes_of_noise_are_empty(raw: Path) -> None:
    written(raw, random.Random(1).randbytes(10_000_000))
    assert await remuxed(raw) is NotRemuxed.EMPTY


@pytest.mark.parametrize("seed", range(4))
async def test_a_scrambled_stream_ends_in_one_of_the_known_ways(raw: Path, seed: int) -> None:
    content = bytearray(stream(Live()))
    chance = random.Random(seed)
    for _ in range(10 ** (seed + 1)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    written(raw, bytes(content))
    found = await remuxed(raw)
    if isinstance(found, Remuxed):
        assert play(raw.with_suffix(".mp4")).seconds == pytest.approx(found.seconds, abs=0.5)
    else:
        assert found in (NotRemuxed.EMPTY, NotRemuxed.TOO_SHORT, NotRemuxed.FAILED)


@linux_only
async def test_one_that_is_too_slow_is_killed(endless: Path) -> None:
    assert await remuxed(endless, PyAvRemuxer(seconds=0.5)) is NotRemuxed.TOO_SLOW
    assert workers() == []


@linux_only
async def test_who_no_longer_wants_it_leaves_no_worker_and_no_file(endless: Path) -> None:
    asking = asyncio.create_task(remuxed(endless))
    await until(workers, timeout=20)
    endless.with_name("live.mp4.part").write_bytes(b"as far as it came")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert workers() == []
    assert left_in(endless.parent) == ["live.ts"]


@linux_only
async def test_the_worker_gets_no_secret_and_is_confined(endless: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a-secret-of-the-tests")
    asking = asyncio.create_task(remuxed(endless))
    (worker,) = await until(workers, timeout=20)
    assert await until(lambda: limits(worker).get("Max address space") == str(512 * MIB), timeout=20)
    assert limits(worker)["Max core file size"] in ("0", "1")
    assert int(limits(worker)["Max file size"]) < 2 * MIB
    assert limits(worker)["Max cpu time"] == "70"
    assert set(environment(worker)) <= {"LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "MALLOC_ARENA_MAX"}
    assert niceness(worker) == min(19, os.nice(0) + 10)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
