"""The simulated Discord as the page needs it: the one place that knows how its answers look."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

Wire = dict[str, Any]
"""A value in Discord's own JSON form."""

log = logging.getLogger(__name__)


class Person(Protocol):
    """A user of the simulated Discord."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    def open_dm(self) -> "Place": ...


class Place(Protocol):
    """A channel of the simulated Discord."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


class Interaction(Protocol):
    """Something that a user did and that the bot has to acknowledge."""

    @property
    def modal(self) -> Wire | None: ...
    @property
    def label(self) -> str: ...
    async def acked(self) -> object: ...


class Named(Protocol):
    """The bot's own account."""

    @property
    def name(self) -> str: ...


class World(Protocol):
    """The simulator's store of accounts."""

    @property
    def bot_user(self) -> Named: ...


class Simulator(Protocol):
    """The simulated Discord, as far as the page uses it."""

    @property
    def world(self) -> World: ...
    @property
    def commands(self) -> Mapping[str, Wire]: ...
    @property
    def person_commands(self) -> Mapping[str, Wire]: ...
    def on_person(self, user: Any, channel: Any, command: str, target: Any, /) -> Awaitable[Interaction]: ...
    def slash(self, user: Any, channel: Any, command: str, options: Wire, /) -> Awaitable[Interaction]: ...
    def autocomplete(
        self, user: Any, channel: Any, command: str, options: Wire, /, *, focused: str
    ) -> Awaitable[Sequence[Wire]]: ...
    def click(self, user: Any, message_id: int, custom_id: str, /) -> Awaitable[Interaction]: ...
    def select(self, user: Any, message_id: int, custom_id: str, values: list[str], /) -> Awaitable[Interaction]: ...
    def interaction(self, interaction_id: int | str, /) -> Interaction: ...
    def messages(self, channel: Any, /, viewer: Any) -> Sequence[Wire]: ...
    def dm(self, user: Any, /) -> Place | None: ...
    def file(self, url_or_id: str, /) -> bytes: ...
    def subscribe(self, callback: Callable[[str, Any, Any], None], /) -> object: ...


class Refused(Exception):
    """The simulated Discord or the bot did not do what the person asked; the text is shown to them."""


class Engine:
    """The simulator with every outcome turned into a value or a `Refused`."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim

    def pressed(self, interaction: str) -> str:
        """Return the label of the button that began an interaction; "" if it was none."""
        return self.sim.interaction(interaction).label

    async def run(self, user: Person, channel: Place, command: str, options: Wire) -> None:
        """Run a slash command and wait until the bot acknowledged it."""
        await _acknowledged(self.sim.slash(user, channel, command, options), "The application did not respond")

    async def on_person(self, user: Person, channel: Place, command: str, target: Person) -> None:
        """Use a command of a person's menu and wait until the bot acknowledged it."""
        await _acknowledged(self.sim.on_person(user, channel, command, target), "The application did not respond")

    async def complete(self, user: Person, channel: Place, command: str, options: Wire, focused: str) -> list[Wire]:
        """Return the bot's choices for the option that is being typed."""
        try:
            choices = await self.sim.autocomplete(user, channel, command, options, focused=focused)
        except Exception as error:
            raise _refused(error, "Loading options failed") from error
        return [{"name": str(choice["name"]), "value": choice["value"]} for choice in choices[:25]]

    async def click(self, user: Person, message: int, custom_id: str) -> None:
        """Press a button and wait until the bot acknowledged it."""
        await _acknowledged(self.sim.click(user, message, custom_id), "This interaction failed")

    async def select(self, user: Person, message: int, custom_id: str, values: list[str]) -> None:
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
