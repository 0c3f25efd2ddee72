"""`/arm`, `/disarm` and `/motion`: switch on or off whether a system or one camera records motion by itself."""

import asyncio
from datetime import UTC, datetime

from discord import app_commands

from bot.cameras import Found, Switch, is_network, switching
from bot.models import Right, is_shared
from bot.wording import SWITCH, Card, share_refusals
from bot.wording import arming as words

from .autocomplete import cameras_for, networks_for
from .buttons import Clicked, is_owner
from .permissions import not_linked, permits_of
from .replies import acknowledged, answer, change, deferred, show
from .services import Interaction

_STATES = ("on", "off")
_WHICH_NETWORK = "The system (not needed if you have only one)"


@app_commands.command(description="Arm one of your Blink systems: its cameras record motion by themselves")
@app_commands.describe(network=_WHICH_NETWORK)
@app_commands.autocomplete(network=networks_for(Right.ARM))
async def arm(interaction: Interaction, network: str = "") -> None:
    """Arm a system."""
    if await acknowledged(interaction):
        await _turn_network(interaction, network, on=True)


@app_commands.command(description="Disarm one of your Blink systems: its cameras record no motion")
@app_commands.describe(network=_WHICH_NETWORK)
@app_commands.autocomplete(network=networks_for(Right.ARM))
async def disarm(interaction: Interaction, network: str = "") -> None:
    """Ask before a system is disarmed."""
    if await acknowledged(interaction):
        await _turn_network(interaction, network, on=False)


@app_commands.command(description="Turn motion detection of one of your Blink cameras on or off")
@app_commands.describe(camera="The camera", state="Whether it records motion while its system is armed")
@app_commands.choices(state=[app_commands.Choice(name=state, value=state) for state in _STATES])
@app_commands.autocomplete(camera=cameras_for(Right.ARM))
async def motion(interaction: Interaction, camera: str, state: str) -> None:
    """Turn a camera's motion detection on or off."""
    if not await acknowledged(interaction):
        return
    on = state == "on"
    found = await _found(interaction, camera, motion=True)
    if found is None:
        await answer(interaction, await _nowhere(interaction, camera))
    elif len(found.meant) == 1:
        await _turn(interaction, found, found.meant[0], on=on)
    else:
        await answer(interaction, words.choose(found, camera, on=on, motion=True, owner=interaction.user.id))


class SwitchButton(Clicked, template=SWITCH):
    """The buttons under these replies: they choose a switch, confirm disarming, or try again."""

    async def clicked(self, interaction: Interaction) -> None:
        """Do what the button says, for its owner only, if they may still use the switch it names."""
        if not await is_owner(interaction, int(self.fields["owner"])):
            return
        act, choice = self.fields["act"], self.fields["choice"]
        if act == "keep":
            await change(interaction, words.kept())
            return
        if not await deferred(interaction):
            return
        user_id = interaction.user.id
        found = await _found(interaction, choice, motion=not is_network(choice))
        if found is None:
            await answer(interaction, await _nowhere(interaction, choice))
        elif not found.meant:
            await answer(interaction, words.gone())
        elif act == "ask":
            await answer(interaction, words.confirm_disarm(found.meant[0], owner=user_id))
        else:
            await _turn(interaction, found, found.meant[0], on=act == "on")


async def _turn_network(interaction: Interaction, asked: str, *, on: bool) -> None:
    owner = interaction.user.id
    found = await _found(interaction, asked, motion=False)
    if found is None:
        await answer(interaction, await _nowhere(interaction, asked))
    elif len(found.meant) != 1:
        await answer(interaction, words.choose(found, asked, on=on, motion=False, owner=owner))
    elif on:
        await _turn(interaction, found, found.meant[0], on=True)
    else:
        await answer(interaction, words.confirm_disarm(found.meant[0], owner=owner))


async def _found(interaction: Interaction, asked: str, *, motion: bool) -> Found | None:
    """Find the switches that `asked` means, among the person's own and those that others let them arm here now.

    Returns None if there are none at all, or if `asked` names a shared one that is not among them.
    """
    switches = interaction.client.services.switches
    permits = [one.id for one in await permits_of(interaction, Right.ARM)]
    found = await (switches.motion if motion else switches.systems)(interaction.user.id, asked, permits)
    return None if found and is_shared(asked) and not found.meant else found


async def _nowhere(interaction: Interaction, asked: str) -> Card:
    """Return the answer if `_found` returns None."""
    return share_refusals.out_of_reach() if is_shared(asked) else await not_linked(interaction)


async def _turn(interaction: Interaction, found: Found, switch: Switch, *, on: bool) -> None:
    """Turn a switch and show its progress; if the bot stops meanwhile, the reply stays as it is."""
    turning = asyncio.ensure_future(_turned(interaction, found, switch, on=on))
    interaction.client.background(turning, "switch")  # cancelled before what it uses is closed
    await turning


async def _turned(interaction: Interaction, found: Found, switch: Switch, *, on: bool) -> None:
    since = datetime.now(UTC)
    shown: list[Card] = []

    async def progress(step: switching.Step) -> None:
        card = words.progress(switch, step, on=on, since=since)
        if card not in shown[-1:]:
            shown.append(card)
            await show(interaction, card)

    session, user_id = found.sessions[switch.choice], interaction.user.id
    end = await interaction.client.services.switches.turn(session, switch, user_id=user_id, on=on, show=progress)
    await answer(interaction, words.ended(switch, end, on=on, owner=interaction.user.id))
