"""An unmodified discord.py bot on real sockets, in front of a simulated Discord."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import pytest

from simulators.demo.network import connectors
from simulators.demo.tls import Authority
from simulators.discord import Channel, Guild, SimDiscord, User
from tests.simulators.discord.toybot import ToyBot, running
from tests.support.waiting import until


@dataclass
class GuildSetup:
    """A simulated Discord with one server, one channel and two people, and a bot in it."""

    sim: SimDiscord
    port: int
    guild: Guild
    channel: Channel
    alice: User
    bob: User
    bot: ToyBot

    async def received(self) -> discord.Interaction[Any]:
        """The next interaction that the bot was left with."""
        await until(lambda: self.bot.seen)
        return self.bot.seen.pop(0)

    async def failed(self) -> list[BaseException]:
        """What the bot's commands raised, as soon as there is something."""
        return await until(lambda: self.bot.failures)


@dataclass
class Api:
    """Discord's API without discord.py, for what that library would never send."""

    session: aiohttp.ClientSession

    async def __call__(self, method: str, path: str, *, token: str | None = "bot-token", **options: Any) -> Any:
        """Return (status, body)."""
        headers = {"Authorization": f"Bot {token}"} if token else {}
        url = f"https://discord.com/api/v10{path}"
        async with self.session.request(method, url, headers=headers, **options) as response:
            return response.status, await response.json() if response.content_length else None


@pytest.fixture
async def sim() -> AsyncIterator[SimDiscord]:
    simulated = SimDiscord(bot_token="bot-token")
    yield simulated
    await simulated.close()


@pytest.fixture
async def town(sim: SimDiscord, authority: Authority) -> AsyncIterator[GuildSetup]:
    guild = sim.add_guild("The Willows")
    channel = guild.add_channel("general")
    alice, bob = sim.add_user("alice"), sim.add_user("bob")
    port = await sim.start(authority.server)
    async with running(port) as bot:
        await sim.ready()
        yield GuildSetup(sim, port, guild, channel, alice, bob, bot)
    assert sim.surprises == []


@pytest.fixture
async def api(town: GuildSetup) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession(connector=connectors(discord=town.port, blink=town.port)()) as session:
        yield Api(session)
