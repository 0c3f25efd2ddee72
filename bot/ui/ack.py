"""Acknowledges interactions within Discord's three seconds, and finds out whether that worked."""

import asyncio
import logging
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum, auto
from types import SimpleNamespace

import aiohttp
import discord

from .permissions import is_bot_dm
from .services import Interaction

log = logging.getLogger("bot.ui")

_IN_TIME = 2.8  # Discord gives 3 s from the event
ALREADY_ACKNOWLEDGED = 40060
_AGAIN = 0.1
_SERVER_ERROR = 500
_LOOKS = (0.0, 0.5, 1.0, 2.0)
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

    REFUSED = auto()  # nobody waits for an answer, or another process gives it
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
            return NotAcknowledged.REFUSED
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
    if seen.response.status >= _SERVER_ERROR and (failed := _failed.get(None)) is not None:
        failed.append(f"HTTP {seen.response.status}")


async def _look(interaction: Interaction) -> Acknowledged | NotAcknowledged:
    """Ask Discord whether it has applied an acknowledgement whose answer was lost; it may be a moment late."""
    found = NotAcknowledged.UNKNOWN
    for pause in _LOOKS:
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
