"""Answers interactions: in full, else in fewer words, else by direct message, else with the next command."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import discord

from bot.models import StorageUnavailable
from bot.wording import Card
from bot.wording import failures as words
from bot.wording.render import embed, view

from .ack import ALREADY_ACKNOWLEDGED, UNCLEAR
from .observed import kind_of

log = logging.getLogger("bot.ui")

# If Discord has applied a callback whose connection broke, it refuses the next try with 40060.
_TRIES = (0.1, 0.5, 1.0, 2.0, 0.0)
_LONGEST_TRY = 10.0  # discord.py by itself repeats a request that gets a 5xx for 25 s
# No such interaction, message or webhook, or answered already: nobody waits, or the reply was removed.
_NOBODY = frozenset({10062, 10008, 10015, ALREADY_ACKNOWLEDGED})

Files = Callable[[], list[discord.File]]


async def answer(interaction: discord.Interaction[Any], card: Card) -> None:
    """Replace the whole reply of an interaction with `card`."""
    await put(interaction, card)


async def show(interaction: discord.Interaction[Any], card: Card) -> None:
    """Show progress in the reply, or nothing if that fails."""
    await _shown(interaction, card)


async def put(
    interaction: discord.Interaction[Any], *cards: Card, text: str | None = None, files: Files = list
) -> None:
    """Put cards into the reply of an interaction, acknowledged or not.

    Discord fails at long texts, and refuses some words (200000): then only the first line is shown. If that fails too,
    the answer goes by direct message, or else comes with the next command. A reply that is gone counts as shown.

    `files` opens the uploads for each try, since discord.py sends a used one as an empty file.
    """
    if await _shown(interaction, *cards, text=text, files=files):
        return
    said = words.brief(*cards, text=text)
    if await _shown(interaction, text=words.shortened(said)):
        return
    kept = await _kept(interaction, said)
    if not interaction.client.is_closed():
        interaction.client.background(
            _elsewhere(interaction, words.directly(*cards, text=text), kept), "answer elsewhere"
        )


async def _kept(interaction: discord.Interaction[Any], said: str) -> str | None:
    """Keep an answer for the next command, before this process can end; return its id, None if that fails."""
    line = words.line(kind_of(interaction), said, datetime.now(UTC))
    try:
        return await interaction.client.rooms.untold.keep(interaction.user.id, line)
    except StorageUnavailable as error:
        log.warning("an answer is not kept for later: %s", error)
        return None


async def _elsewhere(interaction: discord.Interaction[Any], card: Card, kept: str | None) -> None:
    """Send an answer by direct message, and say in the reply where it is."""
    rooms = interaction.client.rooms
    if await rooms.tell(interaction.user.id, card):
        if kept:
            await rooms.untold.told([kept])
        await _shown(interaction, text=words.sent_directly())
    elif kept:
        await _shown(interaction, text=words.with_the_next_command())


async def _shown(
    interaction: discord.Interaction[Any], *cards: Card, text: str | None = None, files: Files = list
) -> bool:
    """Show this in the reply, and return True if that worked or nobody waits for it."""
    embeds, buttons = [embed(card) for card in cards], view(*cards)
    for pause in _TRIES:
        if interaction.client.is_closed():  # the process ends, and can say nothing more
            return False
        uploads = files()
        try:
            async with asyncio.timeout(None if uploads else _LONGEST_TRY):
                if interaction.response.is_done() or interaction.extras.get("acknowledged"):
                    edit = interaction.edit_original_response
                    await edit(content=text, embeds=embeds, view=buttons, attachments=uploads)
                else:
                    respond = partial(interaction.response.send_message, text, embeds=embeds, ephemeral=True)
                    await respond(view=buttons or discord.utils.MISSING)
        except discord.HTTPException as error:
            log.info("the reply could not be given: HTTP %s, code %s", error.status, error.code)
            return error.code in _NOBODY
        except TimeoutError:
            log.info("the reply took too long")
            return False
        except UNCLEAR as error:
            log.info("the reply failed: %s", type(error).__name__)
            await asyncio.sleep(pause)
        else:
            return True
    return False
