"""A clip whose video lies on the Sync Module's USB drive, and everything that a drive can do instead."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.blink import CommandState, Refused, Unreachable
from bot.models import End, Stage

from .blink import BUSY, STALE, Applied, Late
from .world import ALICE, BOB, World, words

LOST_LIST = Refused(400, code=1700, message="Manifest retrieval error")


@pytest.fixture
def usb(world: World) -> World:
    """The household has no plan, but a drive in its Sync Module."""
    world.front.plan = world.mini.plan = False
    world.blink.usb_state[7] = "active"
    return world


async def test_a_clip_comes_from_the_drive(usb: World) -> None:
    job = await usb.lived()
    assert job.end is End.DELIVERED
    assert usb.content(job) == usb.blink.own().content
    assert usb.blink.count("record_clip") == 1


async def test_a_list_that_takes_long_is_waited_for(usb: World) -> None:
    usb.blink.usb.list_seconds = 30.0
    job = await usb.lived()
    assert usb.content(job) == usb.blink.own().content
    assert usb.blink.count("request_manifest") == 1
    assert usb.blink.count("manifest") > 1


@pytest.mark.parametrize("lower", [False, True], ids=["as it is", "in lower case"])
async def test_a_name_of_which_the_drive_keeps_only_letters_is_recognised(usb: World, lower: bool) -> None:
    usb.front.name, usb.mini.name = "Großmutter's Tür (2)!", "Großmutter's Tür 3"
    usb.blink.film(usb.mini, usb.now() + timedelta(seconds=1), on_usb_at=usb.now())
    async with usb.bot():
        job = await usb.ask()
        await usb.until(lambda: usb.blink.count("record_clip") and any(one.asked_for for one in usb.blink.films))
        for film in usb.blink.films:
            film.name = film.name.lower() if lower else film.name
        ended = await usb.over(job)
    assert usb.content(ended) == usb.blink.own().content


@pytest.mark.parametrize("what", ["request_manifest", "request_clip"])
async def test_a_module_that_is_busy_is_asked_again(usb: World, what: str) -> None:
    usb.blink.says(what, BUSY, BUSY)
    job = await usb.lived()
    assert usb.content(job) == usb.blink.own().content
    assert usb.blink.count(what) == 3


async def test_a_phone_that_keeps_the_module_busy_only_delays_the_clip(usb: World) -> None:
    async with usb.bot():
        job = await usb.ask()
        await usb.reaches(job, Stage.LOOKING)
        usb.blink.occupy(15.0)
        await usb.until(lambda: usb.blink.count("manifest"))
        await usb.reaches(job, Stage.FETCHING)
        usb.blink.occupy(20.0)
        ended = await usb.over(job)
    assert usb.content(ended) == usb.blink.own().content


async def test_the_drive_is_asked_for_a_list_at_most_once_in_a_while_until_the_clip_is_there(usb: World) -> None:
    usb.front.on_usb_after = 50.0
    job = await usb.lived()
    assert usb.content(job) == usb.blink.own().content
    asked = usb.blink.times("request_manifest")
    assert len(asked) >= 3
    assert all((later - earlier).total_seconds() >= usb.timing.usb_every for earlier, later in pairwise(asked))


async def test_the_drive_is_first_asked_after_the_cloud(usb: World) -> None:
    job = await usb.lived()
    assert job.progress.recorded_at
    first = usb.blink.times("request_manifest")[0]
    assert first - job.progress.recorded_at >= timedelta(seconds=usb.timing.usb_after)


@pytest.mark.parametrize("answer", [Applied(Unreachable("reset")), Unreachable("HTTP 500", status=500)])
async def test_a_request_for_a_list_whose_answer_gets_lost_counts_as_one(usb: World, answer: object) -> None:
    usb.blink.says("request_manifest", answer)
    job = await usb.lived()
    assert usb.content(job) == usb.blink.own().content
    first, second = usb.blink.times("request_manifest")
    assert (second - first).total_seconds() >= usb.timing.usb_every


async def test_two_people_of_one_household_share_the_drive_and_each_gets_their_own_clip(usb: World) -> None:
    bob = 2
    await usb.link(bob)
    usb.mini.kib = 40
    async with usb.bot():
        jobs = [await usb.ask(usb.front), await usb.ask(usb.mini, user_id=bob)]
        ended = [await usb.over(job) for job in jobs]
    assert [usb.content(job) for job in ended] == [usb.blink.own(usb.front).content, usb.blink.own(usb.mini).content]
    asked = usb.blink.times("request_manifest")
    assert all((later - earlier).total_seconds() >= 1.6 for earlier, later in pairwise(asked))


def _list_is_late(world: World) -> None:
    world.blink.usb.list_seconds = 3600.0


def _list_breaks(world: World) -> None:
    world.blink.always_says("request_manifest", Unreachable("HTTP 500", status=500))


def _list_never_answers(world: World) -> None:
    world.blink.always_says("manifest", Late(3600.0))


@pytest.mark.parametrize("trouble", [_list_is_late, _list_breaks, _list_never_answers])
async def test_a_drive_in_trouble_never_keeps_the_video_of_the_cloud_waiting(
    world: World, trouble: Callable[[World], None]
) -> None:
    world.blink.usb_state[7] = "active"
    world.front.listed_after, world.front.whole_after = 20.0, 21.0
    trouble(world)
    job = await world.lived()
    own = world.blink.own()
    assert world.content(job) == own.content
    [fetched_at] = world.blink.times("download")
    assert own.whole_at
    assert (fetched_at - own.whole_at).total_seconds() < world.timing.look_gaps[1]


@pytest.mark.parametrize("error", [Unreachable("HTTP 500", status=500), Refused(404), Refused(400)])
async def test_a_cloud_in_trouble_never_keeps_the_drive_from_being_looked_at(world: World, error: Exception) -> None:
    world.blink.usb_state[7] = "active"
    world.blink.always_says("media_since", error)
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    assert world.blink.count("request_clip") == 1


async def test_the_drive_is_looked_at_after_the_cloud_has_said_its_last_word(usb: World) -> None:
    usb.front.on_usb_after = 60.0
    async with usb.bot():
        job = await usb.ask()
        await usb.reaches(job, Stage.LOOKING)
        said_at = await usb.until(lambda: [at for at in usb.blink.times("events_since") if usb.stage(job) == "looking"])
        ended = await usb.over(job)
    assert usb.content(ended) == usb.blink.own().content
    assert [at for at in usb.blink.times("media_since") if at > said_at[-1] + timedelta(seconds=1)] == []


@pytest.mark.parametrize("error", [STALE, LOST_LIST], ids=["2102", "1700"])
@pytest.mark.parametrize("what", ["request_clip", "download"])
async def test_a_list_that_is_out_of_date_is_followed_by_a_new_one(usb: World, what: str, error: Refused) -> None:
    usb.blink.says(what, error)
    job = await usb.lived()
    assert usb.content(job) == usb.blink.own().content
    assert usb.blink.count("request_manifest") == 2


async def test_a_list_that_a_restart_of_the_module_has_lost_is_asked_for_again_and_not_waited_for(usb: World) -> None:
    usb.blink.says("manifest", STALE)
    job = await usb.lived()
    assert usb.content(job) == usb.blink.own().content
    assert job.delivery.told_at
    assert (job.delivery.told_at - job.request.created_at).total_seconds() < 60


@pytest.mark.parametrize("silent", [False, True], ids=["noticed", "silent"])
async def test_clips_that_are_numbered_anew_between_list_and_upload_are_never_mixed_up(
    usb: World, silent: bool
) -> None:
    for number in range(3):
        usb.mini.kib = 40 + 20 * number
        at = usb.now() - timedelta(minutes=9 - number)
        usb.blink.film(usb.mini, at, on_usb_at=at)
    usb.blink.film(usb.mini, usb.now() + timedelta(minutes=1), on_usb_at=usb.now())
    async with usb.bot():
        job = await usb.ask()
        await usb.until(lambda: usb.stage(job) == "fetching")
        usb.blink.usb.restart_module(silent=silent)
        ended = await usb.over(job)
    assert usb.content(ended) == usb.blink.own().content
    assert usb.blink.count("request_manifest") == 2


async def test_a_clip_that_is_no_longer_on_the_drive_is_not_replaced_by_another(usb: World) -> None:
    at = usb.now() - timedelta(minutes=1)
    usb.blink.film(usb.front, at, on_usb_at=at)
    async with usb.bot():
        job = await usb.ask()
        await usb.reaches(job, Stage.FETCHING)
        usb.blink.own().on_usb_at = None
        ended = await usb.over(job)
    assert ended.end is End.VIDEO_LOST
    assert "does not hand it over" in words(ended)
    assert usb.content(ended) is None


@pytest.mark.parametrize("error", [Unreachable("HTTP 500", status=500), Refused(400, message="No")])
async def test_a_drive_that_gives_no_clip_is_not_told_as_if_nothing_had_been_recorded(
    usb: World, error: Exception
) -> None:
    usb.blink.always_says("request_clip", error)
    job = await usb.lived()
    assert job.end is End.VIDEO_LOST
    assert "lists the video but does not hand it over" in words(job)
    assert "Nothing was recorded" not in words(job)
    assert "refused to record" not in words(job)


async def test_an_upload_that_fails_is_asked_for_again_before_its_time_is_over(usb: World) -> None:
    async with usb.bot():
        job = await usb.ask()
        await usb.reaches(job, Stage.FETCHING)
        usb.blink.says("command", CommandState(status=1, message="Upload failed", code=523))
        ended = await usb.over(job)
    assert usb.content(ended) == usb.blink.own().content
    first, second = usb.blink.times("request_clip")
    assert (second - first).total_seconds() < 10.0
    assert usb.blink.count("download") == 1


MOMENTS: dict[str, Callable[[World, str], object]] = {
    "looking": lambda world, stage: stage == "looking",
    "listing": lambda world, stage: world.blink.count("manifest"),
    "fetching": lambda world, stage: stage == "fetching",
    "uploading": lambda world, stage: world.blink.count("request_clip"),
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_the_clip_goes_on_after_a_restart_of_the_bot(usb: World, moment: str) -> None:
    async with usb.bot():
        job = await usb.ask()
        await usb.until(lambda: MOMENTS[moment](usb, usb.stage(job)))
    async with usb.bot():
        ended = await usb.over(job)
    assert usb.content(ended) == usb.blink.own().content
    assert usb.blink.count("record_clip") == 1


SENTENCES = {
    "format_required": "needs formatting",
    "unmounted": "is not mounted",
    "none": "no active USB drive",
    "memory_full": "is full",
    "incompatible": "cannot use its USB drive",
}


@pytest.mark.parametrize("state", SENTENCES)
async def test_a_drive_that_takes_no_clips_is_the_reason_and_is_never_asked(world: World, state: str) -> None:
    world.blink.usb_state[7], world.front.listed_after = state, None
    job = await world.lived()
    assert SENTENCES[state] in words(job)
    assert "how it looks there now" in words(job)
    assert world.content(job) == world.blink.picture_of(world.front)
    assert world.blink.count("request_manifest", "manifest", "request_clip") == 0


async def test_a_drive_that_is_taken_out_meanwhile_is_not_asked_any_more(usb: World) -> None:
    usb.front.on_usb_after = None
    async with usb.bot():
        job = await usb.ask()
        await usb.until(lambda: usb.blink.count("manifest"))
        usb.blink.usb_state[7] = "unmounted"
        await usb.until(lambda: not usb.blink.seen_within(usb.timing.inventory_age))
        await usb.until(lambda: usb.blink.seen_within(1.0))
        asked = usb.blink.count("request_manifest")
        ended = await usb.over(job)
    assert usb.blink.count("request_manifest") == asked
    assert ended.end is End.NO_VIDEO


async def test_two_cameras_that_the_drive_calls_the_same_are_not_told_apart_by_guessing(usb: World) -> None:
    usb.mini.name = "front-door"
    job = await usb.lived()
    assert job.end is End.USB_AMBIGUOUS
    assert "cannot tell which clip is its own" in words(job)
    assert usb.content(job) is None
    assert usb.blink.count("request_clip", "take_picture") == 0


async def test_a_list_that_never_comes_is_the_reason_and_a_picture_comes_with_it(usb: World) -> None:
    usb.blink.always_says("manifest", Unreachable("HTTP 500", status=500))
    job = await usb.lived()
    assert job.end is End.USB_SILENT
    assert "USB drive cannot be read just now" in words(job)
    assert usb.content(job) == usb.blink.picture_of(usb.front)


async def test_a_clip_that_never_reaches_the_drive_is_told_with_a_picture(usb: World) -> None:
    usb.front.on_usb_after = None
    job = await usb.lived()
    assert job.end is End.NO_VIDEO
    assert "Blink kept no video" in words(job)
    assert "in Blink's cloud and on the Sync Module's USB drive" in words(job)
    assert usb.content(job) == usb.blink.picture_of(usb.front)


async def test_a_guests_recording_that_reaches_the_drive_after_its_end_is_no_earlier_jobs(world: World) -> None:
    world.blink.usb_state[7], world.front.on_usb_after = "active", 30.0
    await world.lend()
    async with world.bot():
        world.blink.says("record_clip", Unreachable("cut"))
        unclear = await world.ask()
        await world.reaches(unclear, Stage.LOOKING)
        await asyncio.sleep(5.0)
        guests = await world.over(await world.ask(f"of.{ALICE}.{world.front.key}", user_id=BOB))
        assert (await world.over(unclear)).end is End.UNCONFIRMED
    assert world.content(guests) == world.blink.own().content
    assert world.content(unclear) is None
