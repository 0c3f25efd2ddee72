"""One attempt to sign in: the password, perhaps a code, then tokens."""

import asyncio
import base64
import hashlib
import logging
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.models import Region, Tokens

from .account_transport import utcnow
from .errors import BlinkError
from .oauth import find_region, is_hardware_id, lifetime
from .sign_in_blinkpy import CLIENT, BlinkpySteps, NewConnector, SignInSession
from .sign_in_outcomes import CodeWanted, Denial, Denied, SignedIn, SignInStep, code_wanted, denial, token_answer
from .transport import Transport

_log = logging.getLogger(__name__)


@dataclass(eq=False, repr=False, slots=True)
class _Attempt:
    """The state between the password and the code."""

    session: SignInSession
    steps: BlinkpySteps
    verifier: str
    csrf: str = ""
    passed: bool = False  # Blink has accepted the code
    in_doubt: bool = False  # a code was sent, and Blink's reply to it was lost
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class BlinkSignIn:
    """Signs one person in; keeps everything in memory only.

    `hardware_id` identifies this installation at Blink: a UUID for this account alone, kept for the next sign-in, since
    Blink bars shared ones (blinkpy issue 1266). `timeout` is for each request.
    """

    def __init__(
        self,
        transport: Transport,
        connectors: NewConnector,
        *,
        hardware_id: str | None = None,
        now: Callable[[], datetime] = utcnow,
        timeout: float = 15.0,
    ) -> None:
        kept = hardware_id if hardware_id and is_hardware_id(hardware_id) else None
        self.hardware_id = kept or str(uuid.uuid4()).upper()
        self._transport = transport
        self._connectors = connectors
        self._now = now
        self._timeout = timeout
        self._attempt: _Attempt | None = None

    async def password(self, username: str, password: str) -> SignedIn | CodeWanted | Denied:
        """Send the e-mail address and the password to Blink, and forget any earlier attempt."""
        await self.close()
        session = SignInSession(self._connectors, timeout=self._timeout)
        attempt = self._attempt = _Attempt(session, BlinkpySteps(session), secrets.token_urlsafe(32))
        try:
            outcome = await self._password(attempt, username, password)
        except BaseException:
            await self._end(attempt)
            raise
        if not isinstance(outcome, CodeWanted):
            await self._end(attempt)
        return outcome

    async def code(self, code: str) -> SignedIn | Denied:
        """Send the code to Blink; after a wrong one, or if Blink is unreachable, it may be sent again."""
        attempt = self._attempt
        if attempt is None:
            return Denied(Denial.START_AGAIN)
        async with attempt.turn:
            outcome = await self._code(attempt, code) if self._attempt is attempt else Denied(Denial.START_AGAIN)
            if isinstance(outcome, Denied) and self._attempt is not attempt:
                return Denied(Denial.START_AGAIN)  # another call has closed it
            if not (isinstance(outcome, Denied) and outcome.takes_another_code):
                await self._end(attempt)
            return outcome

    async def close(self) -> None:
        """Forget everything about the attempt."""
        if self._attempt:
            await self._end(self._attempt)

    async def _end(self, attempt: _Attempt) -> None:
        if self._attempt is attempt:
            self._attempt = None
        attempt.csrf = attempt.verifier = ""
        await attempt.session.close()

    async def _password(self, attempt: _Attempt, username: str, password: str) -> SignedIn | CodeWanted | Denied:
        steps = attempt.steps
        if not await steps.authorize(self.hardware_id, _challenge(attempt.verifier)):
            return _denied(SignInStep.AUTHORIZE, attempt)
        attempt.csrf = await steps.page() or ""
        if not attempt.csrf:
            return _denied(SignInStep.PAGE, attempt)
        result = await steps.password(username, password, attempt.csrf)
        if result == "code wanted":
            return code_wanted(attempt.session.reply)
        return await self._tokens(attempt) if result == "in" else _denied(SignInStep.PASSWORD, attempt)

    async def _code(self, attempt: _Attempt, code: str) -> SignedIn | Denied:
        authorization = None
        if attempt.in_doubt and not attempt.passed:
            authorization = await attempt.steps.authorization()
            attempt.passed = authorization is not None
            if (
                not attempt.passed
                and (away := denial(SignInStep.AUTHORIZATION, attempt.session)).why is Denial.UNREACHABLE
            ):
                return away
        if not attempt.passed:
            attempt.in_doubt = True
            taken = await attempt.steps.code(code, attempt.csrf)
            reply = attempt.session.reply
            attempt.in_doubt = reply is None or reply.status >= 500
            # blinkpy knows 201 only; BitWise-0x/homebridge-blink-security takes 200 for a yes too
            if not (taken or (reply and reply.status == 200)):
                return _denied(SignInStep.CODE, attempt)
            attempt.passed = True
        return await self._tokens(attempt, authorization)

    async def _tokens(self, attempt: _Attempt, authorization: str | None = None) -> SignedIn | Denied:
        authorization = authorization or await attempt.steps.authorization()
        if authorization is None:
            return _denied(SignInStep.AUTHORIZATION, attempt)
        asked_at = self._now()
        exchanged = await attempt.steps.exchange(authorization, attempt.verifier, self.hardware_id)
        given = token_answer(attempt.session.reply) if exchanged else None
        if given is None or given.refresh_token is None:
            return _denied(SignInStep.EXCHANGE, attempt)
        tokens = Tokens(
            access=given.access_token or given.token or "",
            refresh=given.refresh_token,
            expires_at=asked_at + lifetime(given.expires_in),
            oauth_client=CLIENT,
            hardware_id=self.hardware_id,
            account_id=given.account_id,
        )
        return SignedIn(tokens, await self._region(tokens.access))

    async def _region(self, access: str) -> Region | None:
        try:
            return await find_region(self._transport, access)
        except BlinkError as error:
            _log.info("signed in, but the region is not known yet: %s", type(error).__name__)
            return None


def _denied(step: SignInStep, attempt: _Attempt) -> Denied:
    denied = denial(step, attempt.session)
    if denied.why is Denial.NOT_UNDERSTOOD:
        _log.warning("Blink's answer to the %s step of a sign-in was not understood: HTTP %s", step, denied.status)
    return denied


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
