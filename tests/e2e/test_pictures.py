"""Pictures: `/snapshot`, the picture in place of a video that never comes, and the latest one beside the progress."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest

from simulators.blink import Behaviour, Camera, Fault
from simulators.blink.cloud import ThumbnailForm
from tests.support.house import buttons_of, key_of, text_of
from tests.support.lodgers import alone, arranged, cleared, lodging, street
from tests.support.reading import name_of, pictures_of
from tests.support.street import HELD, Street, let_go
from tests.support.waiting import until

__all__ = ["alone", "arranged", "cleared", "lodging", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

EPHEMERAL = 1 << 6
HINT = "most likely none will come"


async def _snap(street: Street, camera: Camera, **options: Any) -> Any:
    asked = {"camera": key_of(camera), **options}
    return await street.house.discord.slash(street.alice, street.house.channel, "snapshot", asked)


def _file(street: Street, message: dict[str, Any]) -> bytes:
    [attachment] = message["attachments"]
    return street.house.discord.file(attachment["url"])


def _taken(camera: Camera) -> list[Any]:
    return [one for one in camera.network.commands if one.name == "thumbnail" and one.camera_id == camera.id]


@pytest.mark.parametrize("form", get_args(ThumbnailForm))
@pytest.mark.parametrize("kind", ["camera", "mini", "floodlight", "doorbell"])
async def test_a_snapshot_is_the_new_picture_of_this_camera(street: Street, kind: Any, form: Any) -> None:
    street.house.world.thumbnail_form = form
    camera = street.account.add_network("Cabin").add_camera("Barn", kind, behaviour=Behaviour.quick())
    before = camera.picture
    async with street.house.bot():
        reply = await street.house.finished(await _snap(street, camera))
        [copy] = await until(lambda: street.house.dms(street.alice))
    assert "Taken <t:" in text_of(reply)
    assert camera.picture != before
    assert _file(street, reply) == _file(street, copy) == camera.picture.jpeg
    assert set(buttons_of(reply)) == {"New picture", "Share here", "Keep", "Remove"}
    assert len(_taken(camera)) == 1
    assert camera.accepted == [], "a snapshot records nothing"


async def test_a_command_that_brings_no_new_picture_is_told_and_no_old_picture_is_shown(alone: Street) -> None:
    alone.front.behaviour = Behaviour.quick(thumbnail_delay=60.0)
    alone.house.waits(picture_for=0.4)
    async with alone.house.bot():
        reply = await alone.house.finished(await _snap(alone, alone.front))
    assert "No new picture came" in text_of(reply)
    assert reply["attachments"] == []
    assert "Retry" in buttons_of(reply)


async def test_an_expired_sign_in_is_renewed_and_the_picture_is_taken_once(street: Street) -> None:
    street.house.blink.faults.append(Fault("thumbnail", status=401, body={"message": "Unauthorized", "code": 101}))
    async with street.house.bot():
        reply = await street.house.finished(await _snap(street, street.front))
    assert _file(street, reply) == street.front.picture.jpeg
    assert len(_taken(street.front)) == 1


async def test_a_private_picture_is_for_its_person_alone_and_a_shared_one_for_all(street: Street) -> None:
    bob = street.house.discord.add_user("bob")
    async with street.house.bot():
        private = await street.house.finished(await _snap(street, street.front))
        assert private["flags"] & EPHEMERAL
        assert street.house.discord.messages(street.house.channel, bob) == []
        shared = await _snap(street, street.front, public=True)
        await street.house.finished(shared)
        [seen] = street.house.discord.messages(street.house.channel, bob)
        await until(lambda: not street.house.live(shared))
    assert _file(street, seen) == street.front.picture.jpeg


MOMENTS: dict[str, Callable[[Street, Any], object]] = {
    "fetching": lambda street, snap: street.house.stage(snap) == "fetching",
    "done": lambda street, snap: (snap.message or {}).get("attachments"),
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_snapshot_goes_on_after_a_restart_and_is_taken_once(alone: Street, moment: str) -> None:
    alone.front.behaviour = Behaviour.quick(thumbnail_seconds=0.4, thumbnail_delay=0.4)
    if moment == "fetching":
        alone.house.blink.faults.append(Fault("image", action="stall"))
    async with alone.house.bot():
        snap = await _snap(alone, alone.front)
        await until(lambda: MOMENTS[moment](alone, snap))
    assert not alone.house.blink.faults
    async with alone.house.bot():
        await until(lambda: alone.house.known(snap) and not alone.house.live(snap))
    assert _file(alone, snap.message) == alone.front.picture.jpeg
    assert len(_taken(alone.front)) == 1


# In place of a video.


def _records_in_vain(street: Street, **changes: Any) -> None:
    street.front.behaviour = Behaviour.quick(video="never", **changes)
    street.house.waits(look_for=0.4)


async def test_where_no_video_comes_the_reason_comes_with_a_fresh_picture(alone: Street) -> None:
    _records_in_vain(alone)
    before = alone.front.picture
    async with alone.house.bot():
        clip = await alone.house.clip(alone.alice, alone.front)
        reply = await alone.house.finished(clip)
    assert "Blink kept no video" in text_of(reply)
    assert "how it looks there now" in text_of(reply)
    assert alone.front.picture != before
    assert _file(alone, reply) == alone.front.picture.jpeg
    assert (len(alone.front.accepted), len(_taken(alone.front))) == (1, 1)
    assert any("No video came." in text_of(message) for _, message in clip.history)


# Beside the progress.


async def test_the_latest_picture_stands_beside_the_progress_until_the_video_is_there(
    alone: Street, previewed: asyncio.Event
) -> None:
    alone.front.behaviour = replace(HELD, upload_delay=0.4)
    alone.house.waits(command_deadline=60.0)
    latest = alone.front.picture.jpeg
    async with alone.house.bot():
        clip = await alone.house.clip(alone.alice, alone.front)
        await until(previewed.is_set)
        let_go(alone.front)  # what is new next is drawn with the picture
        reply = await alone.house.finished(clip)
    shown = next(message for _, message in clip.history if message["attachments"])
    assert "Asked" in text_of(shown)
    assert _file(alone, shown) == latest
    assert [name_of(picture) for picture in pictures_of(shown)] == ["latest.jpg"]
    assert _file(alone, reply) == alone.front.videos[0].mp4
    assert [name_of(picture) for picture in pictures_of(reply)] == [reply["attachments"][0]["filename"]]
    with_picture = [bool(message and message.get("attachments")) for _, message in clip.history]
    assert sorted(with_picture) == with_picture, "once it is there, it stays"
    assert len(list(itertools.groupby(with_picture))) == 2
    assert len(alone.house.blink.asked("image")) == 1


async def test_what_blink_lists_as_without_a_plan_is_told_at_once(alone: Street) -> None:
    alone.account.plan = False
    alone.front.record_motion()
    alone.house.waits(look_for=60.0)
    async with alone.house.bot():
        clip = await alone.house.clip(alone.alice, alone.front)
        reply = await alone.house.finished(clip)
    assert "no plan covers it" in text_of(reply)
    assert _file(alone, reply) == alone.front.picture.jpeg
    assert any(HINT in text_of(message) for _, message in clip.history)
    assert not any("Recorded <t:" in text_of(message) for _, message in clip.history)
