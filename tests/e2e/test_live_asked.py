"""A live view as it is asked for, shared and announced: before any camera is asked for one."""

from itertools import chain
from typing import Any

import pytest

from simulators.blink import Behaviour
from tests.support.hands import choose
from tests.support.house import buttons_of, text_of
from tests.support.reading import answered, cards_of, titles_of
from tests.support.street import Street
from tests.support.waiting import until

RECORDED_LIVE = "Blink keeps no video of it: `/clip` records its live view"


@pytest.fixture(autouse=True)
def _switched_on(street: Street) -> None:
    street.house.settings["live_view"] = "on"


async def _use(street: Street, user: Any, command: str, **options: Any) -> dict[str, Any]:
    used = await street.house.discord.slash(user, street.house.channel, command, options)
    return await until(lambda: answered(used), timeout=10)


async def test_more_seconds_than_a_camera_can_have_are_refused_before_it_is_asked(street: Street) -> None:
    async with street.house.bot():
        for camera in (street.front, "front door"):
            reply = await street.house.finished(await street.house.clip(street.alice, camera, seconds=31))
            assert "I record at most 30 seconds of this camera's live view." in text_of(reply)
            assert set(buttons_of(reply)) == {"Take a picture"}
    assert street.front.accepted == []


async def test_the_lengths_of_the_chosen_camera_are_offered(street: Street) -> None:
    discord, channel = street.house.discord, street.house.channel
    async with street.house.bot():
        for camera, longest in ((street.front, 30), (street.mini, 60)):
            kind = "owl" if camera is street.mini else "camera"
            options = {"camera": f"{kind}.{camera.network.id}.{camera.id}", "seconds": ""}
            offered = await discord.autocomplete(street.alice, channel, "clip", options, focused="seconds")
            assert max(one["value"] for one in offered) == longest


async def test_the_live_view_is_shared_only_by_name_and_only_with_clips(street: Street) -> None:
    bob = street.house.discord.add_user("bob")
    discord = street.house.discord
    async with street.house.bot():
        card = await _use(street, street.alice, "share add", who=bob, camera="front door", preset="use")
        assert "may now" in text_of(card)
        assert "live view" not in text_of(card)
        alone = await choose(discord, street.alice, card, "Record the live view, with sound")
        await until(lambda: "choose both" in text_of(alone.message))
        assert "live view" not in text_of(await _use(street, bob, "help"))
        both = await choose(discord, street.alice, card, "Record clips", "Record the live view, with sound")
        await until(lambda: "record clips and record the live view, with sound" in text_of(both.message))
        assert "record the live view, with sound" in text_of(await _use(street, bob, "share list"))
        assert "lights the camera's LED" in text_of(await _use(street, bob, "help"))


@pytest.mark.parametrize(("mode", "said"), [("on", True), ("off", False)])
async def test_a_camera_of_which_no_video_is_kept_says_what_a_clip_of_it_is(
    street: Street, mode: str, said: bool
) -> None:
    street.house.settings["live_view"] = mode
    street.mini.behaviour = Behaviour.quick(covered=False)
    street.front.record_motion()
    street.mini.record_motion()
    async with street.house.bot():
        shown = await _use(street, street.alice, "cameras")
        helped = text_of(await _use(street, street.alice, "help"))
    recorded = [*chain.from_iterable(titles_of(one) for one in cards_of(shown) if RECORDED_LIVE in text_of(one))]
    assert recorded == (["🟢 Kitchen"] if said else [])
    assert ("lights the camera's LED" in helped) is said


async def test_a_camera_that_is_shared_says_so_only_to_those_who_may_record_it_live(street: Street) -> None:
    bob = street.house.discord.add_user("bob")
    street.mini.behaviour = Behaviour.quick(covered=False)
    street.front.record_motion()
    street.mini.record_motion()
    async with street.house.bot():
        for live in (False, True):
            await _use(
                street, street.alice, "share add", who=bob, camera="kitchen", preset="everything" if live else "use"
            )
            assert (RECORDED_LIVE in text_of(await _use(street, bob, "cameras"))) is live
