"""A machine whose clock is set back while a job is under way, or while the bot is away."""

import asyncio
from datetime import timedelta

import pytest

from bot.models import End, Kind, Stage

from .world import World

PATIENCE = 400.0  # seconds; longer than all that a job waits for


@pytest.mark.parametrize("restarted", [False, True], ids=["meanwhile", "while the bot is away"])
@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        (Kind.CLIP, Stage.BUSY),
        (Kind.CLIP, Stage.RECORDING),
        (Kind.CLIP, Stage.LOOKING),
        (Kind.SNAPSHOT, Stage.BUSY),
        (Kind.SNAPSHOT, Stage.RECORDING),
        (Kind.SNAPSHOT, Stage.LOOKING),
    ],
)
async def test_no_job_waits_for_as_long_as_the_clock_was_set_back(
    world: World, kind: Kind, stage: Stage, restarted: bool
) -> None:
    if stage is Stage.BUSY:
        world.blink.occupy(7200.0)
    if stage is Stage.RECORDING:
        world.front.seconds = world.front.picture_seconds = None
    world.front.listed_after = world.front.picture_after = None
    async with world.bot():
        job = await world.ask(kind=kind)
        await world.reaches(job, stage)
        began = asyncio.get_running_loop().time()
        if not restarted:
            world.passed -= timedelta(hours=1)
            ended = await world.over(job)
    if restarted:
        world.passed -= timedelta(hours=1)
        async with world.bot():
            ended = await world.over(job)
    assert ended.end in (End.BUSY, End.UNCONFIRMED, End.NO_VIDEO, End.NO_PICTURE)
    assert asyncio.get_running_loop().time() - began < PATIENCE


async def test_a_usb_drive_is_looked_at_all_the_same(world: World) -> None:
    world.front.plan, world.blink.usb_state[7] = False, "active"
    world.waits(usb_after=30.0)
    async with world.bot():
        job = await world.ask()
        await world.reaches(job, Stage.LOOKING)
    world.passed -= timedelta(hours=1)
    began = asyncio.get_running_loop().time()
    async with world.bot():
        await world.until(lambda: world.blink.count("request_manifest"))
        assert asyncio.get_running_loop().time() - began < 35.0
