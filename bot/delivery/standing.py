"""What Discord says now of a person in a server: there is no cache of members, so that it is asked where it matters."""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from enum import Enum, auto
from typing import TypeVar

import discord

from bot.alerts import Channel, Unsure
from bot.grants import Grants, Guest, Right
from bot.models import CameraKey

from .kept import Kept
from .line import Line
from .pace import Pace
from .patience import Observe, Patience, unobserved
from .refusals import Refusal, refusable
from .steady import DiscordAway, log

_KEPT = 300.0  # seconds
_MOST = 2000

Answer = TypeVar("Answer")


class _Absent(Enum):
    """Who is not in a server."""

    PERSON = auto()
    BOT = auto()


class Standing:
    """Which roles people have, where they may write, and by that the Leave of alerts and of clips."""

    def __init__(
        self,
        line: Line,
        grants: Grants,
        *,
        pace: Pace | None = None,
        observe: Observe = unobserved,
        kept: float = _KEPT,
        most: int = _MOST,
    ) -> None:
        """Keep at most so many of Discord's answers, each for `kept` seconds."""
        self._line = line
        self._grants = grants
        self._patience = Patience(pace or Pace(), observe)
        self._roles = Kept[tuple[int, int], frozenset[int] | _Absent](seconds=kept, most=most)
        self._posting = Kept[tuple[int, Channel], bool](seconds=kept, most=most)

    async def role_ids(self, user_id: int, guild_id: int) -> frozenset[int] | None:
        """Return the roles of somebody in a server, None where they are not in it; raises DiscordAway."""
        roles = await self._roles_or_absent(user_id, guild_id)
        return None if isinstance(roles, _Absent) else roles

    async def may_have(self, user_id: int, permit_id: str, what: str, *, max_age: float) -> bool | None:
        """Say whether a grant is still for somebody, as Discord said at most `max_age` seconds ago.

        None if Discord does not say, as to a bot that is no longer in that server.
        """
        held = await self._grants.still([permit_id], what)
        if not held:
            return False
        [grant] = held
        try:
            roles = await self._roles_or_absent(user_id, grant.guild_id, max_age=max_age)
        except DiscordAway:
            return None
        if isinstance(roles, _Absent):
            return False if roles is _Absent.PERSON else None
        return grant.is_for(Guest(user_id, grant.guild_id, roles))

    async def _roles_or_absent(
        self, user_id: int, guild_id: int, *, max_age: float | None = None
    ) -> frozenset[int] | _Absent:
        async def asked(guild: discord.Guild) -> frozenset[int] | _Absent:
            try:
                member = await guild.fetch_member(user_id)
            except discord.NotFound:
                return _Absent.PERSON
            return frozenset(role.id for role in member.roles)

        async def answer() -> frozenset[int] | _Absent:
            roles = await self._ask(guild_id, asked)
            return _Absent.BOT if roles is None else roles

        return await self._roles.get((user_id, guild_id), answer, max_age=max_age)

    async def may_post(self, user_id: int, channel: Channel) -> bool:
        """Say whether somebody sees a channel and may write in it; a no where nobody knows now."""

        async def asked(guild: discord.Guild) -> bool:
            member = await guild.fetch_member(user_id)
            place = await guild.fetch_channel(channel.channel_id)
            if isinstance(place, discord.Thread):
                return await _may_post_in_thread(member, place)
            allowed = place.permissions_for(member)
            return allowed.view_channel and allowed.send_messages

        async def answer() -> bool:
            return await self._ask(channel.guild_id, asked) or False

        try:
            return await self._posting.get((user_id, channel), answer)
        except DiscordAway:
            return False

    async def may_hear(
        self,
        user_id: int,
        guild_id: int,
        *,
        owner_id: int,
        account_id: int,
        camera: CameraKey,
        moments: Collection[datetime],
    ) -> frozenset[datetime]:
        """Return of which moments a grant lets those hear who are in that server, with the roles they have there now.

        Discord is asked only where there is a grant that they, or a role of theirs, may have. Raises Unsure.
        """
        try:
            given = await self._grants.given_in(guild_id)
            fitting = {
                one.id
                for one in given
                if one.owner_id == owner_id and Right.ALERTS in one.rights and one.covers(account_id, camera)
                if one.to_role or one.grantee_id == user_id
            }
            roles = await self.role_ids(user_id, guild_id) if fitting else None
            if roles is None:
                return frozenset()
            theirs = await self._grants.given_to(Guest(user_id, guild_id, roles))
        except Exception as error:
            log.warning("whether somebody may hear of a camera is not known: %s", type(error).__name__)
            raise Unsure from None
        held = [one for one in theirs if one.id in fitting]
        return frozenset(moment for moment in moments if any(one.is_open(moment) for one in held))

    async def _ask(self, guild_id: int, question: Callable[[discord.Guild], Awaitable[Answer]]) -> Answer | None:
        """Ask about a server; None where Discord refuses to say, for one since the bot is not in it."""

        async def asking() -> Answer:
            guild = await self._line.connected().fetch_guild(guild_id, with_counts=False)
            return await question(guild)

        try:
            return await self._patience.briefly(lambda: refusable(asking))
        except (Refusal, discord.ClientException):  # the latter of a channel that belongs to another server
            return None


async def _may_post_in_thread(member: discord.Member, thread: discord.Thread) -> bool:
    """Say whether somebody may write in a thread: its channel decides, and of a private one who was let in."""
    parent = await member.guild.fetch_channel(thread.parent_id)
    if isinstance(parent, discord.Thread):
        return False
    allowed = parent.permissions_for(member)
    if not allowed.view_channel or not allowed.send_messages_in_threads:
        return False
    if thread.is_private() and not allowed.manage_threads:
        await thread.fetch_member(member.id)  # refused for who is not in it
    return True
