"""The one door through which requests to Blink leave and every failure becomes one typed error."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError
from yarl import URL

from . import routes
from .addresses import NotPublic
from .errors import BlinkError, NeverSent, NotUnderstood, Unreachable
from .network import network_reason
from .refusals import date_of, decoded, in_words, refuse
from .request import Request

Model = TypeVar("Model", bound=BaseModel)
Observe = Callable[[str, str, int | None, float], None]  # what, "ok" or the error's class, status, seconds

_log = logging.getLogger(__name__)

_MAX_BODY = 4 * 2**20
_MAX_REDIRECTS = 3
_HOST = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful JSON answer: `date` is Blink's clock when it was given."""

    what: str
    body: Any = field(repr=False)
    date: datetime | None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def read(self, model: type[Model]) -> Model:
        """Return the body as `model`; raises NotUnderstood."""
        try:
            return model.model_validate(self.body)
        except ValidationError:
            raise NotUnderstood(self.what) from None  # the cause would carry the body into the log


class Transport:
    """Sends requests over borrowed sessions; timeouts in seconds cover connecting and the whole body."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        outside: aiohttp.ClientSession | None = None,
        timeout: float = 15.0,
        video_timeout: float = 90.0,
        observe: Observe = lambda what, outcome, status, seconds: None,
    ) -> None:
        """Reach Blink's own hosts through `http`, and all others through `outside` or not at all."""
        self._http = http
        self._outside = outside
        self._timeout = timeout
        self._video_timeout = video_timeout
        self._observe = observe
        self._said: dict[str, date] = {}

    def say_daily(self, words: str) -> None:
        """Log some words, once a day."""
        today = datetime.now(UTC).date()
        if self._said.get(words) != today:
            self._said[words] = today
            _log.warning(words)

    async def request(self, request: Request) -> Answer:
        """Send `request` once and return its JSON; raises any BlinkError but BadMedia."""
        async with self._open(request, self._timeout) as response:
            raw = await _bounded(response, request.what)
            body = decoded(raw)
            _check(request, response, body if body is not None else in_words(raw))
            if body is None:
                raise NotUnderstood(request.what)
            return Answer(request.what, body, date_of(response), response.headers)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Send `request` and hand out a good answer whose body is still to come."""
        async with self._open(request, self._video_timeout) as response:
            if response.status != 200 or response.content_type == "application/json":
                _check(request, response, decoded(await _bounded(response, request.what)))
                raise NotUnderstood(request.what)
            yield response

    @asynccontextmanager
    async def _open(self, request: Request, timeout: float) -> AsyncGenerator[aiohttp.ClientResponse]:
        clock = asyncio.get_running_loop().time
        began, status = clock(), None
        try:
            async with asyncio.timeout(timeout), await self._send(request, timeout) as response:
                status = response.status
                yield response
        except (BlinkError, aiohttp.ClientError, OSError) as error:
            trouble = _trouble(request.what, error, timeout)
            self._observe(request.what, type(trouble).__name__, status, clock() - began)
            raise trouble from None
        self._observe(request.what, "ok", status, clock() - began)

    async def _send(self, request: Request, timeout: float) -> aiohttp.ClientResponse:
        limits = aiohttp.ClientTimeout(total=None, connect=timeout * 2 / 3)
        url = _address(request)
        for _ in range(_MAX_REDIRECTS):
            response = await self._way_to(request, url).request(
                request.method,
                url,
                data=request.form,
                json=request.json,
                headers=_headers(request, url),
                allow_redirects=False,  # a followed POST records twice, and aiohttp would follow a 307
                timeout=limits,
            )
            target = response.headers.get("Location")
            if request.method != "GET" or not 300 <= response.status < 400 or not target:
                return response
            response.release()
            url = _address(request, url, target)
        raise NotUnderstood(request.what)

    def _way_to(self, request: Request, url: URL) -> aiohttp.ClientSession:
        if routes.is_blinks(url.raw_host):
            return self._http
        if self._outside is None:
            raise NeverSent(f"{request.what}: not one of Blink's hosts")
        return self._outside


def _check(request: Request, response: aiohttp.ClientResponse, body: object) -> None:
    """Raise what an answer says if it does not say yes; another host's 401 says nothing of this sign-in."""
    if response.url.host == request.host:
        refuse(request, response, body)
    elif response.status >= 300:
        raise NotUnderstood(request.what)


def _trouble(what: str, error: BlinkError | aiohttp.ClientError | OSError, timeout: float) -> BlinkError:
    """Return what failed as one of ours: texts of others can hold the address, and an address can hold a secret."""
    if isinstance(error, BlinkError):
        return error
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, NotPublic):
        return NotUnderstood(what)
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        return NeverSent(f"{what}: {network_reason(error)}", errno=getattr(error, "errno", None))
    if isinstance(error, TimeoutError):
        return Unreachable(f"{what}: no answer within {timeout:.0f} s")
    return Unreachable(f"{what}: {network_reason(error)}")


def _address(request: Request, base: URL | None = None, target: str = "") -> URL:
    """Return an address that Blink gave us, if it is one to go to; what aiohttp makes of the others is its own."""
    try:
        url = base.join(URL(target)) if base else request.url
        fit = url.scheme == "https" and url.user is None and url.password is None and url.port is not None
    except ValueError:
        raise NotUnderstood(request.what) from None
    if not fit or len(url.raw_host or "") > 253 or not _HOST.fullmatch(url.raw_host or ""):
        raise NotUnderstood(request.what)
    return url


def _headers(request: Request, url: URL) -> dict[str, str]:
    headers = {"Accept": "application/json"} if request.form is not None else {"Content-Type": "application/json"}
    if request.agent:
        headers["User-Agent"] = request.agent
    if (
        request.bearer
        and routes.is_blinks(url.raw_host)
        and url.origin() == URL.build(scheme="https", host=request.host)
    ):
        headers["Authorization"] = f"Bearer {request.bearer}"
    return headers


async def _bounded(response: aiohttp.ClientResponse, what: str) -> bytes:
    raw = bytearray(await response.content.readany())
    while len(raw) <= _MAX_BODY:
        if response.content.at_eof():
            return bytes(raw)
        raw += await response.content.readany()
    raise NotUnderstood(what)


def clock_skew(answer: Answer, *, now: datetime) -> timedelta | None:
    """Return how far Blink's clock is ahead of ours, or None where the answer bears no date."""
    return answer.date - now.replace(microsecond=0) if answer.date else None
