"""A clip whose video is kept on the Sync Module's USB drive, and everything that a drive can do instead."""

from __future__ import annotations

from dataclasses import replace
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
    assert "Recorded <t:" in text_of(reply)
    assert _file(usb, reply) == _own(usb.front).mp4
    assert len(usb.front.accepted) == 1


@pytest.mark.parametrize("route", ["manifest", "usb_clip"])
async def test_a_module_that_is_busy_is_asked_again(usb: Street, route: Any) -> None:
    busy = {"message": "System is busy, please wait", "code": 307}
    usb.house.blink.faults.append(Fault(route, times=2, status=409, body=busy))
    async with usb.house.bot():
        reply = await _clip(usb)
    assert _file(usb, reply) == _own(usb.front).mp4
    assert [one.status for one in usb.house.blink.asked(route)] == [409, 409, 200]


def _list_is_late(street: Street) -> None:
    street.house.world.manifest_seconds = 60.0


def _list_breaks(street: Street) -> None:
    street.house.blink.faults.append(Fault("manifest", times=None, status=500))


def _list_never_answers(street: Street) -> None:
    street.house.blink.faults.append(Fault("manifest_poll", times=None, action="hang"))


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


async def test_the_clip_goes_on_after_a_restart_of_the_bot(usb: Street) -> None:
    usb.house.world.manifest_seconds = usb.house.world.usb_upload_seconds = 0.3
    async with usb.house.bot():
        clip = await usb.house.clip(usb.alice, usb.front)
        await until(lambda: any(one.status == 200 for one in usb.house.blink.asked("usb_clip")))
    usb.house.world.manifest_pace = 0.0  # another process does not know when this one asked
    async with usb.house.bot():
        reply = await usb.house.finished(clip)
        await until(lambda: not usb.house.live(clip))
    assert _file(usb, reply) == _own(usb.front).mp4
    assert len(usb.front.accepted) == 1


SENTENCES: dict[Storage, str] = {
    "unavailable": "no active USB drive",
    "memory_full": "is full",
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


async def test_two_cameras_that_the_drive_calls_the_same_are_not_told_apart_by_guessing(usb: Street) -> None:
    usb.mini.name = "front-door"
    usb.house.waits(look_for=2.0)
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
    assert "USB drive cannot be read just now" in text_of(reply)
    assert _file(usb, reply) == usb.front.picture.jpeg


@pytest.mark.parametrize("ids", ["text", "numbers"])
async def test_a_name_of_which_the_drive_keeps_only_letters_is_recognised(usb: Street, ids: Any) -> None:
    usb.house.world.usb_lowercase, usb.house.world.usb_ids = True, ids
    usb.front.name = "Großmutter's Tür (2)!"
    usb.mini.name = "Großmutter's Tür 3"
    usb.mini.record_motion()
    async with usb.house.bot():
        reply = await _clip(usb)
    assert _file(usb, reply) == _own(usb.front).mp4


async def test_a_list_that_is_out_of_date_is_followed_by_a_new_one(usb: Street) -> None:
    usb.front.behaviour = replace(usb.front.behaviour, usb_delay=0.0)
    usb.house.blink.faults.append(Fault("usb_clip", status=400, body=NO_LIST))
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
