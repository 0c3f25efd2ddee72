"""More than can be done at once: the rest waits, and its replies say so."""

import asyncio
import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.jobs import ConcurrencyLimits
from bot.models import NotShrunk
from simulators.blink import Behaviour, Camera, Fault
from tests.support.house import text_of
from tests.support.street import Street
from tests.support.waiting import until

SLOW = 4.0  # seconds, after half of which a wait is told
WAITING = "Waiting: many cameras are at work just now."


@pytest.fixture
async def bob(street: Street) -> tuple[Any, Camera]:
    """A neighbour, who has a Blink of his own."""
    person, account = street.house.resident("bob")
    camera = account.add_network("Shop").add_camera("Till", behaviour=Behaviour.quick(upload_delay=0.05))
    await street.house.link(person, account)
    return person, camera


async def told(street: Street, bob: tuple[Any, Camera], *, begun: Any) -> None:
    """Have the neighbour record while Alice's clip holds everything up, and see that he is told and served."""
    person, camera = bob
    async with street.house.bot():
        hers = await street.house.clip(street.alice, street.front)
        await until(begun, timeout=15)
        his = await street.house.clip(person, camera)
        reply = await street.house.finished(his, timeout=30)
        await street.house.finished(hers)
        await until(lambda: not street.house.live(his) and not street.house.live(hers))
        assert text_of(his.message) == text_of(reply), "the last word is the video's"
    assert any(WAITING in text_of(message) for _, message in his.history), [text_of(one) for _, one in his.history]
    assert "Here is your clip" in text_of(reply)
    assert not any(WAITING in text_of(message) for _, message in hers.history)
    assert (len(street.front.accepted), len(camera.accepted)) == (1, 1)


async def test_cameras_are_asked_in_turn(street: Street, bob: tuple[Any, Camera]) -> None:
    street.house.limits = partial(ConcurrencyLimits, starting=1)
    street.house.blink.faults.append(Fault("clip", delay=SLOW))
    await told(street, bob, begun=lambda: not street.house.blink.faults)


async def test_so_many_clips_are_under_way(street: Street, bob: tuple[Any, Camera]) -> None:
    street.house.limits = partial(ConcurrencyLimits, live=1)
    street.house.blink.faults.append(Fault("video", delay=SLOW))
    await told(street, bob, begun=lambda: not street.house.blink.faults)


async def test_videos_are_fetched_in_turn(street: Street, bob: tuple[Any, Camera]) -> None:
    street.house.limits = partial(ConcurrencyLimits, downloads=1)
    street.house.blink.faults.append(Fault("video", delay=SLOW))
    await told(street, bob, begun=lambda: not street.house.blink.faults)


class OneAtATime:
    """A shrinker that takes its time with the first video, and sees whether it is given two at once."""

    def __init__(self) -> None:
        self.under_way = self.most = self.begun = 0

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        self.begun += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(2 * SLOW if self.begun == 1 else 0)
        await asyncio.to_thread(shutil.copyfile, video, target)
        await asyncio.to_thread(os.truncate, target, limit // 2)
        self.under_way -= 1
        return None


async def test_videos_are_made_smaller_in_turn(street: Street, bob: tuple[Any, Camera]) -> None:
    street.house.shrinker = shrinker = OneAtATime()
    street.house.channel.attachment_size_limit = 300_000
    street.front.behaviour = bob[1].behaviour = Behaviour.quick(video_megabytes=0.3)
    await told(street, bob, begun=lambda: shrinker.begun)
    assert shrinker.most == 1


async def test_who_waits_while_the_bot_restarts_is_served_afterwards(street: Street, bob: tuple[Any, Camera]) -> None:
    street.house.limits = partial(ConcurrencyLimits, starting=1)
    street.house.blink.faults.append(Fault("clip", delay=30.0))
    person, camera = bob
    async with street.house.bot():
        await street.house.clip(street.alice, street.front)
        await until(lambda: not street.house.blink.faults, timeout=15)
        his = await street.house.clip(person, camera)
        await until(lambda: WAITING in text_of(his.message), timeout=15)
    assert camera.accepted == []
    async with street.house.bot():
        reply = await street.house.finished(his, timeout=30)
    assert "Here is your clip" in text_of(reply)
    assert len(camera.accepted) == 1


async def test_clips_under_way_go_on_after_a_restart_however_few_may_be_live(
    street: Street, bob: tuple[Any, Camera]
) -> None:
    person, camera = bob
    street.front.behaviour = camera.behaviour = Behaviour.quick(stages=(("dev", "running", 2.0), ("vs", "done", 0.0)))
    async with street.house.bot():
        hers, his = await street.house.clip(street.alice, street.front), await street.house.clip(person, camera)
        await until(lambda: street.house.stage(hers) == street.house.stage(his) == "recording")
    street.house.limits = partial(ConcurrencyLimits, live=1)
    async with street.house.bot():
        for one in (hers, his):
            assert "Here is your clip" in text_of(await street.house.finished(one))
            assert not any(WAITING in text_of(message) for _, message in one.history)
