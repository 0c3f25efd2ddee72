"""One account's way to its region: each request with this account's bearer and no other, and never during a hold."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
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


class Bearer(Protocol):
    """Where the client gets its access token."""

    async def token(self, *, rejected: str | None = None) -> str:
        """Return a token that is believed good, and is not `rejected`; raises BlinkError."""
        ...


def utcnow() -> datetime:
    """Return this machine's clock."""
    return datetime.now(UTC)


class Asker:
    """Sends one account's requests; methods raise BlinkError."""

    __slots__ = ("_bearer", "_held", "_held_until", "_host", "_now", "_skew", "_transport")

    def __init__(
        self, transport: Transport, bearer: Bearer, *, tier: str, now: Callable[[], datetime] = utcnow
    ) -> None:
        self._transport = transport
        self._bearer = bearer
        self._host = intern(routes.rest_host(tier))  # the same for the thousands of accounts of a region
        self._now = now
        self._skew = 0  # whole seconds: of small numbers there is one object for all accounts
        self._held_until = 0.0
        self._held = 0

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

        answer = await self._authorized(send)
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
        if self._held_until > asyncio.get_running_loop().time():
            raise RateLimited(self._held_until - asyncio.get_running_loop().time())
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

        return await self._authorized(fetch)

    def _stream(self, what: str, path: str, token: str) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._transport.stream(Request(what, "GET", self._host, path, bearer=token))

    async def _authorized(self, send: Callable[[str], Awaitable[T]]) -> T:
        """Run `send` with the access token; after a 401, once more with a fresh one."""
        asked_at = asyncio.get_running_loop().time()
        if (wait := self._held_until - asked_at) > 0:
            raise RateLimited(wait)
        try:
            token = await self._token()
            try:
                result = await send(token)
            except SignedOut:
                result = await send(await self._token(rejected=token))
        except RateLimited as limited:
            raise RateLimited(self._hold(limited, asked_at), status=limited.status) from None
        self._held = 0
        return result

    def _hold(self, limited: RateLimited, asked_at: float) -> float:
        """Send nothing for as long as Blink asks, twice as long each time in a row; return how long that is."""
        now = asyncio.get_running_loop().time()
        if asked_at >= self._held_until:  # else it was under way when another one's refusal began this hold
            self._held_until = now + min(limited.retry_after * 2**self._held, _LONGEST_HOLD)
            self._held = min(self._held + 1, _MOST_DOUBLINGS)
        else:
            self._held_until = max(self._held_until, now + limited.retry_after)
        return self._held_until - now

    async def _token(self, *, rejected: str | None = None) -> str:
        try:
            return await self._bearer.token(rejected=rejected)
        except Unreachable as error:  # it is the refresh that failed; what was to be asked was not
            number = error.errno if isinstance(error, NeverSent) else None
            raise NeverSent(error.reason, status=error.status, errno=number) from None
        except NotUnderstood as error:
            raise NeverSent(str(error)) from None
