"""A person's hands on a message of the bot: what they press and choose by what they read there, and what they save."""

from typing import Any

from simulators.discord import Interaction, SimDiscord, User
from tests.support.reading import buttons_of, menus_of

Wire = dict[str, Any]


async def press(discord: SimDiscord, user: User, message: Wire, label: str) -> Interaction:
    """Press the button that says this."""
    return await discord.click(user, message["id"], buttons_of(message)[label])


async def choose(discord: SimDiscord, user: User, message: Wire, *labels: str, menu: str | None = None) -> Interaction:
    """Choose these and nothing else from the message's only menu, or from the one with this custom_id."""
    shown = menu_of(message, menu)
    values = {option["label"]: option["value"] for option in shown["options"]}
    return await discord.select(user, message["id"], shown["custom_id"], [values[label] for label in labels])


def menu_of(message: Wire, custom_id: str | None = None) -> Wire:
    """Return the message's only menu, or the one with this custom_id."""
    [menu] = [one for one in menus_of(message) if custom_id in (None, one["custom_id"])]
    return menu


def chosen_in(menu: Wire) -> list[str]:
    """Return what a menu says is chosen already."""
    return [option["label"] for option in menu["options"] if option.get("default")]


def files_of(discord: SimDiscord, message: Wire) -> dict[str, bytes]:
    """Return a message's files by name."""
    return {file["filename"]: discord.file(file["url"]) for file in message["attachments"]}
