"""`/share` for owners: let people or roles of this server use some of their cameras, and see what they do with them."""

import discord
from discord import app_commands

from bot.models import Preset, Right, Share, StorageUnavailable
from bot.ui.autocomplete import Choice, Offered, among
from bot.ui.buttons import Clicked, chosen, chosen_all, is_owner
from bot.ui.permissions import guest_of, is_administrator
from bot.ui.replies import acknowledged, answer, deferred
from bot.ui.services import Interaction
from bot.ui.telemetry import counted
from bot.wording import CHOOSE_RIGHTS, CHOOSE_STOPPED, OPEN_SHARE, SHARE_LOG, STOP_SHARING, Card, any_command
from bot.wording import shares as words

from .giving import Wanted, hours_choices, saved, scope_choices, until_choices


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
        await answer(interaction, any_command.outdated())
        return
    await answer(interaction, await saved(interaction, Wanted(who, camera, Preset(preset).rights, until, hours)))


@share.command(name="list", description="Show what you share, and what is shared with you here")
async def list_all(interaction: Interaction) -> None:
    """List shares; administrators also see those of their server, without the cameras' names."""
    if not await acknowledged(interaction):
        return
    own, others = await stoppable(interaction)
    shares, user_id = interaction.client.services.shares, interaction.user.id
    received, refused = await shares.given_to(guest_of(interaction)), await shares.refused_by(user_id)
    await answer(interaction, words.listed(own, received, others, refused, owner=user_id))


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


class TurnLog(Clicked, template=SHARE_LOG):
    """Turns to another page of the log."""

    async def clicked(self, interaction: Interaction) -> None:
        """Show that page in place of this one, for its owner only."""
        if await is_owner(interaction, int(self.fields["owner"])) and await deferred(interaction):
            await answer(interaction, await _logged(interaction, max(1, int(self.fields["page"]))))


class StopSharing(Clicked, template=STOP_SHARING):
    """The button that stops the share it stands under."""

    async def clicked(self, interaction: Interaction) -> None:
        """Stop it, for its owner only."""
        if await is_owner(interaction, int(self.fields["owner"])) and await deferred(interaction):
            await answer(interaction, await _stopped(interaction, self.fields["share"]))


class ChooseStopped(Clicked, template=CHOOSE_STOPPED):
    """The menu of a list that stops a share."""

    async def clicked(self, interaction: Interaction) -> None:
        """Stop the share that was chosen, if this person may."""
        if await is_owner(interaction, int(self.fields["owner"])) and await deferred(interaction):
            await answer(interaction, await _stopped(interaction, chosen(interaction)))


class OpenShare(Clicked, template=OPEN_SHARE):
    """The menu of a list that leads to one share."""

    async def clicked(self, interaction: Interaction) -> None:
        """Show the chosen share with the menu of its rights."""
        if await is_owner(interaction, int(self.fields["owner"])) and await deferred(interaction):
            found = await _own(interaction, chosen(interaction))
            await answer(interaction, words.shared(found) if found else words.not_there())


class ChooseRights(Clicked, template=CHOOSE_RIGHTS):
    """The menu of what somebody may do."""

    async def clicked(self, interaction: Interaction) -> None:
        """Save exactly the chosen rights, and say what holds now."""
        if await is_owner(interaction, int(self.fields["owner"])) and await deferred(interaction):
            wanted = chosen_all(interaction)
            rights = frozenset(right for right in Right if right.value in wanted)
            await answer(interaction, await _changed(interaction, self.fields["share"], rights))


async def _changed(interaction: Interaction, share_id: str, rights: frozenset[Right]) -> Card:
    note = "" if rights else words.NO_RIGHTS
    if Right.LIVE in rights and Right.CLIP not in rights:
        note = words.LIVE_NEEDS_CLIP
    shares = interaction.client.services.shares
    found = (
        await _own(interaction, share_id)
        if note
        else await shares.change_rights(share_id, rights, by=interaction.user.id)
    )
    return words.shared(found, note=note) if found else words.not_there()


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
    return words.stopped(ended, own=ended.owner_id == guest.user_id) if ended else words.not_there()
