"""Saves what an owner shares, or says why not."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import discord

from bot.blink import clean
from bot.models import Guest, Right, Share, read_hours, read_until
from bot.ui.permissions import guest_of, not_linked
from bot.ui.services import Interaction
from bot.wording import Card, share_refusals, shares

from .scopes import all_scopes, find_scopes

FRESH = 30.0
_LONGEST_NAME = 32
_LONGEST_LABEL = 80

Who = discord.Member | discord.User | discord.Role


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish to share: `camera`, `until` and `hours` are still as somebody wrote them."""

    who: Who
    camera: str
    rights: frozenset[Right]
    until: str | None = None
    hours: str | None = None


async def why_not(interaction: Interaction, who: Who) -> Card | None:
    """Return why nothing can be shared with a person or role here, None if it can."""
    guest = guest_of(interaction)
    if guest.guild_id is None:
        return share_refusals.only_in_server()
    if why := _not_to(who, guest):
        return share_refusals.not_to_them(why)
    if await interaction.client.services.shares.refuses(who.id, guest.user_id):
        return share_refusals.they_refuse(who.id)
    return None


async def saved(interaction: Interaction, wanted: Wanted) -> Card:
    """Save a share as asked, and return the answer, which may say why not."""
    if refusal := await why_not(interaction, wanted.who):
        return refusal
    services, guest = interaction.client.services, guest_of(interaction)
    session = await services.sessions.session(guest.user_id)
    if session is None:
        return await not_linked(interaction)
    inventory = await session.inventory(max_age=FRESH)
    meant = find_scopes(inventory, wanted.camera)
    if len(meant) != 1:
        return share_refusals.no_such_camera(wanted.camera, [label for _, label, _ in all_scopes(inventory)])
    (scope, label, network_id), now = meant[0], datetime.now(UTC)
    zone = inventory.time_zones.get(network_id, "UTC")
    until = read_until(wanted.until, now=now, zone=zone) if wanted.until else None
    if wanted.until and until is None:
        return share_refusals.bad_until(wanted.until)
    hours = read_hours(wanted.hours, zone=zone) if wanted.hours else None
    if wanted.hours and hours is None:
        return share_refusals.bad_hours(wanted.hours)
    assert guest.guild_id is not None
    is_role = isinstance(wanted.who, discord.Role)
    name = wanted.who.name if isinstance(wanted.who, discord.Role) else wanted.who.display_name
    share = Share(
        id=secrets.token_hex(8),
        owner_id=guest.user_id,
        owner_name=clean(interaction.user.display_name, _LONGEST_NAME) or "somebody",
        guild_id=guest.guild_id,
        guest_id=wanted.who.id,
        to_role=is_role,
        guest_name=clean(name, _LONGEST_NAME) or "?",
        account_id=session.client.account_id,
        scope=scope,
        label=label[:_LONGEST_LABEL],
        rights=wanted.rights,
        created_at=now,
        until=until,
        hours=hours,
    )
    kept = await services.shares.give(share)
    return shares.shared(kept) if kept else share_refusals.too_much_shared()


def _not_to(who: Who, guest: Guest) -> str | None:
    """Return why nothing can be shared with this person or role, None if it can."""
    if isinstance(who, discord.Role):
        return share_refusals.EVERYBODY if who.id == guest.guild_id else None
    if who.id == guest.user_id:
        return share_refusals.YOURSELF
    if not isinstance(who, discord.Member):  # not in this server, or an id that came without a user
        return share_refusals.NOBODY_HERE
    return share_refusals.A_BOT if who.bot else None
