"""A clip's own video among what else Blink lists, says and leaves out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from simulators.blink import Camera, Fault, Recording
from tests.support.house import key_of, text_of
from tests.support.reading import answered
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


async def test_a_clip_that_is_taken_with_busy_words_is_asked_for_once(street: Street) -> None:
    words = {"message": "The camera was busy, recording now", "id": 5}
    street.house.blink.faults.append(Fault("clip", action="apply-then-status", status=200, body=words))
    async with street.house.bot():
        reply = await _clip(street)
    assert len(street.front.accepted) == 1
    assert _file(street, reply) == street.front.videos[0].mp4


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


async def test_a_picture_on_a_card_is_whole_or_said_to_be_missing(street: Street) -> None:
    whole = street.front.picture.jpeg
    street.house.blink.faults.append(_half(whole, times=None))
    async with street.house.bot():
        cards = await street.house.discord.slash(street.alice, street.house.channel, "cameras", {})
        reply = await until(lambda: answered(cards))
    assert text_of(reply).count("its picture did not come") == 3
    assert reply["attachments"] == []


async def test_a_picture_that_stays_in_half_is_told_and_not_shown(street: Street) -> None:
    street.house.blink.faults.append(_half(street.front.picture.jpeg, times=None))
    async with street.house.bot():
        reply = await _snapshot(street)
    assert "only part of the picture" in text_of(reply)
    assert reply["attachments"] == []
