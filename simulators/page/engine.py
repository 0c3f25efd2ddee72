"""The simulated Discord as the page needs it: the one place that knows how its answers look."""

import logging
from collections.abc import Awaitable
from typing import Any

from simulators.discord import Channel, Interaction, SimDiscord, User

Wire = dict[str, Any]
"""A value in Discord's own JSON form."""

log = logging.getLogger(__name__)


class Refused(Exception):
    """The simulated Discord or the bot did not do what the person asked; the text is shown to them."""


class Engine:
    """The simulator with every outcome turned into a value or a `Refused`."""

    def __init__(self, sim: SimDiscord) -> None:
        self.sim = sim

    def pressed(self, interaction: str) -> str:
        """Return the label of the button that began an interaction; "" if it was none."""
        return self.sim.interaction(interaction).label

    async def run(self, user: User, channel: Channel, command: str, options: Wire) -> None:
        """Run a slash command and wait until the bot acknowledged it."""
        await _acknowledged(self.sim.slash(user, channel, command, options), "The application did not respond")

    async def on_person(self, user: User, channel: Channel, command: str, target: User) -> None:
        """Use a command of a person's menu and wait until the bot acknowledged it."""
        await _acknowledged(self.sim.on_person(user, channel, command, target), "The application did not respond")

    async def complete(self, user: User, channel: Channel, command: str, options: Wire, focused: str) -> list[Wire]:
        """Return the bot's choices for the option that is being typed."""
        try:
            choices = await self.sim.autocomplete(user, channel, command, options, focused=focused)
        except Exception as error:
            raise _refused(error, "Loading options failed") from error
        return [{"name": str(choice["name"]), "value": choice["value"]} for choice in choices[:25]]

    async def click(self, user: User, message: int, custom_id: str) -> None:
        """Press a button and wait until the bot acknowledged it."""
        await _acknowledged(self.sim.click(user, message, custom_id), "This interaction failed")

    async def select(self, user: User, message: int, custom_id: str, values: list[str]) -> None:
        """Choose from a select menu and wait until the bot acknowledged it."""
        await _acknowledged(self.sim.select(user, message, custom_id, values), "This interaction failed")


async def _acknowledged(started: Awaitable[Interaction], silent: str) -> None:
    try:
        interaction = await started
        await interaction.acked()
    except Exception as error:
        raise _refused(error, silent) from error
    if interaction.modal is not None:
        raise Refused("The bot opened a form, which this page does not show")


def _refused(error: Exception, silent: str) -> Refused:
    """Say what Discord's client would say: the bot's silence, or Discord's own reason."""
    if isinstance(error, TimeoutError):
        return Refused(silent)
    log.info("the simulated Discord refused: %s: %s", type(error).__name__, error)
    reason = str(error).strip().splitlines()
    return Refused(reason[0][:200] if reason else silent)
