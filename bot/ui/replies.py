"""Acknowledges interactions in Discord's three seconds, and answers: in full, in fewer words, by message, or later."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord

from bot.models import StorageUnavailable
from bot.wording import Card, Tone, clip
from bot.wording import any_command as words
from bot.wording.cards import content, layout, view

from .interaction import Interaction, has_answer, is_bot_dm
from .telemetry import kind_of

log = logging.getLogger("bot.ui")

_IN_TIME = 2.8  # Discord gives 3 s from the event
ALREADY_ACKNOWLEDGED = 40060
_AGAIN = 0.1
_ACK_LOOKS = (0.0, 0.5, 1.0, 2.0)
# discord.py raises the last four if an answer is no JSON or has another form.
UNCLEAR = (aiohttp.ClientError, OSError, TimeoutError, TypeError, ValueError, LookupError, AttributeError)

# The failed tries of one acknowledgement, ours and discord.py's.
_failed: ContextVar[list[str]] = ContextVar("failed")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An acknowledgement that Discord accepted; its message's id and visibility are None if they are not known."""

    message_id: int | None = None
    ephemeral: bool | None = None


class NotAcknowledged(Enum):
    """Why nothing may be done for an interaction."""

    REFUSED = auto()  # nobody waits for an answer
    ELSEWHERE = auto()  # another process has acknowledged it, and gives the answer unless it is killed
    UNKNOWN = auto()  # Discord did not say


async def acknowledge(
    interaction: Interaction, *, ephemeral: bool = False, thinking: bool = True
) -> Acknowledged | NotAcknowledged:
    """Defer the answer or, for a button without `thinking`, only the change of its message.

    "Already acknowledged" (40060) is a success only after a failed try of this process, which Discord may have applied;
    otherwise a second copy of the bot was faster. Repeats a try whose connection broke while there is time; if the
    result is still unclear, asks Discord whether it shows "thinking".
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + _IN_TIME
    failed: list[str] = []
    _failed.set(failed)
    interaction.extras["thinking"] = thinking
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                callback = await interaction.response.defer(ephemeral=ephemeral, thinking=thinking)
        except (discord.DiscordServerError, *UNCLEAR) as error:
            log.info("the acknowledgement failed: %s", type(error).__name__)
            failed.append(type(error).__name__)
            if clock() + _AGAIN > deadline:
                return await _look(interaction) if thinking else NotAcknowledged.UNKNOWN
            await asyncio.sleep(_AGAIN)
        except discord.InteractionResponded:  # an earlier try succeeded, but its answer could not be read
            return await _look(interaction)
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED and failed:
                interaction.extras["acknowledged"] = True
                return Acknowledged()
            log.info("not acknowledged: HTTP %s, code %s", error.status, error.code)
            return NotAcknowledged.ELSEWHERE if error.code == ALREADY_ACKNOWLEDGED else NotAcknowledged.REFUSED
        else:
            interaction.extras["acknowledged"] = True
            return Acknowledged(callback.message_id, callback.is_ephemeral()) if callback else Acknowledged()


async def acknowledged(interaction: Interaction) -> bool:
    """Acknowledge a command whose answer only its person sees; return False if nothing may be done."""
    return isinstance(await acknowledge(interaction, ephemeral=not is_bot_dm(interaction)), Acknowledged)


async def deferred(interaction: Interaction) -> bool:
    """Acknowledge a button that changes its own message; return False if nothing may be done."""
    return isinstance(await acknowledge(interaction, thinking=False), Acknowledged)


async def note_failure(_: aiohttp.ClientSession, __: SimpleNamespace, seen: aiohttp.TraceRequestEndParams) -> None:
    """Note a 5xx from Discord, since discord.py then repeats a callback by itself without a word."""
    if seen.response.status >= 500 and (failed := _failed.get(None)) is not None:
        failed.append(f"HTTP {seen.response.status}")


async def _look(interaction: Interaction) -> Acknowledged | NotAcknowledged:
    """Ask Discord some times whether it has applied an acknowledgement whose answer was lost."""
    found = NotAcknowledged.UNKNOWN
    for pause in _ACK_LOOKS:
        await asyncio.sleep(pause)
        try:
            async with asyncio.timeout(_IN_TIME):
                message = await interaction.original_response()
        except discord.NotFound:
            found = NotAcknowledged.REFUSED
            continue
        except (discord.HTTPException, *UNCLEAR):
            found = NotAcknowledged.UNKNOWN
            continue
        interaction.extras["acknowledged"] = True
        return Acknowledged(message.id, message.flags.ephemeral)
    return found


# If Discord has applied a callback whose connection broke, it refuses the next try with 40060.
_TRIES = (0.1, 0.5, 1.0, 2.0, 0.0)
_LONGEST_TRY = 10.0  # discord.py by itself repeats a request that gets a 5xx for 25 s
# No such interaction, message or webhook, or answered already: nobody waits, or the reply was removed.
NOBODY_WAITS = frozenset({10062, 10008, 10015, ALREADY_ACKNOWLEDGED})
_LOOKS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)

Files = Callable[[], list[discord.File]]


async def answer(interaction: Interaction, *cards: Card, text: str | None = None, files: Files = list) -> None:
    """Put cards into the reply of an interaction, acknowledged or not, in place of all that it shows.

    Discord fails at long texts, and refuses some words (200000): then only the first line is shown. If that fails too,
    the answer goes by direct message, or else comes with the next command. A reply that is gone counts as shown.

    `files` opens the uploads for each try, since discord.py sends a used one as an empty file.
    """
    if await show(interaction, *cards, text=text, files=files):
        return
    said = words.brief(*cards, text=text)
    if await show(interaction, text=words.shortened(said)):
        return
    kept = await _kept(interaction, said)
    if not interaction.client.is_closed():
        interaction.client.background(_elsewhere(interaction, words.directly(*cards, text=text), kept))


async def _kept(interaction: Interaction, said: str) -> str | None:
    """Keep an answer for the next command, before this process can end; return its id, None if that fails."""
    line = words.line(kind_of(interaction), said, datetime.now(UTC))
    try:
        return await interaction.client.services.untold.keep(interaction.user.id, line)
    except StorageUnavailable as error:
        log.warning("an answer is not kept for later: %s", error)
        return None


async def _elsewhere(interaction: Interaction, card: Card, kept: str | None) -> None:
    """Send an answer by direct message, and say in the reply where it is."""
    services = interaction.client.services
    if await services.tell(interaction.user.id, card):
        if kept:
            await services.untold.delivered([kept])
        await show(interaction, text=words.SENT_DIRECTLY)
    elif kept:
        await show(interaction, text=words.WITH_THE_NEXT_COMMAND)


async def show(interaction: Interaction, *cards: Card, text: str | None = None, files: Files = list) -> bool:
    """Show this in the reply, and return True if that worked or nobody waits for it."""
    unclear = False
    for pause in _TRIES:
        if interaction.client.is_closed():  # the process ends, and can say nothing more
            return False
        uploads = files()
        try:
            async with asyncio.timeout(None if uploads else _LONGEST_TRY):
                if has_answer(interaction):
                    drawn = _drawn(interaction, *cards, text=text, uploads=uploads)
                    await interaction.edit_original_response(**drawn, attachments=uploads)
                else:
                    await interaction.response.send_message(
                        view=laid_out(interaction, *cards, text=text), ephemeral=True
                    )
        except discord.HTTPException as error:
            log.info("the reply could not be given: HTTP %s, code %s", error.status, error.code)
            if error.code == ALREADY_ACKNOWLEDGED and unclear:
                interaction.extras["acknowledged"] = True  # by the try before
            return error.code in NOBODY_WAITS
        except TimeoutError:
            log.info("the reply took too long")
            return False
        except UNCLEAR as error:
            log.info("the reply failed: %s", type(error).__name__)
            unclear = True
            await asyncio.sleep(pause)
        else:
            return True
    return False


def _drawn(interaction: Interaction, *cards: Card, text: str | None, uploads: Sequence[discord.File]) -> dict[str, Any]:
    """Return the arguments that draw an answer in place of all that its message shows.

    If that is a direct message or an alert, it is drawn as `content`, as it was sent and will be edited.
    """
    message = None if interaction.extras.get("thinking") else interaction.message
    if message and message.interaction_metadata is None and not message.flags.components_v2:
        card = cards[0] if cards else Card("", text or "", Tone.WAITING)
        return {"content": content(card), "embeds": [], "view": view(card)}
    captions = {one.filename: one.description or "" for one in uploads}
    return {"content": None, "embeds": [], "view": laid_out(interaction, *cards, text=text, captions=captions)}


def laid_out(
    interaction: Interaction,
    *cards: Card,
    text: str | None = None,
    captions: Mapping[str, str] | None = None,
) -> discord.ui.LayoutView:
    """Return cards as a reply draws them, in which the commands that they name can be clicked."""
    ids = interaction.client.command_ids
    clickable = [words.with_clickable(card, ids) for card in cards]
    return layout(*clickable, text=words.clickable(text, ids) if text else text, captions=captions)


async def change(interaction: Interaction, card: Card) -> None:
    """Answer a button by changing its own message."""
    try:
        await interaction.response.edit_message(**_drawn(interaction, card, text=None, uploads=()))
    except UNCLEAR as error:
        log.info("the change failed: %s", type(error).__name__)
        if await deferred(interaction):  # Discord refuses this if it has applied the change
            await answer(interaction, card)


def catch_up(interaction: Interaction) -> None:
    """Show the person in a message of its own what could not be shown before, unless that has begun already."""
    client = interaction.client
    client.background(client.catching_up.begin(interaction.user.id, partial(_show_missed, interaction)))


async def _show_missed(interaction: Interaction) -> None:
    services, user_id = interaction.client.services, interaction.user.id
    runner, untold = services.runner, services.untold
    if not await untold.has_news(user_id):
        return
    try:
        if not await _is_answered(interaction):
            return
        # Read a second time, since the reply may have shown some of it meanwhile.
        jobs, answers = await runner.undelivered(user_id), await untold.of_person(user_id)
        cards = [*([clip.missed(jobs)] if jobs else []), *([words.late(answers.values())] if answers else [])]
        if not cards:
            return
        await interaction.followup.send(view=laid_out(interaction, *cards), ephemeral=True)
    except (discord.HTTPException, *UNCLEAR) as error:
        log.info("late news could not be shown: %s", type(error).__name__)
        return
    if jobs:
        await runner.mark_delivered(jobs)
    if answers:
        await untold.delivered(answers)


async def _is_answered(interaction: Interaction) -> bool:
    """Wait for the reply, since Discord would take a message during "thinking" for it; False if it does not come."""
    for pause in _LOOKS:
        await asyncio.sleep(pause)
        reply = await interaction.followup.fetch_message(cast("int", "@original"))
        if not reply.flags.loading:
            return True
    return False
