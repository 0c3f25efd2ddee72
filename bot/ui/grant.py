"""`/grant`: an owner lets people or roles of this server use some of their cameras, and sees what they do with it."""

import secrets
from datetime import UTC, datetime

import discord
from discord import app_commands

from bot.blink import Inventory, clean
from bot.cameras import told_apart
from bot.models import CameraRef, Grant, Guest, Right, StorageUnavailable, is_shared, read_hours, read_until
from bot.wording import GRANT_LOG, GRANTS, REVOKE, Card, common, grant_refusals
from bot.wording import grants as words

from .autocomplete import Choice, Offered, among, hint, own_cameras
from .buttons import Clicked, chosen, is_owner
from .permissions import guest_of, is_administrator, not_linked
from .replies import acknowledged, answer, deferred
from .services import Interaction
from .telemetry import counted

_FRESH = 30.0
_LONGEST_NAME = 32
_LONGEST_LABEL = 80


@counted
async def scope_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the person's own networks and cameras."""
    inventory = await own_cameras(interaction)
    if not isinstance(inventory, Inventory):
        return hint(inventory or common.NO_CAMERAS_YET, current)
    return among([Offered((label,), scope) for scope, label, _ in all_scopes(inventory)], current)


@counted
async def grant_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the grants that this person may revoke."""
    try:
        own, others = await revocable(interaction)
    except StorageUnavailable:
        return []
    return among(
        [Offered((label,), one) for one, label in words.names([*own, *others], interaction.user.id).items()], current
    )


async def revocable(interaction: Interaction) -> tuple[list[Grant], list[Grant]]:
    """Return this person's grants and, for an administrator, those of others in this server."""
    grants, guest = interaction.client.services.grants, guest_of(interaction)
    own = await grants.given_by(guest.user_id)
    if not is_administrator(interaction) or guest.guild_id is None:
        return own, []
    return own, [one for one in await grants.given_in(guest.guild_id) if one.owner_id != guest.user_id]


def all_scopes(inventory: Inventory) -> list[tuple[str, str, int]]:
    """Return scope, label and network of all that can be granted: each network and each camera."""
    networks = {str(CameraRef(number)): (f"all of {name}", number) for number, name in inventory.networks.items()}
    scopes = networks | {str(one.key): (one.label, one.key.network_id) for one in inventory.cameras}
    labels = told_apart((scope, (label,)) for scope, (label, _) in scopes.items())
    return [(scope, labels[scope], network_id) for scope, (_, network_id) in scopes.items()]


def find_scopes(inventory: Inventory, asked: str) -> list[tuple[str, str, int]]:
    """Return the person's own scopes that `asked` means; others' cameras cannot be passed on."""
    if is_shared(asked):
        return []
    wanted = asked.strip().casefold()
    every = all_scopes(inventory)
    exact = [one for one in every if one[0] == asked.strip() or one[1].casefold() == wanted]
    found = {str(camera.key) for camera in inventory.find(asked)}
    return exact or [one for one in every if one[0] in found]


grant = app_commands.Group(name="grant", description="Let others of this server use some of your cameras")


@grant.command(name="add", description="Let a person or a role of this server use a camera of yours, or change that")
@app_commands.describe(
    who="The person, or everybody who has the role",
    camera="One of your cameras, or all of a system",
    status="See how the camera is: online, battery, its latest picture (yes unless you say no)",
    snapshot="Take pictures (yes unless you say no)",
    clip="Record clips, with a picture if no video comes (yes unless you say no)",
    live="Record the live view, with sound, for some seconds or if no clip comes (no unless you say yes)",
    recent="Watch what was recorded before",
    arm="Arm and disarm (all of a system), or turn motion detection on and off (a camera)",
    alerts="Get a direct message with the video whenever the camera records by itself",
    until="When it ends: 12h, 7d, 4w, or a date like 2027-01-31 (otherwise when you revoke it)",
    hours="At which hours: 08:00-18:00 (otherwise at any)",
)
@app_commands.autocomplete(camera=scope_choices)
async def add(
    interaction: Interaction,
    who: discord.Member | discord.User | discord.Role,
    camera: app_commands.Range[str, 1, 100],
    status: bool = True,
    snapshot: bool = True,
    clip: bool = True,
    live: bool = False,
    recent: bool = False,
    arm: bool = False,
    alerts: bool = False,
    until: app_commands.Range[str, 1, 40] | None = None,
    hours: app_commands.Range[str, 1, 40] | None = None,
) -> None:
    """Save a grant."""
    if not await acknowledged(interaction):
        return
    wished = {
        Right.STATUS: status,
        Right.SNAPSHOT: snapshot,
        Right.CLIP: clip,
        Right.LIVE: live,
        Right.RECENT: recent,
        Right.ARM: arm,
        Right.ALERTS: alerts,
    }
    rights = frozenset(right for right, wanted in wished.items() if wanted)
    await answer(interaction, await _added(interaction, who, camera, rights, until, hours))


@grant.command(name="list", description="Show what you have granted, and what was granted to you here")
async def list_all(interaction: Interaction) -> None:
    """List grants; administrators also see those of their server, without the cameras' names."""
    if not await acknowledged(interaction):
        return
    own, others = await revocable(interaction)
    grants, user_id = interaction.client.services.grants, interaction.user.id
    received, refused = await grants.given_to(guest_of(interaction)), await grants.refused_by(user_id)
    await answer(interaction, words.listed(own, received, others, refused, owner=user_id))


@grant.command(name="revoke", description="End a grant at once")
@app_commands.describe(given="The grant that ends")
@app_commands.rename(given="grant")
@app_commands.autocomplete(given=grant_choices)
async def revoke(interaction: Interaction, given: str) -> None:
    """End one of the person's grants or, for an administrator, one of this server."""
    if await acknowledged(interaction):
        await answer(interaction, await _revoked(interaction, given))


@grant.command(name="log", description="Show who used what you granted in the last 30 days")
async def log(interaction: Interaction) -> None:
    """Show how the person's grants were used."""
    if await acknowledged(interaction):
        await answer(interaction, await _logged(interaction, 1))


class TurnLog(Clicked, template=GRANT_LOG):
    """Turns to another page of the log."""

    async def clicked(self, interaction: Interaction) -> None:
        """Show that page in place of this one, for its owner only."""
        if await is_owner(interaction, int(self.fields["owner"])):
            await interaction.response.defer()
            await answer(interaction, await _logged(interaction, max(1, int(self.fields["page"]))))


class Revoke(Clicked, template=REVOKE):
    """The button that ends the grant it stands under."""

    async def clicked(self, interaction: Interaction) -> None:
        """End it, for its owner only."""
        if await is_owner(interaction, int(self.fields["owner"])) and await deferred(interaction):
            await answer(interaction, await _revoked(interaction, self.fields["grant"]))


class ChooseGrant(Clicked, template=GRANTS):
    """The menu under a list of grants."""

    async def clicked(self, interaction: Interaction) -> None:
        """End the grant that was chosen, if this person may."""
        if await is_owner(interaction, int(self.fields["owner"])) and await deferred(interaction):
            await answer(interaction, await _revoked(interaction, chosen(interaction)))


async def _logged(interaction: Interaction, page: int) -> Card:
    user_id, skip = interaction.user.id, (page - 1) * words.LOG_LINES
    uses = await interaction.client.services.grants.uses(user_id, most=words.LOG_LINES + 1, skip=skip)
    return words.log(uses, page=page, owner=user_id)


async def _added(
    interaction: Interaction,
    who: discord.Member | discord.User | discord.Role,
    asked: str,
    rights: frozenset[Right],
    until: str | None,
    hours: str | None,
) -> Card:
    """Save a grant as asked, and return the answer, which may say why not."""
    services, guest = interaction.client.services, guest_of(interaction)
    if guest.guild_id is None:
        return words.only_in_server()
    if why := _not_to(who, guest):
        return words.not_to_them(why)
    if await services.grants.refuses(who.id, guest.user_id):
        return grant_refusals.they_refuse(who.id)
    if not rights:
        return words.no_rights()
    if Right.LIVE in rights and Right.CLIP not in rights:
        return words.live_needs_clip()
    session = await services.sessions.session(guest.user_id)
    if session is None:
        return await not_linked(interaction)
    inventory = await session.inventory(max_age=_FRESH)
    meant = find_scopes(inventory, asked)
    if len(meant) != 1:
        return words.no_such_camera(asked, [label for _, label, _ in all_scopes(inventory)])
    (scope, label, network_id), now = meant[0], datetime.now(UTC)
    zone = inventory.time_zones.get(network_id, "UTC")
    end = read_until(until, now=now, zone=zone) if until else None
    if until and end is None:
        return words.bad_until(until)
    part = read_hours(hours, zone=zone) if hours else None
    if hours and part is None:
        return words.bad_hours(hours)
    given = Grant(
        id=secrets.token_hex(8),
        owner_id=guest.user_id,
        owner_name=clean(interaction.user.display_name, _LONGEST_NAME) or "somebody",
        guild_id=guest.guild_id,
        grantee_id=who.id,
        to_role=isinstance(who, discord.Role),
        grantee_name=clean(who.name if isinstance(who, discord.Role) else who.display_name, _LONGEST_NAME) or "?",
        account_id=session.client.account_id,
        scope=scope,
        label=label[:_LONGEST_LABEL],
        rights=rights,
        created_at=now,
        until=end,
        hours=part,
    )
    saved = await services.grants.give(given)
    return words.given(saved) if saved else words.too_many()


def _not_to(who: discord.Member | discord.User | discord.Role, guest: Guest) -> str | None:
    """Return why this person or role cannot get a grant, None if they can."""
    if isinstance(who, discord.Role):
        return words.EVERYBODY if who.id == guest.guild_id else None
    if who.id == guest.user_id:
        return words.YOURSELF
    if not isinstance(who, discord.Member):  # not in this server, or an id that came without a user
        return words.NOBODY_HERE
    return words.A_BOT if who.bot else None


async def _revoked(interaction: Interaction, grant_id: str) -> Card:
    guest = guest_of(interaction)
    ended = await interaction.client.services.grants.revoke(
        grant_id, by=guest, administrator=is_administrator(interaction)
    )
    return words.revoked(ended, own=ended.owner_id == guest.user_id) if ended else words.not_there()
