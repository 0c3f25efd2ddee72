"""The access token of one link: one refresh at a time, and saved before use.

Blink ends the earlier tokens with each refresh, so tokens that are not saved are a lost sign-in.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from bot.blink import BlinkError, RateLimited, RefreshGrant, SignedOut, Transport, Unreachable, refresh
from bot.caching import SingleFlight
from bot.metrics import Metrics
from bot.models import Account, Tokens
from bot.store import AccountStore

_log = logging.getLogger(__name__)

_EARLY = timedelta(seconds=60)
_LEASE = 75.0  # longer than the four exchanges of a refresh, 15 s each: it only runs out if its holder is gone
_LOOK_AGAIN = 0.2  # between two looks whether another process has renewed the token
_LONGEST_PAUSE = 60.0
# A 401 without a reason may pass: a failed refresh was cured by trying the same token again (home-assistant/core issue
# 177746). Only seven in a row end the sign-in, which takes an hour, since each counts ten minutes after the last.
_SPACED = timedelta(minutes=10)
_MOST_UNREASONED = 7
_GONE = "this link has been replaced or removed"
_ELSEWHERE = "the sign-in: it was renewed elsewhere at the same time"

# The pauses between tries to save tokens: while somebody waits, and the first and the longest one afterwards.
_SAVE_SOON = (0.1, 0.5, 2.0)
_SAVE_LATER, _SAVE_LATEST = 2.0, 30.0


@dataclass(eq=False, slots=True)
class _Unsaved:
    account: Account  # with the refresh token that was used
    owner: str
    tokens: Tokens
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    saved: bool | None = None  # False if it was superseded


class TokenSaver:
    """Tries until fresh tokens are saved or superseded, and once more at the stop; until then nobody uses them.

    `calls` has the tries in the background.
    """

    def __init__(self, store: AccountStore, calls: SingleFlight) -> None:
        self._store = store
        self._calls = calls
        self._unsaved: dict[str, _Unsaved] = {}  # by link
        self._stopping = asyncio.Event()

    async def save(self, account: Account, *, owner: str, tokens: Tokens) -> bool:
        """Save the tokens that replace the refresh token of `account`; return False if it was superseded.

        Raises the database's error if it persists for some seconds, and goes on trying in the background.
        """
        unsaved = self._unsaved[account.link_id] = _Unsaved(account, owner, tokens)
        for pause in _SAVE_SOON:
            try:
                return await self._try(unsaved)
            except Exception as error:
                _log.warning("fresh tokens of user %d not saved: %s", account.user_id, type(error).__name__)
                await asyncio.sleep(pause)
        try:
            return await self._try(unsaved)
        except Exception:
            self._calls.begin(unsaved, partial(self._go_on, unsaved))
            raise

    async def settle(self, link_id: str) -> None:
        """Try now to save the unsaved tokens of a link; raises the database's error."""
        if unsaved := self._unsaved.get(link_id):
            await self._try(unsaved)

    def stop(self) -> None:
        """Make every try that is still to come now, as the last one."""
        self._stopping.set()

    async def _try(self, unsaved: _Unsaved) -> bool:
        async with unsaved.turn:
            if unsaved.saved is None:
                account = unsaved.account
                unsaved.saved = await self._store.save_tokens(account, owner=unsaved.owner, tokens=unsaved.tokens)
                if self._unsaved.get(account.link_id) is unsaved:
                    del self._unsaved[account.link_id]
            return unsaved.saved

    async def _go_on(self, unsaved: _Unsaved) -> None:
        pause, last, user_id = _SAVE_LATER, False, unsaved.account.user_id
        while not last:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    last = await self._stopping.wait()
            pause = min(pause * 2, _SAVE_LATEST)
            try:
                saved = await self._try(unsaved)
            except Exception as error:
                _log.warning("fresh tokens of user %d still not saved: %s", user_id, type(error).__name__)
            else:
                _log.info("fresh tokens of user %d are %s", user_id, "saved" if saved else "superseded")
                return


@dataclass(frozen=True, slots=True)
class Shared:
    """The parts that the bearers of all links share; `calls` are those to wait for at the stop.

    `signed_out` is called with the user id of each link that Blink has signed out for good.
    """

    store: AccountStore
    transport: Transport
    now: Callable[[], datetime]
    signed_out: Callable[[int], None]
    metrics: Metrics
    saver: TokenSaver
    calls: SingleFlight


class LinkBearer:
    """Hands out one link's access token, with one refresh at a time in all processes, by a lease in the database.

    `account` is the link without its refresh token, which each renewal reads again: an opened secret is kept no longer
    than it is used.
    """

    def __init__(self, account: Account, shared: Shared) -> None:
        self.account = _without_refresh(account)
        self._shared = shared
        self._owner = secrets.token_hex(8)  # of the lease
        self._failure: BlinkError | None = None
        self._failures = 0
        self._not_before = 0.0
        self._unreasoned = 0  # 401s without a reason in a row, ten minutes apart
        self._unreasoned_at: datetime | None = None

    async def token(self, *, rejected: str | None = None) -> str:
        """Return a token that is good for a minute and is not `rejected`.

        Raises BlinkError and the database's errors.
        """
        for _ in range(2):  # a renewal that was already under way may end with the rejected token
            if self._good(rejected):
                break
            await self._shared.calls.run(self, partial(self._renew, rejected))
        return self.account.tokens.access

    def _good(self, rejected: str | None) -> bool:
        tokens = self.account.tokens
        return bool(tokens.access) and tokens.access != rejected and tokens.expires_at - _EARLY > self._shared.now()

    def _hold(self) -> None:
        """Raise the last failure if the next try is too early: many sign-ins lock an account (blinkpy issue 720)."""
        wait = self._not_before - asyncio.get_running_loop().time()
        if self._failure is None or wait <= 0:
            return
        if isinstance(self._failure, RateLimited):
            raise RateLimited(wait, status=self._failure.status)
        raise self._failure

    async def _renew(self, rejected: str | None) -> None:
        """Renew the token for all who wait; it finishes without them, since a rotated token must never be lost."""
        self._hold()
        try:
            if await self._claimed(rejected):
                await self._refresh()
        except BlinkError as error:
            self._failure, self._failures = error, min(self._failures + 1, 20)
            if not _is_without_reason(error):
                self._unreasoned, self._unreasoned_at = 0, None
            self._not_before = asyncio.get_running_loop().time() + self._pause(error)
            raise
        finally:
            self.account = _without_refresh(self.account)
        self._failure, self._failures = None, 0
        self._unreasoned, self._unreasoned_at = 0, None

    def _pause(self, error: BlinkError) -> float:
        """Return the seconds until the next try may be made."""
        if isinstance(error, RateLimited):
            return error.retry_after
        longest = _SPACED.total_seconds() if isinstance(error, SignedOut) else _LONGEST_PAUSE
        return 0.0 if self._failures == 1 else min(2.0 ** (self._failures - 2), longest)

    async def _claimed(self, rejected: str | None) -> bool:
        """Take the lease. Returns False if another process has renewed the token meanwhile."""
        deadline = asyncio.get_running_loop().time() + _LEASE
        while not await self._shared.store.claim_refresh(self.account, owner=self._owner, seconds=_LEASE):
            if asyncio.get_running_loop().time() > deadline:
                raise Unreachable("the sign-in: it is being renewed elsewhere and does not come to an end")
            await asyncio.sleep(_LOOK_AGAIN)
            if await self._reload(rejected):
                return False
        if await self._reload(rejected):
            await self._shared.store.release_refresh(self.account, owner=self._owner)
            return False
        return True

    async def _reload(self, rejected: str | None) -> bool:
        """Save unsaved tokens of the link, read it again, and return whether its token is good now."""
        await self._shared.saver.settle(self.account.link_id)
        current = await self._current()
        if current is None:
            raise SignedOut(_GONE, final=False)
        if current.signed_out_at:
            raise SignedOut("marked as signed out", final=True)
        self.account = current
        return self._good(rejected)

    async def _current(self) -> Account | None:
        current = await self._shared.store.account(self.account.user_id)
        return current if current and current.link_id == self.account.link_id else None

    async def _refresh(self) -> None:
        try:
            fresh = await self._exchange()
            if not await self._shared.saver.save(self.account, owner=self._owner, tokens=fresh):
                if await self._current():
                    raise Unreachable(_ELSEWHERE)
                raise SignedOut(_GONE, final=False)
        except Exception as error:
            self._shared.metrics.token_refreshed(type(error).__name__)
            raise
        self._shared.metrics.token_refreshed("ok")
        self.account = replace(self.account, tokens=fresh)

    async def _exchange(self) -> Tokens:
        tokens = self.account.tokens
        grant = RefreshGrant(tokens.refresh, tokens.oauth_client, tokens.hardware_id)
        try:
            return await refresh(self._shared.transport, grant, now=self._shared.now)
        except BlinkError as error:
            failure = error
            if isinstance(error, SignedOut) and self._is_final(error):
                failure = await self._signed_out(error)
            await self._shared.store.release_refresh(self.account, owner=self._owner)
            raise failure from None

    def _is_final(self, refused: SignedOut) -> bool:
        """Return whether Blink has signed the link out, by its word or by 401s for over an hour."""
        if not _is_without_reason(refused):
            return refused.final
        now = self._shared.now()
        if self._unreasoned_at is None or now - self._unreasoned_at >= _SPACED:
            self._unreasoned, self._unreasoned_at = self._unreasoned + 1, now
        return self._unreasoned >= _MOST_UNREASONED

    async def _signed_out(self, refused: SignedOut) -> BlinkError:
        """Mark the link as signed out, unless another process has replaced the refused token."""
        account = self.account
        if await self._shared.store.mark_signed_out(account, at=self._shared.now()):
            _log.warning("Blink signed out user %d", account.user_id)
            self._shared.signed_out(account.user_id)
        elif (current := await self._current()) and current.tokens.refresh != account.tokens.refresh:
            return Unreachable(_ELSEWHERE)
        return SignedOut(refused.reason, final=True, error=refused.error)


def _is_without_reason(error: BlinkError) -> bool:
    return isinstance(error, SignedOut) and not error.final and not error.error


def _without_refresh(account: Account) -> Account:
    return replace(account, tokens=replace(account.tokens, refresh=""))
