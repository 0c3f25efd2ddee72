"""Buttons and menus: found by their custom_id and handled for their owner, and what fails there is answered."""

import re
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeAlias, cast

import discord

from bot.cameras import is_network
from bot.models import ALL, Job
from bot.wording import any_command, share_refusals
from bot.wording.custom_ids import SWITCH

from .command_tree import admitted, apologise
from .interaction import Interaction
from .replies import answer, catch_up
from .telemetry import answered, kind_of

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

ButtonItem: TypeAlias = type[discord.ui.DynamicItem[Any]]
Fields: TypeAlias = re.Match[str]
Handler: TypeAlias = Callable[[Interaction, Fields], Coroutine[Any, Any, None]]

ITEMS: list[ButtonItem] = []
"""Every button and menu, as `on_click` has registered it."""


def on_click(template: re.Pattern[str], *, always_open: bool = False) -> Callable[[Handler], Handler]:
    """Let a function handle the buttons and menus whose custom_id has the form of `template`, also after a restart.

    The function gets the fields of the custom_id. If these have an `owner`, nobody else may use the button. If it is
    `always_open`, even people that the host has not chosen may use it.
    """

    def register(handler: Handler) -> Handler:
        class Clicked(discord.ui.DynamicItem[discord.ui.Item[discord.ui.View]], template=template):
            def __init__(self, item: discord.ui.Item[discord.ui.View], fields: Fields) -> None:
                super().__init__(item)
                self._fields = fields

            @classmethod
            async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: Fields, /) -> Self:
                return cls(item, match)

            async def callback(self, interaction: discord.Interaction[Any]) -> Any:
                await _clicked(interaction, self._fields, handler, always_open=always_open)

        ITEMS.append(Clicked)
        return handler

    return register


async def _clicked(interaction: Interaction, fields: Fields, handler: Handler, *, always_open: bool) -> None:
    """Handle a click, and answer what that raises, since discord.py would only log it."""
    owner = fields.groupdict().get("owner")
    try:
        if await admitted(interaction, always=always_open):
            if owner is None or int(owner) == interaction.user.id:
                await handler(interaction, fields)
            else:
                await answer(interaction, any_command.not_yours(command_of(fields.string)))
    except Exception as error:
        await apologise(interaction, error)
    else:
        interaction.client.metrics.interaction(kind_of(interaction), answered(interaction))
    catch_up(interaction)


def command_of(custom_id: str) -> str:
    """Return the name of the command that makes such a button or menu."""
    if match := SWITCH.fullmatch(custom_id):
        if match["choice"] != ALL and not is_network(match["choice"]):
            return "motion"
        return "arm" if match["act"] == "on" else "disarm"
    return next((name for begin, name in _COMMANDS.items() if custom_id.startswith(begin)), "help")


async def own_job(interaction: Interaction, job_id: str) -> Job | None:
    """Return the job; if it is not known or belongs to somebody else, say so and return None."""
    job = await interaction.client.services.runner.job(job_id)
    if job and job.request.user_id == interaction.user.id:
        return job
    not_theirs = any_command.not_yours(share_refusals.command(job.request.kind)) if job else any_command.TOO_OLD
    await answer(interaction, not_theirs)
    return None


def chosen(interaction: Interaction) -> str:
    """Return what was chosen from a menu, unchecked; empty if nothing was."""
    return next(iter(chosen_all(interaction)), "")


def chosen_all(interaction: Interaction) -> list[str]:
    """Return all that was chosen from a menu that takes several, unchecked."""
    return [str(value) for value in cast("dict[str, Any]", interaction.data or {}).get("values") or ()]
