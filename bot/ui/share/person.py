"""**Share a camera…** on a person: which camera, then how much and until when."""

from datetime import UTC, datetime

import discord
from discord import app_commands

from bot.blink import Inventory
from bot.models import CameraRef, Preset, usual_ends
from bot.ui.buttons import Fields, chosen, on_click
from bot.ui.permissions import not_linked
from bot.ui.replies import UNCLEAR, acknowledged, answer, deferred
from bot.ui.services import Interaction
from bot.ui.telemetry import LIKE
from bot.wording import Card, any_command, share_refusals, shares
from bot.wording.custom_ids import SHARE_UNTIL, SHARE_WHAT

from .giving import FRESH, Scope, all_scopes, saved, why_not

_UNKNOWN_SERVER = 10004
_PRESETS = {preset.value[0]: preset for preset in Preset}


@app_commands.context_menu(name="Share a camera…", extras={LIKE: "share"})
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
async def share_with(interaction: Interaction, who: discord.Member | discord.User) -> None:
    """Ask which camera is shared with a person."""
    if await acknowledged(interaction):
        await answer(interaction, await _begun(interaction, who))


@on_click(SHARE_WHAT)
async def choose_camera(interaction: Interaction, fields: Fields) -> None:
    """Ask how much of the camera chosen from a menu is shared, and until when."""
    if not await deferred(interaction):
        return
    inventory = await _own(interaction)
    if isinstance(inventory, Card):
        await answer(interaction, inventory)
        return
    asked, every = chosen(interaction), all_scopes(inventory)
    if scope := next((one for one in every if one[0] == asked), None):
        await answer(interaction, _how_much(interaction, inventory, scope, int(fields["guest"])))
    else:
        await answer(interaction, share_refusals.no_such_camera(asked, [label for _, label, _ in every]))


@on_click(SHARE_UNTIL)
async def choose_end(interaction: Interaction, fields: Fields) -> None:
    """Share the camera until the end chosen from a menu, if the person is still in this server."""
    if not await deferred(interaction):
        return
    until, preset = chosen(interaction), _PRESETS.get(fields["preset"])
    if not until or preset is None:
        await answer(interaction, any_command.OUTDATED)
        return
    who = await _member(interaction, int(fields["guest"]))
    if not isinstance(who, Card):
        end = None if until == shares.NO_END else until
        who = await saved(interaction, who, fields["scope"], preset.rights, until=end)
    await answer(interaction, who)


async def _begun(interaction: Interaction, who: discord.Member | discord.User) -> Card:
    if refusal := await why_not(interaction, who):
        return refusal
    if not interaction.is_guild_integration():
        return share_refusals.I_AM_NOT_HERE
    inventory = await _own(interaction)
    if isinstance(inventory, Card):
        return inventory
    every = all_scopes(inventory)
    cameras = [one for one in every if _is_camera(one)]
    if len(cameras) == 1:
        return _how_much(interaction, inventory, cameras[0], who.id)
    if not cameras:
        return share_refusals.NOTHING_TO_SHARE
    offered = [*cameras, *(one for one in every if not _is_camera(one))]
    return shares.which_camera([(scope, label) for scope, label, _ in offered], who.id, owner=interaction.user.id)


def _how_much(interaction: Interaction, inventory: Inventory, scope: Scope, who: int) -> Card:
    (choice, label, network_id), now = scope, datetime.now(UTC)
    zone = inventory.time_zones.get(network_id, "UTC")
    ends = usual_ends(now=now, zone=zone)
    return shares.how_much(choice, label, who, ends, zone, now=now, owner=interaction.user.id)


async def _own(interaction: Interaction) -> Inventory | Card:
    """Return the person's own cameras, or the answer if they have linked none. May raise BlinkError."""
    session = await interaction.client.services.sessions.session(interaction.user.id)
    return await session.inventory(max_age=FRESH) if session else await not_linked(interaction)


async def _member(interaction: Interaction, user_id: int) -> discord.Member | Card:
    """Ask Discord for a member of this server, since a menu brings only their id."""
    if interaction.guild is None:
        return share_refusals.ONLY_IN_SERVER
    try:
        return await interaction.guild.fetch_member(user_id)
    except discord.NotFound as error:
        if error.code != _UNKNOWN_SERVER:
            return share_refusals.not_to_them(share_refusals.NOBODY_HERE)
        return share_refusals.I_AM_NOT_HERE
    except discord.Forbidden:
        return share_refusals.I_AM_NOT_HERE
    except (discord.DiscordException, *UNCLEAR):
        return share_refusals.DISCORD_IS_SILENT


def _is_camera(scope: Scope) -> bool:
    ref = CameraRef.parse(scope[0])
    return ref is not None and ref.key is not None
