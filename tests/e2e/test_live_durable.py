"""A live view through turns, stops and lost leases: one reply with the truth, and at most two sessions."""

import errno
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.blink.live import recorder
from simulators.discord import Fault as DiscordFault
from tests.support.house import text_of, video_in
from tests.support.live import check, gives, live, sessions
from tests.support.sharing import Shared
from tests.support.street import Street
from tests.support.waiting import until

__all__ = ["live"]

ONE_AT_A_TIME = "Blink gives an account one live view at a time"
AGAIN = "The bot restarted, so I started the live view again."


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def _files() -> list[str]:
    """Return the files of live views that are there."""
    return [str(path) for path in Path(tempfile.gettempdir()).glob("blink-clip-bot-*/*.*")]


def _said(interaction: Any, words: str) -> bool:
    return any(words in text_of(message) for _, message in interaction.history)


async def _recording(street: Street, interaction: Any, number: int = 1) -> None:
    """Wait until a live view of the front camera is being recorded, the first one by default."""
    await until(lambda: len(sessions(street.house, street.front)) == number, timeout=10)
    await until(lambda: sessions(street.house, street.front)[-1].sent and "of 30 s" in text_of(interaction.message))


@asynccontextmanager
async def _stopped(street: Street, number: int = 1) -> AsyncIterator[Any]:
    """Stop the bot in the middle of a live view, and give the command."""
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front, seconds=30)
        await _recording(street, clip, number)
    yield clip


async def test_a_clip_of_the_same_system_waits_for_it_and_then_comes(live: Street, shared: Shared) -> None:
    gives(live.mini, covered=True)
    async with live.house.bot():
        await shared.share(live.mini)
        first = await live.house.clip(live.alice, live.front, seconds=30)
        await until(lambda: sessions(live.house, live.front))
        second = await live.house.clip(shared.bob, shared.shared(live.mini))
        await until(lambda: "before yours on this system" in text_of(second.message))
        assert live.mini.accepted == []
        assert "Recorded <t:" in text_of(await live.house.finished(second, timeout=30))
        check(live.house, live.front, await live.house.finished(first), seconds=30)


async def test_a_second_one_of_the_account_waits_on_another_system_and_then_comes(live: Street) -> None:
    barn = live.account.add_network("Barn").add_camera("Barn Door")
    gives(barn)
    async with live.house.bot():
        first = await live.house.clip(live.alice, live.front, seconds=10)
        await until(lambda: sessions(live.house, live.front))
        second = await live.house.clip(live.alice, barn, seconds=5)
        await until(lambda: ONE_AT_A_TIME in text_of(second.message))
        for clip, camera, seconds in ((first, live.front, 10), (second, barn, 5)):
            check(live.house, camera, await live.house.finished(clip, timeout=30), seconds=seconds)
    [one], [other] = sessions(live.house, live.front), sessions(live.house, barn)
    assert one.ended_at is not None
    assert other.started - one.ended_at > 0.9 * live.house.timing.live_gap


async def test_after_a_stop_it_is_started_once_more_and_says_so(live: Street) -> None:
    async with _stopped(live) as clip:
        [session] = sessions(live.house, live.front)
        assert session.ended == "by the client"
        assert _files() == []
        async with live.house.bot():
            reply = await live.house.finished(clip, timeout=30)
            await until(lambda: not live.house.live(clip))
    check(live.house, live.front, reply, seconds=30)
    assert _said(clip, AGAIN)
    assert len(sessions(live.house, live.front)) == 2


async def test_after_two_stops_a_picture_comes(live: Street) -> None:
    async with _stopped(live) as clip:
        async with live.house.bot():
            await _recording(live, clip, 2)
        async with live.house.bot():
            reply = await live.house.finished(clip, timeout=30)
    assert "The live view stopped too early." in text_of(reply)
    assert "This is how it looks there now:" in text_of(reply)
    assert [session.ended for session in sessions(live.house, live.front)] == ["by the client"] * 2


async def test_hours_after_a_stop_it_is_not_started_again(live: Street) -> None:
    async with _stopped(live) as clip:
        await live.house.age(clip, seconds=4000)
        clip.expire()
        async with live.house.bot():
            await until(lambda: not live.house.live(clip))
    [message] = live.house.dms(live.alice)
    assert "The bot was away" in text_of(message)
    assert len(sessions(live.house, live.front)) == 1


async def test_a_video_that_the_reply_shows_already_is_not_recorded_again(live: Street) -> None:
    live.house.discord.faults.append(DiscordFault("POST", "/users/@me/channels", delay=0.5, action="delay"))
    async with live.house.bot():
        clip = await live.house.clip(live.alice, live.front, seconds=5)
        await until(lambda: video_in(clip.message), timeout=30)
    assert live.house.live(clip)
    async with live.house.bot():
        await until(lambda: not live.house.live(clip))
    check(live.house, live.front, clip.message, seconds=5)
    assert len(sessions(live.house, live.front)) == 1


async def test_a_full_disk_is_said_and_nothing_is_left(live: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        path.write_bytes(data[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recorder, "create", full)
    async with live.house.bot():
        clip = await live.house.clip(live.alice, live.front, seconds=5)
        reply = await live.house.finished(clip, timeout=30)
        await until(lambda: not live.house.live(clip) and not _files())
    assert "The disk of the machine it runs on is full." in text_of(reply)
    [session] = sessions(live.house, live.front)
    assert session.ended == "by the client"


async def test_a_job_that_another_process_takes_over_meanwhile_has_one_reply_and_two_sessions(live: Street) -> None:
    async with live.house.bot():
        clip = await live.house.clip(live.alice, live.front, seconds=30)
        await _recording(live, clip)
        lost = datetime.now(UTC) + timedelta(seconds=live.house.timing.lease)
        taken = "UPDATE clip_jobs SET owner = 'another', owned_until = ? WHERE interaction_id = ?"
        await live.house.execute(taken, lost, int(clip.id))
        await until(lambda: sessions(live.house, live.front)[0].ended == "by the client")
        reply = await live.house.finished(clip, timeout=30)
        await until(lambda: not live.house.live(clip))
    check(live.house, live.front, reply, seconds=30)
    assert len(sessions(live.house, live.front)) == 2
    assert _said(clip, AGAIN)
