"""Asks Discord what a person may do in a server, since the bot has no list of members."""

import math
import time
from collections.abc import Sequence
from enum import Enum, auto
from functools import partial

import discord
from discord.abc import GuildChannel

from bot.alerts import Unsure
from bot.caching import BoundedCache
from bot.jobs import BotNotInServer
from bot.models import Alert, AlertPlace, Guest, Posting, Right
from bot.sharing import Shares

from .messenger import Messenger
from .retry import DeliveryRefused, DiscordUnavailable, RetryPolicies, log, retry, translate_errors


class Absent(Enum):
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
        kept: float = 300.0,
        most: int = 2000,
    ) -> None:
        """Keep at most `most` of Discord's answers, each for `kept` seconds."""
        self._messenger = messenger
        self._shares = shares
        self._policy = policies.question
        self._roles = BoundedCache[tuple[int, int], frozenset[int] | Absent](seconds=kept, most=most)

    async def may_have(self, user_id: int, share_id: str, what: str, *, max_age: float) -> bool | None:
        """Say whether a share is still for a person, as Discord said at most `max_age` seconds ago.

        Returns None if Discord does not say. Raises BotNotInServer.
        """
        held = await self._shares.still([share_id], what)
        if not held:
            return False
        [share] = held
        try:
            roles = await self.role_ids(user_id, share.guild_id, max_age=max_age)
        except DiscordUnavailable:
            return None
        if roles is Absent.BOT:
            raise BotNotInServer
        if roles is Absent.PERSON:
            return False
        return share.is_for(Guest(user_id, share.guild_id, roles))

    async def posting(self, user_id: int, place: AlertPlace) -> Posting:
        """Ask Discord what a person and the bot may do in a place for alerts now."""
        try:
            return await retry(partial(self._fetch_posting, user_id, place), self._policy)
        except DeliveryRefused:
            return Posting(bot_lacks=("view_channel",))
        except DiscordUnavailable:
            return Posting(sure=False)

    async def may_hear(self, alerts: Sequence[Alert]) -> list[Alert]:
        """Return those of a person's alerts of one camera that a share lets them, or a role of theirs, get.

        Asks Discord only if there is a share that may be for them. Raises Unsure.
        """
        one = alerts[0]
        if one.camera is None:
            return []
        try:
            fitting = {
                share.id
                for share in await self._shares.given_in(one.guild_id)
                if share.owner_id == one.owner_id and Right.ALERTS in share.rights
                if share.covers(one.account_id, one.camera) and (share.to_role or share.guest_id == one.user_id)
            }
            if not fitting or isinstance(roles := await self.role_ids(one.user_id, one.guild_id), Absent):
                return []
            theirs = await self._shares.given_to(Guest(one.user_id, one.guild_id, roles))
        except Exception as error:
            log.warning("whether somebody may hear of a camera is not known: %s", type(error).__name__)
            raise Unsure from None
        held = [share for share in theirs if share.id in fitting]
        return [alert for alert in alerts if any(share.is_open(alert.happened_at) for share in held)]

    async def role_ids(self, user_id: int, guild_id: int, *, max_age: float = math.inf) -> frozenset[int] | Absent:
        """Return a person's roles in a server, or who is not in it. Raises DiscordUnavailable."""
        key, asked_at = (user_id, guild_id), time.monotonic()
        if (known := self._roles.get(key, max_age=max_age)) is not None:
            return known
        try:
            roles = await retry(partial(self._fetch_roles, user_id, guild_id), self._policy)
        except DeliveryRefused:
            roles = Absent.BOT
        self._roles.put(key, roles, since=asked_at)
        return roles

    async def _fetch_roles(self, user_id: int, guild_id: int) -> frozenset[int] | Absent:
        with translate_errors():
            guild = await self._messenger.client().fetch_guild(guild_id, with_counts=False)
            try:
                member = await guild.fetch_member(user_id)
            except discord.NotFound:
                return Absent.PERSON
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
