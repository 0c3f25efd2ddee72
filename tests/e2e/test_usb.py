"""A clip whose video is kept on the Sync Module's USB drive, and everything that a drive can do instead."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from simulators.blink import Camera, Fault, Recording
from simulators.blink.cloud import Pending
from simulators.blink.networks import Storage
from tests.support.house import text_of
from tests.support.street import Street
from tests.support.waiting import until

KIB = 1024
STALE = {"message": "Manifest stale", "code": 2102}
NO_LIST = {"message": "Manifest retrieval error", "code": 1700}


@pytest.fixture
def usb(street: Street) -> Street:
    """The household has no plan, but a drive in its Sync Module."""
    street.account.plan = False
    street.front.network.usb = "active"
    return street


def _file(street: Street, reply: dict[str, Any]) -> bytes:
    [attachment] = reply["attachments"]
    return street.house.discord.file(attachment["url"])


async def _clip(street: Street, camera: Camera | None = None, *, timeout: float = 10.0) -> dict[str, Any]:
    return await street.house.finished(await street.house.clip(street.alice, camera or street.front), timeout)


def _sized(camera: Camera, kib: int) -> None:
    camera.behaviour = replace(camera.behaviour, video_size=kib * KIB)


def _own(camera: Camera) -> Recording:
    return next(video for video in camera.usb_videos if video.command)


@pytest.mark.parametrize("pending", get_args(Pending))
async def test_a_clip_comes_from_the_drive_however_a_list_says_that_it_is_not_ready(usb: Street, pending: Any) -> None:
    usb.house.world.manifest_pending = pending
    async with usb.house.bot():
        reply = await _clip(usb)
    assert "Here is your clip" in text_of(reply)
    assert _file(usb, reply) == _own(usb.front).mp4
    assert len(usb.front.accepted) == 1


@pytest.mark.parametrize("lower", [False, True], ids=["as it is", "in lower case"])
@pytest.mark.parametrize("ids", ["text", "numbers"])
async def test_a_name_of_which_the_drive_keeps_only_letters_is_recognised(usb: Street, lower: bool, ids: Any) -> None:
    usb.house.world.usb_lowercase, usb.house.world.usb_ids = lower, ids
    usb.front.name = "Großmutter's Tür (2)!"
    usb.mini.name = "Großmutter's Tür 3"
    usb.mini.record_motion()
    async with usb.house.bot():
        reply = await _clip(usb)
    assert _file(usb, reply) == _own(usb.front).mp4


@pytest.mark.parametrize("route", ["manifest", "usb_clip"])
async def test_a_module_that_is_busy_is_asked_again(usb: Street, route: Any) -> None:
    busy = {"message": "System is busy, please wait", "code": 307}
    usb.house.blink.faults.append(Fault(route, times=2, status=409, body=busy))
    async with usb.house.bot():
        reply = await _clip(usb)
    assert _file(usb, reply) == _own(usb.front).mp4
    assert [one.status for one in usb.house.blink.asked(route)] == [409, 409, 200]


async def test_a_phone_that_keeps_the_module_busy_only_delays_the_clip(usb: Street) -> None:
    usb.front.behaviour = replace(usb.front.behaviour, usb_delay=0.0)
    usb.house.waits(fetch_gaps=(0.1,) * 8)
    async with usb.house.bot():
        clip = await usb.house.clip(usb.alice, usb.front)
        await until(lambda: usb.house.stage(clip) == "looking")
        usb.front.network.busy_for(0.5)
        await until(lambda: any(one.status == 200 for one in usb.house.blink.asked("manifest_poll")))
        await until(lambda: not any(one.running(usb.house.world.clock()) for one in usb.front.network.commands))
        usb.front.network.busy_for(0.4)
        reply = await usb.house.finished(clip)
    assert _file(usb, reply) == _own(usb.front).mp4


async def test_the_drive_is_asked_for_a_list_at_most_once_in_a_while_until_the_clip_is_there(usb: Street) -> None:
    usb.front.behaviour = replace(usb.front.behaviour, usb_delay=1.2)
    usb.house.waits(usb_every=1.0, usb_deadline=20.0)
    async with usb.house.bot():
        reply = await _clip(usb)
    assert _file(usb, reply) == _own(usb.front).mp4
    asked = [one.at for one in usb.house.blink.asked("manifest")]
    assert len(asked) >= 2
    # A request may take a while to arrive, and the next one less.
    assert all(later - earlier >= 0.6 for earlier, later in itertools.pairwise(asked))


@pytest.mark.parametrize("action", ["apply-then-reset", "apply-then-status"])
async def test_a_request_for_a_list_whose_answer_gets_lost_counts_as_one(usb: Street, action: Any) -> None:
    usb.house.blink.faults.append(Fault("manifest", action=action))
    async with usb.house.bot():
        reply = await _clip(usb)
    assert _file(usb, reply) == _own(usb.front).mp4


async def test_two_people_of_one_household_share_the_drive_and_each_gets_their_own_clip(usb: Street) -> None:
    bob = usb.house.discord.add_user("bob")
    await usb.house.link(bob, usb.account)
    for camera in (usb.front, usb.mini):
        camera.behaviour = replace(camera.behaviour, usb_delay=0.3)
    _sized(usb.front, 20)
    _sized(usb.mini, 40)
    usb.house.world.usb_upload_seconds = 0.3
    usb.house.waits(look_for=30.0, usb_deadline=20.0)
    async with usb.house.bot():
        clips = [await usb.house.clip(usb.alice, usb.front), await usb.house.clip(bob, usb.mini)]
        replies = [await usb.house.finished(clip) for clip in clips]
    for reply, camera in zip(replies, (usb.front, usb.mini), strict=True):
        assert _file(usb, reply) == _own(camera).mp4
    recordings = [
        (one.started, one.started + one.behaviour.seconds) for one in (*usb.front.accepted, *usb.mini.accepted)
    ]
    for request in usb.house.blink.asked("manifest", "usb_clip"):
        recording = any(start <= request.at < end for start, end in recordings)
        assert request.status == 200 or recording, "the bot never finds the module busy with the other one's list"


def _list_is_late(street: Street) -> None:
    street.house.world.manifest_seconds = 60.0


def _list_breaks(street: Street) -> None:
    street.house.blink.faults.append(Fault("manifest", times=None, status=500))


def _list_never_answers(street: Street) -> None:
    street.house.blink.faults.append(Fault("manifest_poll", times=None, action="hang"))


@pytest.mark.alone
@pytest.mark.parametrize("trouble", [_list_is_late, _list_breaks, _list_never_answers])
async def test_a_drive_in_trouble_never_keeps_the_video_of_the_cloud_waiting(
    street: Street, trouble: Callable[[Street], None]
) -> None:
    street.front.network.usb = "active"
    street.front.behaviour = replace(street.front.behaviour, upload_delay=0.8)
    trouble(street)
    async with street.house.bot():
        loop = asyncio.get_running_loop()
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.front.videos and not street.front.videos[0].partial(loop.time()))
        listed_at = loop.time()
        reply = await street.house.finished(clip)
        assert loop.time() - listed_at < 1.5
    assert _file(street, reply) == street.front.videos[0].mp4


@pytest.mark.parametrize("status", [500, 404, 400])
async def test_a_cloud_in_trouble_never_keeps_the_drive_from_being_looked_at(street: Street, status: int) -> None:
    street.front.network.usb = "active"
    street.house.blink.faults.append(Fault("media", times=None, status=status))
    async with street.house.bot():
        reply = await _clip(street)
    assert _file(street, reply) == street.front.usb_videos[0].mp4


@pytest.mark.parametrize("body", [STALE, NO_LIST], ids=["2102", "1700"])
@pytest.mark.parametrize("route", ["usb_clip", "usb_video"])
async def test_a_list_that_is_out_of_date_is_followed_by_a_new_one(usb: Street, route: Any, body: Any) -> None:
    usb.front.behaviour = replace(usb.front.behaviour, usb_delay=0.0)
    usb.house.blink.faults.append(Fault(route, status=400, body=body))
    async with usb.house.bot():
        reply = await _clip(usb)
    assert _file(usb, reply) == _own(usb.front).mp4
    assert len(usb.house.blink.asked("manifest")) == 2


async def test_a_list_that_a_restart_has_lost_is_asked_for_anew_and_not_waited_for(usb: Street) -> None:
    usb.house.blink.faults.append(Fault("manifest_poll", times=1, status=400, body=STALE))
    usb.house.waits(usb_deadline=60.0)
    async with usb.house.bot():
        reply = await _clip(usb, timeout=5.0)
    assert _file(usb, reply) == _own(usb.front).mp4


@pytest.mark.parametrize("silent", [False, True], ids=["noticed", "silent"])
async def test_clips_that_are_numbered_anew_between_list_and_upload_are_never_mixed_up(
    usb: Street, silent: bool
) -> None:
    _sized(usb.front, 20)
    for number in range(3):
        _sized(usb.mini, 40 + 20 * number)
        usb.mini.record_motion().size = (40 + 20 * number) * KIB
    usb.house.blink.faults.append(Fault("usb_clip", delay=0.3))
    async with usb.house.bot():
        clip = await usb.house.clip(usb.alice, usb.front)
        await until(lambda: usb.house.blink.asked("usb_clip"))
        usb.front.network.restart_sync_module(silent=silent)
        reply = await usb.house.finished(clip)
    assert _file(usb, reply) == _own(usb.front).mp4
    assert len(usb.house.blink.asked("manifest")) == 2


async def test_a_clip_that_is_no_longer_on_the_drive_is_not_replaced_by_another(usb: Street) -> None:
    usb.house.blink.faults.append(Fault("usb_clip", delay=0.3))
    usb.front.record_motion(usb.house.world.now() - timedelta(minutes=1))
    async with usb.house.bot():
        clip = await usb.house.clip(usb.alice, usb.front)
        await until(lambda: usb.house.blink.asked("usb_clip"))
        _own(usb.front).usb_deleted = usb.house.world.clock()
        reply = await usb.house.finished(clip)
    assert "does not give it out" in text_of(reply)
    assert reply["attachments"] == []


@pytest.mark.parametrize("status", [500, 400])
async def test_a_drive_that_gives_no_clip_is_not_told_as_if_nothing_had_been_recorded(usb: Street, status: int) -> None:
    usb.house.blink.faults.append(Fault("usb_clip", times=None, status=status, body={"message": "No"}))
    usb.house.waits(look_for=0.8, usb_deadline=0.8)
    async with usb.house.bot():
        reply = await _clip(usb)
    assert "lists the video but does not give it out" in text_of(reply)
    assert "Nothing was recorded" not in text_of(reply)
    assert "refused to record" not in text_of(reply)


@pytest.mark.parametrize("moment", ["looking", "listing", "fetching", "uploading"])
async def test_the_clip_goes_on_after_a_restart_of_the_bot(usb: Street, moment: str) -> None:
    usb.house.world.manifest_seconds = usb.house.world.usb_upload_seconds = 0.3
    usb.front.behaviour = replace(usb.front.behaviour, usb_delay=0.3)
    blink = usb.house.blink
    moments: dict[str, Callable[[Any], object]] = {
        "looking": lambda clip: usb.house.stage(clip) == "looking",
        "listing": lambda clip: blink.asked("manifest_poll"),
        "fetching": lambda clip: usb.house.stage(clip) == "fetching",
        "uploading": lambda clip: any(one.status == 200 for one in blink.asked("usb_clip")),
    }
    async with usb.house.bot():
        clip = await usb.house.clip(usb.alice, usb.front)
        await until(lambda: moments[moment](clip))
    usb.house.world.manifest_pace = 0.0  # another process does not know when this one asked
    async with usb.house.bot():
        reply = await usb.house.finished(clip)
        await until(lambda: not usb.house.live(clip))
    assert _file(usb, reply) == _own(usb.front).mp4
    assert len(usb.front.accepted) == 1


SENTENCES: dict[Storage, str] = {
    "format_required": "needs formatting",
    "unmounted": "is not mounted",
    "unavailable": "no active USB drive",
    "memory_full": "is full",
    "incompatible": "not one that it can use",
}


@pytest.mark.parametrize("state", SENTENCES)
async def test_a_drive_that_takes_no_clips_is_the_reason_and_is_never_asked(usb: Street, state: Storage) -> None:
    usb.front.network.usb = state
    async with usb.house.bot():
        reply = await _clip(usb)
    assert SENTENCES[state] in text_of(reply)
    assert "how it looks there now" in text_of(reply)
    assert _file(usb, reply) == usb.front.picture.jpeg
    assert usb.house.blink.asked("manifest", "manifest_poll", "usb_clip", "usb_status") == []


async def test_a_drive_that_is_taken_out_meanwhile_is_not_asked_any_more(usb: Street) -> None:
    usb.house.waits(inventory_age=0.0)
    usb.front.behaviour = replace(usb.front.behaviour, usb_delay=60.0)
    async with usb.house.bot():
        clip = await usb.house.clip(usb.alice, usb.front)
        await until(lambda: any(one.status == 200 for one in usb.house.blink.asked("manifest_poll")))
        usb.front.network.usb = "unmounted"
        await until(lambda: usb.house.stage(clip) == "looking")
        seen = len(usb.house.blink.asked("homescreen"))
        await until(lambda: len(usb.house.blink.asked("homescreen")) > seen + 1)
        asked = len(usb.house.blink.asked("manifest"))
        reply = await usb.house.finished(clip)
    assert len(usb.house.blink.asked("manifest")) == asked
    assert "Here is your clip" not in text_of(reply)


async def test_two_cameras_that_the_drive_calls_the_same_are_not_told_apart_by_guessing(usb: Street) -> None:
    usb.mini.name = "front-door"
    async with usb.house.bot():
        reply = await _clip(usb)
    assert "cannot tell which clip is its own" in text_of(reply)
    assert reply["attachments"] == []
    assert usb.house.blink.asked("usb_clip", "thumbnail") == []


async def test_a_list_that_never_comes_is_the_reason_and_a_picture_comes_with_it(usb: Street) -> None:
    usb.house.blink.faults.append(Fault("manifest_poll", times=None, status=500))
    usb.house.waits(look_for=0.6, usb_deadline=0.6)
    async with usb.house.bot():
        reply = await _clip(usb)
    assert "USB drive cannot be read now" in text_of(reply)
    assert _file(usb, reply) == usb.front.picture.jpeg


async def test_a_clip_that_never_reaches_the_drive_is_told_with_a_picture(usb: Street) -> None:
    usb.front.behaviour = replace(usb.front.behaviour, to_usb=False)
    usb.house.waits(look_for=0.8, usb_deadline=0.8)
    async with usb.house.bot():
        reply = await _clip(usb)
    assert "Blink has kept no video" in text_of(reply)
    assert "in its cloud and on the Sync Module's USB drive" in text_of(reply)
    assert _file(usb, reply) == usb.front.picture.jpeg
