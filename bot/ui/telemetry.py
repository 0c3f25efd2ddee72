"""Reports how interactions went, what Discord answered to our requests, and how far our clock is from Discord's."""

import logging
import re
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import wraps
from types import SimpleNamespace
from typing import Any, TypeAlias, TypeVar

import aiohttp
import discord
from discord.utils import utcnow

from bot.metrics import Metrics

from .interaction import has_answer

log = logging.getLogger("bot.ui")

T = TypeVar("T")
Offer: TypeAlias = Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, T]]

_CALLBACK = re.compile(r"/interactions/([0-9]+)/[^/]+/callback$")
_INVALID = frozenset({401, 403, 429})
_TOLERATED = timedelta(seconds=30)
LIKE = "like"
"""Names, in the `extras` of a command in a person's menu, the slash command that it is counted as."""

_SHARED = "shared"  # a limit that others use up too, so it does not count as invalid


class Clocks:
    """Compares the clocks once, at the first dated answer; `ahead` is how far ours is fast, zero below 30 s."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self._compared = False

    async def answered(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, seen: aiohttp.TraceRequestEndParams
    ) -> None:
        """Read an answer's Date, and warn if the clocks differ so much that times in replies are wrong."""
        if self._compared or (moment := _moment(seen.response.headers.get("Date", ""))) is None:
            return
        self._compared = True
        ahead = utcnow() - moment
        if abs(ahead) > _TOLERATED:
            self.ahead = ahead
            way = "ahead of" if ahead > timedelta(0) else "behind"
            seconds = abs(ahead.total_seconds())
            log.warning("this machine's clock is %.0f s %s Discord's: times in replies are wrong; set it", seconds, way)


def kind_of(interaction: discord.Interaction[Any]) -> str:
    """Return the command's name or the kind of interaction, never a word that came from outside."""
    if interaction.type is discord.InteractionType.application_command:
        command = interaction.command
        return str(command.extras.get(LIKE, command.qualified_name)) if command else "unknown"
    return "button" if interaction.type is discord.InteractionType.component else interaction.type.name


def answered(interaction: discord.Interaction[Any]) -> str:
    """Return the outcome of an interaction without failure: "unanswered" if Discord no longer took an answer."""
    return "answered" if has_answer(interaction) else "unanswered"


def counted(offer: Offer[T]) -> Offer[T]:
    """Count the uses of an autocomplete, and its failures, which discord.py only logs."""

    @wraps(offer)
    async def counting(interaction: discord.Interaction[Any], current: str) -> T:
        try:
            choices = await offer(interaction, current)
        except Exception:
            interaction.client.metrics.interaction("autocomplete", "broken")
            raise
        interaction.client.metrics.interaction("autocomplete", "answered")
        return choices

    return counting


def traced(metrics: Metrics, clocks: Clocks) -> aiohttp.TraceConfig:
    """Return a trace that reports the answers of Discord's REST API to `metrics`."""

    async def ended(_: aiohttp.ClientSession, __: SimpleNamespace, seen: aiohttp.TraceRequestEndParams) -> None:
        status = seen.response.status
        # https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        if status in _INVALID and seen.response.headers.get("X-RateLimit-Scope") != _SHARED:
            metrics.discord_answered(status)
        if callback := _CALLBACK.search(seen.url.path):
            metrics.callback("accepted" if status < 300 else "refused", _age(callback, clocks))

    async def failed(_: aiohttp.ClientSession, __: SimpleNamespace, seen: aiohttp.TraceRequestExceptionParams) -> None:
        if callback := _CALLBACK.search(seen.url.path):
            metrics.callback("failed", _age(callback, clocks))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    trace.on_request_exception.append(failed)
    return trace


def _age(callback: re.Match[str], clocks: Clocks) -> float:
    """Return how many seconds ago the interaction was made, by its id and Discord's clock."""
    made_at = discord.utils.snowflake_time(int(callback[1]))
    return (utcnow() - clocks.ahead - made_at).total_seconds()


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
