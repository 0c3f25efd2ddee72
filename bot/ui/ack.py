"""Acknowledging an interaction within Discord's three seconds, and knowing whether that worked."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord

log = logging.getLogger("bot.ui")

_IN_TIME = 2.8  # Discord gives 3 s from the event
ALREADY_ACKNOWLEDGED = 40060
_REPEATED_AFTER = 1.0  # discord.py waits at least as long before it repeats a callback
_AGAIN = 0.1
_LOOKS = (0.0, 0.5, 1.0, 2.0)
# The last four are what discord.py raises where an answer is no JSON, or is of another form.
UNCLEAR = (aiohttp.ClientError, OSError, TimeoutError, TypeError, ValueError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Discord shows "thinking"; the message's id and visibility are not known where its answer was lost."""

    message_id: int | None = None
    ephemeral: bool | None = None


async def acknowledge(
    interaction: discord.Interaction[Any], *, ephemeral: bool, ours: bool = False
) -> Acknowledged | None:
    """Defer the answer; None means that nobody waits for it, or another process answers, and nothing may be done.

    "Already acknowledged" (40060) is a yes where this interaction is `ours` alone, or where Discord may have applied an
    earlier try: one of these, or one after whose 5xx discord.py has repeated the callback by itself. A connection that
    breaks is tried again while there is time, and what stays unclear is asked of Discord.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + _IN_TIME
    repeated_at = clock() + _REPEATED_AFTER
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                callback = await interaction.response.defer(ephemeral=ephemeral, thinking=True)
        except (discord.DiscordServerError, *UNCLEAR) as error:
            log.info("the acknowledgement failed: %s", type(error).__name__)
            ours = True
            if clock() + _AGAIN > deadline:
                return await _look(interaction)
            await asyncio.sleep(_AGAIN)
        except discord.InteractionResponded:  # the answer was a yes, but not one that can be read
            return await _look(interaction)
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED and (ours or clock() >= repeated_at):
                interaction.extras["acknowledged"] = True
                return Acknowledged()
            log.info("not acknowledged: HTTP %s, code %s", error.status, error.code)
            return None
        else:
            interaction.extras["acknowledged"] = True
            return Acknowledged(callback.message_id, callback.is_ephemeral()) if callback else Acknowledged()


async def _look(interaction: discord.Interaction[Any]) -> Acknowledged | None:
    """Ask Discord whether an acknowledgement whose answer was lost has been applied, perhaps a moment late."""
    for pause in _LOOKS:
        await asyncio.sleep(pause)
        try:
            async with asyncio.timeout(_IN_TIME):
                message = await interaction.original_response()
        except (discord.HTTPException, *UNCLEAR):
            continue
        interaction.extras["acknowledged"] = True
        return Acknowledged(message.id, message.flags.ephemeral)
    return None
