"""Whatever an owner can share, and what is offered to them while they type."""

from datetime import UTC, datetime

from discord import app_commands

from bot.blink import Inventory
from bot.cameras import told_apart
from bot.models import CameraRef, is_shared, possible_ends, possible_hours
from bot.ui.autocomplete import Choice, Offered, among, hint, own_cameras
from bot.ui.services import Interaction
from bot.ui.telemetry import counted
from bot.wording import any_command, share_refusals, shares

Scope = tuple[str, str, int]  # the choice, its label and its system


@counted
async def scope_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the person's own systems and cameras."""
    inventory = await own_cameras(interaction)
    if not isinstance(inventory, Inventory):
        return hint(inventory or any_command.NO_CAMERAS_YET, current)
    return among([Offered((label,), scope) for scope, label, _ in all_scopes(inventory)], current)


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
    chosen = {system for _, _, system in find_scopes(inventory, str(interaction.namespace.camera or ""))}
    zones = {inventory.time_zones.get(system, "UTC") for system in chosen or inventory.networks}
    return zones.pop() if len(zones) == 1 else None


def all_scopes(inventory: Inventory) -> list[Scope]:
    """Return all that can be shared: each system and each camera."""
    systems = {str(CameraRef(number)): (f"all of {name}", number) for number, name in inventory.networks.items()}
    scopes = systems | {str(one.key): (one.label, one.key.network_id) for one in inventory.cameras}
    labels = told_apart((scope, (label,)) for scope, (label, _) in scopes.items())
    return [(scope, labels[scope], network_id) for scope, (_, network_id) in scopes.items()]


def find_scopes(inventory: Inventory, asked: str) -> list[Scope]:
    """Return the person's own scopes that `asked` means; others' cameras cannot be passed on."""
    if is_shared(asked):
        return []
    wanted = asked.strip().casefold()
    every = all_scopes(inventory)
    exact = [one for one in every if one[0] == asked.strip() or one[1].casefold() == wanted]
    found = {str(camera.key) for camera in inventory.find(asked)}
    return exact or [one for one in every if one[0] in found]
