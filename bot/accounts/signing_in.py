"""The sign-ins under way behind one-time links; all of it in memory, but for the tokens that come of it."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.blink import CodeWanted, Denial, Denied, SignedIn, utcnow

from .invitations import (
    CodeAsked,
    Hurdle,
    Invitation,
    InvitationStore,
    Invited,
    Linked,
    SignIn,
    Step,
    Stopped,
    digest_of,
)
from .models import Account
from .ports import AccountStore
from .replacing import save_link
from .sessions import Sessions

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Attempt:
    id: str
    sign_in: SignIn
    asked: CodeWanted
    begun_at: datetime
    lock: asyncio.Lock


class Linking:
    """Takes a person from `/link` to a linked account; nothing typed is kept but the tokens Blink gives."""

    def __init__(
        self,
        accounts: AccountStore,
        invitations: InvitationStore,
        sign_in: Callable[[str | None], SignIn],
        sessions: Sessions,
        *,
        now: Callable[[], datetime] = utcnow,
        life: timedelta = timedelta(minutes=10),
        most_pending: int = 100,
        most_tries: int = 5,
        most_tries_per_address: int = 15,
    ) -> None:
        self._accounts = accounts
        self._invitations = invitations
        self._sign_in = sign_in
        self._sessions = sessions
        self._now = now
        self._life = life
        self._most_pending = most_pending
        self._tries = _Tries(most_tries, life, now)
        self._tries_per_address = _Tries(most_tries_per_address, life, now)
        self._attempts: dict[str, _Attempt] = {}

    async def invite(self, invited: Invited) -> tuple[str, datetime]:
        """Return the token of a new one-time link (256 random bits) and when it ends; any earlier one ends now."""
        token, expires_at = secrets.token_urlsafe(32), self._now() + self._life
        await self._invitations.forget_invitations(expired_before=self._now())
        await self._invitations.invite(Invitation(digest_of(token), invited, expires_at))
        return token, expires_at

    async def invitation(self, token: str) -> Invitation | None:
        """Return the invitation behind a link, if it can still be used."""
        found = await self._invitations.invitation(digest_of(token))
        usable = found is not None and found.used_at is None and found.expires_at > self._now()
        return found if usable else None

    async def password(self, token: str, *, username: str, password: str, address: str) -> Step:
        """Try an e-mail address and a password, for the person the link is for."""
        invitation = await self.invitation(token)
        if invitation is None:
            return Stopped(Hurdle.LINK_GONE)
        await self._sweep()
        full = len(self._attempts) >= self._most_pending and invitation.digest not in self._attempts
        if full or not self._tries.allow(invitation.digest) or not self._tries_per_address.allow(address):
            return Stopped(Hurdle.TOO_MANY)
        if not await self._can_save():  # Blink sends a code for each sign-in, and counts them
            return Stopped(Hurdle.NOT_SAVED)
        # Only what Blink refuses counts: people behind one proxy must not use up each other's tries.
        await self._drop(invitation.digest)
        known = await self._accounts.account(invitation.invited.user_id)
        sign_in = self._sign_in(known.tokens.hardware_id if known else None)  # Blink knows this installation by it
        try:
            outcome = await sign_in.password(username, password)
        except BaseException:
            await sign_in.close()
            raise
        if isinstance(outcome, CodeWanted):
            attempt = _Attempt(secrets.token_urlsafe(16), sign_in, outcome, self._now(), asyncio.Lock())
            self._attempts[invitation.digest] = attempt
            return CodeAsked(attempt.id, outcome)
        await sign_in.close()
        self._count(outcome, invitation.digest, address)
        return await self._outcome(invitation, outcome)

    async def code(self, token: str, *, attempt: str, code: str, address: str) -> Step:
        """Try the code that Blink sent for this attempt; a wrong one may be typed again."""
        invitation = await self.invitation(token)
        if invitation is None:
            return Stopped(Hurdle.LINK_GONE)
        await self._sweep()
        pending = self._attempts.get(invitation.digest)
        if pending is None or not secrets.compare_digest(pending.id.encode(), attempt.encode()):
            return Stopped(Hurdle.START_AGAIN)
        if not self._tries_per_address.allow(address):
            return Stopped(Hurdle.TOO_MANY)
        if not await self._can_save():
            return Stopped(Hurdle.NOT_SAVED)
        async with pending.lock:
            outcome = await pending.sign_in.code(code)
            if not (isinstance(outcome, Denied) and outcome.why in (Denial.WRONG_CODE, Denial.UNREACHABLE)):
                await self._drop(invitation.digest)
        self._count(outcome, invitation.digest, address)
        return await self._outcome(invitation, outcome)

    async def close(self) -> None:
        """Forget every attempt."""
        for digest in list(self._attempts):
            await self._drop(digest)

    async def _outcome(self, invitation: Invitation, outcome: SignedIn | Denied) -> Step:
        if isinstance(outcome, Denied):
            return outcome
        account = Account(
            invitation.invited.user_id,
            secrets.token_hex(8),
            outcome.tokens,
            linked_at=self._now(),
            home=outcome.home,
        )
        try:
            saved, earlier = await save_link(self._accounts, account, invitation=invitation.digest)
        except Exception as error:
            _log.error("the sign-in of user %d is lost: %s", account.user_id, type(error).__name__)
            return Stopped(Hurdle.NOT_SAVED)
        if not saved:
            return Stopped(Hurdle.LINK_GONE)
        try:
            session = await self._sessions.of(account)
            if earlier:
                self._sessions.sign_out_earlier(earlier, session)
            return Linked(await session.inventory(max_age=0))
        except Exception as error:  # linked all the same; the cameras are asked for again at the first use
            _log.info("the cameras of a new link are not listed yet: %s", type(error).__name__)
            return Linked(None)

    async def _can_save(self) -> bool:
        """Say whether the database takes writes: what Blink gives for a sign-in must not be lost."""
        try:
            await self._accounts.try_to_write()
        except Exception as error:
            _log.warning("nobody can be linked now: %s", type(error).__name__)
            return False
        return True

    def _count(self, outcome: SignedIn | Denied, digest: str, address: str) -> None:
        if isinstance(outcome, Denied) and outcome.why is not Denial.UNREACHABLE:
            self._tries.count(digest)
            self._tries_per_address.count(address)

    async def _sweep(self) -> None:
        for digest, attempt in list(self._attempts.items()):
            if attempt.begun_at + self._life < self._now():
                await self._drop(digest)

    async def _drop(self, digest: str) -> None:
        if attempt := self._attempts.pop(digest, None):
            await attempt.sign_in.close()


class _Tries:
    """Counts tries per key within a moving window, and forgets keys that are quiet."""

    def __init__(self, most: int, window: timedelta, now: Callable[[], datetime]) -> None:
        self._most = most
        self._window = window
        self._now = now
        self._seen: dict[str, list[datetime]] = {}

    def allow(self, key: str) -> bool:
        """Say whether one more try is within the limit."""
        since = self._now() - self._window
        for other in [other for other, moments in self._seen.items() if moments[-1] < since]:
            del self._seen[other]
        return sum(moment >= since for moment in self._seen.get(key, [])) < self._most

    def count(self, key: str) -> None:
        """Count a try."""
        self._seen.setdefault(key, []).append(self._now())
