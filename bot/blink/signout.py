"""Sign the bot out at Blink, so that its tokens end there too."""

import asyncio
import logging

from bot.models import Region

from . import routes
from .account_transport import Bearer
from .errors import NO_LONGER_SUPPORTED, Refused, SignedOut
from .responses import Answer, client_number, message_in
from .transport import Request, Transport

_log = logging.getLogger(__name__)

_WHAT = "the sign-out"


async def sign_out(
    transport: Transport, bearer: Bearer, region: Region, *, unless: str | None = None, timeout: float = 20.0
) -> bool:
    """Sign this client out at Blink, unless its number is `unless`; return whether it is signed out now.

    Never raises, as nothing depends on it.
    """
    try:
        async with asyncio.timeout(timeout):
            return await _sign_out(transport, bearer, region, unless)
    except SignedOut as signed_out:
        return signed_out.final
    except Exception as error:
        _log.info("not signed out at Blink: %s", type(error).__name__)
        return False


async def _sign_out(transport: Transport, bearer: Bearer, region: Region, unless: str | None) -> bool:
    token = await bearer.token()
    try:
        client = await _client(transport, region, token)
    except SignedOut:
        token = await bearer.token(rejected=token)
        client = await _client(transport, region, token)
    if client == unless:
        return False
    known, newer = routes.logout(region.account_id, client)
    try:
        if await _accepted(transport, region, known, token):
            return True
    except Refused:
        pass
    return await _accepted(transport, region, newer, token)


async def _accepted(transport: Transport, region: Region, path: str, token: str) -> bool:
    """Sign out by one path, and return whether Blink still supports it: it may say so under HTTP 200."""
    answer = await _request(transport, region, "POST", path, token)
    return message_in(answer.body).code != NO_LONGER_SUPPORTED


async def _client(transport: Transport, region: Region, token: str) -> str:
    return client_number(await _request(transport, region, "GET", routes.homescreen(region.account_id), token))


async def _request(transport: Transport, region: Region, method: str, path: str, token: str) -> Answer:
    return await transport.request(Request(_WHAT, method, routes.rest_host(region.tier), path, bearer=token))
