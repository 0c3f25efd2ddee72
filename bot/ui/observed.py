"""What the command room tells about its work: how interactions went, and what Discord answered to our requests."""

import re
from collections.abc import Callable, Coroutine
from functools import wraps
from types import SimpleNamespace
from typing import Any, Protocol, TypeAlias, TypeVar

import aiohttp
import discord

from .clocks import Clocks

T = TypeVar("T")
Offer: TypeAlias = Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, T]]

_CALLBACK = re.compile(r"/interactions/([0-9]+)/[^/]+/callback$")
_INVALID = frozenset({401, 403, 429})
_SHARED = "shared"  # the limit of a resource that others use too, which is nobody's fault


class Observer(Protocol):
    """Hears what happens; its methods return at once."""

    def interaction(self, kind: str, outcome: str) -> None:
        """Hear that a command, a button or an autocomplete is over."""
        ...

    def callback(self, outcome: str, seconds: float) -> None:
        """Hear how Discord took the first answer to an interaction, and how old the interaction was then."""
        ...

    def discord_answered(self, status: int) -> None:
        """Hear of an answer that counts against Discord's limit of invalid requests."""
        ...

    def gateway(self, event: str) -> None:
        """Hear of a step of the gateway's connection."""
        ...


class Unobserved:
    """The Observer of a bot whose numbers nobody reads."""

    def interaction(self, kind: str, outcome: str) -> None:
        """Take no notice."""

    def callback(self, outcome: str, seconds: float) -> None:
        """Take no notice."""

    def discord_answered(self, status: int) -> None:
        """Take no notice."""

    def gateway(self, event: str) -> None:
        """Take no notice."""


def kind_of(interaction: discord.Interaction[Any]) -> str:
    """Return the command's name, or what else was used; never a word that came from outside."""
    if interaction.type is discord.InteractionType.application_command:
        return interaction.command.qualified_name if interaction.command else "unknown"
    return "button" if interaction.type is discord.InteractionType.component else interaction.type.name


def answered(interaction: discord.Interaction[Any]) -> str:
    """Return the outcome of an interaction that nothing went wrong with: whoever comes too late is not answered."""
    return "answered" if interaction.response.is_done() or interaction.extras.get("acknowledged") else "unanswered"


def counted(offer: Offer[T]) -> Offer[T]:
    """Count the uses of an autocomplete, whose failures discord.py keeps to itself."""

    @wraps(offer)
    async def counting(interaction: discord.Interaction[Any], current: str) -> T:
        try:
            choices = await offer(interaction, current)
        except Exception:
            interaction.client.observer.interaction("autocomplete", "broken")
            raise
        interaction.client.observer.interaction("autocomplete", "answered")
        return choices

    return counting


def traced(observer: Observer, clocks: Clocks) -> aiohttp.TraceConfig:
    """Return what has every answer of Discord's REST pass by `observer`."""

    async def ended(_: aiohttp.ClientSession, __: SimpleNamespace, seen: aiohttp.TraceRequestEndParams) -> None:
        status = seen.response.status
        # https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        if status in _INVALID and seen.response.headers.get("X-RateLimit-Scope") != _SHARED:
            observer.discord_answered(status)
        if callback := _CALLBACK.search(seen.url.path):
            observer.callback("accepted" if status < 300 else "refused", _age(callback, clocks))

    async def failed(_: aiohttp.ClientSession, __: SimpleNamespace, seen: aiohttp.TraceRequestExceptionParams) -> None:
        if callback := _CALLBACK.search(seen.url.path):
            observer.callback("failed", _age(callback, clocks))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    trace.on_request_exception.append(failed)
    return trace


def _age(callback: re.Match[str], clocks: Clocks) -> float:
    """Return how many seconds ago the interaction was made, by its number and Discord's clock."""
    made_at = discord.utils.snowflake_time(int(callback[1]))
    return (discord.utils.utcnow() - clocks.ahead - made_at).total_seconds()
