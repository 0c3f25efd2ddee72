"""Signing the bot out at Blink, so that its tokens end there too and not only here."""

import asyncio
import logging
import re

from . import routes
from .client import Bearer
from .errors import NotUnderstood, Refused, SignedOut
from .oauth import Home
from .request import Request
from .transport import Answer, Transport

_log = logging.getLogger(__name__)

_WHAT = "the sign-out"


async def sign_out(transport: Transport, bearer: Bearer, home: Home, *, timeout: float = 20.0) -> bool:
    """Say whether Blink has signed this client out, or had before; nothing is raised, as nothing depends on it."""
    try:
        async with asyncio.timeout(timeout):
            await _sign_out(transport, bearer, home)
    except SignedOut as gone:
        return gone.final
    except Exception as error:
        _log.info("not signed out at Blink: %s", type(error).__name__)
        return False
    return True


async def _sign_out(transport: Transport, bearer: Bearer, home: Home) -> None:
    token = await bearer.token()
    try:
        client = await _client(transport, home, token)
    except SignedOut:
        token = await bearer.token(rejected=token)
        client = await _client(transport, home, token)
    known, newer = routes.logout(home.account_id, client)
    try:
        await _ask(transport, home, "POST", known, token)
    except Refused:
        await _ask(transport, home, "POST", newer, token)


async def _client(transport: Transport, home: Home, token: str) -> str:
    """Return the number by which Blink knows this client, which only the headers of homescreen tell."""
    answer = await _ask(transport, home, "GET", routes.homescreen(home.account_id), token)
    number = answer.headers.get("Client-Id", "")
    if not re.fullmatch(r"[0-9]{1,18}", number):
        raise NotUnderstood(_WHAT)
    return number


async def _ask(transport: Transport, home: Home, method: str, path: str, token: str) -> Answer:
    return await transport.request(Request(_WHAT, method, routes.rest_host(home.tier), path, bearer=token))
