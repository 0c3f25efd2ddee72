"""The bot is stopped in the middle and started again: the reply ends truthfully, and nothing is recorded twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from simulators.blink import Behaviour, Fault
from simulators.discord import Fault as DiscordFault
from tests.support.house import text_of, video_in
from tests.support.street import Street
from tests.support.waiting import until

STAGES = (("rest", "new", 0.1), ("dev", "running", 0.5), ("vs", "done", 0.0))


def _uploading(street: Street, clip: Any) -> bool:
    return street.house.stage(clip) == "fetching"


MOMENTS: dict[str, Callable[[Street, Any], object]] = {
    "fetching": _uploading,
    "reply done, direct message not": lambda street, clip: video_in(clip.message),
    "all done": lambda street, clip: street.house.stage(clip) == "ended",
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_clip_goes_on_after_a_restart_at_any_moment(street: Street, moment: str) -> None:
    street.front.behaviour = Behaviour.quick(stages=STAGES, upload_delay=0.4)
    street.house.discord.faults.append(DiscordFault("POST", "/users/@me/channels", delay=0.2, action="delay"))
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: MOMENTS[moment](street, clip))
    await _goes_on(street, clip)


async def test_a_clip_that_was_just_acknowledged_is_recorded_after_a_restart(street: Street) -> None:
    street.front.behaviour = Behaviour.quick(stages=STAGES, upload_delay=0.4)
    found = asyncio.Event()
    street.house.blink.faults.append(Fault("homescreen", delay=found))  # the camera is looked up until the bot is gone
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: clip.responded and street.house.blink.asked("homescreen"))
    found.set()
    await _goes_on(street, clip)


async def _goes_on(street: Street, clip: Any) -> None:
    """Expect that a bot which is started now delivers the clip everywhere, once."""
    async with street.house.bot():
        await until(lambda: street.house.known(clip) and not street.house.live(clip))
    [video] = street.front.videos
    assert street.house.discord.file(clip.message["attachments"][0]["url"]) == video.mp4
    assert len(clip.message["attachments"]) == 1
    assert len(street.front.accepted) == 1
    assert len(street.house.dms(street.alice)) == 1


async def test_a_clip_found_in_the_middle_of_asking_is_not_asked_again_and_its_video_is_found(street: Street) -> None:
    street.house.blink.faults.append(Fault("clip", delay=1.0))  # applied late: the bot is gone by then
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.stage(clip) == "asking" and street.house.blink.asked("clip"))
    async with street.house.bot():
        await until(lambda: not street.house.live(clip))
    assert len(street.house.blink.asked("clip")) == 1
    assert len(street.front.accepted) <= 1
    if street.front.videos:
        assert street.house.discord.file(clip.message["attachments"][0]["url"]) == street.front.videos[0].mp4
    else:
        assert "do not know whether" in text_of(clip.message)


@pytest.mark.parametrize(
    ("away", "words"), [(700, "turn did not come in time"), (4000, "The bot was away")], ids=["minutes", "hours"]
)
async def test_a_clip_that_nobody_expects_any_more_is_not_recorded_by_surprise(
    street: Street, away: int, words: str
) -> None:
    street.front.busy_for(3600)
    street.house.waits(busy_wait=60.0, busy_gaps=(2.0,))  # it is not just asking again
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.stage(clip) == "busy")
    await street.house.age(clip, seconds=away)
    clip.expire()
    async with street.house.bot():
        await until(lambda: not street.house.live(clip))
    [message] = street.house.dms(street.alice)
    assert words in text_of(message)
    assert street.front.accepted == []


async def test_the_interaction_token_is_erased_when_the_clip_is_over(street: Street) -> None:
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
    assert street.house.rows("SELECT reply_token FROM clip_jobs") == [(None,)]
