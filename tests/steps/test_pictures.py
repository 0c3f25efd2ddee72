"""Pictures: `/snapshot`, the picture in place of a video that never comes, and the latest one beside the progress."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from bot.blink import BadMedia, RateLimited, Refused, Unreachable
from bot.models import End, Job, Kind, Stage

from .blink import BUSY, Applied, Late
from .world import ALICE, BOB, World, words

HINT = "most likely none will come"
AWAY = Unreachable("HTTP 503", status=503)


async def _snap(world: World) -> Job:
    return await world.lived(kind=Kind.SNAPSHOT)


async def test_a_snapshot_is_the_new_picture_of_this_camera_and_records_nothing(world: World) -> None:
    before = world.blink.picture_of(world.front)
    job = await _snap(world)
    assert job.end is End.DELIVERED
    assert world.content(job) == world.blink.picture_of(world.front) != before
    assert world.blink.count("take_picture") == 1
    assert world.blink.count("record_clip") == 0


async def test_the_latest_picture_is_noted_before_a_new_one_is_asked_for(world: World) -> None:
    job = await _snap(world)
    assert job.progress.picture_before == f"/picture/{world.front.key}/1"
    methods = [one.method for one in world.blink.asked]
    assert methods[methods.index("take_picture") - 1] == "inventory"


async def test_a_picture_that_takes_its_time_is_waited_for_and_never_replaced_by_the_old_one(world: World) -> None:
    world.front.picture_after = 15.0
    async with world.bot():
        first = await world.over(await world.ask(kind=Kind.SNAPSHOT))
        second = await world.over(await world.ask(kind=Kind.SNAPSHOT))
    assert world.content(first) == b"picture 2 of Front Door"
    assert world.content(second) == b"picture 3 of Front Door"


async def test_a_picture_that_came_too_late_for_one_snapshot_is_not_shown_as_the_next(world: World) -> None:
    world.front.picture_after = 25.0
    async with world.bot():
        first = await world.over(await world.ask(kind=Kind.SNAPSHOT))
        world.front.picture_after = 10.0
        second = await world.over(await world.ask(kind=Kind.SNAPSHOT))
    assert first.end is End.NO_PICTURE
    assert world.content(second) == b"picture 3 of Front Door"


async def test_a_guest_does_not_get_the_picture_that_the_owner_asked_for_before(world: World) -> None:
    world.front.picture_after = 10.0
    await world.lend()
    async with world.bot():
        owners = await world.ask(kind=Kind.SNAPSHOT)
        await world.reaches(owners, Stage.LOOKING)
        guests = await world.over(await world.ask(f"of.{ALICE}.{world.front.key}", user_id=BOB, kind=Kind.SNAPSHOT))
        await world.over(owners)
    assert world.content(guests) == b"picture 3 of Front Door"


async def test_a_picture_whose_clock_is_slow_is_shown_if_no_other_comes(world: World) -> None:
    world.front.slow = 30.0
    assert world.content(await _snap(world)) == b"picture 2 of Front Door"


@pytest.mark.parametrize("dated", [0, 60], ids=["not at all", "to the minute"])
async def test_a_new_picture_is_found_however_blink_dates_it(world: World, dated: int) -> None:
    world.passed, world.front.dated = timedelta(seconds=50), dated
    assert world.content(await _snap(world)) == b"picture 2 of Front Door"


def _no_new_picture(world: World) -> None:
    world.front.picture_after = None


def _unreadable(world: World, error: Exception = AWAY) -> None:
    world.blink.says("inventory", None, None)  # for the camera, and for its latest picture
    world.blink.always_says("inventory", error)


def _unreadable_once(world: World) -> None:
    world.front.picture_after = None
    world.blink.says("inventory", None, None, AWAY)


def _lost_and_unreadable(world: World) -> None:
    _answer_is_lost(world)
    _unreadable(world)


def _answer_is_lost(world: World) -> None:
    world.front.picture_after = None
    world.blink.says("take_picture", Applied(Unreachable("HTTP 502", status=502)))


def _not_given_out(world: World) -> None:
    world.blink.always_says("download_picture", Refused(404))


def _no_jpeg(world: World) -> None:
    world.blink.always_says("download_picture", BadMedia("no jpeg"))


def _only_half(world: World) -> None:
    world.blink.always_says("download_picture", BadMedia("cut", incomplete=True))


def _busy_for_ever(world: World) -> None:
    world.blink.occupy(3600)


def _failing(world: World) -> None:
    world.front.picture_fails = True


def _offline(world: World) -> None:
    world.front.online = False


@pytest.mark.parametrize(
    ("arrange", "end", "why"),
    [
        (_no_new_picture, End.NO_PICTURE, "No new picture came"),
        (_unreadable_once, End.NO_PICTURE, "still shows an old picture or none"),
        (_unreadable, End.UNREACHABLE, "(HTTP 503). The camera had been asked by then"),
        (partial(_unreadable, error=RateLimited(60.0)), End.RATE_LIMITED, "The camera had been asked by then"),
        (_lost_and_unreadable, End.UNCONFIRMED, "I do not know whether the camera took a picture"),
        (_answer_is_lost, End.UNCONFIRMED, "answer got lost, and no new picture has shown up"),
        (_not_given_out, End.VIDEO_LOST, "lists the picture but does not hand it over"),
        (_no_jpeg, End.VIDEO_LOST, "lists the picture but does not hand it over"),
        (_only_half, End.INCOMPLETE, "only part of the picture"),
        (_busy_for_ever, End.BUSY, "no picture was taken"),
        (_failing, End.FAILED, "could not take a picture"),
        (_offline, End.CAMERA_OFFLINE, "cannot take a picture"),
    ],
)
async def test_a_snapshot_that_fails_says_why_and_shows_no_old_picture(
    world: World, arrange: Callable[[World], None], end: End, why: str
) -> None:
    arrange(world)
    job = await _snap(world)
    assert job.end is end
    assert why in words(job)
    assert world.content(job) is None
    assert sum(one.method == "take_picture" for one in world.blink.asked) <= 1 or end is End.BUSY


async def test_a_busy_network_is_shown_and_asked_again(world: World) -> None:
    world.blink.occupy(9.0)
    job = await _snap(world)
    assert world.content(job) == world.blink.picture_of(world.front)
    assert any("System is busy" in shown for shown in world.shown(job))
    assert len(world.front.pictured) == 1


async def test_a_picture_whose_answer_is_lost_is_taken_once_and_found(world: World) -> None:
    world.blink.says("take_picture", Applied(Unreachable("reset")))
    job = await _snap(world)
    assert world.content(job) == world.blink.picture_of(world.front)
    assert world.blink.count("take_picture") == 1


MOMENTS: dict[str, Callable[[World, Job], object]] = {
    "just acknowledged": lambda world, job: True,
    "asked": lambda world, job: world.stage(job) == "recording",
    "looking": lambda world, job: world.stage(job) == "looking",
    "fetching": lambda world, job: world.stage(job) == "fetching",
}


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_snapshot_goes_on_after_a_restart_and_is_taken_once(world: World, moment: str, killed: bool) -> None:
    async with world.bot(killed=killed):
        job = await world.ask(kind=Kind.SNAPSHOT)
        await world.until(lambda: MOMENTS[moment](world, job))
    world.passed += timedelta(seconds=world.timing.settle)
    async with world.bot():
        ended = await world.over(job)
    assert world.content(ended) == world.blink.picture_of(world.front)
    assert world.blink.count("take_picture") == 1


async def test_a_snapshot_that_had_not_been_asked_for_yet_is_asked_for_after_a_restart(world: World) -> None:
    world.blink.says("inventory", None, Late(60.0))
    async with world.bot():
        job = await world.ask(kind=Kind.SNAPSHOT)
        await world.reaches(job, Stage.ASKING)
    async with world.bot():
        ended = await world.over(job)
    assert world.content(ended) == world.blink.picture_of(world.front)
    assert world.blink.count("take_picture") == 1


async def test_a_snapshot_that_nobody_expects_any_more_is_not_taken_after_a_restart(world: World) -> None:
    world.blink.says("inventory", None, Late(60.0))
    async with world.bot():
        job = await world.ask(kind=Kind.SNAPSHOT)
        await world.reaches(job, Stage.ASKING)
    world.passed += timedelta(seconds=700)
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is End.WAITED_TOO_LONG
    assert world.blink.count("take_picture") == 0


# In place of a video.


async def test_the_reason_why_no_video_came_comes_with_a_fresh_picture(world: World) -> None:
    world.front.listed_after = None
    before = world.blink.picture_of(world.front)
    job = await world.lived()
    assert job.end is End.NO_VIDEO
    assert "Blink kept no video" in words(job)
    assert "how it looks there now" in words(job)
    assert world.content(job) == world.blink.picture_of(world.front) != before
    assert (world.blink.count("record_clip"), world.blink.count("take_picture")) == (1, 1)
    assert any("No video came." in shown for shown in world.shown(job))


async def test_a_recording_that_blink_lists_as_without_a_plan_is_told_at_once(world: World) -> None:
    world.front.plan = False
    world.blink.film(world.front, world.now() - timedelta(minutes=1))
    job = await world.lived()
    assert job.end is End.NO_PLAN
    assert world.content(job) == world.blink.picture_of(world.front)
    assert any(HINT in shown for shown in world.shown(job))
    assert not any("Recorded <t:" in shown for shown in world.shown(job))
    assert job.progress.recorded_at
    assert (job.progress.recorded_at - job.request.created_at).total_seconds() < 60


@pytest.mark.parametrize("events", [True, False], ids=["listed as without a plan", "nothing listed at all"])
async def test_the_first_thing_that_is_read_is_that_no_video_is_likely(world: World, events: bool) -> None:
    world.front.plan = False
    world.blink.film(world.front, world.now() - timedelta(minutes=1))
    if not events:
        world.blink.always_says("events_since", Refused(404))
    job = await world.lived()
    asking = [shown for shown in world.shown(job) if "Asking Blink to record" in shown]
    assert HINT in asking[0]
    assert HINT not in words(job)


@pytest.mark.parametrize("kept", ["in the cloud", "on the USB drive"])
async def test_if_videos_are_kept_nobody_reads_that_none_will_come(world: World, kept: str) -> None:
    if kept == "in the cloud":
        world.blink.film(world.front, world.now() - timedelta(minutes=1))
    else:
        world.front.plan, world.blink.usb_state[7] = False, "active"
    job = await world.lived()
    assert job.end is End.DELIVERED
    assert not any(HINT in shown for shown in world.shown(job))
    assert world.blink.count("take_picture") == 0


def _refused(world: World) -> None:
    world.blink.always_says("take_picture", Refused(400, code=1, message="No"))


def _busy(world: World) -> None:
    world.blink.always_says("take_picture", BUSY)


def _never_answered(world: World) -> None:
    world.blink.says("take_picture", Unreachable("reset"))


@pytest.mark.parametrize("arrange", [_refused, _no_new_picture, _failing, _never_answered, _busy])
async def test_the_reason_comes_even_if_no_picture_can_be_taken(world: World, arrange: Callable[[World], None]) -> None:
    world.front.listed_after = None
    arrange(world)
    job = await world.lived()
    assert job.end is End.NO_VIDEO
    assert "Blink kept no video" in words(job)
    assert "A picture could not be taken either." in words(job)
    assert world.content(job) is None
    assert world.blink.count("record_clip") == 1
    assert world.blink.count("take_picture") == 1 or arrange is _busy


@pytest.mark.parametrize("stage", [Stage.RECORDING, Stage.LOOKING, Stage.FETCHING])
async def test_the_picture_in_place_of_a_video_goes_on_after_a_restart(world: World, stage: Stage) -> None:
    world.front.listed_after = None
    async with world.bot():
        job = await world.ask()
        await world.until(lambda: world.blink.count("take_picture") and world.stage(job) == stage.value)
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is End.NO_VIDEO
    assert world.content(ended) == world.blink.picture_of(world.front)
    assert (world.blink.count("record_clip"), world.blink.count("take_picture")) == (1, 1)


async def test_a_picture_in_place_of_a_video_waits_for_the_clip_that_holds_the_network(world: World) -> None:
    world.waits(look_for=10.0)
    world.front.listed_after, world.mini.seconds = None, 30.0
    async with world.bot():
        first = await world.ask(world.front)
        await world.reaches(first, Stage.LOOKING)
        second = await world.ask(world.mini)
        await world.reaches(first, Stage.QUEUED)
        ended = [await world.over(job) for job in (first, second)]
    assert [world.content(job) for job in ended] == [
        world.blink.picture_of(world.front),
        world.blink.own(world.mini).content,
    ]
    assert world.blink.count("record_clip", "take_picture") == 3, "none found the network busy"


async def test_a_reason_is_told_without_a_picture_if_the_network_stays_occupied(world: World) -> None:
    world.waits(look_for=10.0, comfort_for=10.0)
    world.front.listed_after, world.mini.seconds = None, 60.0
    async with world.bot():
        first = await world.ask(world.front)
        await world.reaches(first, Stage.LOOKING)
        await world.ask(world.mini)
        ended = await world.over(first)
    assert ended.end is End.NO_VIDEO
    assert "A picture could not be taken either." in words(ended)
    assert world.blink.count("take_picture") == 0


# Beside the progress.


async def test_the_latest_picture_is_shown_once_beside_the_progress(world: World) -> None:
    latest = world.blink.picture_of(world.front)
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    assert world.display.previews == [latest]
    assert world.blink.count("download_picture") == 1


async def test_a_latest_picture_that_cannot_be_had_changes_nothing(world: World) -> None:
    world.blink.always_says("download_picture", Unreachable("HTTP 500", status=500))
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    assert world.display.previews == []


async def test_a_latest_picture_that_takes_longer_than_the_recording_is_given_up(world: World) -> None:
    world.blink.always_says("download_picture", Late(60.0))
    job = await world.lived()
    assert world.content(job) == world.blink.own().content
    assert world.display.previews == []
