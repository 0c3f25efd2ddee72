"""A live view that waits for its turn, whose bot stops, or whose camera is shared no longer."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.models import End, Job, Right, Stage, StorageUnavailable

from .blink import BUSY
from .live import Relay, asked, is_live, known_to_keep_nothing, relay, said_in
from .world import ALICE, BOB, World, words

__all__ = ["relay"]

NO_VIDEO = "Blink keeps no video of this camera"
PICTURE = "This is how it looks there now:"
AGAIN = "The bot was interrupted, so I started the live view again."
EVERYTHING = (Right.STATUS, Right.SNAPSHOT, Right.CLIP)


# Turns.


async def test_a_busy_system_says_so_and_is_asked_again(world: World, relay: Relay) -> None:
    world.blink.says("start_live_view", BUSY, BUSY)
    job = await world.lived(seconds=8)
    is_live(world, job, seconds=8)
    assert said_in(world, job, "Blink says: “System is busy, please wait”")
    assert asked(world) == (0, 3)
    assert len(world.blink.live_views) == 1


async def test_a_clip_of_the_same_system_waits_for_it_and_then_comes(world: World, relay: Relay) -> None:
    await world.lend(device=world.mini)
    async with world.bot():
        first = await world.ask(seconds=30)
        await world.reaches(first, Stage.LIVE)
        second = await world.ask(f"of.{ALICE}.{world.mini.key}", user_id=BOB)
        await world.until(lambda: said_in(world, second, "before yours on this system"))
        assert asked(world) == (0, 1)
        is_live(world, await world.over(first), seconds=30)
        assert world.content(await world.over(second)) == world.blink.own(world.mini).content
    [ended_at], [asked_at] = world.blink.times("end_live_view"), world.blink.times("record_clip")
    assert asked_at >= ended_at


async def test_a_second_one_of_the_account_waits_on_another_system_and_then_comes(world: World, relay: Relay) -> None:
    barn = world.blink.add("Barn Door", "Barn")
    async with world.bot():
        first = await world.ask(seconds=10)
        await world.reaches(first, Stage.LIVE)
        second = await world.ask(barn, seconds=5)
        await world.until(lambda: said_in(world, second, "Blink gives an account one live view at a time"))
        ended = [await world.over(job) for job in (first, second)]
    assert [job.end for job in ended] == [End.DELIVERED] * 2
    is_live(world, ended[1], seconds=5)
    ended_at, began_at = world.blink.times("end_live_view")[0], world.blink.times("start_live_view")[1]
    assert (began_at - ended_at).total_seconds() >= world.timing.live_gap


# Stops, and lost leases.


async def _stopped(world: World, *, sessions: int = 1, job: Job | None = None) -> Job:
    """Stop the bot in the middle of a live view, and return its job."""
    async with world.bot():
        job = job or await world.ask(seconds=30)
        await world.until(lambda: len(world.blink.live_views) == sessions and said_in(world, job, "3 of 30 s"))
    assert list(world.folder.glob("*.ts")) == []
    assert world.blink.count("end_live_view") >= sessions
    return job


async def test_after_a_stop_it_is_started_once_more_and_says_so(world: World, relay: Relay) -> None:
    job = await _stopped(world)
    async with world.bot():
        ended = await world.over(job)
    is_live(world, ended, seconds=30)
    assert said_in(world, job, AGAIN)
    assert asked(world) == (0, 2)
    _, lost, _ = world.blink.times("end_live_view")  # once more by the next process, which cannot know
    assert (world.blink.times("start_live_view")[1] - lost).total_seconds() >= world.timing.live_gap


async def test_after_two_stops_a_picture_comes(world: World, relay: Relay) -> None:
    job = await _stopped(world)
    await _stopped(world, sessions=2, job=job)
    async with world.bot():
        ended = await world.over(job)
    assert "The live view was interrupted." in words(ended)
    assert PICTURE in words(ended)
    assert asked(world) == (0, 2)


async def test_a_second_session_that_a_kill_has_left_open_is_ended_before_the_picture(
    world: World, relay: Relay
) -> None:
    relay.killed = True
    job: Job | None = None
    for sessions in (1, 2):
        async with world.bot(killed=True):
            job = job or await world.ask(seconds=30)
            await world.until(lambda sessions=sessions: _sessions_of(world) == sessions)
    assert job
    async with world.bot():
        ended = await world.over(job)
    assert "The live view was interrupted." in words(ended)
    assert PICTURE in words(ended)
    assert asked(world) == (0, 2)
    assert {one.about[1] for one in world.blink.asked if one.method == "end_live_view"} == {
        one.command_id for one in world.blink.live_views
    }


def _sessions_of(world: World) -> int:
    """Return how many sessions were begun, once the row of the only job names the last one."""
    began = [one.command_id for one in world.blink.live_views]
    return len(began) if world.rows("SELECT command_id FROM clip_jobs") == [(began[-1] if began else None,)] else 0


async def test_a_lost_video_is_not_recorded_again_if_its_person_has_another_one_for_that_camera(
    world: World, relay: Relay
) -> None:
    async def hang(_: Job) -> None:
        await asyncio.Event().wait()

    world.display.before_deliver = hang
    async with world.bot(killed=True):
        first = await world.ask(seconds=8)
        await world.reaches(first, Stage.FETCHING)
        second = await world.ask(seconds=8)
        await world.reaches(second, Stage.LIVE)
    world.display.before_deliver = None
    async with world.bot():
        lost, ended = [await world.over(job) for job in (first, second)]
    assert "The live view was interrupted." in words(lost)
    is_live(world, ended, seconds=8)


async def test_hours_after_a_stop_it_is_not_started_again(world: World, relay: Relay) -> None:
    job = await _stopped(world)
    world.passed += timedelta(seconds=4000)
    async with world.bot():
        ended = await world.over(job)
    assert "The bot was away" in words(ended)
    assert asked(world) == (0, 1)


async def test_a_video_that_the_reply_shows_already_is_not_recorded_again(world: World, relay: Relay) -> None:
    async def hang(_: Job) -> None:
        await asyncio.Event().wait()

    world.display.after_deliver = hang
    async with world.bot(killed=True):
        job = await world.ask(seconds=8)
        await world.until(lambda: world.display.held)
    world.display.after_deliver = None
    async with world.bot():
        ended = await world.over(job)
    is_live(world, ended, seconds=8)
    assert asked(world) == (0, 1)


async def test_a_job_that_another_process_takes_over_meanwhile_has_one_reply_and_two_sessions(
    world: World, relay: Relay
) -> None:
    world.waits(lease=6.0)
    async with world.bot():
        job = await world.ask(seconds=30)
        await world.until(lambda: said_in(world, job, "3 of 30 s"))
        world.execute("UPDATE clip_jobs SET owner = 'another', owned_until = '2999-01-01 00:00:00.000000'")
        await world.until(lambda: job.id in world.display.abandoned)
        assert world.blink.count("end_live_view") == 1
        assert list(world.folder.glob("*.ts")) == []
        world.execute("UPDATE clip_jobs SET owned_until = '2000-01-01 00:00:00.000000'")
        assert await world.runner.resume() == 1
        ended = await world.over(job)
    is_live(world, ended, seconds=30)
    assert said_in(world, job, AGAIN)
    assert asked(world) == (0, 2)


# A database that is away for a moment.


@pytest.mark.parametrize("applied", [False, True], ids=["lost", "saved all the same"])
@pytest.mark.parametrize("tries", [1, 3])
async def test_a_recording_that_cannot_be_saved_at_once_is_not_lost(
    world: World, relay: Relay, monkeypatch: pytest.MonkeyPatch, tries: int, applied: bool
) -> None:
    async with world.bot():
        save, failed = world.store.jobs.save, list[Job]()

        async def at_last(old: Job, new: Job) -> None:
            if new.stage is not Stage.FETCHING or len(failed) == tries:
                await save(old, new)
                return
            if applied and not failed:
                await save(old, new)
            failed.append(new)
            raise StorageUnavailable("restarts")

        monkeypatch.setattr(world.store.jobs, "save", at_last)
        job = await world.ask(seconds=8)
        ended = await world.over(job)
    is_live(world, ended, seconds=8)
    assert len(failed) == tries
    assert asked(world) == (0, 1)


async def test_a_recording_that_another_process_has_taken_over_during_an_outage_is_left_to_that(
    world: World, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.bot():
        save, failed = world.store.jobs.save, list[Job]()

        async def away(old: Job, new: Job) -> None:
            if new.stage is Stage.FETCHING and not failed:
                failed.append(new)
                world.execute("UPDATE clip_jobs SET owner = 'another', owned_until = '2999-01-01 00:00:00.000000'")
                raise StorageUnavailable("restarts")
            await save(old, new)

        monkeypatch.setattr(world.store.jobs, "save", away)
        job = await world.ask(seconds=8)
        await world.until(lambda: job.id in world.display.abandoned)
    assert failed
    assert world.stage(job) == "live"
    assert world.display.told == []


@pytest.mark.parametrize("moment", ["before_deliver", "after_deliver"])
async def test_a_video_that_the_database_keeps_from_its_end_is_not_recorded_again(
    world: World, relay: Relay, moment: str
) -> None:
    async def away(_: Job) -> None:
        setattr(world.display, moment, None)
        raise StorageUnavailable("restarts")

    setattr(world.display, moment, away)
    async with world.bot() as runner:
        job = await world.ask(seconds=8)
        await world.until(lambda: job.id in world.display.abandoned)
        assert world.stage(job) == "fetching"
        assert [one.suffix for one in world.folder.glob(f"{job.id}.*")] == [".ts"]
        assert await runner.resume() == 1
        ended = await world.over(job)
    is_live(world, ended, seconds=8)
    assert asked(world) == (0, 1)


async def test_nothing_is_left_of_a_video_whose_end_is_saved_though_the_database_does_not_say_so(
    world: World, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.bot() as runner:
        save = world.store.jobs.save

        async def unclear(old: Job, new: Job) -> None:
            await save(old, new)
            if new.stage is Stage.ENDED:
                raise StorageUnavailable("restarts")

        monkeypatch.setattr(world.store.jobs, "save", unclear)
        job = await world.ask(seconds=8)
        await world.until(lambda: job.id in world.display.abandoned)
        assert await runner.resume() == 0
        assert list(world.folder.glob("*.ts")) == []
        is_live(world, await world.over(job), seconds=8)


# Of somebody else's camera.


async def _guests(world: World, **more: object) -> Job:
    return await world.ask(f"of.{ALICE}.{world.front.key}", user_id=BOB, **more)  # type: ignore[arg-type]


def _used_live(world: World) -> int:
    return len(world.rows("SELECT 1 FROM grant_uses WHERE what = 'live'"))


async def test_without_the_right_a_guest_gets_the_picture_and_the_reason(world: World, relay: Relay) -> None:
    await world.lend(*EVERYTHING)
    async with world.bot():
        ended = await world.over(await _guests(world))
    assert PICTURE in words(ended)
    assert world.content(ended) == world.blink.picture_of(world.front)
    assert asked(world) == (1, 0)
    assert _used_live(world) == 0


@pytest.mark.parametrize("known", [False, True], ids=["instead of a clip", "at once"])
async def test_with_the_right_it_is_recorded_and_noted_for_its_owner(world: World, relay: Relay, known: bool) -> None:
    if known:
        known_to_keep_nothing(world)
    await world.lend(*EVERYTHING, Right.LIVE)
    async with world.bot():
        ended = await world.over(await _guests(world))
    is_live(world, ended)
    assert NO_VIDEO in words(ended)
    assert _used_live(world) == 1
    assert asked(world) == (0 if known else 1, 1)


async def test_a_length_needs_the_right(world: World, relay: Relay) -> None:
    await world.lend(*EVERYTHING)
    async with world.bot():
        refused = await world.over(await _guests(world, seconds=8))
        assert "This camera's live view is not shared with you." in words(refused)
        assert asked(world) == (0, 0)
        await world.lend(*EVERYTHING, Right.LIVE)
        is_live(world, await world.over(await _guests(world, seconds=8)), seconds=8)


async def _waiting(world: World) -> Job:
    world.blink.occupy(30.0)
    job = await _guests(world, seconds=8)
    await world.reaches(job, Stage.BUSY)
    return job


async def _under_way(world: World) -> Job:
    job = await _guests(world, seconds=20)
    await world.until(lambda: said_in(world, job, "3 of 20 s"))
    return job


@pytest.mark.parametrize(("moment", "sessions"), [(_waiting, 0), (_under_way, 1)])
async def test_a_right_that_is_taken_away_meanwhile_keeps_the_video_back(
    world: World, relay: Relay, moment: Callable[[World], object], sessions: int
) -> None:
    await world.lend(*EVERYTHING, Right.LIVE)
    async with world.bot():
        job = await moment(world)  # type: ignore[misc]
        await world.lend(*EVERYTHING)
        await world.until(lambda: world.display.told)
        ended = await world.over(job)
    assert ended.end is End.REVOKED
    assert world.content(ended) is None
    assert len(world.blink.live_views) == sessions
    assert world.blink.count("end_live_view") == sessions
