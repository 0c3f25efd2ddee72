"""The live view of a camera: recorded if Blink keeps no video of it, and if a length is asked for."""

import pytest

from simulators.blink import Behaviour
from simulators.blink.behaviour import LiveBehaviour
from tests.support.house import text_of, video_in
from tests.support.street import Street


@pytest.fixture(autouse=True)
def _switched_on(street: Street) -> None:
    street.house.settings["live_view"] = "on"


async def test_a_camera_without_a_plan_gives_its_live_view(street: Street) -> None:
    street.front.behaviour = Behaviour.quick(covered=False, live=LiveBehaviour())
    async with street.house.bot():
        reply = await street.house.finished(await street.house.clip(street.alice, street.front), timeout=30)
    assert video_in(reply), text_of(reply)
    [session] = street.house.world.live.of(street.front)
    assert session.ended == "by the client"


async def test_a_length_is_recorded_at_once(street: Street) -> None:
    street.front.behaviour = Behaviour.quick(live=LiveBehaviour())
    async with street.house.bot():
        reply = await street.house.finished(await street.house.clip(street.alice, street.front, seconds=10), timeout=30)
    assert video_in(reply), text_of(reply)
    assert not street.front.accepted
