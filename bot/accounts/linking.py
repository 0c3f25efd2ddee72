"""Link Blink accounts by one-time links: sign-ins stay in memory, only the tokens that they bring are saved."""

import asyncio
import hashlib
import logging
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.blink import BlinkSignIn, CodeWanted, Denial, Denied, Inventory, SignedIn, utcnow
from bot.models import Account, Invitation, Invited
from bot.store import AccountStore, InvitationStore

from .saved_links import link_of, save_link
from .sessions import Sessions

_log = logging.getLogger(__name__)

_LIFE = timedelta(minutes=10)  # of a one-time link, and of a sign-in that waits for its code
_CLEAN_UP_EVERY = 3600.0
_MOST_PENDING = 100  # sign-ins that wait for their code
_MOST_OF_PERSON = 5  # failed tries
_MOST_FROM_ADDRESS = 15
_MOST_IN_ALL = 100


@dataclass(frozen=True, slots=True)
class Origin:
    """The reply in Discord that gave a link out: its address, and the function to call once the account is linked."""

    url: str
    linked: Callable[[Inventory | None], None]


class Hurdle(StrEnum):
    """Why the bot, not Blink, stops a sign-in."""

    LINK_GONE = "link gone"  # unknown, expired or used
    NOT_SAVED = "not saved"  # the database takes no writes
    TOO_MANY = "too many"  # failed tries of this person, from this address, or in all
    START_AGAIN = "start again"  # the attempt is not known any more: a restart, another tab, ten minutes


@dataclass(frozen=True, slots=True)
class Stopped:
    """The sign-in cannot go on here."""

    why: Hurdle


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """Blink wants a code; `attempt` is what the form sends back with it."""

    attempt: str
    wanted: CodeWanted


@dataclass(frozen=True, slots=True)
class Linked:
    """The account is linked; `inventory` is None if Blink did not list the cameras yet.

    `back` is the address in Discord that the link came from, None if this process did not give it out.
    """

    inventory: Inventory | None
    back: str | None = None


LinkStep = Linked | CodeAsked | Denied | Stopped


class Tries:
    """Counts failed tries for as long as a link lives, so that nobody guesses through this bot.

    An address is None if visitors cannot be told apart by theirs. Once there are too many in all, each person has one
    try instead of several: a crowd that guesses gets little, and nobody else is kept out.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failed: dict[int | str, list[datetime]] = {}  # by person, and by address
        self._all: list[datetime] = []

    def begin(self, user_id: int, address: str | None) -> bool:
        """Say whether there may be one more try, which counts for its person from now on, until it is taken back."""
        since = self._now() - _LIFE
        self._all = [moment for moment in self._all if moment >= since]
        kept = {key: [moment for moment in moments if moment >= since] for key, moments in self._failed.items()}
        self._failed = {key: moments for key, moments in kept.items() if moments}
        most = _MOST_OF_PERSON if len(self._all) < _MOST_IN_ALL else 1
        if len(self._failed.get(user_id, ())) >= most:
            return False
        if address is not None and len(self._failed.get(address, ())) >= _MOST_FROM_ADDRESS:
            return False
        self._failed.setdefault(user_id, []).append(self._now())
        return True

    def take_back(self, user_id: int) -> None:
        """Forget the last try of a person, which has not failed."""
        if moments := self._failed.get(user_id):
            moments.pop()

    def refused(self, address: str | None) -> None:
        """Count a refusal for its address and in all; not before, since neighbours may well try side by side."""
        self._all.append(self._now())
        if address is not None:
            self._failed.setdefault(address, []).append(self._now())


@dataclass(slots=True)
class _OpenSignIn:
    id: str
    sign_in: BlinkSignIn
    begun_at: datetime
    lock: asyncio.Lock


class Linking:
    """Takes a person from `/link` to a linked account; keeps nothing that they type, only the tokens from Blink."""

    def __init__(
        self,
        accounts: AccountStore,
        invitations: InvitationStore,
        sign_in: Callable[[str | None], BlinkSignIn],
        sessions: Sessions,
        *,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self._accounts = accounts
        self._invitations = invitations
        self._sign_in = sign_in
        self._sessions = sessions
        self._now = now
        self._passwords, self._codes = Tries(now), Tries(now)
        self._attempts: dict[int, _OpenSignIn] = {}  # by the user they are for: one each, the oldest first
        self._origins: dict[int, tuple[Invitation, Origin]] = {}  # by user: of the newest link, if it has one
        self._not_before: dict[int, datetime] = {}

    async def invite(self, invited: Invited, origin: Origin | None = None) -> tuple[str, datetime]:
        """Return the token of a new one-time link (256 random bits) and when it ends; any earlier one ends now."""
        token, expires_at = secrets.token_urlsafe(32), self._now() + _LIFE
        invitation = Invitation(_digest_of(token), invited, expires_at)
        await self._invitations.invite(invitation)
        await self._drop(invited.user_id)
        await self._sweep()
        self._origins.pop(invited.user_id, None)
        if origin:
            self._origins[invited.user_id] = invitation, origin
        return token, expires_at

    def wait(self, user_id: int) -> int | None:
        """Return for how many seconds Blink takes no sign-in of this person; None if it takes one, as far as known.

        Each try in between would send another code and count as one more (Pischleuder1/ioBroker.blink).
        """
        seconds = (self._not_before.get(user_id, self._now()) - self._now()).total_seconds()
        return math.ceil(seconds) if seconds > 0 else None

    async def invitation(self, token: str) -> Invitation | None:
        """Return the invitation behind a link, if it can still be used."""
        found = await self._invitations.invitation(_digest_of(token))
        usable = found is not None and found.used_at is None and found.expires_at > self._now()
        return found if usable else None

    async def password(self, token: str, *, username: str, password: str, address: str | None) -> LinkStep:
        """Try an e-mail address and a password, for the person of the link; `address` is None if visitors share it.

        Each try that does not end in a link counts, even with the right password: Blink sends a code for it.
        """
        invitation = await self.invitation(token)
        if invitation is None:
            return Stopped(Hurdle.LINK_GONE)
        await self._sweep()
        user_id = invitation.invited.user_id
        if seconds := self.wait(user_id):
            return Denied(Denial.LOCKED, wait=seconds)
        if stopped := await self._hindered(self._passwords, user_id, address):
            return stopped
        await self._drop(user_id)
        known = await link_of(self._accounts, user_id)
        sign_in = self._sign_in(known.tokens.hardware_id if known else None)  # Blink knows this installation by it
        try:
            outcome = await sign_in.password(username, password)
            replaced = isinstance(outcome, CodeWanted) and await self.invitation(token) is None
        except BaseException:
            self._passwords.take_back(user_id)
            await sign_in.close()
            raise
        if isinstance(outcome, CodeWanted) and not replaced:
            return await self._code_asked(user_id, sign_in, outcome)
        await sign_in.close()
        if isinstance(outcome, CodeWanted):  # a newer link has taken this one's place meanwhile
            return Stopped(Hurdle.LINK_GONE)
        self._count(self._passwords, outcome, user_id, address)
        return await self._outcome(invitation, outcome)

    async def _code_asked(self, user_id: int, sign_in: BlinkSignIn, wanted: CodeWanted) -> CodeAsked:
        """Keep the sign-in to which the code will be shown."""
        await self._drop(user_id)
        if len(self._attempts) >= _MOST_PENDING:  # the oldest gives way: nobody is kept out by those who wait
            await self._drop(next(iter(self._attempts)))
        attempt = _OpenSignIn(secrets.token_urlsafe(16), sign_in, self._now(), asyncio.Lock())
        self._attempts[user_id] = attempt
        return CodeAsked(attempt.id, wanted)

    async def code(self, token: str, *, attempt: str, code: str, address: str | None) -> LinkStep:
        """Try the code that Blink sent for this attempt; a wrong one may be typed again."""
        invitation = await self.invitation(token)
        if invitation is None:
            return Stopped(Hurdle.LINK_GONE)
        await self._sweep()
        user_id = invitation.invited.user_id
        pending = self._attempts.get(user_id)
        if pending is None or not secrets.compare_digest(pending.id.encode(), attempt.encode()):
            return Stopped(Hurdle.START_AGAIN)
        if stopped := await self._hindered(self._codes, user_id, address):
            return stopped
        async with pending.lock:
            outcome = await pending.sign_in.code(code)
            over = not (isinstance(outcome, Denied) and outcome.takes_another_code)
            if over and self._attempts.get(user_id) is pending:
                await self._drop(user_id)
        self._count(self._codes, outcome, user_id, address)
        if isinstance(outcome, SignedIn):
            self._passwords.take_back(user_id)
        return await self._outcome(invitation, outcome)

    async def clean_up(self) -> None:
        """Forget links and sign-ins that are over once an hour, for ever."""
        while True:
            try:
                # What began in a link's last moment may still end in it.
                await self._invitations.forget_invitations(expired_before=self._now() - _LIFE)
                await self._sweep()
            except Exception as error:
                _log.warning("old links cannot be forgotten now: %s", type(error).__name__)
            await asyncio.sleep(_CLEAN_UP_EVERY)

    async def close(self) -> None:
        """Forget every attempt."""
        for user_id in list(self._attempts):
            await self._drop(user_id)

    async def _outcome(self, invitation: Invitation, outcome: SignedIn | Denied) -> LinkStep:
        if isinstance(outcome, Denied):
            return outcome
        account = Account(
            invitation.invited.user_id,
            secrets.token_hex(8),
            outcome.tokens,
            linked_at=self._now(),
            region=outcome.region,
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
            inventory = await session.inventory(max_age=0)
        except Exception as error:  # linked all the same; the cameras are asked for again at the first use
            _log.info("the cameras of a new link are not listed yet: %s", type(error).__name__)
            inventory = None
        newest, origin = self._origins.get(invitation.invited.user_id, (None, None))
        if newest is None or origin is None or newest.digest != invitation.digest:
            return Linked(inventory)
        del self._origins[invitation.invited.user_id]
        origin.linked(inventory)
        return Linked(inventory, back=origin.url)

    async def _hindered(self, tries: Tries, user_id: int, address: str | None) -> Stopped | None:
        """Count one more try. Returns why it may not be made, if it was one too many or the database takes no writes.

        Blink sends a code for each sign-in and counts them, and what it gives for one must not be lost.
        """
        if not tries.begin(user_id, address):
            return Stopped(Hurdle.TOO_MANY)
        try:
            await self._accounts.try_to_write()
        except Exception as error:
            _log.warning("nobody can be linked now: %s", type(error).__name__)
            tries.take_back(user_id)
            return Stopped(Hurdle.NOT_SAVED)
        return None

    def _count(self, tries: Tries, outcome: SignedIn | Denied, user_id: int, address: str | None) -> None:
        if not isinstance(outcome, Denied) or outcome.why is Denial.UNREACHABLE:
            tries.take_back(user_id)
            return
        tries.refused(address)
        if outcome.wait:
            self._not_before[user_id] = self._now() + timedelta(seconds=outcome.wait)

    async def _sweep(self) -> None:
        now = self._now()
        for user_id, attempt in list(self._attempts.items()):
            if attempt.begun_at + _LIFE < now:
                await self._drop(user_id)
        self._origins = {key: kept for key, kept in self._origins.items() if kept[0].expires_at > now}
        self._not_before = {key: moment for key, moment in self._not_before.items() if moment > now}

    async def _drop(self, user_id: int) -> None:
        if attempt := self._attempts.pop(user_id, None):
            await attempt.sign_in.close()


def _digest_of(token: str) -> str:
    """Return the digest that is kept of a link's token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
