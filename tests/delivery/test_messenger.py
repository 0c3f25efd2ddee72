"""The messages of the bot."""

import asyncio

from tests.delivery.conftest import DeliverySetup


async def test_direct_messages_that_are_open_are_not_waited_for(town: DeliverySetup) -> None:
    first = await town.messenger.open_dm(town.alice.id)
    async with asyncio.timeout(0.25):  # less than lies between two that are opened
        for _ in range(50):
            assert (await town.messenger.open_dm(town.alice.id)).id == first.id
    assert len(town.asked("POST", "/users/@me/channels")) == 1
