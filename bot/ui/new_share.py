"""Share a camera: by `/share add`, which offers what can be shared, or by **Share a camera…** in a person's menu."""

import secrets
from datetime import UTC, datetime

import discord
from discord import app_commands

from bot.blink import Inventory, clean
from bot.cameras import told_apart
from bot.models import (
    CameraRef,
    Preset,
    Right,
    Share,
    is_shared,
    possible_ends,
    possible_hours,
    read_hours,
    read_until,
    usual_ends,
)
from bot.wording import Card, any_command, share_refusals, shares
from bot.wording.custom_ids import SHARE_UNTIL, SHARE_WHAT

from .autocomplete import Choice, Offered, among, hint, own_cameras
from .buttons import Fields, chosen, on_click
from .interaction import Interaction, guest_of, not_linked
from .replies import UNCLEAR, acknowledged, answer, deferred
from .telemetry import LIKE, counted

_FRESH = 30.0
LONGEST_NAME = 32
_LONGEST_LABEL = 80
_UNKNOWN_SERVER = 10004
_PRESETS = {preset.value[0]: preset for preset in Preset}

_Who = discord.Member | discord.User | discord.Role
_Scope = tuple[str, str, int]  # the choice, its label and its system


@counted
async def scope_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the person's own systems and cameras."""
    inventory = await own_cameras(interaction)
    if not isinstance(inventory, Inventory):
        return hint(inventory or any_command.NO_CAMERAS_YET, current)
    return among([Offered((label,), scope) for scope, label, _ in _all_scopes(inventory)], current)


@counted
async def until_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer ends with their dates, by the clock of the camera that was chosen; only examples if that is not known."""
    zone, now = await _zone(interaction), datetime.now(UTC)
    ends = possible_ends(current, now=now, zone=zone) if zone else []
    if zone is None or not ends:
        return hint(share_refusals.UNTIL_EXAMPLES, current)
    return [app_commands.Choice(name=shares.until_choice(end, zone, now=now), value=end.value) for end in ends]


@counted
async def hours_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer hours by both kinds of clock."""
    found = possible_hours(current, zone="UTC")
    if not found:
        return hint(share_refusals.HOURS_EXAMPLES, current)
    return [app_commands.Choice(name=shares.hours_choice(hours), value=shares.clock(hours)) for hours in found]


async def _zone(interaction: Interaction) -> str | None:
    """Return the time zone of the chosen camera, or of all systems; None if it is not known or they have several."""
    inventory = await own_cameras(interaction)
    if not isinstance(inventory, Inventory):
        return None
    systems = {system for _, _, system in _find_scopes(inventory, str(interaction.namespace.camera or ""))}
    zones = {inventory.time_zones.get(system, "UTC") for system in systems or inventory.networks}
    return zones.pop() if len(zones) == 1 else None


def _all_scopes(inventory: Inventory) -> list[_Scope]:
    """Return all that can be shared: each system and each camera."""
    systems = {str(CameraRef(number)): (f"all of {name}", number) for number, name in inventory.networks.items()}
    scopes = systems | {str(one.key): (one.label, one.key.network_id) for one in inventory.cameras}
    labels = told_apart((scope, (label,)) for scope, (label, _) in scopes.items())
    return [(scope, labels[scope], network_id) for scope, (_, network_id) in scopes.items()]


def _find_scopes(inventory: Inventory, asked: str) -> list[_Scope]:
    """Return the person's own scopes that `asked` means; others' cameras cannot be passed on."""
    if is_shared(asked):
        return []
    wanted = asked.strip().casefold()
    every = _all_scopes(inventory)
    exact = [one for one in every if one[0] == asked.strip() or one[1].casefold() == wanted]
    found = {str(camera.key) for camera in inventory.find(asked)}
    return exact or [one for one in every if one[0] in found]


async def _why_not(interaction: Interaction, who: _Who) -> Card | None:
    """Return why nothing can be shared with a person or role here, None if it can."""
    guest = guest_of(interaction)
    if guest.guild_id is None:
        return share_refusals.ONLY_IN_SERVER
    if not interaction.is_guild_integration():
        return share_refusals.I_AM_NOT_HERE
    why = None
    if isinstance(who, discord.Role):
        why = share_refusals.EVERYBODY if who.id == guest.guild_id else None
    elif who.id == guest.user_id:
        why = share_refusals.YOURSELF
    elif not isinstance(who, discord.Member):  # not in this server, or an id that came without a user
        why = share_refusals.NOBODY_HERE
    elif who.bot:
        why = share_refusals.A_BOT
    if why:
        return share_refusals.not_to_them(why)
    if await interaction.client.services.shares.refuses(who.id, guest.user_id):
        return share_refusals.they_refuse(who.id)
    return None


async def saved(
    interaction: Interaction,
    who: _Who,
    camera: str,
    rights: frozenset[Right],
    *,
    until: str | None,
    hours: str | None = None,
) -> Card:
    """Save a share, and return the answer, which may say why not; `camera`, `until` and `hours` are as written."""
    if refusal := await _why_not(interaction, who):
        return refusal
    services, guest = interaction.client.services, guest_of(interaction)
    session = await services.sessions.session(guest.user_id)
    if session is None:
        return await not_linked(interaction)
    inventory = await session.inventory(max_age=_FRESH)
    meant = _find_scopes(inventory, camera)
    if len(meant) != 1:
        return share_refusals.no_such_camera(camera, [label for _, label, _ in _all_scopes(inventory)])
    (scope, label, network_id), now = meant[0], datetime.now(UTC)
    zone = inventory.time_zones.get(network_id, "UTC")
    end = read_until(until, now=now, zone=zone) if until else None
    if until and end is None:
        return share_refusals.bad_until(until)
    span = read_hours(hours, zone=zone) if hours else None
    if hours and span is None:
        return share_refusals.bad_hours(hours)
    assert guest.guild_id is not None
    share = Share(
        id=secrets.token_hex(8),
        owner_id=guest.user_id,
        owner_name=clean(interaction.user.display_name, LONGEST_NAME) or "somebody",
        guild_id=guest.guild_id,
        guest_id=who.id,
        to_role=isinstance(who, discord.Role),
        guest_name=clean(who.name if isinstance(who, discord.Role) else who.display_name, LONGEST_NAME) or "?",
        account_id=session.client.account_id,
        scope=scope,
        label=label[:_LONGEST_LABEL],
        rights=rights,
        created_at=now,
        until=end,
        hours=span,
    )
    kept = await services.shares.give(share)
    return shares.shared(kept, here=kept.guild_id) if kept else share_refusals.TOO_MUCH_SHARED


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
    asked, every = chosen(interaction), _all_scopes(inventory)
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
    if refusal := await _why_not(interaction, who):
        return refusal
    inventory = await _own(interaction)
    if isinstance(inventory, Card):
        return inventory
    every = _all_scopes(inventory)
    cameras = [one for one in every if _is_camera(one)]
    if len(cameras) == 1:
        return _how_much(interaction, inventory, cameras[0], who.id)
    if not cameras:
        return share_refusals.NOTHING_TO_SHARE
    offered = [*cameras, *(one for one in every if not _is_camera(one))]
    return shares.which_camera([(scope, label) for scope, label, _ in offered], who.id, owner=interaction.user.id)


def _how_much(interaction: Interaction, inventory: Inventory, scope: _Scope, who: int) -> Card:
    (choice, label, network_id), now = scope, datetime.now(UTC)
    zone = inventory.time_zones.get(network_id, "UTC")
    ends = usual_ends(now=now, zone=zone)
    return shares.how_much(choice, label, who, ends, zone, now=now, owner=interaction.user.id)


async def _own(interaction: Interaction) -> Inventory | Card:
    """Return the person's own cameras, or the answer if they have linked none. May raise BlinkError."""
    session = await interaction.client.services.sessions.session(interaction.user.id)
    return await session.inventory(max_age=_FRESH) if session else await not_linked(interaction)


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


def _is_camera(scope: _Scope) -> bool:
    ref = CameraRef.parse(scope[0])
    return ref is not None and ref.key is not None
