"""An HTTP session for blinkpy: own cookies, one host, limits, and the last reply at hand."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from bot.blink import routes

Connectors = Callable[[], aiohttp.BaseConnector]

_MAX_BODY = 2 * 2**20
_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class NoAnswer(Exception):
    """No readable reply came back; the text never holds an address, because an address can hold a secret."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with its body, under the names that blinkpy uses."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    async def text(self, **_: object) -> str:
        """Return the body as text, whatever its bytes."""
        return self.body.decode("utf-8", "replace")

    async def json(self, **_: object) -> Any:
        """Decode the body, whatever its content type. Raises ValueError."""
        return json.loads(self.body)


class SignInSession:
    """Sends the requests of one attempt, and only to the host that signs people in.

    `reply` is the last reply, or None if none could be used; then `unreachable` tells whether none came at all.
    """

    def __init__(self, connectors: Connectors, *, timeout: float) -> None:
        self.reply: Reply | None = None
        self.unreachable = False
        self._timeout = timeout
        # aiohttp's usual jar loses these cookies (blinkpy pull request 1229), and quotes values that came without.
        self._cookies = aiohttp.CookieJar(unsafe=True, quote_cookie=False)
        self._http = aiohttp.ClientSession(
            connector=connectors(), cookie_jar=self._cookies, timeout=aiohttp.ClientTimeout(total=None)
        )

    async def get(self, url: str, *, allow_redirects: bool = True, **options: Any) -> Reply:
        """Fetch `url`, and follow redirects within the host. Raises NoAnswer."""
        return await self._request("GET", url, options, hops=_MAX_REDIRECTS if allow_redirects else 0)

    async def post(self, url: str, *, allow_redirects: bool = True, **options: Any) -> Reply:
        """Send a form. Raises NoAnswer.

        Returns a redirect whatever `allow_redirects` says, so that no password is sent twice.
        """
        return await self._request("POST", url, options, hops=0)

    async def close(self) -> None:
        """Forget the cookies and the last reply."""
        self.reply = None
        self._cookies.clear()
        await self._http.close()

    async def _request(self, method: str, url: str, options: dict[str, Any], *, hops: int) -> Reply:
        self.reply, self.unreachable = None, False
        options.pop("timeout", None)  # this class has limits of its own
        try:
            async with asyncio.timeout(self._timeout):
                self.reply = await self._follow(method, url, options, hops)
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            self.unreachable = True
            raise NoAnswer(type(error).__name__) from None
        return self.reply

    async def _follow(self, method: str, url: str, options: dict[str, Any], hops: int) -> Reply:
        target = _checked(url)
        for left in range(hops, -1, -1):
            reply = await self._send(method, target, options)
            location = reply.headers.get("Location")
            if not hops or reply.status not in _REDIRECTS or not location:
                return reply
            if left:
                target = _checked(location, target)
                options.pop("params", None)
        raise NoAnswer("too many redirects")

    async def _send(self, method: str, url: URL, options: dict[str, Any]) -> Reply:
        async with self._http.request(method, url, allow_redirects=False, **options) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _MAX_BODY:
                    raise NoAnswer("too long")
            return Reply(response.status, response.headers, bytes(body))


def _checked(address: str, base: URL | None = None) -> URL:
    """Return an address that may see the cookies and the password of an attempt. Raises NoAnswer if it may not."""
    try:
        url = base.join(URL(address)) if base else URL(address)
        origin = url.origin()
    except ValueError:
        raise NoAnswer("not an address") from None
    if origin != URL.build(scheme="https", host=routes.OAUTH_HOST) or url.user is not None:
        raise NoAnswer("another host")
    return url
