"""Asks Discord who uses a browser: OAuth2 with PKCE, and only the scope `identify`.

https://docs.discord.com/developers/topics/oauth2 and https://discord.com/.well-known/oauth-authorization-server
"""

import asyncio
import base64
import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from bot.blink import network_reason

_log = logging.getLogger(__name__)

_LARGEST_ANSWER = 64 * 1024
_TIMEOUT = 10.0
_TRIP = timedelta(minutes=10)
_MOST_TRIPS = 5  # of one link
_AGENT = "DiscordBot (blink-clip-bot, 1)"  # Discord's API wants an agent of this form


class DiscordAway(Exception):
    """Discord did not answer, or not in a way that we understand."""


class DiscordRefused(Exception):
    """Discord does not accept the code that the browser brought, or this application."""


class _TokenResponse(BaseModel):
    access_token: str = Field(min_length=1, repr=False)


class _Me(BaseModel):
    id: int


class _Error(BaseModel):
    error: str = ""


Parsed = TypeVar("Parsed", bound=BaseModel)


class DiscordOAuth:
    """The application at Discord; it keeps an access token only during one call of `who`.

    It does not revoke the token, since that could end a user install of this application, which shares the
    authorization.
    """

    def __init__(
        self,
        client_id: Callable[[], int | None],
        client_secret: str,
        connectors: Callable[[], aiohttp.BaseConnector],
        *,
        site: str = "https://discord.com",
    ) -> None:
        """Speak for the application that `client_id` names once the bot has logged in."""
        self._client_id = client_id
        self._client_secret = client_secret
        self._connectors = connectors
        self.site = site

    def authorize_url(self, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Return the address where a person confirms who they are; raises DiscordAway before the bot's login."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": str(self._application()),
            "scope": "identify",
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.site}/oauth2/authorize?{urlencode(query)}"

    async def who(self, *, code: str, verifier: str, redirect_uri: str) -> int:
        """Return the id of the Discord user who got this code; raises DiscordAway and DiscordRefused."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        pair = base64.b64encode(f"{self._application()}:{self._client_secret}".encode()).decode()
        client = {"Authorization": f"Basic {pair}"}
        async with aiohttp.ClientSession(
            connector=self._connectors(), cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": _AGENT}
        ) as http:
            token = (
                await self._ask(http, "POST", "/oauth2/token", _TokenResponse, data=form, headers=client)
            ).access_token
            bearer = {"Authorization": f"Bearer {token}"}
            return (await self._ask(http, "GET", "/users/@me", _Me, headers=bearer)).id

    async def _ask(
        self, http: aiohttp.ClientSession, method: str, path: str, kind: type[Parsed], **request: object
    ) -> Parsed:
        url = f"{self.site}/api/v10{path}"
        try:
            async with (
                asyncio.timeout(_TIMEOUT),
                http.request(method, url, allow_redirects=False, **request) as response,  # pyright: ignore[reportArgumentType]
            ):
                status, body = response.status, await _limited(response)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            _log.warning("Discord did not answer %s: %s", path, network_reason(error))
            raise DiscordAway from None
        if status in (400, 401, 403):
            _log.warning("Discord refused %s: HTTP %d %s", path, status, _reason(body))
            raise DiscordRefused
        try:
            if status != 200:
                raise ValueError
            return kind.model_validate_json(body)
        except ValueError:
            _log.warning("Discord's answer to %s was not understood: HTTP %d", path, status)
            raise DiscordAway from None

    def _application(self) -> int:
        if (client_id := self._client_id()) is None:
            raise DiscordAway
        return client_id


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_LARGEST_ANSWER):
        body += chunk
        if len(body) > _LARGEST_ANSWER:
            raise aiohttp.ClientPayloadError
    return bytes(body)


def _reason(body: bytes) -> str:
    """Return OAuth's own word for a refusal, and nothing else of the answer."""
    try:
        word = _Error.model_validate_json(body).error
    except ValidationError:
        word = ""
    return word if re.fullmatch(r"[a-z_]{1,40}", word) else ""


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip of a browser to Discord and back; it holds the link, which Discord must not see."""

    session: str = field(repr=False)
    token: str = field(repr=False)
    verifier: str = field(repr=False)
    ends_at: datetime


class Trips:
    """The trips under way, by their state."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._trips: dict[str, Trip] = {}

    def begin(self, session: str, token: str) -> tuple[str, str]:
        """Begin a trip, and return its state and its PKCE verifier."""
        for state in [state for state, found in self._trips.items() if found.ends_at <= self._now()]:
            del self._trips[state]
        of_link = [state for state, found in self._trips.items() if found.token == token]
        for state in of_link[: max(0, len(of_link) - _MOST_TRIPS + 1)]:
            del self._trips[state]
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        self._trips[state] = Trip(session, token, verifier, self._now() + _TRIP)
        return state, verifier

    def end(self, state: str, session: str | None) -> Trip | None:
        """End the trip that this browser began with this state, and return it; None if none is under way."""
        found = self._trips.get(state)
        if found is None or session is None or not secrets.compare_digest(found.session, session):
            return None
        del self._trips[state]
        return found if found.ends_at > self._now() else None
