"""Send one account's requests: with its own bearer and no other, and never during a hold.

A 429 holds the whole account. A 403 can mean the same (fronzbot/blinkpy issue 267), or that one thing is forbidden for
good: it holds only its own path, unless Blink refuses another path too and has granted nothing in between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

import aiohttp

from . import routes
from .errors import (
    NO_LONGER_SUPPORTED,
    BusyAnswer,
    NeverSent,
    NotUnderstood,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
)
from .models import Busy, Started
from .responses import Answer, started
from .transport import Request, Transport

T = TypeVar("T")

_LONGEST_HOLD = 900.0
_MOST_DOUBLINGS = 10
_FORBIDDEN = 403


class Bearer(Protocol):
    """Hands out the access token of an account."""

    async def token(self, *, rejected: str | None = None) -> str:
        """Return a token that seems good and is not `rejected`. Raises BlinkError and the database's errors."""
        ...


def utcnow() -> datetime:
    """Return this machine's clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Hold:
    """A time during which nothing is sent, by the loop's clock, and the number of holds in a row."""

    until: float = 0.0
    times: int = 0

    def extend(self, retry_after: float, *, asked_at: float, now: float) -> float:
        """Hold for as long as Blink asks, twice as long each time in a row. Returns the seconds left."""
        if asked_at >= self.until:
            self.until = now + min(retry_after * 2**self.times, _LONGEST_HOLD)
            self.times = min(self.times + 1, _MOST_DOUBLINGS)
        else:  # the request was under way when the refusal of another one began this hold
            self.until = max(self.until, now + retry_after)
        return self.until - now


class AccountTransport:
    """Sends the requests of one account to its region; methods raise BlinkError."""

    def __init__(
        self, transport: Transport, bearer: Bearer, *, tier: str, now: Callable[[], datetime] = utcnow
    ) -> None:
        self._transport = transport
        self._bearer = bearer
        self._host = routes.rest_host(tier)
        self._now = now
        self._clock_skew = timedelta()
        self._hold = _Hold()  # of the whole account
        self._path_holds: dict[str, _Hold] = {}
        self._last_forbidden: str | None = None  # the path of a 403 after which Blink has granted nothing yet

    def blink_now(self) -> datetime:
        """Return Blink's clock by its last answer, in whole seconds."""
        return (self._now() + self._clock_skew).replace(microsecond=0)

    async def request(
        self,
        what: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
    ) -> Answer:
        """Send a request and return its JSON; after a 401, send it once more with a fresh token."""

        def send(token: str) -> Awaitable[Answer]:
            request = Request(what, method, self._host, path, query=query, json=json, bearer=token)
            return self._transport.request(request)

        answer = await self._authorized(path, send)
        if answer.date:
            self._clock_skew = answer.date - self._now().replace(microsecond=0)
        return answer

    async def post_in_passing(
        self,
        what: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
    ) -> Answer:
        """Send a POST whose refusal has no effect: it begins no hold and renews no token."""
        self._check_holds(path)
        token = await self._token()
        request = Request(what, "POST", self._host, path, query=query, json=json, bearer=token)
        return await self._transport.request(request)

    async def post(self, what: str, path: str, json: Mapping[str, object] | None = None) -> Answer | Busy:
        """Send a POST, and return its JSON."""
        try:
            return await self.request(what, "POST", path, json=json)
        except BusyAnswer as busy:
            return Busy(busy.status, busy.code, busy.message)

    async def start(self, what: str, path: str, json: Mapping[str, object] | None = None) -> Started | Busy:
        """Send the POST that starts a command; send it once."""
        answer = await self.post(what, path, json)
        return answer if isinstance(answer, Busy) else started(answer, self.blink_now())

    async def post_to_first(self, what: str, paths: Iterable[str]) -> bool:
        """Send an empty POST in passing to the first path that Blink supports. Returns False if it supports none."""
        for path in paths:
            with suppress(Refused):
                answer = await self.post_in_passing(what, path)
                if answer.message.code != NO_LONGER_SUPPORTED:  # Blink may say that under HTTP 200
                    return True
        return False

    async def download(self, what: str, path: str, keep: Callable[[aiohttp.ClientResponse], Awaitable[T]]) -> T:
        """Fetch `path`, and hand the response to `keep` while its body arrives."""

        async def fetch(token: str) -> T:
            request = Request(what, "GET", self._host, path, bearer=token)
            async with self._transport.stream(request) as response:
                return await keep(response)

        return await self._authorized(path, fetch)

    def warn_daily(self, text: str) -> None:
        """Log a warning, at most once a day for all accounts."""
        self._transport.warn_daily(text)

    async def _authorized(self, path: str, send: Callable[[str], Awaitable[T]]) -> T:
        """Run `send` with the access token; after a 401, once more with a fresh one."""
        asked_at = self._check_holds(path)
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
            raise RateLimited(self._begin_hold(path, limited, asked_at), status=limited.status) from None

    def _holds(self, path: str) -> list[_Hold]:
        return [self._hold, *([self._path_holds[path]] if path in self._path_holds else [])]

    def _check_holds(self, path: str) -> float:
        """Return the time by the loop's clock. Raises RateLimited during a hold."""
        now = asyncio.get_running_loop().time()
        if (wait := max(hold.until for hold in self._holds(path)) - now) > 0:
            raise RateLimited(wait)
        return now

    def _begin_hold(self, path: str, limited: RateLimited, asked_at: float) -> float:
        """Begin or extend the hold that a refusal calls for. Returns the seconds left."""
        now = asyncio.get_running_loop().time()
        hold = self._hold
        if limited.status == _FORBIDDEN and self._last_forbidden in (None, path):
            self._last_forbidden = path
            self._path_holds = {one: kept for one, kept in self._path_holds.items() if kept.until + _LONGEST_HOLD > now}
            hold = self._path_holds.setdefault(path, _Hold())
        return hold.extend(limited.retry_after, asked_at=asked_at, now=now)

    async def _token(self, *, rejected: str | None = None) -> str:
        try:
            return await self._bearer.token(rejected=rejected)
        except Unreachable as error:  # the refresh failed, so the request itself was never sent
            number = error.errno if isinstance(error, NeverSent) else None
            raise NeverSent(error.reason, status=error.status, errno=number) from None
        except NotUnderstood as error:
            raise NeverSent(str(error)) from None
        except Refused as refused:  # of the sign-in: it says nothing of the request itself
            raise SignedOut(str(refused), final=False, error=refused.error) from None
