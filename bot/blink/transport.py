"""The one door through which requests to Blink leave and every failure becomes one typed error."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar, cast

import aiohttp
from pydantic import BaseModel, ValidationError
from yarl import URL

from .errors import BusyAnswer, NeverSent, NotUnderstood, RateLimited, Refused, SignedOut, Unreachable

Model = TypeVar("Model", bound=BaseModel)

_MAX_BODY = 4 * 2**20
_MAX_REDIRECTS = 3
_DEFAULT_BACK_OFF = 30.0
_LONGEST_BACK_OFF = 900.0
_UNAUTHORIZED = 101
_BUSY = 307


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful JSON answer: `date` is Blink's clock when it was given."""

    what: str
    body: Any = field(repr=False)
    date: datetime | None

    def read(self, model: type[Model]) -> Model:
        """Return the body as `model`; raises NotUnderstood."""
        try:
            return model.model_validate(self.body)
        except ValidationError:
            raise NotUnderstood(self.what) from None  # the cause would carry the body into the log


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of one host; `what` names it in errors and logs."""

    what: str
    method: str
    host: str
    path: str
    query: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)
    agent: str | None = None

    @property
    def url(self) -> URL:
        """The address; a media path may come as a whole https address of its own."""
        if self.path.startswith("https://"):
            return URL(self.path)
        return URL.build(scheme="https", host=self.host, path=self.path, query=self.query)


class Transport:
    """Sends requests over a borrowed session; timeouts in seconds cover connecting and the whole body."""

    def __init__(self, http: aiohttp.ClientSession, *, timeout: float = 15.0, video_timeout: float = 90.0) -> None:
        self._http = http
        self._timeout = timeout
        self._video_timeout = video_timeout

    async def request(self, request: Request) -> Answer:
        """Send `request` once and return its JSON; raises any BlinkError but BadVideo."""
        async with self._open(request, self._timeout) as response:
            raw = await _bounded(response, request.what)
            _refuse(request, response, raw)
            try:
                body = json.loads(raw)
            except ValueError:
                raise NotUnderstood(request.what) from None
            return Answer(request.what, body, _date(response))

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncGenerator[aiohttp.StreamReader]:
        """Send `request` and hand out the body of a good answer as it arrives."""
        async with self._open(request, self._video_timeout) as response:
            if response.status != 200:
                _refuse(request, response, await _bounded(response, request.what))
                raise NotUnderstood(request.what)
            yield response.content

    @asynccontextmanager
    async def _open(self, request: Request, timeout: float) -> AsyncGenerator[aiohttp.ClientResponse]:
        try:
            async with asyncio.timeout(timeout), await self._send(request) as response:
                yield response
        except aiohttp.ClientConnectorError as error:
            raise NeverSent(f"{request.what}: {type(error).__name__}") from None
        except TimeoutError:
            raise Unreachable(f"{request.what}: no answer within {timeout:.0f} s") from None
        except (aiohttp.ClientError, OSError) as error:
            # Their text can hold the address, and an address can hold a secret.
            raise Unreachable(f"{request.what}: {type(error).__name__}") from None

    async def _send(self, request: Request) -> aiohttp.ClientResponse:
        url = request.url
        for _ in range(_MAX_REDIRECTS):
            response = await self._http.request(
                request.method,
                url,
                data=request.form,
                headers=_headers(request, url),
                allow_redirects=False,  # a followed POST records twice, and aiohttp would follow a 307
                timeout=aiohttp.ClientTimeout(total=None),
            )
            target = response.headers.get("Location")
            if request.method != "GET" or not 300 <= response.status < 400 or not target:
                return response
            response.release()
            url = url.join(URL(target))
            if url.scheme != "https":
                break
        raise NotUnderstood(request.what)


def _headers(request: Request, url: URL) -> dict[str, str]:
    headers = {"Accept": "application/json"} if request.form is not None else {"Content-Type": "application/json"}
    if request.agent:
        headers["User-Agent"] = request.agent
    if request.bearer and url.host == request.host:
        headers["Authorization"] = f"Bearer {request.bearer}"
    return headers


async def _bounded(response: aiohttp.ClientResponse, what: str) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > _MAX_BODY:
            raise NotUnderstood(what)
    return bytes(raw)


def _refuse(request: Request, response: aiohttp.ClientResponse, raw: bytes) -> None:
    """Raise what an answer says when it does not say yes."""
    status = response.status
    body = _said(raw)
    code, message = body["code"], body["message"]
    if status == 409 or code == _BUSY or "busy" in message.lower() or (status == _BUSY and request.method == "POST"):
        raise BusyAnswer(status, code=code, message=message)
    if status == 401 or code == _UNAUTHORIZED:
        raise SignedOut(body["error"] or message or "unauthorized", final=body["error"] == "invalid_grant")
    if body["error"] == "invalid_grant":
        raise SignedOut("invalid_grant", final=True)
    if status in (403, 429):
        raise RateLimited(_back_off(response), status=status)
    if status >= 500:
        raise Unreachable(f"{request.what}: HTTP {status}", status=status)
    if status >= 300:
        raise Refused(status, code=code, message=body["error"] or message)


def _said(raw: bytes) -> dict[str, Any]:
    """Return what an error body says: `code`, `message` and OAuth's `error`, each checked and cut."""
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {}
    fields = cast("dict[str, Any]", body)
    code, error = fields.get("code"), fields.get("error")
    message = fields.get("message") or fields.get("error_description")
    return {
        "code": code if isinstance(code, int) and not isinstance(code, bool) else None,
        "message": message[:200] if isinstance(message, str) else "",
        "error": error[:60] if isinstance(error, str) else "",
    }


def _back_off(response: aiohttp.ClientResponse) -> float:
    try:
        asked = float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return _DEFAULT_BACK_OFF
    return min(max(asked, 1.0), _LONGEST_BACK_OFF)


def _date(response: aiohttp.ClientResponse) -> datetime | None:
    try:
        date = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def clock_skew(answer: Answer, *, now: datetime) -> timedelta | None:
    """Return how far Blink's clock is ahead of ours, or None where the answer bears no date."""
    return answer.date - now.replace(microsecond=0) if answer.date else None
