"""An unmodified discord.py bot on real sockets, in front of a simulated Discord."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import pytest

from simulators.demo.network import connectors
from simulators.demo.tls import Authority
from simulators.discord import Channel, Guild, Interaction, SimDiscord, User
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


class Sender:
    """The ways that a message takes to Discord, without discord.py."""

    def __init__(self, town: GuildSetup, api: Api) -> None:
        self._town, self._api = town, api

    async def __call__(self, method: str, path: str, body: dict[str, Any], *names: str) -> tuple[int, Any]:
        form = aiohttp.FormData()
        form.add_field("payload_json", json.dumps(body), content_type="application/json")
        for index, name in enumerate(names):
            form.add_field(f"files[{index}]", b"x" * (index + 1), filename=name)
        status, answer = await self._api(method, path, data=form)
        return status, answer

    async def post(self, body: dict[str, Any], *names: str) -> tuple[int, Any]:
        return await self("POST", f"/channels/{self._town.channel.id}/messages", body, *names)

    async def patch(self, message: dict[str, Any], body: dict[str, Any], *names: str) -> tuple[int, Any]:
        return await self("PATCH", f"/channels/{self._town.channel.id}/messages/{message['id']}", body, *names)

    async def used(self) -> Interaction:
        used = await self._town.sim.slash(self._town.alice, self._town.channel, "wait")
        await self._town.received()
        return used

    async def answer(self, used: Interaction, kind: int, data: dict[str, Any], *names: str) -> tuple[int, Any]:
        return await self(
            "POST", f"/interactions/{used.id}/{used.token}/callback", {"type": kind, "data": data}, *names
        )

    async def edit(self, used: Interaction, body: dict[str, Any], *names: str) -> tuple[int, Any]:
        return await self("PATCH", f"{self.hook(used)}/messages/@original", body, *names)

    def hook(self, used: Interaction) -> str:
        return f"/webhooks/{self._town.sim.application_id}/{used.token}"


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


@pytest.fixture
def send(town: GuildSetup, api: Api) -> Sender:
    return Sender(town, api)
