"""`/arm`, `/disarm` and `/motion` as a person uses them."""

from typing import Any

from simulators.blink import Network

from .house import buttons_of, text_of
from .street import Street
from .waiting import until

STAYS = "Begun <t:"


async def use(street: Street, name: str, *, user: Any = None, place: Any = None, **options: str) -> Any:
    """Use a command, and return the interaction."""
    return await street.house.discord.slash(user or street.alice, place or street.house.channel, name, options)


async def over(interaction: Any) -> dict[str, Any]:
    """Wait for the end of a reply, which no progress looks like."""
    return await until(lambda: _over(interaction.message))


def _over(message: dict[str, Any] | None) -> dict[str, Any] | None:
    return message if text_of(message) and STAYS not in text_of(message) else None


async def press(street: Street, message: dict[str, Any], label: str) -> dict[str, Any]:
    """Press a button that changes its own message, and return the end."""
    await street.house.discord.click(street.alice, message["id"], buttons_of(message)[label])

    def changed() -> dict[str, Any] | None:
        now = _over(street.house.shown(street.alice, message))
        return now if now and text_of(now) != text_of(message) else None

    return await until(changed)


def drawn(interaction: Any) -> list[str]:
    """Return everything that a reply has said."""
    return [text_of(message) for _, message in interaction.history]


def home_of(street: Street) -> Network:
    return street.front.network
