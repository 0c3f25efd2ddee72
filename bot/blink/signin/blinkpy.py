"""The steps of Blink's sign-in, done by blinkpy, whose community follows Blink's changes.

The steps changed four times in nine months (blinkpy issues 1114, 1147, 1233 and 1266). blinkpy's own `Auth` is not
used, because it drops facts that a person must read. No other file knows blinkpy.
"""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable
from typing import Literal, Protocol, cast

from .session import NoAnswer, SignInSession

_log = logging.getLogger(__name__)

CLIENT = "ios"  # blinkpy's OAuth client, to which its tokens belong
_IN = "SUCCESS"
_CODE_WANTED = "2FA_REQUIRED"


class _Api(Protocol):
    """The functions of `blinkpy.api` 0.25.9 that the bot calls; `auth` is any object with a `session`."""

    def oauth_authorize_request(self, auth: object, hardware_id: str, code_challenge: str) -> Awaitable[object]: ...
    def oauth_get_signin_page(self, auth: object) -> Awaitable[object]: ...
    def oauth_signin(self, auth: object, email: str, password: str, csrf_token: str) -> Awaitable[object]: ...
    def oauth_verify_2fa(self, auth: object, csrf_token: str, twofa_code: str) -> Awaitable[object]: ...
    def oauth_get_authorization_code(self, auth: object) -> Awaitable[object]: ...
    def oauth_exchange_code_for_token(
        self, auth: object, code: str, code_verifier: str, hardware_id: str
    ) -> Awaitable[object]: ...


class BlinkpySteps:
    """The steps of one sign-in; a failed step returns None or False, and the session holds the reply."""

    def __init__(self, session: SignInSession) -> None:
        self.session = session  # blinkpy needs this name

    async def authorize(self, hardware_id: str, challenge: str) -> bool:
        """Begin the sign-in, and receive its cookies."""
        return await self._done(lambda api: api.oauth_authorize_request(self, hardware_id, challenge)) is True

    async def page(self) -> str | None:
        """Return the CSRF token of the sign-in page."""
        return _text(await self._done(lambda api: api.oauth_get_signin_page(self)))

    async def password(self, username: str, password: str, csrf: str) -> Literal["in", "code wanted"] | None:
        """Send the password. Returns "in", "code wanted", or None if Blink refused it."""
        result = await self._done(lambda api: api.oauth_signin(self, username, password, csrf))
        if result == _IN:
            return "in"
        return "code wanted" if result == _CODE_WANTED else None

    async def code(self, code: str, csrf: str) -> bool:
        """Send the code that Blink sent to the person."""
        return await self._done(lambda api: api.oauth_verify_2fa(self, csrf, code)) is True

    async def authorization(self) -> str | None:
        """Return an authorization code. Returns None if Blink still wants something."""
        return _text(await self._done(lambda api: api.oauth_get_authorization_code(self)))

    async def exchange(self, authorization: str, verifier: str, hardware_id: str) -> bool:
        """Exchange an authorization code for tokens, which are in the session's reply."""
        answer = await self._done(
            lambda api: api.oauth_exchange_code_for_token(self, authorization, verifier, hardware_id)
        )
        return isinstance(answer, dict)

    async def _done(self, step: Callable[[_Api], Awaitable[object]]) -> object:
        """Run a step. Returns None if blinkpy raises, whatever it raises: it did not understand the reply."""
        try:
            return await step(await asyncio.to_thread(_load))
        except NoAnswer:
            return None
        except Exception as error:  # its text can hold the password
            _log.warning("blinkpy stumbled over Blink's sign-in: %s", type(error).__name__)
            return None


def _load() -> _Api:
    """Import blinkpy, which takes a quarter of a second, for sign-ins only."""
    api = importlib.import_module("blinkpy.api")
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if name.partition(".")[0] == "blinkpy" and isinstance(logger, logging.Logger):
            logger.disabled = True  # it logs bodies, also the reply to a password
    return cast("_Api", api)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
