"""Ask Discord for the bot's application, with the bot's token and without a gateway."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from bot.blink import network_reason

_ADDRESS = "https://discord.com/api/v10/applications/@me"
_TIMEOUT = 10.0
# https://discord.com/developers/docs/resources/application#application-object-application-integration-types
_USER = "1"


class TokenRefused(Exception):
    """Discord does not accept the bot's token."""


class DiscordUnavailable(Exception):
    """Discord gave no usable answer; the text says why, and has no secret in it."""


@dataclass(frozen=True, slots=True)
class Application:
    """An application: how many servers its bot is in, if Discord says so, and whether people may install it."""

    id: int
    servers: int | None
    user_install: bool


class _Answer(BaseModel):
    id: Annotated[int, Field(gt=0, lt=2**63)]
    approximate_guild_count: int | None = None
    integration_types_config: dict[str, object] | None = None


async def find_application(http: aiohttp.ClientSession, token: str) -> Application:
    """Ask Discord for the application of a bot's token; raises TokenRefused and DiscordUnavailable."""
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (blink-clip-bot, check)"}
    try:
        async with asyncio.timeout(_TIMEOUT), http.get(_ADDRESS, headers=headers, allow_redirects=False) as response:
            if response.status == 401:
                raise TokenRefused
            if response.status != 200:
                raise DiscordUnavailable(f"it answers HTTP {response.status}; try again later")
            answer = _Answer.model_validate_json(await response.read())
    except ValidationError:
        raise DiscordUnavailable("its answer was not understood") from None
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise DiscordUnavailable(f"discord.com cannot be reached: {network_reason(error)}") from None
    kinds = answer.integration_types_config
    return Application(answer.id, answer.approximate_guild_count, kinds is None or _USER in kinds)
