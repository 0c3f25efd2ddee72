"""Which listed recording is a clip's own, with the real times between a command, its video and its neighbours."""

from datetime import timedelta

import pytest

from bot.blink import Unreachable
from bot.models import End, Stage

from .blink import Applied
from .world import World, words


async def test_a_clip_gets_the_recording_that_was_asked_for(world: World) -> None:
    for minutes in (3, 1):
        world.blink.film(world.front, world.now() - timedelta(minutes=minutes))
    world.blink.film(world.mini, world.now() + timedelta(seconds=1))
    job = await world.lived()
    assert world.content(job) == world.blink.own().content


async def test_of_two_recordings_within_the_command_the_earliest_is_taken(world: World) -> None:
    async with world.bot():
        job = await world.ask()
        await world.until(lambda: world.blink.films)
        own = world.blink.own()
        motion = world.blink.film(world.front, own.at + timedelta(seconds=5), listed_at=own.listed_at)
        motion.whole_at = own.whole_at
        ended = await world.over(job)
    assert own.at < motion.at
    assert world.content(ended) == own.content
    assert world.content(ended) != motion.content


async def test_a_recording_that_is_still_written_is_waited_for(world: World) -> None:
    world.front.whole_after = 40.0
    job = await world.lived()
    own = world.blink.own()
    assert world.content(job) == own.content
    [fetched_at] = world.blink.times("download")
    assert own.whole_at
    assert fetched_at >= own.whole_at, "what is partial has no video yet"


async def test_a_later_whole_recording_does_not_replace_one_that_is_still_written(world: World) -> None:
    world.front.whole_after = 60.0
    async with world.bot():
        job = await world.ask()
        await world.until(lambda: world.blink.films)
        own = world.blink.own()
        world.blink.film(world.front, own.at + timedelta(seconds=6), listed_at=own.listed_at)
        ended = await world.over(job)
    assert world.content(ended) == own.content


@pytest.mark.parametrize("late", [5.0, 20.0])
async def test_a_recording_from_after_the_command_is_only_taken_if_no_other_comes(world: World, late: float) -> None:
    world.front.listed_after = late
    async with world.bot():
        job = await world.ask()
        await world.reaches(job, Stage.LOOKING)
        motion = world.blink.film(world.front, world.now() + timedelta(seconds=3))
        ended = await world.over(job)
    assert world.content(ended) == world.blink.own().content
    assert world.content(ended) != motion.content


async def test_a_recording_from_right_after_the_command_is_the_clip_if_nothing_else_comes(world: World) -> None:
    world.front.recorded_after = 13.0
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    assert job.progress.recorded_at
    [fetched_at] = world.blink.times("download")
    assert (fetched_at - job.progress.recorded_at).total_seconds() >= world.timing.late_after


async def test_a_recording_from_long_after_the_command_is_never_taken(world: World) -> None:
    world.front.listed_after = None
    async with world.bot():
        job = await world.ask()
        await world.reaches(job, Stage.LOOKING)
        world.blink.film(world.front, world.now() + timedelta(seconds=15))
        ended = await world.over(job)
    assert ended.end is End.NO_VIDEO
    assert world.blink.count("download") == 0


@pytest.mark.parametrize("lost", [False, True], ids=["accepted", "unclear"])
async def test_what_a_camera_recorded_by_itself_while_the_bot_was_away_is_never_taken(world: World, lost: bool) -> None:
    world.front.listed_after = None
    if lost:
        world.blink.says("record_clip", Applied(Unreachable("reset")))
    async with world.bot(killed=True):
        job = await world.ask()
        await world.reaches(job, Stage.LOOKING if lost else Stage.RECORDING)
    world.passed += timedelta(minutes=20)
    world.blink.film(world.front, world.now())
    world.passed += timedelta(minutes=5)
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is (End.UNCONFIRMED if lost else End.NO_VIDEO)
    assert world.blink.count("download") == 0


async def test_two_clips_of_one_camera_each_get_their_own(world: World) -> None:
    bob = 2
    await world.link(bob)
    world.front.listed_after, world.front.whole_after = 30.0, 31.0  # the first is looked for while the second records
    async with world.bot():
        jobs = [await world.ask(), await world.ask(user_id=bob)]
        ended = [await world.over(job) for job in jobs]
    films = sorted((film for film in world.blink.films if film.asked_for), key=lambda film: film.at)
    assert [world.content(job) for job in ended] == [film.content for film in films]
    assert len({job.result.media_id for job in ended}) == 2


async def test_a_clip_that_may_not_have_begun_takes_none_of_one_that_began_in_the_same_second(world: World) -> None:
    bob = 2
    await world.link(bob)
    world.blink.says("record_clip", Unreachable("reset"))
    world.front.listed_after = world.front.whole_after = -5.0  # so the first is looking for it before the second
    async with world.bot():
        jobs = [await world.ask(), await world.ask(user_id=bob)]
        unclear, own = [await world.over(job) for job in jobs]
    assert unclear.progress.blink_started_at == own.progress.blink_started_at
    assert unclear.end is End.UNCONFIRMED
    assert world.content(own) == world.blink.own().content


async def test_a_photo_from_the_moment_of_a_clip_is_not_its_video(world: World) -> None:
    world.front.recorded_after = 2.0
    async with world.bot():
        job = await world.ask()
        await world.until(lambda: world.blink.films)
        photo = world.blink.film(world.front, world.blink.own().at - timedelta(seconds=1), photo=True)
        ended = await world.over(job)
    assert photo.at < world.blink.own().at
    assert world.content(ended) == world.blink.own().content


async def test_a_photo_is_the_video_if_nothing_else_comes(world: World) -> None:
    world.front.photo = True
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    own = world.blink.own()
    [fetched_at] = world.blink.times("download")
    assert own.whole_at
    assert (fetched_at - own.whole_at).total_seconds() >= world.timing.photo_gives_way


async def test_without_a_plan_nobody_waits_for_a_video(world: World) -> None:
    world.blink.film(world.front, world.now() - timedelta(days=3))  # from when there was a plan
    world.front.plan = False
    job = await world.lived()
    assert job.end is End.NO_PLAN
    assert "no plan covers it" in words(job)
    assert world.content(job) == world.blink.picture_of(world.front)
    assert job.delivery.told_at
    assert (job.delivery.told_at - job.request.created_at).total_seconds() < 60


@pytest.mark.parametrize("lost", [False, True])
async def test_a_look_goes_on_for_its_whole_time_and_finds_a_late_video(world: World, lost: bool) -> None:
    world.front.listed_after, world.front.whole_after = 170.0, 171.0
    if lost:
        world.blink.says("record_clip", Applied(Unreachable("reset")))
        world.front.listed_after = world.front.whole_after = 160.0
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
