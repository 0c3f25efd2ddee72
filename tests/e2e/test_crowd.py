"""More than can be done at once: the rest waits, and its replies say so."""

import asyncio
from functools import partial
from typing import Any

import pytest

from bot.jobs import ConcurrencyLimits
from simulators.blink import Behaviour, Camera, Fault
from tests.support.house import text_of
from tests.support.street import Street
from tests.support.waiting import until

WAITING = "Waiting: many cameras are at work just now."


@pytest.fixture
async def bob(street: Street) -> tuple[Any, Camera]:
    """A neighbour, who has a Blink of his own."""
    person, account = street.house.resident("bob")
    camera = account.add_network("Shop").add_camera("Till", behaviour=Behaviour.quick(upload_delay=0.05))
    await street.house.link(person, account)
    return person, camera


async def told(street: Street, bob: tuple[Any, Camera], *, begun: Any, go_on: asyncio.Event) -> None:
    """Have the neighbour record while Alice's clip holds everything up, and see that he is told and served."""
    person, camera = bob
    async with street.house.bot():
        hers = await street.house.clip(street.alice, street.front)
        await until(begun, timeout=15)
        his = await street.house.clip(person, camera)
        await until(lambda: WAITING in text_of(his.message), timeout=10)
        go_on.set()
        reply = await street.house.finished(his, timeout=30)
        await street.house.finished(hers)
        await until(lambda: not street.house.live(his) and not street.house.live(hers))
        assert text_of(his.message) == text_of(reply), "the last word is the video's"
    assert "Recorded <t:" in text_of(reply)
    assert not any(WAITING in text_of(message) for _, message in hers.history)
    assert (len(street.front.accepted), len(camera.accepted)) == (1, 1)


async def test_cameras_are_asked_in_turn(street: Street, bob: tuple[Any, Camera]) -> None:
    street.house.limits = partial(ConcurrencyLimits, starting=1)
    go_on = asyncio.Event()
    street.house.blink.faults.append(Fault("clip", delay=go_on))
    await told(street, bob, begun=lambda: not street.house.blink.faults, go_on=go_on)
