"""Calls to Discord that may be repeated, repeated: discord.py gives up on resets, disconnects and 503."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import aiohttp
import discord

T = TypeVar("T")

log = logging.getLogger("bot.delivery")

PASSING = (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordServerError, discord.RateLimited)


class DiscordAway(Exception):
    """Discord could not be reached for as long as we were ready to try."""


async def steadily(
    call: Callable[[], Awaitable[T]],
    *,
    gaps: Sequence[float],
    timeout: float,
    patience: float,
    observe: Callable[[str, float], None] = lambda outcome, seconds: None,
) -> T:
    """Make an idempotent call until it is answered; `gaps` are the pauses, the last one repeats for `patience` seconds.

    Raises DiscordAway, and at once any refusal that a repeat would not change (discord.HTTPException). `observe` hears
    of each try: its outcome and its seconds.
    """
    loop = asyncio.get_running_loop()
    until, attempt = loop.time() + patience, 0
    while True:
        began = loop.time()
        try:
            async with asyncio.timeout(timeout):
                answer = await call()
        except PASSING as error:
            gap = gaps[min(attempt, len(gaps) - 1)]
            attempt += 1
            log.info("Discord failed (%s), attempt %d", type(error).__name__, attempt)
            away = loop.time() + gap > until
            observe("away" if away else "retried", loop.time() - began)
            if away:
                raise DiscordAway from None
        except Exception:
            observe("refused", loop.time() - began)
            raise
        else:
            observe("ok", loop.time() - began)
            return answer
        await asyncio.sleep(gap)
