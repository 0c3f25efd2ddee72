"""A server in which only people have installed the bot: nothing is promised there that it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.house import text_of
from tests.support.sharing import Shared, reply_to


async def used(shared: Shared, user: Any, command: str, **options: Any) -> str:
    """Return what the bot answers to a command of a person who has installed it."""
    house = shared.street.house
    return text_of(await reply_to(await house.discord.slash(user, house.channel, command, options, install="user")))


async def test_nothing_is_shared_there(shared: Shared) -> None:
    async with shared.street.house.bot():
        said = await used(shared, shared.street.alice, "share add", who=shared.bob, camera="Front Door")
    assert "I must be a member of this server first" in said
    assert shared.street.house.rows("SELECT * FROM grants") == []


@pytest.mark.parametrize("command", ["help", "account", "arm"])
async def test_a_guest_reads_only_what_works_there(shared: Shared, command: str) -> None:
    async with shared.street.house.bot():
        await shared.share(recent=True)
        here, there = text_of(await shared.use(command)), await used(shared, shared.bob, command)
    promised = ("`/clip` records", "`/snapshot` takes") if command == "help" else ("record clips", "take pictures")
    assert all(one in here for one in promised)
    assert not any(one in there for one in promised)
    assert "recordings" not in there
    assert ("`/cameras` shows" if command == "help" else "see how") in there


async def test_an_owner_does_not_read_there_how_to_share(shared: Shared) -> None:
    async with shared.street.house.bot():
        assert "/share" in text_of(await shared.use("help", user=shared.street.alice))
        assert "/share" not in await used(shared, shared.street.alice, "help")


async def test_somebody_with_nothing_is_not_sent_there_to_be_shared_with(shared: Shared) -> None:
    async with shared.street.house.bot():
        assert "/share add" not in await used(shared, shared.bob, "help")
