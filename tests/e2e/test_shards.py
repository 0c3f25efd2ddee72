"""Many servers: the bot opens the shards that Discord recommends, or those that its host shares out."""

import contextlib
from typing import Any

import pytest

from bot.discord_connection import BadShards
from tests.support.house import text_of
from tests.support.street import Street
from tests.support.waiting import until


def places(street: Street, shards: int) -> list[Any]:
    """Return a channel in a server of every shard."""
    sim = street.house.discord
    return [sim.add_guild(f"Street {one}", shard=(one, shards)).add_channel("general") for one in range(shards)]


async def use(street: Street, channel: Any) -> str:
    """Ask for the cameras and return what is read."""
    used = await street.house.discord.slash(street.alice, channel, "cameras", {})
    await until(lambda: "Front Door" in text_of(used.message), timeout=10)
    assert [callback.code for callback in used.callbacks].count(None) == 1, "answered once"
    assert used.followups == []
    return text_of(used.message)


async def test_as_many_shards_as_discord_recommends(street: Street) -> None:
    street.house.discord.shards = 2
    async with street.house.bot():
        await until(lambda: street.house.discord.identifies == 2, timeout=20)
        for channel in (*places(street, 2), street.alice.open_dm()):
            await use(street, channel)
        clip = await street.house.discord.slash(street.alice, places(street, 2)[1], "clip", {"camera": "front door"})
        assert "Recorded <t:" in text_of(await street.house.finished(clip))
    assert street.house.discord.gateway_closes == [1000, 1000]


async def test_shards_shared_out_over_two_processes_answer_everything_once(street: Street) -> None:
    street.house.settings = {"shard_count": 2, "shard_ids": (0,)}
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(street.house.bot())
        street.house.settings = {"shard_count": 2, "shard_ids": (1,)}
        await stack.enter_async_context(street.house.bot())
        for channel in (*places(street, 2), street.alice.open_dm()):
            await use(street, channel)
    assert street.house.discord.identifies == 2


async def test_a_process_without_shard_0_gets_no_direct_messages(street: Street) -> None:
    street.house.settings = {"shard_count": 2, "shard_ids": (1,)}
    async with street.house.bot():
        used = await street.house.discord.slash(street.alice, street.alice.open_dm(), "cameras", {})
        await use(street, places(street, 2)[1])
        assert not used.responded


async def test_two_whole_copies_answer_everything_once(street: Street) -> None:
    async with street.house.bot(), street.house.bot():
        for channel in (street.house.channel, street.alice.open_dm()):
            await use(street, channel)


async def test_a_shard_count_that_discord_refuses_ends_the_start_with_its_name(street: Street) -> None:
    street.house.settings = {"shard_count": 1}
    with pytest.raises(BadShards, match="SHARD_COUNT"):
        await street.house.closed_with(4011)
