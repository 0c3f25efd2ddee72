"""Acknowledging an interaction within Discord's three seconds, and knowing whether that worked."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord

log = logging.getLogger("bot.ui")

_IN_TIME = 2.8  # Discord gives 3 s from the event
_UNKNOWN_INTERACTION = 10062
_ALREADY_ACKNOWLEDGED = 40060
_LOOKS = (0.0, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Discord shows "thinking"; the message's id and visibility are not known where its answer was lost."""

    message_id: int | None = None
    ephemeral: bool | None = None


async def acknowledge(interaction: discord.Interaction[Any], *, ephemeral: bool) -> Acknowledged | None:
    """Defer the answer; None means that nobody waits for it and nothing may be done.

    "Already acknowledged" (40060) is a yes: discord.py repeats a callback after a 5xx although Discord may have applied
    it, and a second process may have been first; whose work it is, the job's unique row decides.
    """
    try:
        async with asyncio.timeout(_IN_TIME):
            callback = await interaction.response.defer(ephemeral=ephemeral, thinking=True)
    except discord.DiscordServerError:
        return await _look(interaction)
    except discord.HTTPException as error:
        if error.code == _ALREADY_ACKNOWLEDGED:
            interaction.extras["acknowledged"] = True
            return Acknowledged()
        log.info("not acknowledged: HTTP %s, code %s", error.status, error.code)
        return None
    except (aiohttp.ClientError, OSError, TimeoutError):
        return await _look(interaction)
    interaction.extras["acknowledged"] = True
    if callback is None:
        return Acknowledged()
    return Acknowledged(callback.message_id, callback.is_ephemeral())


async def _look(interaction: discord.Interaction[Any]) -> Acknowledged | None:
    """Ask Discord whether an acknowledgement whose answer was lost has been applied."""
    for pause in _LOOKS:
        await asyncio.sleep(pause)
        try:
            async with asyncio.timeout(_IN_TIME):
                message = await interaction.original_response()
        except (discord.DiscordServerError, aiohttp.ClientError, OSError, TimeoutError):
            continue
        except discord.HTTPException:
            return None
        interaction.extras["acknowledged"] = True
        return Acknowledged(message.id, message.flags.ephemeral)
    return None
