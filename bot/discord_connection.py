"""Reach Discord: find the bot's application, stay connected, and try again without wearing out Discord's patience.

Discord allows 1000 IDENTIFYs a day over all processes and resets the token of a bot that needs more, and it bans the
address of one that hammers (https://discord.com/developers/docs/events/gateway#rate-limiting).
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import aiohttp
import discord
from pydantic import BaseModel, Field, ValidationError

from bot.blink import network_reason
from bot.ui import ClipBot, Identifies, IdentifiesSpent
from bot.wording.shell import cli as words

log = logging.getLogger("bot")

_AUTHENTICATION_FAILED = 4004
_BAD_SHARDS = (4010, 4011)  # no such shard, too few of them
_LONGEST_ADVICE = 3600.0
_NETWORK = (OSError, aiohttp.ClientError, TimeoutError)
_ADDRESS = "https://discord.com/api/v10/applications/@me"
_TIMEOUT = 10.0
# https://discord.com/developers/docs/resources/application#application-object-application-integration-types
_USER_INSTALL = "1"


class BadToken(Exception):
    """Discord does not accept DISCORD_TOKEN."""

    def __init__(self) -> None:
        super().__init__(f"DISCORD_TOKEN: {words.BAD_DISCORD_TOKEN}")


class BadShards(Exception):
    """Discord does not accept SHARD_COUNT."""


class DiscordLookupFailed(Exception):
    """Discord gave no usable answer; the text says why, and has no secret in it."""


class Application(BaseModel):
    """An application; `servers` is how many its bot is in, if Discord says so."""

    id: Annotated[int, Field(gt=0, lt=2**63)]
    servers: int | None = Field(default=None, alias="approximate_guild_count")
    installs: dict[str, object] | None = Field(default=None, alias="integration_types_config")

    @property
    def user_install(self) -> bool:
        """Whether people may install it for themselves."""
        return self.installs is None or _USER_INSTALL in self.installs


async def find_application(token: str, connectors: Callable[[], aiohttp.BaseConnector]) -> Application:
    """Ask Discord for the application of a bot's token; raises BadToken and DiscordLookupFailed."""
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (blink-clip-bot, check)"}
    try:
        async with (
            asyncio.timeout(_TIMEOUT),
            aiohttp.ClientSession(connector=connectors()) as http,
            http.get(_ADDRESS, headers=headers, allow_redirects=False) as response,
        ):
            if response.status == 401:
                raise BadToken
            if response.status != 200:
                raise DiscordLookupFailed(f"it answers HTTP {response.status}; try again later")
            return Application.model_validate_json(await response.read())
    except ValidationError:
        raise DiscordLookupFailed("its answer was not understood") from None
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise DiscordLookupFailed(f"discord.com cannot be reached: {network_reason(error)}") from None


@dataclass(frozen=True, slots=True)
class Patience:
    """The pauses before another try, in seconds; each is jittered so that processes do not march in step.

    `hiccup` follows a first failure of the network or of a connection that worked. `gaps` follow repeated and all
    other failures; the last one repeats. `spare` IDENTIFYs are left to other processes.
    """

    hiccup: float = 1.0
    gaps: Sequence[float] = (30.0, 60.0, 120.0, 240.0, 480.0, 900.0)
    spare: int = 10

    def pause(self, failures: int, *, harmless: bool) -> float:
        """Return the pause after so many failures in a row."""
        if harmless and failures == 1:
            pause = self.hiccup
        else:
            pause = self.gaps[min(failures - 1 - harmless, len(self.gaps) - 1)]
        return pause * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret


class DiscordConnection:
    """The connection to Discord, through one client after the other."""

    def __init__(
        self,
        new_client: Callable[[Identifies], ClipBot],
        token: str,
        *,
        patience: Patience,
        lost: Callable[[ClipBot], None],
    ) -> None:
        """Connect through clients that `new_client` makes; call `lost` with each that has given up."""
        self._new_client = new_client
        self._token = token
        self._patience = patience
        self._lost = lost
        self._identifies = Identifies()
        self.client: ClipBot | None = None

    async def stay(self) -> None:
        """Log in and stay connected, with a new client after each failure. Raises BadToken and BadShards."""
        failures = 0
        while True:
            self.client = client = self._new_client(self._identifies)
            async with client:
                error = await self._until_it_ends(client)
                self._lost(client)
                failures = 1 if client.was_ready else failures + 1
                harmless = client.was_ready or isinstance(error, _NETWORK)
                pause = max(self._patience.pause(failures, harmless=harmless), _advice(error))
                log.info("connecting again in %.0f s", pause)
                # Inside the context: while only the gateway is away, clips under way still reach their replies.
                await asyncio.sleep(pause)

    async def _until_it_ends(self, client: ClipBot) -> Exception | None:
        """Return what ended the connection; raises BadToken and BadShards."""
        try:
            await client.login(self._token)
            await self._identifies_left(client)
            await client.connect()
        except discord.LoginFailure:
            raise BadToken from None
        except discord.ConnectionClosed as error:
            if error.code == _AUTHENTICATION_FAILED:
                raise BadToken from None
            if error.code in _BAD_SHARDS and client.shards_given:
                raise BadShards(words.too_few_shards(client.shards_given)) from None
            log.warning("the gateway closed the connection with %s", error.code)
            return error
        except Exception as error:
            # An event that discord.py cannot parse ends the client too, with whatever its parser raised.
            log.warning("the connection to Discord ended: %s", _what(error), exc_info=_unexpected(error))
            return error
        return None

    async def _identifies_left(self, client: ClipBot) -> None:
        """Wait until Discord has enough IDENTIFYs left for our shards and the `spare` ones."""
        while True:
            limits = await client.session_starts()
            if limits.remaining >= client.shards_wanted + self._patience.spare:
                return
            pause = min(limits.reset_after / 1000 + 1, self._patience.gaps[-1])
            log.warning("only %d of %d session starts are left today: waiting", limits.remaining, limits.total)
            await asyncio.sleep(pause)


def _advice(error: Exception | None) -> float:
    """Return how many seconds Discord, or Cloudflare before it, says to wait; an hour at most."""
    match error:
        case IdentifiesSpent(wait=seconds) | discord.RateLimited(retry_after=seconds):
            return min(seconds, _LONGEST_ADVICE)
        case discord.HTTPException():
            advice = error.response.headers.get("Retry-After", "")
            return min(float(advice), _LONGEST_ADVICE) if advice.isascii() and advice.isdigit() else 0.0
        case _:
            return 0.0


def _what(error: Exception) -> str:
    """Name an error without its text, which may quote a secret."""
    if isinstance(error, _NETWORK):
        return network_reason(error)
    status = f", HTTP {error.status}" if isinstance(error, discord.HTTPException) else ""
    return f"{type(error).__name__}{status}"


def _unexpected(error: Exception) -> Exception | None:
    """Return the error if its traceback helps; None for errors of the network and of Discord."""
    return None if isinstance(error, (*_NETWORK, discord.DiscordException, IdentifiesSpent)) else error
