"""`/arm`, `/disarm` and `/motion`: switch on or off whether a system, all of them or one camera records motion."""

import asyncio
from datetime import UTC, datetime
from typing import Literal

from discord import app_commands

from bot.cameras import Found, Switch, is_network, switching
from bot.models import ALL, Right, is_shared
from bot.wording import Card, share_refusals
from bot.wording import arming as words
from bot.wording.custom_ids import SWITCH

from .autocomplete import cameras_for, systems_to_arm
from .buttons import Fields, on_click
from .interaction import Interaction, not_linked, shares_of
from .replies import acknowledged, answer, change, deferred, show

_WHICH = "The system, or All of your own (not needed if you have only one)"


@app_commands.command(description="Arm one of your Blink systems, or all: its cameras record motion by themselves")
@app_commands.describe(system=_WHICH)
@app_commands.autocomplete(system=systems_to_arm())
async def arm(interaction: Interaction, system: str = "") -> None:
    """Arm a system, or all."""
    if await acknowledged(interaction):
        await _switch(interaction, system, on=True, motion=False)


@app_commands.command(description="Disarm one of your Blink systems, or all: its cameras record no motion")
@app_commands.describe(system=_WHICH)
@app_commands.autocomplete(system=systems_to_arm())
async def disarm(interaction: Interaction, system: str = "") -> None:
    """Ask before a system is disarmed, or all."""
    if await acknowledged(interaction):
        await _switch(interaction, system, on=False, motion=False)


@app_commands.command(description="Turn motion detection of one of your Blink cameras on or off")
@app_commands.describe(camera="The camera", state="Whether it records motion while its system is armed")
@app_commands.autocomplete(camera=cameras_for(Right.ARM))
async def motion(interaction: Interaction, camera: str, state: Literal["on", "off"]) -> None:
    """Turn a camera's motion detection on or off."""
    if await acknowledged(interaction):
        await _switch(interaction, camera, on=state == "on", motion=True)


@on_click(SWITCH)
async def use_switch(interaction: Interaction, fields: Fields) -> None:
    """Choose a switch, confirm disarming or try again, if the person may still use the switch."""
    act, choice = fields["act"], fields["choice"]
    if act == "keep":
        await change(interaction, words.KEPT)
    elif not await deferred(interaction):
        return
    elif choice == ALL:
        await _turn_all(interaction, on=act == "on", sure=act == "off")
    elif found := await _found(interaction, choice, motion=not is_network(choice)):
        if not found.meant:
            await answer(interaction, words.GONE)
        elif act == "ask":
            await answer(interaction, words.confirm_disarm(found.meant[0], owner=interaction.user.id))
        else:
            await interaction.client.background(_turned(interaction, found, on=act == "on"))


async def _switch(interaction: Interaction, asked: str, *, on: bool, motion: bool) -> None:
    """Turn the system, or the camera's `motion` detection, that `asked` means; ask before a system is disarmed."""
    if not motion and asked.strip().casefold() == ALL:
        await _turn_all(interaction, on=on)
    elif found := await _found(interaction, asked, motion=motion):
        owner = interaction.user.id
        if len(found.meant) != 1:
            await answer(interaction, words.choose(found, asked, on=on, motion=motion, owner=owner))
        elif on or motion:
            await interaction.client.background(_turned(interaction, found, on=on))
        else:
            await answer(interaction, words.confirm_disarm(found.meant[0], owner=owner))


async def _found(interaction: Interaction, asked: str, *, motion: bool) -> Found | None:
    """Find the switches that `asked` means, among the person's own and those that others let them arm here now.

    If there are none at all, or a shared one that may be meant is not among them, say so and return None.
    """
    switches = interaction.client.services.switches
    shares = [one.id for one in await shares_of(interaction, Right.ARM)]
    found = await (switches.motion if motion else switches.systems)(interaction.user.id, asked, shares)
    if (found and found.out_of_reach) or (is_shared(asked) and (found is None or not found.meant)):
        await answer(interaction, share_refusals.OUT_OF_REACH)
        return None
    if found is None:
        await answer(interaction, await not_linked(interaction))
    return found


async def _turn_all(interaction: Interaction, *, on: bool, sure: bool = False) -> None:
    """Turn every system of the person's own; before they are disarmed it asks, unless they are `sure`."""
    owner = interaction.user.id
    found = await interaction.client.services.switches.systems(owner, ALL)  # this looks at Blink again
    if found is None:
        await answer(interaction, await not_linked(interaction))
    elif not found.offered:
        await answer(interaction, words.choose(found, "", on=on, motion=False, owner=owner))
    elif on or sure:
        # In the background, so that it is cancelled before what it uses is closed.
        await interaction.client.background(_turned_all(interaction, found, on=on))
    else:
        await answer(interaction, words.confirm_disarm_all(found.offered, owner=owner))


async def _turned_all(interaction: Interaction, found: Found, *, on: bool) -> None:
    since, systems, owner = datetime.now(UTC), found.offered, interaction.user.id
    reached: dict[str, switching.SwitchStep | switching.SwitchEnd] = {}
    shown: list[Card] = []
    drawing = asyncio.Lock()  # an older edit must not overtake a newer one

    async def progress(switch: Switch, step: switching.SwitchStep | switching.SwitchEnd) -> None:
        reached[switch.choice] = step
        async with drawing:
            card = words.progress_of_all(systems, reached, on=on, since=since)
            if card not in shown[-1:]:
                shown.append(card)
                await show(interaction, card)

    session = found.sessions[systems[0].choice]
    shared = bool(await shares_of(interaction, Right.ARM))  # the database may be away afterwards
    ends = await interaction.client.services.switches.turn_all(session, systems, user_id=owner, on=on, show=progress)
    await answer(interaction, words.ended_all([*zip(systems, ends, strict=True)], on=on, shared=shared, owner=owner))


async def _turned(interaction: Interaction, found: Found, *, on: bool) -> None:
    """Turn the switch that was found and show its progress; if the bot stops meanwhile, the reply stays as it is."""
    switch, since = found.meant[0], datetime.now(UTC)
    shown: list[Card] = []

    async def progress(step: switching.SwitchStep) -> None:
        card = words.progress(switch, step, on=on, since=since)
        if card not in shown[-1:]:
            shown.append(card)
            await show(interaction, card)

    session, owner = found.sessions[switch.choice], interaction.user.id
    end = await interaction.client.services.switches.turn(session, switch, user_id=owner, on=on, show=progress)
    await answer(interaction, words.ended(switch, end, on=on, owner=owner))
