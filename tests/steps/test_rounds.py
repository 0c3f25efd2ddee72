"""`/snapshot camera: All`: a picture of each camera of a system, one after the other, in one gallery."""

import asyncio
import errno
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.blink import DiskTrouble, RateLimited, Refused, SignedOut, Unreachable
from bot.models import MOST_SHOTS, DeliveryResult, End, Guest, Job, Kind, Right, Share, Stage

from .blink import BUSY, Applied, Device, Late
from .world import ALICE, BOB, CLUB, World, words


@pytest.fixture
def hall(world: World) -> Device:
    """A third camera, whose turn comes between the other two."""
    return world.blink.add("Hall", "Home", 7)


async def _round(world: World, asked: str = "All", **more: object) -> Job:
    return await world.lived(asked, kind=Kind.SNAPSHOT, **more)  # type: ignore[arg-type]


def _asked(world: World) -> list[str]:
    """Return the names of the cameras that were asked for a picture, in that order."""
    names = {one.key: one.name for one in world.blink.devices}
    return [names[one.about[0]] for one in world.blink.asked if one.method == "take_picture"]


def _pictures(world: World, *devices: Device) -> tuple[bytes, ...]:
    return tuple(world.blink.picture_of(one) for one in devices)


async def test_each_camera_is_asked_once_by_name_and_all_new_pictures_come_together(world: World, hall: Device) -> None:
    before = _pictures(world, world.front, hall, world.mini)
    job = await _round(world)
    assert job.end is End.DELIVERED
    assert _asked(world) == ["Front Door", "Hall", "Kitchen"]
    assert world.told(job).gallery == _pictures(world, world.front, hall, world.mini)
    assert not set(world.told(job).gallery) & set(before)
    assert "Here are all 3 pictures." in words(job)
    assert "All of Home" in words(job)
    assert job.reply.token is None


async def test_the_reply_says_whose_turn_it_is(world: World, hall: Device) -> None:
    job = await _round(world)
    shown = world.shown(job)
    for place in ("1 of 3: Front Door…", "2 of 3: Hall…", "3 of 3: Kitchen…"):
        assert any(place in one for one in shown), place
    assert "of 3:" not in words(job)


async def test_a_camera_that_is_offline_is_named_and_not_asked(world: World, hall: Device) -> None:
    hall.online = False
    job = await _round(world)
    assert _asked(world) == ["Front Door", "Kitchen"]
    assert world.told(job).gallery == _pictures(world, world.front, world.mini)
    assert "Here are 2 of 3 pictures." in words(job)
    assert "• Hall: offline" in words(job)


def _refused(world: World, hall: Device) -> None:
    world.blink.says("take_picture", None, Refused(400, code=1, message="No"))


def _fails(world: World, hall: Device) -> None:
    hall.picture_fails = True


def _none_comes(world: World, hall: Device) -> None:
    hall.picture_after = None


def _unclear(world: World, hall: Device) -> None:
    hall.picture_after = None
    world.blink.says("take_picture", None, Applied(Unreachable("HTTP 502", status=502)))


def _busy(world: World, hall: Device) -> None:
    world.waits(busy_wait=0.0)
    world.blink.says("take_picture", None, BUSY)


def _lost(world: World, hall: Device) -> None:
    world.blink.says("download_picture", None, *[Refused(404)] * 4)


@pytest.mark.parametrize(
    ("arrange", "why"),
    [
        (_refused, "Blink refused"),
        (_fails, "the camera could not take one"),
        (_none_comes, "no new picture came"),
        (_unclear, "Blink's answer was unclear, and no new picture came"),
        (_busy, "Blink was busy"),
        (_lost, "Blink did not give it out"),
    ],
)
async def test_what_fails_in_the_middle_is_said_of_that_camera_and_the_others_are_shown(
    world: World, hall: Device, arrange: Callable[[World, Device], None], why: str
) -> None:
    arrange(world, hall)
    job = await _round(world)
    assert job.end is End.DELIVERED
    assert _asked(world) == ["Front Door", "Hall", "Kitchen"]
    assert world.told(job).gallery == _pictures(world, world.front, world.mini)
    assert f"• Hall: {why}" in words(job)


async def test_an_unclear_answer_is_not_asked_again_and_its_picture_is_found(world: World, hall: Device) -> None:
    world.blink.says("take_picture", None, Applied(Unreachable("reset")))
    job = await _round(world)
    assert _asked(world) == ["Front Door", "Hall", "Kitchen"]
    assert world.told(job).gallery == _pictures(world, world.front, hall, world.mini)


async def test_a_system_that_is_busy_for_a_while_is_waited_for(world: World, hall: Device) -> None:
    async with world.bot():
        job = await world.ask("All", kind=Kind.SNAPSHOT)
        await world.until(lambda: world.blink.count("take_picture") == 1)
        world.blink.occupy(15.0)
        ended = await world.over(job)
    assert world.told(ended).gallery == _pictures(world, world.front, hall, world.mini)
    assert any("System is busy" in shown for shown in world.shown(job))


async def test_a_system_that_stays_busy_is_asked_once_more_for_each_other_camera(world: World, hall: Device) -> None:
    world.blink.occupy(3600)
    job = await _round(world)
    assert job.end is End.BUSY
    assert _asked(world)[-2:] == ["Hall", "Kitchen"]
    assert "No picture came." in words(job)
    assert words(job).count("Blink was busy") == 3


async def test_trouble_that_is_about_the_account_ends_the_round_with_what_there_is(world: World, hall: Device) -> None:
    world.blink.says("take_picture", None, RateLimited(60.0))
    job = await _round(world)
    assert _asked(world) == ["Front Door", "Hall"]
    assert world.told(job).gallery == _pictures(world, world.front)
    assert words(job).count("Blink wants us to slow down") == 2


async def test_a_sign_out_before_the_first_picture_is_told_as_for_one_picture(world: World) -> None:
    world.blink.says("take_picture", SignedOut("gone", final=True))
    job = await _round(world)
    assert job.end is End.SIGNED_OUT
    assert "Blink has signed this bot out" in words(job)
    assert "• " not in words(job)


async def test_a_full_disk_is_told_once_and_leaves_no_file(world: World) -> None:
    world.blink.always_says("download_picture", DiskTrouble("full", errno=errno.ENOSPC))
    job = await _round(world)
    assert job.end is End.DISK_FULL
    assert "has no room" in words(job)
    assert "• " not in words(job)


async def test_ten_cameras_are_taken_and_the_others_are_named(world: World) -> None:
    for number in range(11):
        world.blink.add(f"Shed {number:02}", "Home", 7)
    job = await _round(world)
    assert len(_asked(world)) == len(world.told(job).gallery) == MOST_SHOTS
    assert "Not asked: Shed 08, Shed 09, Shed 10." in words(job)


async def test_all_of_several_systems_is_a_question_and_asks_no_camera(world: World) -> None:
    world.blink.add("Till", "Shop", 8)
    job = await _round(world)
    assert job.end is End.CAMERA_AMBIGUOUS
    assert job.options == (("all.7", "Home"), ("all.8", "Shop"))
    assert "You have several systems." in words(job)
    assert _asked(world) == []


@pytest.mark.parametrize("asked", ["all.8", "all of shop"])
async def test_one_of_several_systems_is_taken_by_its_choice_or_name(world: World, asked: str) -> None:
    till = world.blink.add("Till", "Shop", 8)
    job = await _round(world, asked)
    assert world.told(job).gallery == _pictures(world, till)


async def test_a_system_that_there_is_not_is_told(world: World) -> None:
    job = await _round(world, "All of Mars")
    assert job.end is End.CAMERA_UNKNOWN
    assert "There is no system “All of Mars”." in words(job)
    assert job.options == (("all.7", "Home"),)


async def test_a_second_round_of_the_same_person_points_to_the_first(world: World) -> None:
    async with world.bot():
        first = await world.ask("All", kind=Kind.SNAPSHOT)
        await world.reaches(first, Stage.RECORDING)
        second = await world.over(await world.ask("all.7", kind=Kind.SNAPSHOT))
        await world.over(first)
    assert second.end is End.ALREADY_RUNNING
    assert "“All of Home” is already at work for you." in words(second)
    assert _asked(world) == ["Front Door", "Kitchen"]


async def test_a_clip_of_a_camera_of_the_round_waits_for_its_turn_and_comes(world: World) -> None:
    async with world.bot():
        taken = await world.ask("All", kind=Kind.SNAPSHOT)
        await world.reaches(taken, Stage.RECORDING)
        clip = await world.ask(world.mini)
        ended = [await world.over(one) for one in (taken, clip)]
    assert world.told(ended[0]).gallery == _pictures(world, world.front, world.mini)
    assert world.content(ended[1]) == world.blink.own(world.mini).content
    assert world.blink.count("take_picture", "record_clip") == 3, "none found the system busy"


async def test_a_round_that_no_place_takes_is_kept_for_later(world: World) -> None:
    world.display.results = [DeliveryResult(), DeliveryResult()]
    job = await _round(world)
    assert job.end is End.UNDELIVERABLE
    assert job.delivery.undelivered


# Restarts.

MOMENTS: dict[str, Callable[[World, Job], object]] = {
    "just acknowledged": lambda world, job: True,
    "following the second": lambda world, job: _reached(world, job, "round recording", 2),
    "looking for the second": lambda world, job: _reached(world, job, "round looking", 2),
    "looking for the last": lambda world, job: _reached(world, job, "round looking", 3),
    "fetching": lambda world, job: world.stage(job) == "round fetching",
}


def _reached(world: World, job: Job, stage: str, pictures: int) -> bool:
    return world.stage(job) == stage and world.blink.count("take_picture") == pictures


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_round_goes_on_after_a_restart_and_asks_no_camera_twice(
    world: World, hall: Device, moment: str, killed: bool
) -> None:
    async with world.bot(killed=killed):
        job = await world.ask("All", kind=Kind.SNAPSHOT)
        await world.until(lambda: MOMENTS[moment](world, job))
    world.passed += timedelta(seconds=world.timing.settle)
    async with world.bot():
        ended = await world.over(job)
    assert _asked(world) == ["Front Door", "Hall", "Kitchen"]
    assert world.told(ended).gallery == _pictures(world, world.front, hall, world.mini)
    assert "Here are all 3 pictures." in words(ended)


@pytest.mark.parametrize("applied", [True, False], ids=["it was taken", "it was not"])
async def test_a_camera_whose_request_was_under_way_is_not_asked_again(
    world: World, hall: Device, applied: bool
) -> None:
    world.blink.says("take_picture", None, Late(30.0, None if applied else Unreachable("cut")))
    async with world.bot(killed=True):
        job = await world.ask("All", kind=Kind.SNAPSHOT)
        await world.until(lambda: world.blink.count("take_picture") == 2)
    assert world.stage(job) == "round asking"
    if applied:
        world.blink._picture(hall)
    async with world.bot():
        ended = await world.over(job)
    assert _asked(world) == ["Front Door", "Hall", "Kitchen"]
    own = (world.front, hall, world.mini) if applied else (world.front, world.mini)
    assert world.told(ended).gallery == _pictures(world, *own)
    assert ("• Hall: Blink's answer was unclear" in words(ended)) is not applied


async def test_a_gallery_that_the_reply_has_is_not_given_twice(world: World) -> None:
    async def hang(_: Job) -> None:
        await asyncio.Event().wait()

    world.display.after_deliver = hang
    async with world.bot(killed=True):
        job = await world.ask("All", kind=Kind.SNAPSHOT)
        await world.until(lambda: world.display.held)
    world.display.after_deliver = None
    async with world.bot():
        ended = await world.over(job)
    assert ended.end is End.DELIVERED
    assert world.told(ended).gallery == _pictures(world, world.front, world.mini)
    assert len(_asked(world)) == 2


async def test_a_round_that_was_left_for_long_shows_what_it_has_and_asks_no_more(world: World, hall: Device) -> None:
    async with world.bot(killed=True):
        job = await world.ask("All", kind=Kind.SNAPSHOT)
        await world.until(lambda: MOMENTS["looking for the second"](world, job))
        await world.until(lambda: world.blink.picture_of(hall).startswith(b"picture 2"))
    world.passed += timedelta(seconds=700)
    async with world.bot():
        ended = await world.over(job)
    assert _asked(world) == ["Front Door", "Hall"]
    assert world.told(ended).gallery == _pictures(world, world.front, hall)
    assert "• Kitchen: its turn did not come within ten minutes" in words(ended)


# Somebody else's cameras.


async def _bobs(world: World, **more: object) -> Job:
    return await _round(world, f"of.{ALICE}.all.7", user_id=BOB, **more)


async def _taken_back(world: World, share: Share) -> None:
    assert await world.runner._context.access.shares.revoke(share.id, by=Guest(ALICE, CLUB))


async def test_a_guest_gets_the_cameras_that_are_shared_with_them_and_no_other_is_asked_or_named(
    world: World, hall: Device
) -> None:
    await world.lend(Right.SNAPSHOT, device=world.mini)
    await world.lend(Right.SNAPSHOT, device=world.front)
    await world.lend(Right.CLIP, device=hall)
    job = await _bobs(world)
    assert _asked(world) == ["Front Door", "Kitchen"]
    assert world.told(job).gallery == _pictures(world, world.front, world.mini)
    assert not any("Hall" in shown for shown in [*world.shown(job), words(job)])
    [use] = await _uses(world)
    assert use == ("Front Door, Kitchen · Home", 1)


async def test_a_guest_of_the_whole_system_gets_all_of_it(world: World, hall: Device) -> None:
    await world.lend(Right.SNAPSHOT, scope="network.7")
    job = await _bobs(world)
    assert world.told(job).gallery == _pictures(world, world.front, hall, world.mini)


async def test_a_camera_that_is_taken_back_in_the_middle_is_not_asked(world: World, hall: Device) -> None:
    await world.lend(Right.SNAPSHOT, device=world.front)
    share = await world.lend(Right.SNAPSHOT, device=hall)
    await world.lend(Right.SNAPSHOT, device=world.mini)
    async with world.bot():
        job = await world.ask(f"of.{ALICE}.all.7", user_id=BOB, kind=Kind.SNAPSHOT)
        await world.until(lambda: world.blink.count("take_picture") == 1)
        await _taken_back(world, share)
        ended = await world.over(job)
    assert _asked(world) == ["Front Door", "Kitchen"]
    assert "• Hall: it is not shared with you, or no longer" in words(ended)


@pytest.mark.parametrize("later", [False, True], ids=["before the pictures are fetched", "before they are shown"])
async def test_a_picture_of_a_camera_that_was_taken_back_is_not_shown(world: World, hall: Device, later: bool) -> None:
    await world.lend(Right.SNAPSHOT, device=world.front)
    share = await world.lend(Right.SNAPSHOT, device=world.mini)

    async def take_back(_: Job) -> None:
        await _taken_back(world, share)

    async with world.bot():
        if later:
            world.display.before_deliver = take_back
        job = await world.ask(f"of.{ALICE}.all.7", user_id=BOB, kind=Kind.SNAPSHOT)
        await world.until(lambda: world.blink.count("take_picture") == 2)
        if not later:
            await _taken_back(world, share)
        ended = await world.over(job)
    shown = world.told(ended).gallery
    assert shown == (() if later else _pictures(world, world.front))
    assert ended.end is (End.REVOKED if later else End.DELIVERED)


async def test_somebody_elses_cameras_are_not_shown_to_a_channel(world: World) -> None:
    await world.lend(Right.SNAPSHOT, scope="network.7")
    job = await _bobs(world, share=True)
    assert job.end is End.NOT_SHARED
    assert _asked(world) == []


async def test_each_camera_counts_as_a_question_to_its_owner(world: World, hall: Device) -> None:
    await world.lend(Right.SNAPSHOT, scope="network.7")
    async with world.bot():
        shares = world.runner._context.access.shares
        for _ in range(58):
            assert shares.spend(BOB, ALICE) is None
        job = await world.over(await world.ask(f"of.{ALICE}.all.7", user_id=BOB, kind=Kind.SNAPSHOT))
    assert job.end is End.TOO_OFTEN
    assert _asked(world) == []


async def _uses(world: World) -> list[tuple[str, int]]:
    return world.rows("SELECT label, times FROM grant_uses")
