"""More is asked for than one process does at once: people wait for a slot, read so, and are served."""

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.jobs import ConcurrencyLimits
from bot.models import End, NotShrunk, Stage

from .blink import Blink, Late
from .world import ALICE, BOB, World

WAITING = "Waiting: many cameras are at work just now."


@pytest.fixture
async def neighbour(world: World) -> Blink:
    """Bob, who has a Blink of his own."""
    blink = Blink(world, account_id=6)
    await world.link(BOB, blink)
    return blink


class OneAtATime:
    """A shrinker that takes its time with the first video, and sees whether it is given two at once."""

    def __init__(self) -> None:
        self.under_way = self.most = self.begun = 0

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        self.begun += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(20.0 if self.begun == 1 else 0.0)
        shutil.copyfile(video, target)
        self.under_way -= 1
        return None


@pytest.mark.parametrize(
    ("limit", "slow"), [("starting", "record_clip"), ("live", "download"), ("downloads", "download")]
)
async def test_somebody_who_waits_for_a_slot_reads_so_and_is_served(
    world: World, neighbour: Blink, limit: str, slow: str
) -> None:
    world.limits = ConcurrencyLimits(**{limit: 1})
    world.blink.says(slow, Late(20.0))
    async with world.bot():
        hers = await world.ask()
        await world.until(lambda: world.blink.count(slow))
        his = await world.ask(str(neighbour.front.key), user_id=BOB)
        ended = [await world.over(job) for job in (hers, his)]
    assert [world.content(job) for job in ended] == [world.blink.own().content, neighbour.own().content]
    assert any(WAITING in shown for shown in world.shown(his))
    assert not any(WAITING in shown for shown in world.shown(hers))
    assert (world.blink.count("record_clip"), neighbour.count("record_clip")) == (1, 1)


async def test_a_reply_stops_saying_that_it_waits_once_the_download_begins(world: World, neighbour: Blink) -> None:
    world.limits = ConcurrencyLimits(downloads=1)
    world.blink.says("download", Late(20.0))
    neighbour.says("download", Late(20.0))
    async with world.bot():
        await world.ask()
        await world.until(lambda: world.blink.count("download"))
        his = await world.ask(str(neighbour.front.key), user_id=BOB)
        await world.until(lambda: any(WAITING in shown for shown in world.shown(his)))
        await world.until(lambda: neighbour.count("download"))
        assert "Fetching the video" in world.shown(his)[-1]
        await world.over(his)


async def test_a_reply_stops_saying_that_it_waits_once_its_video_is_made_smaller(
    world: World, neighbour: Blink
) -> None:
    world.shrinker = shrinker = OneAtATime()
    async with world.bot():
        await world.ask(file_limit=10_000)
        await world.until(lambda: shrinker.begun)
        his = await world.ask(str(neighbour.front.key), user_id=BOB, file_limit=10_000)
        await world.until(lambda: any(WAITING in shown for shown in world.shown(his)))
        await world.over(his)
    assert "making it fit" in world.shown(his)[-1]


async def test_videos_are_made_smaller_in_turn(world: World, neighbour: Blink) -> None:
    world.shrinker = shrinker = OneAtATime()
    async with world.bot():
        hers = await world.ask(file_limit=10_000)
        await world.until(lambda: shrinker.begun)
        his = await world.ask(str(neighbour.front.key), user_id=BOB, file_limit=10_000)
        ended = [await world.over(job) for job in (hers, his)]
    assert [job.end for job in ended] == [End.DELIVERED] * 2
    assert any(WAITING in shown for shown in world.shown(his))
    assert shrinker.most == 1


async def test_somebody_who_waits_while_the_bot_restarts_is_served_afterwards(world: World, neighbour: Blink) -> None:
    world.limits = ConcurrencyLimits(starting=1)
    world.blink.says("record_clip", Late(600.0))
    async with world.bot():
        await world.ask(user_id=ALICE)
        await world.until(lambda: world.blink.count("record_clip"))
        his = await world.ask(str(neighbour.front.key), user_id=BOB)
        await world.until(lambda: any(WAITING in shown for shown in world.shown(his)))
        await asyncio.sleep(world.timing.settle)
    assert neighbour.count("record_clip") == 0
    world.limits = ConcurrencyLimits()
    async with world.bot():
        ended = await world.over(his)
    assert world.content(ended) == neighbour.own().content
    assert neighbour.count("record_clip") == 1


async def test_clips_under_way_go_on_after_a_restart_however_few_may_be_live(world: World, neighbour: Blink) -> None:
    async with world.bot():
        jobs = [await world.ask(), await world.ask(str(neighbour.front.key), user_id=BOB)]
        for job in jobs:
            await world.reaches(job, Stage.RECORDING)
    world.limits = ConcurrencyLimits(live=1)
    async with world.bot():
        ended = [await world.over(job) for job in jobs]
    assert [world.content(job) for job in ended] == [world.blink.own().content, neighbour.own().content]
    assert not any(WAITING in shown for job in jobs for shown in world.shown(job))
