"""Asks Discord what a person may do in a server, since the bot has no list of members."""

import math
import time
from collections.abc import Collection
from datetime import datetime
from enum import Enum, auto
from functools import partial

import discord

from bot.alerts import Unsure
from bot.models import CameraKey, Channel, Guest, Right
from bot.sharing import Grants
from bot.util import BoundedCache, retry

from .errors import DiscordUnavailable, Refusal, log, translate_errors
from .messenger import Messenger
from .timeouts import RetryPolicies

_KEPT = 300.0  # seconds
_MOST = 2000


class _Absent(Enum):
    """The one who is not in a server."""

    PERSON = auto()
    BOT = auto()


class MembershipChecker:
    """Knows the roles of people and where they may write; is the Leave of alerts and of clips."""

    def __init__(
        self,
        messenger: Messenger,
        grants: Grants,
        policies: RetryPolicies,
        *,
        kept: float = _KEPT,
        most: int = _MOST,
    ) -> None:
        """Keep at most `most` of Discord's answers, each for `kept` seconds."""
        self._messenger = messenger
        self._grants = grants
        self._policy = policies.question
        self._roles = BoundedCache[tuple[int, int], frozenset[int] | _Absent](seconds=kept, most=most)
        self._posting = BoundedCache[tuple[int, Channel], bool](seconds=kept, most=most)

    async def role_ids(self, user_id: int, guild_id: int) -> frozenset[int] | None:
        """Return a person's roles in a server. Returns None if they are not in it; raises DiscordUnavailable."""
        roles = await self._roles_or_absent(user_id, guild_id)
        return None if isinstance(roles, _Absent) else roles

    async def may_have(self, user_id: int, permit_id: str, what: str, *, max_age: float) -> bool | None:
        """Say whether a grant is still for a person, as Discord said at most `max_age` seconds ago.

        Returns None if Discord does not say, as to a bot that is no longer in that server.
        """
        held = await self._grants.still([permit_id], what)
        if not held:
            return False
        [grant] = held
        try:
            roles = await self._roles_or_absent(user_id, grant.guild_id, max_age=max_age)
        except DiscordUnavailable:
            return None
        if isinstance(roles, _Absent):
            return False if roles is _Absent.PERSON else None
        return grant.is_for(Guest(user_id, grant.guild_id, roles))

    async def may_post(self, user_id: int, channel: Channel) -> bool:
        """Say whether a person sees a channel and may write in it. Returns False if Discord does not say."""
        key, asked_at = (user_id, channel), time.monotonic()
        if (known := self._posting.get(key)) is not None:
            return known
        try:
            allowed = await retry(partial(self._fetch_may_post, user_id, channel), self._policy)
        except Refusal:
            allowed = False
        except DiscordUnavailable:
            return False
        self._posting.put(key, allowed, since=asked_at)
        return allowed

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
        """Return those of `moments` at which a grant lets a person, or a role of theirs in that server, get alerts.

        Asks Discord only if there is a grant that may be for them. Raises Unsure.
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

    async def _fetch_may_post(self, user_id: int, channel: Channel) -> bool:
        with translate_errors():
            guild = await self._messenger.client().fetch_guild(channel.guild_id, with_counts=False)
            member = await guild.fetch_member(user_id)
            place = await guild.fetch_channel(channel.channel_id)
            if isinstance(place, discord.Thread):
                return await _may_post_in_thread(member, place)
            allowed = place.permissions_for(member)
            return allowed.view_channel and allowed.send_messages


async def _may_post_in_thread(member: discord.Member, thread: discord.Thread) -> bool:
    """Say whether a person may write in a thread: its channel decides, and also its members if it is private."""
    parent = await member.guild.fetch_channel(thread.parent_id)
    if isinstance(parent, discord.Thread):
        return False
    allowed = parent.permissions_for(member)
    if not allowed.view_channel or not allowed.send_messages_in_threads:
        return False
    if thread.is_private() and not allowed.manage_threads:
        await thread.fetch_member(member.id)  # refused if they are not in it
    return True
