"""The base of every button and menu: finds it by its custom_id, checks its owner and answers its failures."""

import re
from typing import Any, Self, cast

import discord

from bot.models import ALL, CameraRef, Kind
from bot.wording import SWITCH, Card, any_command

from .command_tree import admitted, apologise
from .replies import answer, catch_up
from .services import Interaction
from .telemetry import answered, kind_of

_BY_KIND = {Kind.CLIP: "clip", Kind.SNAPSHOT: "snapshot", Kind.RECENT: "recordings"}
_COMMANDS = {  # by the beginning of a custom_id
    "clip:": "clip",
    "snapshot:": "snapshot",
    "recent:": "recordings",
    "clips:": "recordings",
    "cam:clip:": "clip",
    "cam:snap:": "snapshot",
    "cameras:": "cameras",
    "share:": "share list",
    "grants:": "share list",
    "alerts:": "notify",
    "dms:": "notify",
    "account:": "account",
}

BaseItem = discord.ui.Item[discord.ui.View]


class Clicked(discord.ui.DynamicItem[BaseItem], template=""):
    """A button or menu that is found again by its custom_id, from which the template reads `fields`.

    If it is `always_open`, even people that the host has not chosen may use it.
    """

    always_open = False

    def __init__(self, item: BaseItem, fields: re.Match[str]) -> None:
        super().__init__(item)
        self.fields = fields

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Make the button or menu that was used."""
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> Any:
        """Handle the click, and answer what it raises, since discord.py would only log that."""
        try:
            if await admitted(interaction, always=self.always_open):
                await self.clicked(interaction)
        except Exception as error:
            await apologise(interaction, error)
        else:
            interaction.client.metrics.interaction(kind_of(interaction), answered(interaction))
        catch_up(interaction)

    async def clicked(self, interaction: Interaction) -> None:
        """Do what the button or menu says."""
        raise NotImplementedError


async def is_owner(interaction: Interaction, owner: int, *, kind: Kind | None = None) -> bool:
    """Say whether the button belongs to the person who clicked, and tell them if not; `kind` is its job's."""
    if interaction.user.id == owner:
        return True
    custom_id = str(cast("dict[str, Any]", interaction.data or {}).get("custom_id", ""))
    await whisper(interaction, any_command.not_yours(_BY_KIND[kind] if kind else command_of(custom_id)))
    return False


def command_of(custom_id: str) -> str:
    """Return the name of the command that makes such a button or menu."""
    if custom_id.startswith("sw:"):
        match = SWITCH.fullmatch(custom_id)
        ref = CameraRef.parse(match["choice"]) if match else None
        one_camera = ref is None or ref.key is not None
        if match and match["choice"] == ALL:
            one_camera = False
        return "motion" if one_camera else "arm" if custom_id.startswith("sw:on:") else "disarm"
    return next((name for begin, name in _COMMANDS.items() if custom_id.startswith(begin)), "help")


def chosen(interaction: Interaction) -> str:
    """Return what was chosen from a menu, unchecked; empty if nothing was."""
    return next(iter(chosen_all(interaction)), "")


def chosen_all(interaction: Interaction) -> list[str]:
    """Return all that was chosen from a menu that takes several, unchecked."""
    return [str(value) for value in cast("dict[str, Any]", interaction.data or {}).get("values") or ()]


async def whisper(interaction: Interaction, card: Card) -> bool:
    """Answer so that only the person who clicked sees it; return False if nothing may be done."""
    await answer(interaction, card)
    return interaction.response.is_done() or "acknowledged" in interaction.extras
