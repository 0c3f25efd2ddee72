"""Asks Discord what a person may do in a server, since the bot has no list of members."""

import math
import time
from collections.abc import Collection
from datetime import datetime
from enum import Enum, auto
from functools import partial

import discord
from discord.abc import GuildChannel

from bot.alerts import Unsure
from bot.caching import BoundedCache
from bot.models import AlertPlace, CameraKey, Guest, Posting, Right
from bot.sharing import Shares

from .errors import DiscordUnavailable, Refusal, log, translate_errors
from .messenger import Messenger
from .timeouts import RetryPolicies, retry

_KEPT = 300.0  # seconds
_MOST = 2000


class _Absent(Enum):
    """The one who is not in a server."""

    PERSON = auto()
    BOT = auto()


class MembershipChecker:
    """Knows the roles of people and where they may write; alerts and clips ask it who may see a camera."""

    def __init__(
        self,
        messenger: Messenger,
        shares: Shares,
        policies: RetryPolicies,
        *,
        kept: float = _KEPT,
        most: int = _MOST,
    ) -> None:
        """Keep at most `most` of Discord's answers, each for `kept` seconds."""
        self._messenger = messenger
        self._shares = shares
        self._policy = policies.question
        self._roles = BoundedCache[tuple[int, int], frozenset[int] | _Absent](seconds=kept, most=most)

    async def role_ids(self, user_id: int, guild_id: int) -> frozenset[int] | None:
        """Return a person's roles in a server. Returns None if they are not in it; raises DiscordUnavailable."""
        roles = await self._roles_or_absent(user_id, guild_id)
        return None if isinstance(roles, _Absent) else roles

    async def may_have(self, user_id: int, share_id: str, what: str, *, max_age: float) -> bool | None:
        """Say whether a share is still for a person, as Discord said at most `max_age` seconds ago.

        Returns None if Discord does not say, as to a bot that is no longer in that server.
        """
        held = await self._shares.still([share_id], what)
        if not held:
            return False
        [share] = held
        try:
            roles = await self._roles_or_absent(user_id, share.guild_id, max_age=max_age)
        except DiscordUnavailable:
            return None
        if isinstance(roles, _Absent):
            return False if roles is _Absent.PERSON else None
        return share.is_for(Guest(user_id, share.guild_id, roles))

    async def posting(self, user_id: int, place: AlertPlace) -> Posting:
        """Ask Discord what a person and the bot may do in a place for alerts now."""
        try:
            return await retry(partial(self._fetch_posting, user_id, place), self._policy)
        except Refusal:
            return Posting(bot_lacks=("view_channel",))
        except DiscordUnavailable:
            return Posting(sure=False)

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
        """Return those of `moments` at which a share lets a person, or a role of theirs in that server, get alerts.

        Asks Discord only if there is a share that may be for them. Raises Unsure.
        """
        try:
            given = await self._shares.given_in(guild_id)
            fitting = {
                one.id
                for one in given
                if one.owner_id == owner_id and Right.ALERTS in one.rights and one.covers(account_id, camera)
                if one.to_role or one.guest_id == user_id
            }
            roles = await self.role_ids(user_id, guild_id) if fitting else None
            if roles is None:
                return frozenset()
            theirs = await self._shares.given_to(Guest(user_id, guild_id, roles))
        except Exception as error:
            log.warning("whether somebody may hear of a camera is not known: %s", type(error).__name__)
            raise Unsure from None
        held = [one for one in theirs if one.id in fitting]
        return frozenset(moment for moment in moments if any(one.is_open(moment) for one in held))

    async def _roles_or_absent(
        self, user_id: int, guild_id: int, *, max_age: float = math.inf
    ) -> frozenset[int] | _Absent:
        key, asked_at = (user_id, guild_id), time.monotonic()
        if (known := self._roles.get(key, max_age=max_age)) is not None:
            return known
        try:
            roles = await retry(partial(self._fetch_roles, user_id, guild_id), self._policy)
        except Refusal:
            roles = _Absent.BOT
        self._roles.put(key, roles, since=asked_at)
        return roles

    async def _fetch_roles(self, user_id: int, guild_id: int) -> frozenset[int] | _Absent:
        with translate_errors():
            guild = await self._messenger.client().fetch_guild(guild_id, with_counts=False)
            try:
                member = await guild.fetch_member(user_id)
            except discord.NotFound:
                return _Absent.PERSON
            return frozenset(role.id for role in member.roles)

    async def _fetch_posting(self, user_id: int, place: AlertPlace) -> Posting:
        with translate_errors():
            client = self._messenger.client()
            assert client.user
            guild = await client.fetch_guild(place.channel.guild_id, with_counts=False)
            channel = await guild.fetch_channel(place.channel.channel_id)
            thread = isinstance(channel, discord.Thread)
            bots = await _permissions(await guild.fetch_member(client.user.id), channel)
            theirs = await _permissions(await guild.fetch_member(user_id), channel)
            role = guild.get_role(place.role_id) if place.role_id is not None else None
            return Posting(
                person_lacks=_lacking(theirs, thread=thread),
                bot_lacks=_lacking(bots, thread=thread),
                mentions=role is not None and _may_mention(role, bots, theirs),
            )


async def _permissions(member: discord.Member, place: GuildChannel | discord.Thread) -> discord.Permissions:
    """Return what a member may do in a channel or thread; its channel decides, and its members if it is private."""
    if not isinstance(place, discord.Thread):
        return place.permissions_for(member)
    parent = await member.guild.fetch_channel(place.parent_id)
    if isinstance(parent, discord.Thread):
        return discord.Permissions.none()
    allowed = parent.permissions_for(member)
    if place.is_private() and not allowed.manage_threads:
        try:
            await place.fetch_member(member.id)
        except discord.NotFound:
            return discord.Permissions.none()
    return allowed


def _lacking(allowed: discord.Permissions, *, thread: bool) -> tuple[str, ...]:
    """Return the permissions that are missing for alerts in a channel or thread."""
    needed = ("view_channel", "send_messages_in_threads" if thread else "send_messages", "attach_files")
    return tuple(name for name in needed if not getattr(allowed, name))


def _may_mention(role: discord.Role, *allowed: discord.Permissions) -> bool:
    """Say whether all who have these permissions may mention a role; everybody's role is never mentioned."""
    return not role.is_default() and (role.mentionable or all(one.mention_everyone for one in allowed))
