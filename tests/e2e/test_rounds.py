"""`/snapshot camera: All`: one reply with a picture of each camera, from the menu, the button and several systems."""

from __future__ import annotations

from typing import Any

from simulators.blink import Behaviour, Camera
from tests.support.hands import files_of, press
from tests.support.house import buttons_of, text_of
from tests.support.street import Street, on_both
from tests.support.waiting import until


async def _snap(street: Street, asked: str, **options: Any) -> Any:
    return await street.house.discord.slash(
        street.alice, street.house.channel, "snapshot", {"camera": asked, **options}
    )


def _by_caption(street: Street, message: dict[str, Any]) -> dict[str, bytes]:
    files = files_of(street.house.discord, message)
    return {one["description"]: files[one["filename"]] for one in message["attachments"]}


def _new(*cameras: Camera) -> dict[str, bytes]:
    return {one.name: one.picture.jpeg for one in cameras}


def _asked(street: Street) -> list[tuple[str, bool]]:
    return [
        (camera.name, one.name == "thumbnail")
        for network in street.account.networks
        for one in network.commands
        for camera in street.account.cameras
        if camera.id == one.camera_id
    ]


@on_both
async def test_all_is_one_gallery_with_the_new_picture_of_each_camera_under_its_name(street: Street) -> None:
    before = _new(street.front, street.mini, street.bell)
    async with street.house.bot():
        used = await _snap(street, "All")
        reply = await street.house.finished(used)
        [copy] = await until(lambda: street.house.dms(street.alice))
        await until(lambda: not street.house.live(used))
    expected = _new(street.front, street.mini, street.bell)
    assert _by_caption(street, reply) == _by_caption(street, copy) == expected
    assert not set(expected.values()) & set(before.values())
    assert "Here are all 3 pictures." in text_of(reply)
    assert "All of Home" in text_of(reply)
    assert set(buttons_of(reply)) == {"New pictures", "Remove"}
    assert _asked(street) == [("Doorbell", True), ("Front Door", True), ("Kitchen", True)]
    assert street.house.rows("SELECT reply_token FROM clip_jobs") == [(None,)]
    assert any("2 of 3: Front Door…" in text_of(message) for _, message in used.history)


async def test_a_camera_that_is_offline_is_named_below_the_pictures_of_the_others(street: Street) -> None:
    street.front.status = "offline"
    async with street.house.bot():
        reply = await street.house.finished(await _snap(street, "all"))
    assert _by_caption(street, reply) == _new(street.mini, street.bell)
    assert "Here are 2 of 3 pictures." in text_of(reply)
    assert "• Front Door: offline" in text_of(reply)


async def test_the_button_below_the_cameras_takes_all_and_new_pictures_takes_them_again(street: Street) -> None:
    house = street.house
    async with house.bot():
        listed = await house.discord.slash(street.alice, house.channel, "cameras", {})
        shown = await until(lambda: listed.message and "All" in buttons_of(listed.message) and listed.message)
        first = await house.finished(await press(house.discord, street.alice, shown, "All"))
        assert _by_caption(street, first) == _new(street.front, street.mini, street.bell)
        again = await house.finished(await press(house.discord, street.alice, first, "New pictures"))
        assert _by_caption(street, again) == _new(street.front, street.mini, street.bell)
    assert len(_asked(street)) == 6


async def test_with_several_systems_it_asks_which_and_offers_each_while_one_types(street: Street) -> None:
    house = street.house
    shop = street.account.add_network("Shop")
    tills = [shop.add_camera(f"Till {number}", behaviour=Behaviour.quick()) for number in (1, 2)]
    async with house.bot():
        offered = await house.discord.autocomplete(
            street.alice, house.channel, "snapshot", {"camera": "all"}, focused="camera"
        )
        assert [one["name"] for one in offered] == ["All of Home", "All of Shop"]
        question = await house.finished(await _snap(street, "All"))
        assert "You have several systems." in text_of(question)
        assert list(buttons_of(question)) == ["Home", "Shop"]
        assert _asked(street) == []
        reply = await house.finished(await press(house.discord, street.alice, question, "Shop"))
    assert _by_caption(street, reply) == _new(*tills)
    assert "All of Shop" in text_of(reply)


async def test_a_round_goes_on_after_a_restart_and_asks_no_camera_twice(street: Street) -> None:
    slow = Behaviour.quick(stages=(("rest", "new", 0.1), ("dev", "running", 0.6), ("vs", "done", 0.0)))
    for camera in (street.front, street.mini, street.bell):
        camera.behaviour = slow
    async with street.house.bot():
        used = await _snap(street, "All")
        await until(lambda: len(_asked(street)) == 2)
    async with street.house.bot():
        reply = await street.house.finished(used, timeout=20)
    assert _by_caption(street, reply) == _new(street.front, street.mini, street.bell)
    assert len(_asked(street)) == 3
