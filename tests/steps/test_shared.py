"""A share that ends while a job of its person is under way, and what Discord says of that person meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.blink import SignedOut
from bot.models import DeliveryResult, End, Guest, Job, Kind, Right, Share, Stage

from .blink import Blink, Late
from .world import ALICE, BOB, CLUB, NOON, World, words

NO_LONGER = "This camera is not shared with you, or no longer."
OWNER = Guest(ALICE, CLUB)


@pytest.fixture
async def share(world: World) -> Share:
    return await world.lend()


async def _ask(world: World, **more: object) -> Job:
    choice = f"of.{ALICE}.{world.front.key}"
    return await world.ask(choice, user_id=BOB, **more)  # type: ignore[arg-type]


async def _queued(world: World) -> Job:
    await world.ask(world.mini)
    await world.until(lambda: world.blink.count("record_clip"))
    job = await _ask(world)
    await world.reaches(job, Stage.QUEUED)
    return job


async def _busy(world: World) -> Job:
    world.blink.occupy(30.0)
    job = await _ask(world)
    await world.reaches(job, Stage.BUSY)
    return job


async def _recording(world: World) -> Job:
    job = await _ask(world)
    await world.reaches(job, Stage.RECORDING)
    return job


async def _looking(world: World) -> Job:
    world.front.listed_after, world.front.whole_after = 20.0, 21.0
    job = await _ask(world)
    await world.reaches(job, Stage.LOOKING)
    return job


async def _fetching(world: World) -> Job:
    world.blink.says("download", Late(5.0))
    job = await _ask(world)
    await world.until(lambda: world.blink.count("download"))
    return job


async def _revoked(world: World, share: Share) -> None:
    assert await world.runner._context.access.shares.revoke(share.id, by=OWNER)


async def _unlinked(world: World, share: Share) -> None:
    await world.store.accounts.unlink(ALICE)


async def _narrowed(world: World, share: Share) -> None:
    assert (await world.lend(Right.STATUS, Right.SNAPSHOT)).id == share.id


async def _left(world: World, share: Share) -> None:
    assert await world.runner._context.access.shares.leave(share.id, Guest(BOB, CLUB))


Moment = Callable[[World], Awaitable[Job]]
How = Callable[[World, Share], Awaitable[None]]
BEFORE: tuple[Moment, ...] = (_queued, _busy, _recording, _looking)


@pytest.mark.parametrize("how", [_revoked, _unlinked, _narrowed, _left])
@pytest.mark.parametrize("moment", [*BEFORE, _fetching])
async def test_nothing_is_delivered_once_the_owner_lets_them_no_more(
    world: World, share: Share, moment: Moment, how: How
) -> None:
    async with world.bot():
        job = await moment(world)
        await how(world, share)
        await world.until(lambda: any(told.job.id == job.id for told in world.display.told))
    told = world.told(job)
    assert told.job.end is End.REVOKED
    assert NO_LONGER in words(told.job)
    assert told.content is None
    if moment in (_queued, _busy):
        assert [film for film in world.blink.films if film.asked_for and film.camera == world.front.key] == []


async def test_a_share_that_ends_while_the_reply_is_sent_stops_it(world: World, share: Share) -> None:
    async def revoke(_: Job) -> None:
        world.discord.answers = [False]

    world.display.before_deliver = revoke
    async with world.bot():
        ended = await world.over(await _ask(world))
    assert ended.end is End.REVOKED
    assert world.content(ended) is None
    assert world.discord.asked[-1] == 0.0, "no answer from before counts"


async def test_somebody_who_left_the_server_while_they_waited_has_nothing_asked(world: World, share: Share) -> None:
    world.mini.seconds = 60.0
    async with world.bot():
        job = await _queued(world)
        world.discord.answers = [False]
        await world.until(lambda: any(told.job.id == job.id for told in world.display.told))
    assert world.told(job).job.end is End.REVOKED
    assert world.blink.count("record_clip") == 1, "the owner's own"


async def test_as_long_as_discord_says_nothing_nothing_is_shown(world: World, share: Share) -> None:
    world.discord.answers = [None]
    async with world.bot():
        ended = await world.over(await _ask(world))
    assert ended.end is End.UNSURE
    assert world.content(ended) is None
    assert ended.delivery.told_at
    assert (ended.delivery.told_at - ended.request.created_at).total_seconds() > world.timing.leave_for


@pytest.mark.parametrize(("kind", "whole"), [(Kind.CLIP, False), (Kind.SNAPSHOT, False), (Kind.SNAPSHOT, True)])
async def test_if_the_bot_is_no_member_no_camera_is_asked(world: World, share: Share, kind: Kind, whole: bool) -> None:
    world.discord.has_bot = False
    async with world.bot():
        asked = "All" if whole else f"of.{ALICE}.{world.front.key}"
        ended = await world.over(await world.ask(asked, user_id=BOB, kind=kind))
    assert ended.end is End.BOT_NOT_IN_SERVER
    assert "add me" in words(ended)
    assert world.blink.count("record_clip") == world.blink.count("take_picture") == 0


async def test_discord_is_asked_again_until_it_answers(world: World, share: Share) -> None:
    world.discord.answers = [None, None, None, True]
    async with world.bot():
        ended = await world.over(await _ask(world))
    assert ended.end is End.DELIVERED
    assert world.content(ended) == world.blink.own().content


@pytest.mark.parametrize("moment", BEFORE)
async def test_nothing_is_asked_of_an_account_that_the_owner_links_instead(
    world: World, share: Share, moment: Moment
) -> None:
    other = Blink(world, account_id=6)
    async with world.bot():
        job = await moment(world)
        await world.link(ALICE, other)
        ended = await world.over(job)
    assert ended.end is End.REVOKED
    assert world.content(ended) is None
    assert other.count("record_clip", "download", "media_since") == 0


@pytest.mark.parametrize("moment", [_recording, _looking])
async def test_a_sign_out_of_the_owner_is_said_as_theirs(world: World, share: Share, moment: Moment) -> None:
    async with world.bot():
        job = await moment(world)
        for method in ("command", "media_since"):
            world.blink.always_says(method, SignedOut("refused", final=True))
        ended = await world.over(job)
    assert ended.end is End.SIGNED_OUT
    assert "Blink has signed this bot out of Alice's account." in words(ended)
    assert "/link" not in words(ended), "only the owner can"
    assert world.content(ended) is None


@pytest.mark.parametrize("holds", [True, False], ids=["still shared", "stopped meanwhile"])
@pytest.mark.parametrize("moment", [*BEFORE[1:], _fetching])
async def test_after_a_restart_it_goes_on_only_by_a_share_that_still_is(
    world: World, share: Share, moment: Moment, holds: bool
) -> None:
    async with world.bot():
        job = await moment(world)
    if not holds:
        world.execute("DELETE FROM grants")
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is (End.DELIVERED if holds else End.REVOKED)
    assert world.content(ended) == (world.blink.own().content if holds else None)
    assert len([film for film in world.blink.films if film.asked_for]) <= 1
    assert len(world.rows("SELECT 1 FROM grant_uses WHERE what = 'clip'")) == 1
    assert len(world.first_uses) == 1


async def test_a_camera_of_another_is_not_shown_to_a_whole_channel(world: World, share: Share) -> None:
    async with world.bot():
        ended = await world.over(await _ask(world, share=True))
    assert ended.end is End.NOT_SHARED
    assert world.blink.count("record_clip") == 0


async def test_without_the_right_nothing_is_found(world: World) -> None:
    await world.lend(Right.STATUS, Right.SNAPSHOT)
    async with world.bot():
        clip = await world.ask(f"of.{ALICE}.{world.front.key}", user_id=BOB)
        await world.until(lambda: world.display.told)
        snap = await world.over(await _ask(world, kind=Kind.SNAPSHOT))
    assert world.told(clip).job.end is End.REVOKED
    assert snap.end is End.DELIVERED


async def test_a_share_of_another_blink_account_finds_nothing(world: World) -> None:
    await world.lend(account_id=6)
    async with world.bot():
        job = await _ask(world)
        await world.until(lambda: world.display.told)
    assert world.told(job).job.end is End.REVOKED
    assert world.blink.count("record_clip") == 0


async def test_a_share_that_is_over_by_the_clock_is_over(world: World) -> None:
    await world.lend(until=NOON + timedelta(seconds=12))
    async with world.bot():
        job = await _ask(world)
        ended = await world.over(job)
    assert ended.end is End.REVOKED
    assert world.content(ended) is None


async def test_without_the_right_to_its_state_no_readings_and_no_older_picture_are_shown(world: World) -> None:
    await world.lend(Right.CLIP)
    async with world.bot():
        ended = await world.over(await _ask(world))
    assert ended.end is End.DELIVERED
    assert ended.target
    assert (ended.target.battery, ended.target.temperature, ended.target.wifi) == (None, None, None)
    assert world.display.previews == []


async def test_somebody_who_asks_too_often_is_told_when_they_may_again(world: World, share: Share) -> None:
    async with world.bot():
        budget = world.runner._context.access.shares
        while budget.spend(BOB, ALICE) is None:
            pass
        job = await _ask(world)
        ended = await world.over(job)
    assert ended.end is End.TOO_OFTEN
    assert ended.progress.retry_at
    assert ended.progress.retry_at - ended.request.created_at >= timedelta(minutes=59)
    assert world.blink.count("record_clip") == 0


async def test_a_guest_and_the_owner_do_not_make_one_camera_record_twice_at_once(world: World, share: Share) -> None:
    world.display.results = [DeliveryResult(reply=True)] * 2
    async with world.bot():
        jobs = [await world.ask(world.front), await _ask(world)]
        ended = [await world.over(job) for job in jobs]
    assert [job.end for job in ended] == [End.DELIVERED] * 2
    first, second = world.blink.times("record_clip")
    assert (second - first).total_seconds() >= 10
