"""A server of a simulated Discord, two people in it, and a client of the bot's without any intent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.blink import utcnow
from bot.delivery import DeliveryTimeouts, MembershipChecker, Messenger, RetryPolicies
from bot.metrics import Metrics
from bot.models import Right, Share
from bot.sharing import Shares
from bot.store import Store, open_store
from simulators.demo.network import connectors
from simulators.demo.tls import Authority
from simulators.discord import SimDiscord
from tests.support.databases import with_tables
from tests.support.examples import KEYRING
from tests.support.jobs import KEY, NOW

TOKEN = "bot-token-of-the-tests"
TIMEOUTS = DeliveryTimeouts(gaps=(0.02,), patience=0.2, progress_timeout=2.0, upload_timeout=5.0)
POLICIES = RetryPolicies(TIMEOUTS, Metrics())


@dataclass
class DeliverySetup:
    """What the tests of this room need."""

    discord: SimDiscord
    client: discord.Client
    messenger: Messenger
    store: Store
    guild: Any
    channel: Any
    alice: Any
    bob: Any

    @property
    def shares(self) -> Shares:
        return Shares(self.store.shares, now=utcnow)

    def membership(self, **kept: Any) -> MembershipChecker:
        return MembershipChecker(self.messenger, self.shares, POLICIES, **kept)

    async def share(self, to: Any, *, rights: frozenset[Right] = frozenset({Right.ALERTS}), **changes: Any) -> Share:
        """Let Bob share the front door of his Blink account to somebody, or to a role."""
        values: dict[str, Any] = {
            "id": "0123456789abcdef",
            "owner_id": self.bob.id,
            "owner_name": "bob",
            "guild_id": self.guild.id,
            "guest_id": to.id,
            "to_role": hasattr(to, "guild"),
            "guest_name": to.name,
            "account_id": 110,
            "scope": str(KEY),
            "label": "Front Door",
            "rights": rights,
            "created_at": NOW,
        }
        given = await self.shares.give(Share(**(values | changes)))
        assert given
        return given

    async def forbid(self, who_id: int, channel: Any, *rights: str) -> None:
        """Deny a person, or the bot, something in a channel, as an administrator does."""
        denied = discord.Permissions(**dict.fromkeys(rights, True))
        await self.client.http.edit_channel_permissions(channel.id, who_id, "0", str(denied.value), 1)

    def messages(self, channel: Any) -> list[dict[str, Any]]:
        """Return what stands in a channel; in direct messages that were never opened nothing does."""
        return self.discord.messages(channel) if channel else []

    def asked(self, method: str, ending: str) -> list[Any]:
        """Return the bot's requests whose path ends so."""
        return [one for one in self.discord.requests if one.method == method and one.path.endswith(ending)]


@pytest.fixture
async def town(tmp_path: Path, authority: Authority) -> AsyncIterator[DeliverySetup]:
    sim = SimDiscord(bot_token=TOKEN)
    guild = sim.add_guild("The Willows")
    channel = guild.add_channel("cameras")
    alice, bob = sim.add_user("alice"), sim.add_user("bob")
    port = await sim.start(authority.server)
    client = discord.Client(intents=discord.Intents.none(), connector=connectors(discord=port, blink=port)())
    messenger = Messenger(now=utcnow)
    async with open_store(with_tables(tmp_path / "bot.db").url, KEYRING) as store:
        try:
            await client.login(TOKEN)
            messenger.connect(client, {})
            yield DeliverySetup(sim, client, messenger, store, guild, channel, alice, bob)
        finally:
            await client.close()
            await sim.close()
    assert sim.surprises == []
