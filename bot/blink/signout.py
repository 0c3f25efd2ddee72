"""Signing the bot out at Blink, so that its tokens end there too and not only here."""

import asyncio
import logging

from . import routes
from .answers import client_number
from .client import Bearer
from .errors import Refused, SignedOut
from .oauth import Home
from .request import Request
from .transport import Answer, Transport

_log = logging.getLogger(__name__)

_WHAT = "the sign-out"


async def sign_out(
    transport: Transport, bearer: Bearer, home: Home, *, unless: str | None = None, timeout: float = 20.0
) -> bool:
    """Say whether Blink has signed this client out, or had before; nothing is raised, as nothing depends on it.

    A client of the number `unless` stays signed in.
    """
    try:
        async with asyncio.timeout(timeout):
            return await _sign_out(transport, bearer, home, unless)
    except SignedOut as gone:
        return gone.final
    except Exception as error:
        _log.info("not signed out at Blink: %s", type(error).__name__)
        return False


async def _sign_out(transport: Transport, bearer: Bearer, home: Home, unless: str | None) -> bool:
    token = await bearer.token()
    try:
        client = await _client(transport, home, token)
    except SignedOut:
        token = await bearer.token(rejected=token)
        client = await _client(transport, home, token)
    if client == unless:
        return False
    known, newer = routes.logout(home.account_id, client)
    try:
        await _ask(transport, home, "POST", known, token)
    except Refused:
        await _ask(transport, home, "POST", newer, token)
    return True


async def _client(transport: Transport, home: Home, token: str) -> str:
    return client_number(await _ask(transport, home, "GET", routes.homescreen(home.account_id), token))


async def _ask(transport: Transport, home: Home, method: str, path: str, token: str) -> Answer:
    return await transport.request(Request(_WHAT, method, routes.rest_host(home.tier), path, bearer=token))
