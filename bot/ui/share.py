"""`/share`: let people or roles of this server use some of one's cameras, and keep others' out of one's own lists."""

import discord
from discord import app_commands

from bot.blink import clean
from bot.models import Preset, Right, Share, StorageUnavailable
from bot.wording import Card, any_command, share_refusals
from bot.wording import shares as words
from bot.wording.custom_ids import ALLOW, ALLOW_ONE, CHOOSE_RIGHTS, CHOOSE_STOPPED, OPEN_SHARE, SHARE_LOG, STOP_SHARING

from .autocomplete import Choice, Offered, among
from .buttons import Fields, chosen, chosen_all, on_click
from .interaction import Interaction, guest_of, is_administrator
from .new_share import LONGEST_NAME, hours_choices, saved, scope_choices, until_choices
from .replies import acknowledged, answer, deferred
from .telemetry import counted


@counted
async def share_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the shares that this person may stop."""
    try:
        own, others = await stoppable(interaction)
    except StorageUnavailable:
        return []
    return among(
        [Offered((label,), one) for one, label in words.names([*own, *others], interaction.user.id).items()], current
    )


async def stoppable(interaction: Interaction) -> tuple[list[Share], list[Share]]:
    """Return what this person shares and, for an administrator, what others share in this server."""
    shares, guest = interaction.client.services.shares, guest_of(interaction)
    own = await shares.given_by(guest.user_id)
    if not is_administrator(interaction) or guest.guild_id is None:
        return own, []
    return own, [one for one in await shares.given_in(guest.guild_id) if one.owner_id != guest.user_id]


@counted
async def received_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer what is shared with this person here."""
    try:
        received = await interaction.client.services.shares.given_to(guest_of(interaction))
    except StorageUnavailable:
        return []
    return among([Offered((f"{one.label} ({one.owner_name}'s)",), one.id) for one in received], current)


share = app_commands.Group(name="share", description="Let others of this server use some of your cameras")


@share.command(name="add", description="Let a person or a role of this server use a camera of yours, or change that")
@app_commands.describe(
    who="The person, or everybody who has the role",
    camera="One of your cameras, or all of a system",
    until="When it ends: tonight, tomorrow, Sunday, 1 week, 31 January (otherwise when you stop it)",
    preset="How much they may do (otherwise Use); you can choose that finely afterwards",
    hours="At which hours: 10pm-7am, 8-18 (otherwise at any)",
)
@app_commands.choices(preset=[app_commands.Choice(name=name, value=one.value) for one, name in words.PRESETS.items()])
@app_commands.autocomplete(camera=scope_choices, until=until_choices, hours=hours_choices)
async def add(
    interaction: Interaction,
    who: discord.Member | discord.User | discord.Role,
    camera: app_commands.Range[str, 1, 100],
    until: app_commands.Range[str, 1, 60] | None = None,
    preset: str = Preset.USE.value,
    hours: app_commands.Range[str, 1, 40] | None = None,
) -> None:
    """Share a camera."""
    if not await acknowledged(interaction):
        return
    if preset not in [*Preset]:
        await answer(interaction, any_command.OUTDATED)
        return
    card = await saved(interaction, who, camera, Preset(preset).rights, until=until, hours=hours)
    await answer(interaction, card)


@share.command(name="list", description="Show what you share, and what is shared with you here")
async def list_all(interaction: Interaction) -> None:
    """List shares; administrators also see those of their server, without the cameras' names."""
    if not await acknowledged(interaction):
        return
    own, others = await stoppable(interaction)
    shares, user_id = interaction.client.services.shares, interaction.user.id
    received, refused = await shares.given_to(guest_of(interaction)), await shares.refused_by(user_id)
    card = words.listed(own, received, others, refused, here=interaction.guild_id, owner=user_id)
    await answer(interaction, card)


@share.command(name="remove", description="Stop sharing at once")
@app_commands.describe(given="What you no longer share")
@app_commands.rename(given="share")
@app_commands.autocomplete(given=share_choices)
async def remove(interaction: Interaction, given: str) -> None:
    """Stop one of the person's shares or, for an administrator, one of this server."""
    if await acknowledged(interaction):
        await answer(interaction, await _stopped(interaction, given))


@share.command(name="log", description="Show who used what you share in the last 30 days")
async def log(interaction: Interaction) -> None:
    """Show how the person's cameras were used by others."""
    if await acknowledged(interaction):
        await answer(interaction, await _logged(interaction, 1))


@share.command(name="leave", description="Give up something that is shared with you here")
@app_commands.describe(given="What you no longer want")
@app_commands.rename(given="share")
@app_commands.autocomplete(given=received_choices)
async def leave(interaction: Interaction, given: str) -> None:
    """Leave one share; if it is with a role, the others keep it."""
    if await acknowledged(interaction):
        left = await interaction.client.services.shares.leave(given, guest_of(interaction))
        await answer(interaction, share_refusals.left(left) if left else share_refusals.NOT_THERE)


@share.command(name="refuse", description="Get nothing that somebody shares, now and later, in every server")
@app_commands.describe(who="The person whose cameras you do not want to see")
async def refuse(interaction: Interaction, who: discord.Member | discord.User) -> None:
    """Refuse all that a person shares."""
    if not await acknowledged(interaction):
        return
    user_id = interaction.user.id
    if who.id == user_id or who.bot:
        await answer(interaction, share_refusals.NOT_THEM)
        return
    name = clean(who.display_name, LONGEST_NAME) or "somebody"
    refused = await interaction.client.services.shares.refuse(user_id, who.id, name)
    await answer(interaction, share_refusals.refused(who.id, user_id) if refused else share_refusals.TOO_MANY)


@on_click(SHARE_LOG)
async def turn_log(interaction: Interaction, fields: Fields) -> None:
    """Turn to another page of the log."""
    if await deferred(interaction):
        await answer(interaction, await _logged(interaction, max(1, int(fields["page"]))))


@on_click(STOP_SHARING)
@on_click(CHOOSE_STOPPED)
async def stop_sharing(interaction: Interaction, fields: Fields) -> None:
    """Stop the share that the button stands under, or one chosen from a list, if this person may."""
    if await deferred(interaction):
        share_id = fields.groupdict().get("share") or chosen(interaction)
        await answer(interaction, await _stopped(interaction, share_id))


@on_click(OPEN_SHARE)
async def open_share(interaction: Interaction, _: Fields) -> None:
    """Show a share chosen from a list, with the menu of its rights."""
    if await deferred(interaction):
        await answer(interaction, _shown(interaction, await _own(interaction, chosen(interaction))))


@on_click(CHOOSE_RIGHTS)
async def choose_rights(interaction: Interaction, fields: Fields) -> None:
    """Save exactly the rights chosen from a menu, and say what holds now."""
    if not await deferred(interaction):
        return
    wanted, share_id, note = chosen_all(interaction), fields["share"], ""
    rights = frozenset(right for right in Right if right.value in wanted)
    if not rights:
        note = words.NO_RIGHTS
    elif Right.LIVE in rights and Right.CLIP not in rights:
        note = words.LIVE_NEEDS_CLIP
    if note:
        found = await _own(interaction, share_id)
    else:
        shares = interaction.client.services.shares
        found = await shares.change_rights(share_id, rights, by=interaction.user.id)
    await answer(interaction, _shown(interaction, found, note=note))


@on_click(ALLOW)
@on_click(ALLOW_ONE)
async def allow(interaction: Interaction, fields: Fields) -> None:
    """Accept again what a person shares; the button names them, or they are chosen from a menu."""
    if not await deferred(interaction):
        return
    shares, user_id = interaction.client.services.shares, interaction.user.id
    giver = fields.groupdict().get("giver") or chosen(interaction)
    owners = [one.owner_id for one in await shares.refused_by(user_id) if str(one.owner_id) == giver]
    accepted = bool(owners) and await shares.allow(user_id, owners[0])
    await answer(interaction, share_refusals.allowed(owners[0]) if accepted else share_refusals.NOT_REFUSED)


def _shown(interaction: Interaction, share: Share | None, *, note: str = "") -> Card:
    return words.shared(share, here=interaction.guild_id, note=note) if share else words.NOT_THERE


async def _own(interaction: Interaction, share_id: str) -> Share | None:
    """Return one of this person's shares."""
    given = await interaction.client.services.shares.given_by(interaction.user.id)
    return next((one for one in given if one.id == share_id), None)


async def _logged(interaction: Interaction, page: int) -> Card:
    user_id, skip = interaction.user.id, (page - 1) * words.LOG_LINES
    uses = await interaction.client.services.shares.uses(user_id, most=words.LOG_LINES + 1, skip=skip)
    return words.log(uses, page=page, owner=user_id)


async def _stopped(interaction: Interaction, share_id: str) -> Card:
    guest = guest_of(interaction)
    ended = await interaction.client.services.shares.revoke(
        share_id, by=guest, administrator=is_administrator(interaction)
    )
    if ended is None:
        return words.NOT_THERE
    return words.stopped(ended, here=guest.guild_id, own=ended.owner_id == guest.user_id)
