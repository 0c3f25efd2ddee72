"""The Discord client: no intents, commands in servers and direct messages, buttons that survive restarts."""

import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket, KeepAliveHandler

from bot.caching import BoundedCache
from bot.metrics import Metrics

from . import replies
from .buttons import ITEMS
from .command_tree import ClipTree
from .interaction import ServiceClient, Services
from .replies import catch_up
from .telemetry import Clocks, answered, kind_of, traced

_MOST_LOCALES = 10_000
_BURST = 20
_EVERY = 150.0  # seconds, which make 576 a day

Command = app_commands.Command[Any, Any, Any] | app_commands.Group | app_commands.ContextMenu


class IdentifiesSpent(Exception):
    """Too many sessions were begun in a row: the next one has to `wait`, in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"the next session has to wait {wait:.0f} s")
        self.wait = wait


class Identifies:
    """Counts IDENTIFYs: a burst for a bad day, then one in 150 s."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent = 0.0
        self._counted_at = clock()

    def count(self, shards: int) -> None:
        """Count one more; raises IdentifiesSpent if the burst, and two starts of all `shards`, are used up."""
        now = self._clock()
        self._spent = max(0.0, self._spent - (now - self._counted_at) / _EVERY)
        self._counted_at = now
        over = self._spent + 1 - (_BURST + 2 * shards)
        if over > 0:
            raise IdentifiesSpent(over * _EVERY)
        self._spent += 1


class GatewayAway(ConnectionError):
    """The gateway does not open."""


class ClipBot(ServiceClient):
    """The bot as Discord knows it; `logged_in` is awaited before the gateway is opened.

    It opens as many shards as Discord recommends, or those of `shard_count` and `shard_ids`. One shard costs only one
    request more at the start than a plain client, and no memory.
    """

    def __init__(
        self,
        services: Services,
        *,
        commands: Sequence[Command],
        logged_in: Callable[["ClipBot"], Awaitable[None]],
        metrics: Metrics,
        force_sync: bool = False,
        shard_count: int | None = None,
        shard_ids: Sequence[int] = (),
        identifies: Identifies | None = None,
        **options: Any,
    ) -> None:
        if shard_ids:
            options["shard_ids"] = list(shard_ids)
        clocks = Clocks()
        options["http_trace"] = trace = traced(metrics, clocks)
        trace.on_request_end.extend((replies.note_failure, clocks.answered))
        super().__init__(
            services,
            metrics,
            shard_count=shard_count,
            guild_ready_timeout=0.0,  # without the intent Discord announces no server to wait for
            intents=discord.Intents.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=30.0,  # a long 429 on the command sync must not hold up the start
            **options,
        )
        self.tree = ClipTree(self)
        self._locales = BoundedCache[int, str](most=_MOST_LOCALES)
        self._logged_in = logged_in
        self._force_sync = force_sync
        self._identifies = identifies or Identifies()
        self._launched: set[int] = set()
        self.shards_given = shard_count
        self.was_ready = False
        for command in commands:
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        """Register buttons and commands, and go on with unfinished clips; none of that needs the gateway."""
        self.add_dynamic_items(*ITEMS)
        await self._logged_in(self)
        if self._force_sync:
            await self.tree.register(force=True)
        else:
            self.tree.begin_to_register()

    async def session_starts(self) -> discord.SessionStartLimits:
        """Return Discord's limits of session starts; take the number of shards it recommends, unless one is given."""
        recommended, _, limits = await self.http.get_bot_gateway()
        if self.shards_given is None:
            self.shard_count = recommended
        return discord.SessionStartLimits(**limits)

    @property
    def shards_wanted(self) -> int:
        """The number of shards that this process opens, as far as it is known."""
        return len(self.shard_ids or range(self.shard_count or 1))

    async def on_ready(self) -> None:
        """Remember that this client has served."""
        self.was_ready = True

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Open one shard.

        Raises GatewayAway on a second try; discord.py would go on every 5 s without end, each try inside the last.
        """
        if shard_id in self._launched:
            raise GatewayAway
        self._launched.add(shard_id)
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait as Discord asks, and count.

        Raises IdentifiesSpent if there were too many. A first connect then ends with GatewayAway, a later one at once.
        """
        await super().before_identify_hook(shard_id, initial=initial)
        self._identifies.count(self.shards_wanted)
        self.metrics.gateway("identify")

    async def on_connect(self) -> None:
        """Count a connection that Discord has greeted."""
        self.metrics.gateway("connect")

    async def on_resumed(self) -> None:
        """Count a connection that was resumed after a break."""
        self.metrics.gateway("resume")

    async def on_disconnect(self) -> None:
        """Count a connection that broke or could not be made."""
        self.metrics.gateway("disconnect")

    async def on_app_command_completion(self, interaction: discord.Interaction[Any], _: Any) -> None:
        """Count a command that has ended, tell its person what they missed, and save a locale that is new."""
        self.metrics.interaction(kind_of(interaction), answered(interaction))
        catch_up(interaction)
        user_id, locale = interaction.user.id, interaction.locale.value
        if self._locales.get(user_id) != locale:
            self._locales.put(user_id, locale)
            self.background(self.services.people.speaks(user_id, locale))

    async def close(self) -> None:
        """Close the connection, end the background work, and end the threads that discord.py forgets."""
        await super().close()
        for abandoned in self._abandoned():
            await abandoned.close()

    def _abandoned(self) -> list[DiscordWebSocket]:
        """Return the connections on which no session began: discord.py forgets them, but their threads run on."""
        heartbeats = [thread for thread in threading.enumerate() if isinstance(thread, KeepAliveHandler)]
        return [one.ws for one in heartbeats if one.ws.call_hooks == self._connection.call_hooks]
