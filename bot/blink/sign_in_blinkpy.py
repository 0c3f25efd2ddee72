"""The steps of Blink's sign-in, done by blinkpy, whose community follows Blink's changes, in an HTTP session of ours.

The steps changed four times in nine months (blinkpy issues 1114, 1147, 1233 and 1266). blinkpy's own `Auth` is not
used, because it drops facts that a person must read. No other file knows blinkpy.
"""

import asyncio
import importlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

import aiohttp
from yarl import URL

from . import routes

_log = logging.getLogger(__name__)

NewConnector = Callable[[], aiohttp.BaseConnector]

CLIENT = "ios"  # blinkpy's OAuth client, to which its tokens belong
_IN = "SUCCESS"
_CODE_WANTED = "2FA_REQUIRED"

_MAX_BODY = 2 * 2**20
_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class NoAnswer(Exception):
    """No readable reply came back; the text never holds an address, because an address can hold a secret."""


@dataclass(frozen=True, slots=True)
class BlinkpyReply:
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

    def __init__(self, connectors: NewConnector, *, timeout: float) -> None:
        self.reply: BlinkpyReply | None = None
        self.unreachable = False
        self._timeout = timeout
        # aiohttp's usual jar loses these cookies (blinkpy pull request 1229), and quotes values that came without.
        self._cookies = aiohttp.CookieJar(unsafe=True, quote_cookie=False)
        self._http = aiohttp.ClientSession(
            connector=connectors(), cookie_jar=self._cookies, timeout=aiohttp.ClientTimeout(total=None)
        )

    async def get(self, url: str, *, allow_redirects: bool = True, **options: Any) -> BlinkpyReply:
        """Fetch `url`, and follow redirects within the host. Raises NoAnswer."""
        return await self._request("GET", url, options, hops=_MAX_REDIRECTS if allow_redirects else 0)

    async def post(self, url: str, *, allow_redirects: bool = True, **options: Any) -> BlinkpyReply:
        """Send a form. Raises NoAnswer.

        Returns a redirect whatever `allow_redirects` says, so that no password is sent twice.
        """
        return await self._request("POST", url, options, hops=0)

    async def close(self) -> None:
        """Forget the cookies and the last reply."""
        self.reply = None
        self._cookies.clear()
        await self._http.close()

    async def _request(self, method: str, url: str, options: dict[str, Any], *, hops: int) -> BlinkpyReply:
        self.reply, self.unreachable = None, False
        options.pop("timeout", None)  # this class has limits of its own
        try:
            async with asyncio.timeout(self._timeout):
                self.reply = await self._follow(method, url, options, hops)
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            self.unreachable = True
            raise NoAnswer(type(error).__name__) from None
        return self.reply

    async def _follow(self, method: str, url: str, options: dict[str, Any], hops: int) -> BlinkpyReply:
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

    async def _send(self, method: str, url: URL, options: dict[str, Any]) -> BlinkpyReply:
        async with self._http.request(method, url, allow_redirects=False, **options) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _MAX_BODY:
                    raise NoAnswer("too long")
            return BlinkpyReply(response.status, response.headers, bytes(body))


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


class BlinkpySteps:
    """The steps of one sign-in; a failed step returns None or False, and the session holds the reply."""

    def __init__(self, session: SignInSession) -> None:
        self.session = session  # blinkpy needs this name

    async def authorize(self, hardware_id: str, challenge: str) -> bool:
        """Begin the sign-in, and receive its cookies."""
        return await self._done("oauth_authorize_request", hardware_id, challenge) is True

    async def page(self) -> str | None:
        """Return the CSRF token of the sign-in page."""
        return _text(await self._done("oauth_get_signin_page"))

    async def password(self, username: str, password: str, csrf: str) -> Literal["in", "code wanted"] | None:
        """Send the password. Returns "in", "code wanted", or None if Blink refused it."""
        result = await self._done("oauth_signin", username, password, csrf)
        if result == _IN:
            return "in"
        return "code wanted" if result == _CODE_WANTED else None

    async def code(self, code: str, csrf: str) -> bool:
        """Send the code that Blink sent to the person."""
        return await self._done("oauth_verify_2fa", csrf, code) is True

    async def authorization(self) -> str | None:
        """Return an authorization code. Returns None if Blink still wants something."""
        return _text(await self._done("oauth_get_authorization_code"))

    async def exchange(self, authorization: str, verifier: str, hardware_id: str) -> bool:
        """Exchange an authorization code for tokens, which are in the session's reply."""
        answer = await self._done("oauth_exchange_code_for_token", authorization, verifier, hardware_id)
        return isinstance(answer, dict)

    async def _done(self, step: str, *values: str) -> object:
        """Call a function of `blinkpy.api` 0.25.9, which takes any object with a `session`.

        Returns None if it raises, whatever it raises: it did not understand the reply.
        """
        try:
            return await getattr(await asyncio.to_thread(_load), step)(self, *values)
        except NoAnswer:
            return None
        except Exception as error:  # its text can hold the password
            _log.warning("blinkpy stumbled over Blink's sign-in: %s", type(error).__name__)
            return None


def _load() -> ModuleType:
    """Import blinkpy, which takes a quarter of a second, for sign-ins only."""
    api = importlib.import_module("blinkpy.api")
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if name.partition(".")[0] == "blinkpy" and isinstance(logger, logging.Logger):
            logger.disabled = True  # it logs bodies, also the reply to a password
    return api


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
