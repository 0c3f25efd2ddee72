"""The bot stops or is killed in the middle and starts again: the end is true, and nothing is asked for twice."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.blink import Unreachable
from bot.models import DeliveryResult, End, Job, NoReply, Stage, StorageUnavailable

from .blink import Applied, Late
from .world import World, words

MOMENTS: dict[str, Callable[[World, Job], object]] = {
    "just acknowledged": lambda world, job: True,
    "recording": lambda world, job: world.stage(job) == "recording",
    "recorded": lambda world, job: world.stage(job) == "looking",
    "fetching": lambda world, job: world.stage(job) == "fetching",
}


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_clip_goes_on_after_a_restart_at_any_moment(world: World, moment: str, killed: bool) -> None:
    async with world.bot(killed=killed):
        job = await world.ask()
        await world.until(lambda: MOMENTS[moment](world, job))
    assert [one.id for one in world.display.paused] == ([] if killed else [job.id])
    world.passed += timedelta(seconds=world.timing.settle)
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is End.DELIVERED
    assert world.content(ended) == world.blink.own().content
    assert world.blink.count("record_clip") == 1


async def killed_once_shown(world: World) -> Job:
    """Ask for a clip, and kill the bot between the video in the reply and the row that says so."""

    async def hang(_: Job) -> None:
        await asyncio.Event().wait()

    world.display.after_deliver = hang
    async with world.bot(killed=True):
        job = await world.ask()
        await world.until(lambda: world.display.held)
    world.display.after_deliver = None
    return job


async def test_a_reply_that_has_the_video_is_not_given_it_again(world: World) -> None:
    job = await killed_once_shown(world)
    downloads = world.blink.count("download")
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is End.DELIVERED
    assert ended.reply.token is None
    assert world.content(ended) == world.blink.own().content
    assert world.blink.count("record_clip") == 1
    assert world.blink.count("download") == downloads + 1, "it is fetched for places that do not have it"


@pytest.mark.parametrize("applied", [True, False], ids=["it records", "it does not"])
async def test_a_clip_found_in_the_middle_of_asking_is_not_asked_again(world: World, applied: bool) -> None:
    error = Unreachable("cut")
    world.blink.says("record_clip", Late(30.0, None if applied else error))
    async with world.bot(killed=True):
        job = await world.ask()
        await world.until(lambda: world.blink.count("record_clip"))
    assert world.stage(job) == "asking"
    if applied:
        world.blink._record(world.front)
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is (End.DELIVERED if applied else End.UNCONFIRMED)
    assert world.content(ended) == (world.blink.own().content if applied else None)
    assert world.blink.count("record_clip") == 1


async def test_an_unclear_answer_stays_unclear_over_a_restart(world: World) -> None:
    world.blink.says("record_clip", Applied(Unreachable("reset")))
    async with world.bot(killed=True):
        job = await world.ask()
        await world.reaches(job, Stage.LOOKING)
    async with world.bot():
        ended = await world.over(job)
    assert world.content(ended) == world.blink.own().content
    assert world.blink.count("record_clip") == 1


async def test_a_clip_waiting_for_a_busy_network_waits_on_after_a_restart(world: World) -> None:
    world.blink.occupy(20.0)
    async with world.bot():
        job = await world.ask()
        await world.reaches(job, Stage.BUSY)
    turned_away = world.blink.count("record_clip")
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is End.DELIVERED
    assert world.blink.count("record_clip") > turned_away + 1
    assert len(world.blink.films) == 1


async def test_a_clip_queued_behind_another_keeps_its_place_over_a_restart(world: World) -> None:
    async with world.bot():
        first = await world.ask(world.front)
        await world.until(lambda: world.blink.count("record_clip"))
        second = await world.ask(world.mini)
        await world.reaches(second, Stage.QUEUED)
    async with world.bot():
        ended = [await world.over(job) for job in (first, second)]
    assert [job.end for job in ended] == [End.DELIVERED] * 2
    asked = [one.about[0] for one in world.blink.asked if one.method == "record_clip"]
    assert asked == [world.front.key, world.mini.key]


@pytest.mark.parametrize(
    ("away", "end", "some"),
    [
        (700, End.WAITED_TOO_LONG, "turn did not come in time"),
        (4000, End.FOUND_TOO_LATE, "The bot was away"),
    ],
    ids=["minutes", "hours"],
)
async def test_a_clip_that_nobody_expects_any_more_is_not_recorded_by_surprise(
    world: World, away: int, end: End, some: str
) -> None:
    world.blink.occupy(60.0)
    async with world.bot():
        job = await world.ask()
        await world.reaches(job, Stage.BUSY)
    asked = world.blink.count("record_clip")
    world.passed += timedelta(seconds=away)
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is end
    assert some in words(ended)
    assert world.blink.count("record_clip") == asked
    assert world.blink.films == []


async def test_a_video_is_not_looked_for_hours_later(world: World) -> None:
    async with world.bot():
        job = await world.ask()
        await world.reaches(job, Stage.LOOKING)
    world.passed += timedelta(seconds=4000)
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is End.FOUND_TOO_LATE
    assert world.blink.count("download") == 0


async def test_a_job_for_which_nobody_waits_is_removed_and_never_begins(world: World) -> None:
    async with world.bot(killed=True):
        job = await world.ask()
    world.display.replies = [NoReply.NOT_WAITING]
    world.passed += timedelta(seconds=world.timing.settle)
    async with world.bot():
        await world.until(lambda: not world.rows("SELECT 1 FROM clip_jobs"))
    assert world.blink.count("record_clip") == 0
    assert [told for told in world.display.told if told.job.id == job.id] == []


async def test_a_job_of_which_discord_never_says_whether_somebody_waits_is_interrupted(world: World) -> None:
    async with world.bot(killed=True):
        job = await world.ask()
    world.display.replies = [NoReply.UNKNOWN]
    world.passed += timedelta(seconds=world.timing.settle)
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is End.INTERRUPTED
    assert "No camera was asked." in words(ended)
    assert world.blink.count("record_clip") == 0


async def test_a_job_that_is_as_young_as_an_acknowledgement_is_left_alone(world: World) -> None:
    async with world.bot(killed=True):
        await world.ask()
    async with world.bot() as runner:
        assert await runner.resume() == 0
        world.passed += timedelta(seconds=world.timing.settle)
        assert await runner.resume() == 1


async def test_a_job_that_another_process_has_taken_is_left_to_it_and_its_video_not_shown(world: World) -> None:
    async with world.bot():
        job = await world.ask()
        world.blink.says("download", Late(5.0))
        await world.until(lambda: world.blink.count("download"))
        world.execute("UPDATE clip_jobs SET owner = 'another', owned_until = '2999-01-01 00:00:00.000000'")
        await world.until(lambda: job.id in world.display.abandoned)
    assert world.display.told == []
    assert world.stage(job) == "fetching"


@pytest.mark.parametrize("moment", ["asking", "recording", "looking"])
async def test_a_step_whose_row_another_process_has_writes_nothing(world: World, moment: str) -> None:
    slow = {"asking": "record_clip", "recording": "command", "looking": "media_since"}[moment]
    async with world.bot():
        job = await world.ask()
        await world.until(lambda: world.stage(job) == moment)
        world.blink.says(slow, Late(2.0))
        world.execute("UPDATE clip_jobs SET owner = 'another', owned_until = '2999-01-01 00:00:00.000000'")
        await world.until(lambda: job.id in world.display.abandoned)
    assert world.stage(job) == moment
    assert world.rows("SELECT owner FROM clip_jobs") == [("another",)]
    assert world.display.told == []
    assert world.blink.count("record_clip") == 1


async def test_a_process_that_loses_its_lease_drops_its_jobs(world: World) -> None:
    world.waits(lease=20.0)
    async with world.bot():
        job = await world.ask()
        world.front.seconds = 60.0
        await world.reaches(job, Stage.RECORDING)
        world.execute("UPDATE clip_jobs SET owner = 'another', owned_until = '2999-01-01 00:00:00.000000'")
        await world.until(lambda: job.id in world.display.abandoned, within=10.0)
    assert world.stage(job) == "recording"
    assert world.display.told == []


async def test_what_begins_after_an_outage_longer_than_the_lease_is_not_dropped_with_what_ran_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.waits(lease=20.0)
    world.front.seconds = 60.0
    barn = world.blink.add("Barn Door", "Barn")
    async with world.bot() as runner:
        renew = world.store.jobs.renew
        monkeypatch.setattr(world.store.jobs, "renew", _away)
        before = await world.ask()
        await world.until(lambda: before.id in world.display.abandoned, within=20.0)
        monkeypatch.setattr(world.store.jobs, "renew", renew)
        after = await world.ask(barn)
        assert (await world.over(after)).end is End.DELIVERED
        assert await runner.resume() == 1
        assert (await world.over(before)).end is End.DELIVERED
    assert world.blink.count("record_clip") == 2


async def _away() -> frozenset[str]:
    raise StorageUnavailable("away")


@pytest.mark.parametrize("fails", [False, True], ids=["with its video", "without one"])
async def test_the_interaction_token_is_erased_when_the_clip_is_over(world: World, fails: bool) -> None:
    world.front.fails = fails
    ended = await world.lived()
    assert ended.delivery.told_at
    assert world.rows("SELECT reply_token FROM clip_jobs") == [(None,)]


async def test_an_end_that_could_be_shown_nowhere_is_kept_for_the_next_command(world: World) -> None:
    world.display.results = [DeliveryResult(dms_closed=True)] * 2
    async with world.bot() as runner:
        ended = await world.over(await world.ask())
        assert ended.end is End.UNDELIVERABLE
        assert (ended.delivery.undelivered, ended.delivery.dms_closed) == (True, True)
        [late] = await runner.undelivered(ended.request.user_id)
        assert late.id == ended.id
        await runner.mark_delivered([late])
        assert await runner.undelivered(ended.request.user_id) == []
    assert ended.reply.token is None


async def test_a_video_that_no_place_takes_says_how_large_it_is(world: World) -> None:
    world.front.kib = 2048
    job_ended = list[Job]()
    async with world.bot():
        job_ended.append(await world.over(await world.ask(file_limit=2**20)))
    [ended] = job_ended
    assert ended.end is End.TOO_LARGE
    assert ended.result.size == 2048 * 1024
    assert ended.result.not_shrunk == "not installed"


async def test_what_ended_long_ago_is_forgotten_after_a_start_and_once_an_hour(world: World) -> None:
    async with world.bot() as runner:
        await world.over(await world.ask())
        world.passed += timedelta(days=31)
        late = await world.over(await world.ask())
        cleaning = asyncio.create_task(runner.clean_up())
        await world.until(lambda: kept(world) == [late.id])
        world.passed += timedelta(days=31)
        await world.until(lambda: kept(world) == [], within=4000.0)
        cleaning.cancel()
        await asyncio.gather(cleaning, return_exceptions=True)


def kept(world: World) -> list[str]:
    return [job_id for (job_id,) in world.rows("SELECT id FROM clip_jobs")]


async def test_the_interaction_token_is_erased_of_a_reply_that_had_its_video_before_a_restart(world: World) -> None:
    job = await killed_once_shown(world)
    world.blink.always_says("download", Unreachable("away"))
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is End.DELIVERED
    assert world.rows("SELECT reply_token FROM clip_jobs") == [(None,)]
