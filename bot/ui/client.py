"""The Discord client: no intents, commands in servers and direct messages, buttons that survive restarts."""

import asyncio
import hashlib
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket, KeepAliveHandler

from bot.accounts import Linking, Sessions
from bot.alerts import Alerts
from bot.cameras import Cameras, Recordings, Switches
from bot.jobs import Runner
from bot.models import StorageUnavailable
from bot.sharing import Grants
from bot.store import AccountStore, PeopleStore, Store, UntoldStore
from bot.wording import Card

from . import ack
from .access import Access
from .clocks import Clocks
from .glances import Glances
from .identifies import Identifies
from .missed import catch_up
from .observed import Observer, Unobserved, answered, kind_of, traced
from .tree import ClipTree

log = logging.getLogger("bot.ui")

_SYNC_EVERY = 600.0

Command = app_commands.Command[Any, Any, Any] | app_commands.Group
Item = type[discord.ui.DynamicItem[Any]]


@dataclass(frozen=True, slots=True)
class Rooms:
    """The parts of the bot that commands and buttons use."""

    runner: Runner
    accounts: AccountStore
    people: PeopleStore
    sessions: Sessions
    linking: Linking
    meta: Store
    switches: Switches
    cameras: Cameras
    recordings: Recordings
    grants: Grants
    alerts: Alerts
    untold: UntoldStore
    tell: Callable[[int, Card], Awaitable[bool]]  # sends a direct message, and says whether it arrived
    access: Access
    public_url: str | None = None


class GatewayAway(ConnectionError):
    """The gateway does not open."""


class ClipBot(discord.AutoShardedClient):
    """The bot as Discord knows it; `logged_in` is awaited before the gateway is opened.

    It opens as many shards as Discord recommends, or those of `shard_count` and `shard_ids`. One shard costs only one
    request more at the start than a plain client, and no memory.
    """

    def __init__(
        self,
        rooms: Rooms,
        *,
        commands: Sequence[Command],
        items: Sequence[Item],
        logged_in: Callable[["ClipBot"], Awaitable[None]],
        force_sync: bool = False,
        shard_count: int | None = None,
        shard_ids: Sequence[int] = (),
        identifies: Identifies | None = None,
        observer: Observer | None = None,
        **options: Any,
    ) -> None:
        if shard_ids:
            options["shard_ids"] = list(shard_ids)
        clocks = Clocks()
        options["http_trace"] = trace = traced(observer or Unobserved(), clocks)
        trace.on_request_end.extend((ack.note_failure, clocks.answered))
        super().__init__(
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
        self.rooms = rooms
        self.observer = observer or Unobserved()
        self.catching_up: set[int] = set()  # the people who are being told what they missed
        self.tree = ClipTree(self)
        self._items = items
        self._logged_in = logged_in
        self._force_sync = force_sync
        self._identifies = identifies or Identifies()
        self._sync_not_before = 0.0
        self._launched: set[int] = set()
        self.shards_given = shard_count
        self.was_ready = False
        self._background: set[asyncio.Task[Any]] = set()
        self.glances = Glances(rooms.sessions, self.background)
        for command in commands:
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        """Register buttons and commands, and go on with unfinished clips; none of that needs the gateway."""
        self.add_dynamic_items(*self._items)
        await self._logged_in(self)
        if self._force_sync:
            await self.sync(force=True)
        else:
            self.background(self._sync_if_possible(), "command sync")

    def sync_again(self) -> None:
        """Register the commands again, at most once in ten minutes, since another version may do the same."""
        now = asyncio.get_running_loop().time()
        if now >= self._sync_not_before:
            self._sync_not_before = now + _SYNC_EVERY
            self.background(self._sync_if_possible(force=True), "command sync")

    async def _sync_if_possible(self, *, force: bool = False) -> None:
        """Register the commands; if that fails, only log it, since Discord keeps the last ones."""
        try:
            await self.sync(force=force)
        except (discord.DiscordException, app_commands.AppCommandError, OSError, StorageUnavailable) as error:
            log.warning("the commands could not be registered (%s); the bot runs all the same", type(error).__name__)

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

    @property
    def serving(self) -> bool:
        """Whether every shard of this process is open."""
        shards = self.shards.values()
        return (
            self.was_ready
            and not self.is_closed()
            and len(shards) == self.shards_wanted
            and not any(shard.is_closed() for shard in shards)
        )

    async def on_ready(self) -> None:
        """Remember that this client has served."""
        self.was_ready = True

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Open one shard.

        Raises GatewayAway on a second try; discord.py would go on every 5 s without end, each try called by the last.
        """
        if shard_id in self._launched:
            raise GatewayAway
        self._launched.add(shard_id)
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait as Discord asks, and count; raises IdentifiesSpent if there were too many, which ends this client."""
        await super().before_identify_hook(shard_id, initial=initial)
        self._identifies.count(self.shards_wanted)
        self.observer.gateway("identify")

    async def sync(self, *, force: bool) -> bool:
        """Register the commands if they have changed since last time, or with `force`; say whether that was done."""
        payload = [command.to_dict(self.tree) for command in sorted(self.tree.get_commands(), key=lambda one: one.name)]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        key = f"commands:{self.application_id}"
        if not force and await self.rooms.meta.meta(key) == digest:
            return False
        await self.tree.sync()
        await self.rooms.meta.set_meta(key, digest)
        log.info("registered %d commands", len(payload))
        return True

    async def on_connect(self) -> None:
        """Count a connection that Discord has greeted."""
        self.observer.gateway("connect")

    async def on_resumed(self) -> None:
        """Count a connection that was resumed after a break."""
        self.observer.gateway("resume")

    async def on_disconnect(self) -> None:
        """Count a connection that broke or could not be made."""
        self.observer.gateway("disconnect")

    async def on_app_command_completion(self, interaction: discord.Interaction[Any], _: Any) -> None:
        """Count a command that has ended, and tell its person what they missed."""
        self.observer.interaction(kind_of(interaction), answered(interaction))
        catch_up(interaction)

    async def close(self) -> None:
        """Close the connection, and end the background work, which reads the database."""
        await self._leave_background()
        await super().close()
        await self._leave_background()  # that of commands which ended meanwhile
        for abandoned in self._abandoned():
            await abandoned.close()

    async def _leave_background(self) -> None:
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    def _abandoned(self) -> list[DiscordWebSocket]:
        """Return the connections on which no session began: discord.py forgets them, but their threads run on."""
        heartbeats = [thread for thread in threading.enumerate() if isinstance(thread, KeepAliveHandler)]
        return [one.ws for one in heartbeats if one.ws.call_hooks == self._connection.call_hooks]

    def background(self, work: Awaitable[Any], name: str) -> None:
        """Run `work` in the background until it ends or the client closes, and log its failure."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(_report)


def _report(task: asyncio.Future[Any]) -> None:
    if task.cancelled() or not (error := task.exception()):
        return
    if isinstance(error, StorageUnavailable):
        log.warning("background work needed what is kept: %s", error)
    else:
        log.error("background work failed", exc_info=error)
