"""Pictures on demand: when a new one is there, under which address, and when none comes."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.blink import Behaviour, Camera, Failure
from simulators.blink.cloud import ThumbnailForm
from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import clip_path, picture_path
from tests.support.waiting import until

FORMS: list[ThumbnailForm] = ["v3", "old", "timestamp"]


async def shown(house: BlinkSetup, camera: Camera) -> Any:
    screen = (await house.phone.get(f"/api/v3/accounts/{house.account.id}/homescreen")).json
    devices = [*screen["cameras"], *screen["owls"], *screen["doorbells"]]
    return next(one["thumbnail"] for one in devices if one["id"] == camera.id)


def address(camera: Camera, thumbnail: Any) -> str:
    """Where a client looks for the picture that the homescreen names."""
    if isinstance(thumbnail, int):
        return f"{picture_path(camera)}?ts={thumbnail}&ext="
    return thumbnail if thumbnail.endswith("&ext=") else f"{thumbnail}.jpg"


async def snapped(house: BlinkSetup, camera: Camera) -> int:
    heard = await house.phone.post(clip_path(camera, "thumbnail"))
    assert heard.status == 200, heard
    await house.phone.ended(camera.network)
    return heard.json["id"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("which", ["front", "mini", "flood", "bell"])
async def test_each_picture_is_new_and_has_its_address(house: BlinkSetup, form: ThumbnailForm, which: str) -> None:
    house.world.thumbnail_form = form
    camera: Camera = getattr(house, which)
    names, pictures = [await shown(house, camera)], [camera.picture.jpeg]
    assert camera.picture.command_id is None
    for _ in range(2):
        command = await snapped(house, camera)
        assert camera.picture.command_id == command
        names.append(await shown(house, camera))
        heard = await house.phone.get(address(camera, names[-1]))
        assert (heard.status, heard.headers["Content-Type"]) == (200, "image/jpeg")
        assert heard.raw == camera.picture.jpeg
        pictures.append(heard.raw)
    assert len(set(names)) == len(set(pictures)) == 3
    assert house.sim.surprises == []


async def test_the_forms_look_different(house: BlinkSetup) -> None:
    names = []
    for house.world.thumbnail_form in FORMS:
        names.append(await shown(house, house.front))
    taken = house.front.picture.taken
    assert names == [
        f"{picture_path(house.front)}?ts={taken}&ext=",
        f"/media/production/account/{house.account.id}/network/{house.home.id}/camera/{house.front.id}/clip_{taken}",
        taken,
    ]


async def test_an_old_address_needs_its_ending_and_keeps_its_picture(house: BlinkSetup) -> None:
    house.world.thumbnail_form = "old"
    before, picture = await shown(house, house.front), house.front.picture.jpeg
    await snapped(house, house.front)
    assert (await house.phone.get(f"{before}.jpg")).raw == picture != house.front.picture.jpeg
    assert house.sim.surprises == []
    assert (await house.phone.get(before)).status == 404
    assert ["no such route" in one for one in house.sim.surprises] == [True]
    house.world.thumbnail_form = "v3"
    assert (await house.phone.get(f"{before}.jpg")).status == 404


async def test_a_picture_may_come_after_its_command(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(thumbnail_delay=30.0)
    before = await shown(house, house.front)
    command = await snapped(house, house.front)
    assert (await house.phone.poll(house.front, command))["status"] == 0
    assert await shown(house, house.front) == before
    assert house.front.picture.command_id is None
    finished = house.home.commands[-1].started + house.front.behaviour.thumbnail_seconds
    assert [len(house.front.pictures(finished + after)) for after in (29.0, 31.0)] == [1, 2]


async def test_a_picture_that_comes_later_still_comes(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(thumbnail_delay=0.05)
    command = await snapped(house, house.front)
    await until(lambda: house.front.picture.command_id == command)


@pytest.mark.parametrize(
    ("fail", "text"), [(True, "Thumbnail failed"), (Failure(status_msg="Lens cap"), "Lens cap"), ("offline", "failed")]
)
async def test_a_picture_that_fails_leaves_the_old_one(house: BlinkSetup, fail: Any, text: str) -> None:
    if fail == "offline":
        house.front.status = "offline"
    else:
        house.front.behaviour = Behaviour.quick(thumbnail_fail=fail)
    before = await shown(house, house.front)
    answer = await house.phone.poll(house.front, await snapped(house, house.front))
    assert (answer["complete"], answer["status"]) == (True, 1)
    assert text in answer["status_msg"]
    assert answer["commands"][0]["state_condition"] == "error"
    assert await shown(house, house.front) == before
    assert house.front.picture.command_id is None


async def test_a_picture_that_was_cut_short_is_none(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(thumbnail_seconds=60.0)
    number = (await house.phone.post(clip_path(house.front, "thumbnail"))).json["id"]
    await house.phone.post(f"/network/{house.home.id}/command/{number}/done/")
    assert len(house.front.pictures(house.world.clock() + 120)) == 1
