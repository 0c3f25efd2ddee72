"""One account's way to its region: each request with this account's bearer and no other, and never during a hold.

A 429 holds the whole account. A 403 may mean that too (fronzbot/blinkpy issue 267), or that one thing is forbidden for
good: it holds only the path that it was for, unless another path is refused as well with nothing granted in between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from sys import intern
from typing import Protocol, TypeVar

import aiohttp

from . import routes
from .errors import NeverSent, NotUnderstood, RateLimited, SignedOut, Unreachable
from .request import Request
from .transport import Answer, Transport, clock_skew

T = TypeVar("T")

_LONGEST_HOLD = 900.0
_MOST_DOUBLINGS = 10
_FORBIDDEN = 403


class Bearer(Protocol):
    """Where the client gets its access token."""

    async def token(self, *, rejected: str | None = None) -> str:
        """Return a token that is believed good, and is not `rejected`; raises BlinkError."""
        ...


def utcnow() -> datetime:
    """Return this machine's clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Hold:
    """Until when nothing is sent, on the loop's clock, and how often in a row that was so."""

    until: float = 0.0
    times: int = 0

    def extend(self, retry_after: float, *, asked_at: float, now: float) -> float:
        """Hold for as long as Blink asks, twice as long each time in a row; return how long that is."""
        if asked_at >= self.until:  # else it was under way when another one's refusal began this hold
            self.until = now + min(retry_after * 2**self.times, _LONGEST_HOLD)
            self.times = min(self.times + 1, _MOST_DOUBLINGS)
        else:
            self.until = max(self.until, now + retry_after)
        return self.until - now


class Asker:
    """Sends one account's requests; methods raise BlinkError."""

    __slots__ = ("_bearer", "_forbidden", "_hold", "_host", "_last_forbidden", "_now", "_skew", "_transport")

    def __init__(
        self, transport: Transport, bearer: Bearer, *, tier: str, now: Callable[[], datetime] = utcnow
    ) -> None:
        self._transport = transport
        self._bearer = bearer
        self._host = intern(routes.rest_host(tier))  # the same for the thousands of accounts of a region
        self._now = now
        self._skew = 0  # whole seconds: of small numbers there is one object for all accounts
        self._hold: _Hold | None = None  # of all that is asked; like the next one, most accounts need none
        self._forbidden: dict[str, _Hold] | None = None  # of single paths
        self._last_forbidden: str | None = None  # the path of a 403 after which nothing was granted yet

    def blink_now(self) -> datetime:
        """Return Blink's clock as its last answer showed it, in whole seconds."""
        return (self._now() + timedelta(seconds=self._skew)).replace(microsecond=0)

    async def ask(
        self,
        what: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
    ) -> Answer:
        """Send a request, once more after a 401 with a fresh token, and return its JSON."""

        def send(token: str) -> Awaitable[Answer]:
            return self._transport.request(
                Request(what, method, self._host, path, query=query, json=json, bearer=token)
            )

        answer = await self._authorized(path, send)
        if (skew := clock_skew(answer, now=self._now())) is not None:
            self._skew = int(skew.total_seconds())
        return answer

    async def ask_in_passing(
        self,
        what: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
    ) -> Answer:
        """Send a request whose refusal must cost nothing: it holds nothing up, and renews no token."""
        self._check(path)
        token = await self._token()
        return await self._transport.request(
            Request(what, method, self._host, path, query=query, json=json, bearer=token)
        )

    def say_daily(self, words: str) -> None:
        """Log some words, once a day for all accounts."""
        self._transport.say_daily(words)

    async def receive(self, what: str, path: str, keep: Callable[[aiohttp.ClientResponse], Awaitable[T]]) -> T:
        """Fetch what lies at `path` and hand the answer to `keep` while its body arrives."""

        async def fetch(token: str) -> T:
            async with self._stream(what, path, token) as response:
                return await keep(response)

        return await self._authorized(path, fetch)

    def _stream(self, what: str, path: str, token: str) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._transport.stream(Request(what, "GET", self._host, path, bearer=token))

    async def _authorized(self, path: str, send: Callable[[str], Awaitable[T]]) -> T:
        """Run `send` with the access token; after a 401, once more with a fresh one."""
        asked_at = self._check(path)
        token = await self._token()
        try:
            result = await self._sent(path, send(token), asked_at)
        except SignedOut:
            result = await self._sent(path, send(await self._token(rejected=token)), asked_at)
        self._last_forbidden = None
        for hold in self._holds(path):
            hold.times = 0
        return result

    async def _sent(self, path: str, sending: Awaitable[T], asked_at: float) -> T:
        try:
            return await sending
        except RateLimited as limited:
            raise RateLimited(self._held(path, limited, asked_at), status=limited.status) from None

    def _holds(self, path: str) -> list[_Hold]:
        return [hold for hold in (self._hold, (self._forbidden or {}).get(path)) if hold]

    def _check(self, path: str) -> float:
        """Return what time it is; raises RateLimited during a hold."""
        now = asyncio.get_running_loop().time()
        if (wait := max((hold.until for hold in self._holds(path)), default=now) - now) > 0:
            raise RateLimited(wait)
        return now

    def _held(self, path: str, limited: RateLimited, asked_at: float) -> float:
        """Hold what is refused, and return for how long."""
        now = asyncio.get_running_loop().time()
        if limited.status == _FORBIDDEN and self._last_forbidden in (None, path):
            self._last_forbidden = path
            known = {one: hold for one, hold in (self._forbidden or {}).items() if hold.until + _LONGEST_HOLD > now}
            self._forbidden = known
            return known.setdefault(path, _Hold()).extend(limited.retry_after, asked_at=asked_at, now=now)
        self._hold = self._hold or _Hold()
        return self._hold.extend(limited.retry_after, asked_at=asked_at, now=now)

    async def _token(self, *, rejected: str | None = None) -> str:
        try:
            return await self._bearer.token(rejected=rejected)
        except Unreachable as error:  # it is the refresh that failed; what was to be asked was not
            number = error.errno if isinstance(error, NeverSent) else None
            raise NeverSent(error.reason, status=error.status, errno=number) from None
        except NotUnderstood as error:
            raise NeverSent(str(error)) from None
