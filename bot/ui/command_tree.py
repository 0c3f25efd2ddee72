"""The command tree: registers commands for every kind of install, and answers every error with a sentence."""

import asyncio
import contextlib
import hashlib
import itertools
import json
import logging
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import aiohttp
import discord
from discord import app_commands

from bot.blink import BlinkError
from bot.caching import SingleFlight
from bot.models import StorageUnavailable
from bot.store import WrongKey
from bot.wording import any_command

from .interaction import Interaction, ServiceClient, has_answer
from .replies import NOBODY_WAITS, UNCLEAR, answer, catch_up
from .telemetry import kind_of

log = logging.getLogger("bot.ui")

ALWAYS_OPEN = "always open"
"""Marks a command, in its `extras`, that is open even to people the host has not chosen."""

_OTHERS_FIRST = 0.5
_REGISTER_EVERY = 600.0
_GAPS = (15.0, 60.0, 300.0, 1800.0)  # between two tries to register; the last repeats


class NotWritten(Exception):
    """A command could not be saved, so nothing was begun."""


class ClipTree(app_commands.CommandTree[ServiceClient]):
    """Commands for guild and user installs, in servers, the bot's own messages and private channels."""

    def __init__(self, client: ServiceClient) -> None:
        super().__init__(
            client,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        )
        self._register_not_before = 0.0
        self._registering = SingleFlight()

    async def register(self, *, force: bool = False) -> None:
        """Register the commands with Discord if they have changed since last time, or with `force`; learn their ids."""
        store = self.client.services.store
        payload = [command.to_dict(self) for command in sorted(self.get_commands(), key=lambda one: one.name)]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        key, ids_key = f"commands:{self.client.application_id}", f"command ids:{self.client.application_id}"
        kept = await store.meta(ids_key)
        if kept:
            self._learn(json.loads(kept))
        if kept and not force and await store.meta(key) == digest:
            return
        slash = discord.AppCommandType.chat_input
        ids = {command.name: command.id for command in await self.sync() if command.type is slash}
        self._learn(ids)
        await store.set_meta(ids_key, json.dumps(ids))
        await store.set_meta(key, digest)
        log.info("registered %d commands", len(payload))

    def _learn(self, ids: Mapping[str, int]) -> None:
        """Let replies name each command by its id; a command of a group has the id of the group."""
        for command in self.walk_commands():
            name = (command.root_parent or command).name
            if isinstance(command, app_commands.Command) and name in ids:
                self.client.command_ids[command.qualified_name] = ids[name]

    def begin_to_register(self, *, force: bool = False) -> None:
        """Register the commands in the background, and try again until that works."""
        self.client.background(self._registering.begin("commands", partial(self._keep_registering, force=force)))

    async def _keep_registering(self, *, force: bool) -> None:
        for gap in itertools.chain(_GAPS, itertools.repeat(_GAPS[-1])):
            try:
                await self.register(force=force)
            except (discord.DiscordException, StorageUnavailable, *UNCLEAR) as error:
                failed = type(error).__name__
                log.warning("the commands could not be registered (%s); next try in %.0f s", failed, gap)
                await asyncio.sleep(gap)
            else:
                return

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Let commands and autocomplete through if the person may use the bot."""
        command = interaction.command
        return await admitted(interaction, always=command is not None and bool(command.extras.get(ALWAYS_OPEN)))

    async def _call(self, interaction: Interaction) -> None:
        """Handle an interaction; answer what fails before a command's own code, which discord.py would only log."""
        try:
            _complete_threads(interaction)
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception as error:
            interaction.command_failed = True
            await self._failed(interaction, error)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Answer an interaction whose command failed; register outdated commands again, as another version may too."""
        if isinstance(error, (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)):
            log.warning("Discord has other commands than this version: %s", type(error).__name__)
            if (now := asyncio.get_running_loop().time()) >= self._register_not_before:
                self._register_not_before = now + _REGISTER_EVERY
                self.begin_to_register(force=True)
            self.client.metrics.interaction("unknown", "outdated")
            if interaction.type is not discord.InteractionType.autocomplete:
                await answer(interaction, any_command.OUTDATED)
            return
        await self._failed(interaction, error.original if isinstance(error, app_commands.CommandInvokeError) else error)

    async def _failed(self, interaction: Interaction, cause: Exception) -> None:
        if interaction.type is discord.InteractionType.autocomplete:  # it cannot show a sentence
            self.client.metrics.interaction("autocomplete", "broken")
            log.error("autocomplete failed, reference %s", secrets.token_hex(4), exc_info=cause)
            return
        await apologise(interaction, cause)
        catch_up(interaction)


async def admitted(interaction: Interaction, *, always: bool = False) -> bool:
    """Say whether this person may use this now, and tell them if not.

    With `always`, people that the host has not chosen may too, so that they can leave and stop what comes to them.
    Autocomplete goes on while the bot stops.
    """
    services, typing = interaction.client.services, interaction.type is discord.InteractionType.autocomplete
    if always or services.access.lets(interaction):
        if typing or not services.runner.stopping:
            return True
        # At a deploy the next process often runs already and gets this interaction too, so it may answer first.
        await asyncio.sleep(_OTHERS_FIRST)
        await answer(interaction, any_command.RESTARTING)
        return False
    log.info("user %d is not allowed in server %s", interaction.user.id, interaction.guild_id)
    interaction.client.metrics.interaction(kind_of(interaction), "not allowed")
    if typing:
        with contextlib.suppress(discord.HTTPException, *UNCLEAR):
            await interaction.response.autocomplete([app_commands.Choice(name=any_command.NOT_OPEN_CHOICE, value="?")])
    else:
        await answer(interaction, any_command.not_open(interaction.user.id, interaction.guild_id))
    return False


async def apologise(interaction: Interaction, cause: Exception) -> None:
    """Answer a failure with one sentence, and log an unexpected one with a reference."""
    outcome, card = "broken", None
    match cause:
        case BlinkError():
            outcome, card = "failed", any_command.blink(cause, user_id=interaction.user.id)
        case NotWritten():
            log.warning("a command could not be written down: %s", str(cause.__cause__) or "it took too long")
            card = any_command.NOT_WRITTEN
        case StorageUnavailable():
            log.warning("a command needed what is kept: %s", cause)
            card = any_command.STORE_AWAY
        case WrongKey():
            log.error("a linked account cannot be used: %s", cause)
            card = any_command.KEY_LOST
        case discord.HTTPException(code=code) if code in NOBODY_WAITS and not has_answer(interaction):
            log.info("nobody waits for an answer, or another process gives it: code %s", code)
            outcome = "unanswered"
        case discord.DiscordServerError() | discord.RateLimited() | aiohttp.ClientConnectionError():
            log.warning("Discord failed at an answer: %s", type(cause).__name__)
            outcome, card = "failed", any_command.DISCORD_FAILED
        case _:
            reference = secrets.token_hex(4)
            log.error("interaction failed, reference %s", reference, exc_info=cause)
            card = any_command.mistake(reference)
    interaction.client.metrics.interaction(kind_of(interaction), outcome)
    if card:
        await answer(interaction, card)


def _complete_threads(interaction: Interaction) -> None:
    """Add to the threads of a command the fields that discord.py requires and Discord may leave out.

    https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-resolved-data-structure
    """
    data = cast("dict[str, Any]", interaction.data or {})
    channels: dict[str, dict[str, Any]] = data.get("resolved", {}).get("channels", {})
    for channel in channels.values():
        if "thread_metadata" in channel:
            channel |= {"owner_id": 0, "member_count": 0, "message_count": 0} | channel
