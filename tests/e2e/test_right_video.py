"""A clip's own video among what else Blink lists, says and leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from simulators.blink import Behaviour, Camera, Fault, Recording
from tests.support.house import key_of, text_of
from tests.support.street import Street
from tests.support.waiting import until


async def _clip(street: Street, camera: Camera | None = None) -> dict[str, Any]:
    return await street.house.finished(await street.house.clip(street.alice, camera or street.front))


def _file(street: Street, reply: dict[str, Any]) -> bytes:
    [attachment] = reply["attachments"]
    return street.house.discord.file(attachment["url"])


async def _photo(street: Street) -> Recording:
    """Let the camera take a photo of its own a second before the recording that was asked for begins."""
    await until(lambda: street.front.accepted)
    [command] = street.front.accepted
    return street.front.record_motion(command.created_at + timedelta(seconds=1), source="snapshot")


async def test_a_photo_from_the_moment_of_a_clip_is_not_its_video(street: Street) -> None:
    street.front.behaviour = replace(street.front.behaviour, recorded_at=2.0, upload_delay=0.3)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        photo = await _photo(street)
        reply = await street.house.finished(clip)
    [video] = [one for one in street.front.videos if one.command]
    assert photo.created_at < video.created_at
    assert _file(street, reply) == video.mp4


async def test_a_photo_is_the_video_if_nothing_else_comes(street: Street) -> None:
    street.front.behaviour = replace(street.front.behaviour, source="snapshot")
    street.house.timing = replace(street.house.timing, photo_gives_way=0.3)
    async with street.house.bot():
        reply = await _clip(street)
    [video] = street.front.videos
    assert _file(street, reply) == video.mp4


async def test_a_clip_that_is_taken_with_busy_words_is_asked_for_once(street: Street) -> None:
    words = {"message": "The camera was busy, recording now", "id": 5}
    street.house.blink.faults.append(Fault("clip", action="apply-then-status", status=200, body=words))
    async with street.house.bot():
        reply = await _clip(street)
    assert len(street.front.accepted) == 1
    assert _file(street, reply) == street.front.videos[0].mp4


async def test_where_a_plan_has_ended_nobody_waits_for_a_video(street: Street) -> None:
    street.front.record_motion(street.house.world.now() - timedelta(days=3))
    street.front.behaviour = Behaviour.quick(covered=False)  # what was kept before stays listed
    street.house.timing = replace(street.house.timing, look_for=60.0)
    async with street.house.bot():
        reply = await _clip(street)
    assert "no plan covers it" in text_of(reply)
    assert _file(street, reply) == street.front.picture.jpeg


async def test_what_the_cloud_will_not_keep_still_comes_from_the_drive(street: Street) -> None:
    street.account.plan, street.front.network.usb = False, "active"
    street.front.behaviour = replace(street.front.behaviour, usb_delay=1.0)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.blink.asked("media_v4"))
        looks = len(street.house.blink.asked("media"))
        reply = await street.house.finished(clip)
    assert _file(street, reply) == street.front.usb_videos[0].mp4
    assert len(street.house.blink.asked("media")) == looks, "the cloud has said its last word"


async def test_an_upload_that_fails_is_asked_for_again_before_its_time_is_over(street: Street) -> None:
    street.account.plan, street.front.network.usb = False, "active"
    street.house.timing = replace(street.house.timing, command_deadline=60.0)
    failed = {"complete": False, "status": 1, "status_msg": "Upload failed", "status_code": 523, "commands": []}
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.stage(clip) == "looking")
        street.house.blink.faults.append(Fault("command", times=1, body=failed))
        reply = await street.house.finished(clip)
    assert _file(street, reply) == street.front.usb_videos[0].mp4
    assert len([one for one in street.house.blink.asked("usb_clip") if one.status == 200]) == 2
    assert [one.status for one in street.house.blink.asked("usb_video")] == [200]


def _half(picture: bytes, *, times: int | None) -> Fault:
    headers = {"Content-Type": "image/jpeg"}
    return Fault("image", times=times, status=200, body=picture[: len(picture) // 2], headers=headers)


async def _snapshot(street: Street) -> dict[str, Any]:
    asked = {"camera": key_of(street.front)}
    return await street.house.finished(
        await street.house.discord.slash(street.alice, street.house.channel, "snapshot", asked)
    )


async def test_a_picture_that_comes_in_half_is_fetched_again(street: Street) -> None:
    street.house.blink.faults.append(_half(street.front.picture.jpeg, times=1))
    async with street.house.bot():
        reply = await _snapshot(street)
    assert _file(street, reply) == street.front.picture.jpeg


async def test_a_picture_that_stays_in_half_is_told_and_not_shown(street: Street) -> None:
    street.house.blink.faults.append(_half(street.front.picture.jpeg, times=None))
    async with street.house.bot():
        reply = await _snapshot(street)
    assert "only a part of the picture" in text_of(reply)
    assert reply["attachments"] == []


async def test_a_picture_on_a_card_is_whole_or_said_to_be_missing(street: Street) -> None:
    whole = street.front.picture.jpeg
    street.house.blink.faults.append(_half(whole, times=None))
    async with street.house.bot():
        cards = await street.house.discord.slash(street.alice, street.house.channel, "cameras", {})
        reply = await until(lambda: cards.message if cards.message and cards.message.get("embeds") else None)
    assert text_of(reply).count("its picture did not come") == 3
    assert reply["attachments"] == []
