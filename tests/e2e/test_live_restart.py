"""A live view that was under way when the bot ended: what is lost with its process, and what is not."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulators.blink import Behaviour, LiveBehaviour
from simulators.discord import Fault
from tests.support.house import text_of, video_in
from tests.support.live import check, gives, sessions
from tests.support.street import Street
from tests.support.waiting import until

RELEASE = 12.0  # Blink's seconds for which it is busy after a session: longer than a restart takes


@pytest.fixture
async def left(street: Street) -> Any:
    """A command whose live view was under way when the bot stopped."""
    street.house.settings["live_view"] = "on"
    street.front.behaviour = Behaviour.quick(live=LiveBehaviour(release=RELEASE))
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front, seconds=20)
        await until(lambda: any(one.sent for one in street.house.world.live.of(street.front)), timeout=20)
    assert street.house.stage(clip) == "live"
    return clip


async def test_after_a_stop_it_is_started_once_more_and_says_so(street: Street, left: Any) -> None:
    [session] = sessions(street.house, street.front)
    assert session.ended == "by the client"
    async with street.house.bot():
        reply = await street.house.finished(left, timeout=30)
        await until(lambda: not street.house.live(left))
    check(street.house, street.front, reply, seconds=20)
    assert any("The bot was interrupted, so I started the live view again." in text_of(one) for _, one in left.history)
    assert len(sessions(street.house, street.front)) == 2


async def test_a_video_that_the_reply_shows_already_is_not_recorded_again(street: Street) -> None:
    street.house.settings["live_view"] = "on"
    gives(street.front)
    street.house.discord.faults.append(Fault("POST", "/users/@me/channels", delay=0.5, action="delay"))
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front, seconds=5)
        await until(lambda: video_in(clip.message), timeout=30)
    assert street.house.live(clip)
    async with street.house.bot():
        await until(lambda: not street.house.live(clip))
    check(street.house, street.front, clip.message, seconds=5)
    assert len(sessions(street.house, street.front)) == 1


async def test_a_video_in_a_reply_whose_token_has_expired_stays_and_is_not_recorded_again(street: Street) -> None:
    street.house.settings["live_view"] = "on"
    gives(street.front)
    street.house.discord.faults.append(held := Fault("POST", "/users/@me/channels", delay=asyncio.Event()))
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front, seconds=5, public=True)
        await until(lambda: video_in(clip.message) and held.hits, timeout=30)
    clip.expire()
    await street.house.execute("UPDATE clip_jobs SET created_at = ?", datetime.now(UTC) - timedelta(minutes=16))
    async with street.house.bot():
        await until(lambda: not street.house.live(clip))
    check(street.house, street.front, clip.message, seconds=5)
    assert len(sessions(street.house, street.front)) == 1


async def test_an_earlier_wait_for_a_busy_blink_does_not_count_when_a_lost_one_begins_again(
    street: Street, left: Any
) -> None:
    await street.house.execute("UPDATE clip_jobs SET busy_since = ?", datetime.now(UTC) - timedelta(minutes=5))
    async with street.house.bot():
        reply = await street.house.finished(left, timeout=30)
    assert video_in(reply), text_of(reply)
    assert len(street.house.world.live.of(street.front)) == 2
    assert len(street.house.blink.asked("live_view")) > 2, "it was busy for a while"


async def test_a_second_one_that_is_lost_before_it_is_a_video_was_interrupted(street: Street, left: Any) -> None:
    await street.house.execute("UPDATE clip_jobs SET stage = 'fetching', live_starts = 2")
    async with street.house.bot():
        reply = await street.house.finished(left, timeout=30)
    assert "The live view was interrupted." in text_of(reply)
    assert [one["filename"].rpartition(".")[2] for one in reply["attachments"]] == ["jpg"]
    assert len(street.house.world.live.of(street.front)) == 1
