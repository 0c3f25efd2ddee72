"""`/clip`, from the command to the video."""

import sys
from typing import Any

import discord
import pytest

from bot.jobs import downloading
from simulators.blink import Behaviour
from tests.support.house import buttons_of, key_of, text_of
from tests.support.street import HELD, Street, let_go
from tests.support.waiting import until

EPHEMERAL = 1 << 6


@pytest.mark.parametrize("name", ["front", "mini", "bell"])
async def test_who_waited_long_for_a_clip_gets_this_clip_in_the_reply_and_by_dm(street: Street, name: str) -> None:
    camera = getattr(street, name)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, camera)
        reply = await street.house.finished(clip)
        [copy] = await until(lambda: street.house.dms(street.alice))
    assert "Recorded <t:" in text_of(reply)
    [video] = camera.videos
    assert street.house.discord.file(reply["attachments"][0]["url"]) == video.mp4
    assert street.house.discord.file(copy["attachments"][0]["url"]) == video.mp4
    assert len(camera.accepted) == 1
    assert set(buttons_of(reply)) == {"Record again", "Share here", "Keep", "Remove"}
    assert "Stop these messages" in buttons_of(copy)


async def test_the_reply_follows_the_command_through_its_stages(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = tuple(
        (stage, condition, 0.3)
        for stage, condition in (("rest", "new"), ("cs_sent", "running"), ("dev", "running"), ("vs", "done"))
    )
    street.front.behaviour = Behaviour.quick(stages=stages, upload_delay=0.3)
    street.house.waits(command_deadline=60.0)
    now = street.house.world.clock()
    with monkeypatch.context() as blinks:
        blinks.setattr(street.house.world, "clock", lambda: now)
        async with street.house.bot():
            clip = await street.house.clip(street.alice, street.front)
            said = ("Blink has the command", "Sync Module is calling", "camera is recording", "is uploading")
            for words in said:
                await until(lambda words=words: words in text_of(clip.message))
                now += 0.31  # a sum of floats may stay just short of the next stage
            blinks.undo()
            assert "Recorded <t:" in text_of(await street.house.finished(clip))
    assert any("Blink: running · dev" in text_of(message) for _, message in clip.history)


async def test_a_private_reply_is_only_seen_by_its_person_and_a_public_one_by_all(street: Street) -> None:
    bob = street.house.discord.add_user("bob")
    street.house.quick()
    async with street.house.bot():
        private = await street.house.clip(street.alice, street.front)
        reply = await street.house.finished(private)
        assert reply["flags"] & EPHEMERAL
        assert street.house.discord.messages(street.house.channel, bob) == []
        shared = await street.house.clip(street.alice, street.front, public=True)
        await street.house.finished(shared)
        assert len(street.house.discord.messages(street.house.channel, bob)) == 1
        await until(lambda: not street.house.live(shared))
    assert street.house.dms(street.alice) == [], "who has just watched a clip needs no copy"


async def test_in_the_bots_own_messages_the_reply_is_an_ordinary_message_and_no_copy_follows(street: Street) -> None:
    dm = street.alice.open_dm()
    async with street.house.bot():
        clip = await street.house.discord.slash(street.alice, dm, "clip", {"camera": "front door"})
        reply = await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
    assert not reply["flags"] & EPHEMERAL
    assert len(street.house.dms(street.alice)) == 1


async def test_the_same_camera_asked_again_points_to_the_clip_under_way(street: Street) -> None:
    street.front.behaviour = HELD
    street.house.waits(command_deadline=60.0)
    async with street.house.bot():
        first = await street.house.clip(street.alice, street.front)
        await until(lambda: street.front.accepted)
        again = await street.house.clip(street.alice, street.front)
        pointer = await street.house.finished(again)
        assert "already at work for you" in text_of(pointer)
        assert f"/{street.house.channel.id}/{first.message['id']}" in text_of(pointer)
        let_go(street.front)
        await street.house.finished(first)
    assert len(street.front.accepted) == 1


async def test_a_fourth_clip_waits_and_is_told_its_place_and_a_sixth_is_one_too_many(street: Street) -> None:
    stages = (("dev", "running", 60.0),)
    cameras = [
        street.account.add_network(f"Annex {number}").add_camera(
            f"Cam {number}", behaviour=Behaviour.quick(stages=stages)
        )
        for number in range(5)
    ]
    street.house.waits(command_deadline=60.0)
    async with street.house.bot():
        for camera in cameras[:3]:
            await street.house.clip(street.alice, camera)
            await until(lambda camera=camera: camera.accepted)
        fourth, fifth = [await street.house.clip(street.alice, camera) for camera in cameras[3:]]
        await until(lambda: "three of your cameras are at work, and this one is next" in text_of(fourth.message))
        await until(lambda: "one more waits before this one" in text_of(fifth.message))
        reply = await street.house.finished(await street.house.clip(street.alice, street.front))
    assert "Five of your cameras are already at work or waiting" in text_of(reply)
    assert "Retry" in buttons_of(reply)
    assert street.front.accepted == cameras[3].accepted == cameras[4].accepted == []


async def test_the_option_value_is_what_autocomplete_gives(street: Street) -> None:
    async with street.house.bot():
        [choice] = await street.house.discord.autocomplete(
            street.alice, street.house.channel, "clip", {"camera": "front"}, focused="camera"
        )
    assert choice == {"name": "Front Door · Home", "value": key_of(street.front)}


def _frames_before(call: str) -> list[str]:
    """Return the functions from the one that puts a video on disk to `call`, or nothing if it has another caller."""
    names = [call]
    frame = sys._getframe(2)
    while frame is not None:
        names.insert(0, frame.f_code.co_qualname)
        if frame.f_code is downloading.fetch_video.__code__:
            return names
        frame = frame.f_back
    return []


async def test_at_most_nine_frames_lie_between_the_video_and_discord(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways: list[list[str]] = []
    edit, send = discord.Webhook.edit_message, discord.abc.Messageable.send

    async def edit_message(*args: Any, **payload: Any) -> Any:
        ways.append(_frames_before("Webhook.edit_message"))
        return await edit(*args, **payload)

    async def send_message(*args: Any, **payload: Any) -> Any:
        ways.append(_frames_before("Messageable.send"))
        return await send(*args, **payload)

    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.front.accepted)
        monkeypatch.setattr(discord.Webhook, "edit_message", edit_message)
        monkeypatch.setattr(discord.abc.Messageable, "send", send_message)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
    edited, sent = filter(None, ways)
    assert (edited[-2:], sent[-2:]) == (
        ["Messenger.edit_by_token", "Webhook.edit_message"],
        ["Messenger.send_dm", "Messageable.send"],
    )
    assert max(len(edited), len(sent)) <= 9, (edited, sent)
