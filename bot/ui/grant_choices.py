"""Finds what can be granted and what can be revoked, and offers both while somebody types."""

from bot.blink import Inventory
from bot.cameras import told_apart
from bot.models import CameraRef, Grant, StorageUnavailable, is_shared
from bot.wording import failures
from bot.wording import grants as words

from .autocomplete import Choice, Offered, among, hint, own_cameras
from .permissions import guest_of, is_administrator
from .services import Interaction
from .telemetry import counted


@counted
async def scope_choices(interaction: Interaction, current: str) -> list[Choice]:
    """Offer the person's own networks and cameras."""
    inventory = await own_cameras(interaction)
    if not isinstance(inventory, Inventory):
        return hint(inventory or failures.NO_CAMERAS_YET, current)
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
