"""Send requests to Blink over HTTP, and turn every failure into one typed error."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import aiohttp
from yarl import URL

from . import routes
from .errors import BlinkError, NeverSent, NotUnderstood, Unreachable
from .responses import Answer, date_of, decoded, plain_text, raise_for_refusal
from .sockets import NotPublic, network_reason

Observe = Callable[[str, str, int | None, float], None]  # what, "ok" or the error's class, status, seconds

_log = logging.getLogger(__name__)

_MAX_BODY = 4 * 2**20
_MAX_REDIRECTS = 3
_OAUTH_AGENT = "Blink"
_HOST = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """One request to one host; `what` names it in errors and logs."""

    what: str
    method: str
    host: str
    path: str = field(repr=False)  # can be a whole address with its own signature
    query: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: Mapping[str, object] | None = None
    bearer: str | None = field(default=None, repr=False)

    @property
    def url(self) -> URL:
        """The address; a media path can be a whole https address. Raises ValueError if it is no address."""
        whole = self.path.startswith("https://")
        url = URL(self.path if whole else f"https://{self.host}{self.path}")  # Blink has quoted the path already
        return url.with_query(self.query) if self.query else url

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets in this request, which Blink's words must not repeat."""
        return tuple(filter(None, (self.bearer, (self.form or {}).get("refresh_token"))))

    @property
    def oauth(self) -> bool:
        """Whether it goes to the OAuth host, whose errors have a form of their own."""
        return self.form is not None


class Transport:
    """Sends requests over borrowed sessions; timeouts in seconds cover the connection and the whole body."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        outside: aiohttp.ClientSession | None = None,
        timeout: float = 15.0,
        video_timeout: float = 90.0,
        observe: Observe = lambda what, outcome, status, seconds: None,
    ) -> None:
        """Reach Blink's own hosts through `http`, and other hosts through `outside` or not at all."""
        self._http = http
        self._outside = outside
        self._timeout = timeout
        self._video_timeout = video_timeout
        self._observe = observe
        self._warned: dict[str, date] = {}

    def warn_daily(self, text: str) -> None:
        """Log a warning, at most once a day."""
        today = datetime.now(UTC).date()
        if self._warned.get(text) != today:
            self._warned[text] = today
            _log.warning(text)

    async def request(self, request: Request) -> Answer:
        """Send `request` once and return its JSON. Raises any BlinkError except BadMedia."""
        async with self._open(request, self._timeout) as response:
            raw = await _read_body(response, request.what)
            body = decoded(raw)
            _check(request, response, body if body is not None else plain_text(raw))
            if body is None:
                raise NotUnderstood(request.what)
            return Answer(request.what, body, date_of(response), response.headers, request.secrets)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Send `request` and yield its response before the body has arrived. Raises BlinkError."""
        async with self._open(request, self._video_timeout) as response:
            if response.status != 200 or response.content_type == "application/json":
                _check(request, response, decoded(await _read_body(response, request.what)))
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
            failure = _typed(request.what, error, timeout)
            self._observe(request.what, type(failure).__name__, status, clock() - began)
            raise failure from None
        self._observe(request.what, "ok", status, clock() - began)

    async def _send(self, request: Request, timeout: float) -> aiohttp.ClientResponse:
        limits = aiohttp.ClientTimeout(total=None, connect=timeout * 2 / 3)
        url = _address(request)
        for _ in range(_MAX_REDIRECTS):
            response = await self._session_for(request, url).request(
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

    def _session_for(self, request: Request, url: URL) -> aiohttp.ClientSession:
        if routes.is_blinks(url.raw_host):
            return self._http
        if self._outside is None:
            raise NeverSent(f"{request.what}: not one of Blink's hosts")
        return self._outside


def _check(request: Request, response: aiohttp.ClientResponse, body: object) -> None:
    """Raise the BlinkError of a refusal; another host's 401 tells nothing about this sign-in."""
    if response.url.host == request.host:
        raise_for_refusal(response, body, what=request.what, oauth=request.oauth, secrets=request.secrets)
    elif response.status >= 300:
        raise NotUnderstood(request.what)


def _typed(what: str, error: BlinkError | aiohttp.ClientError | OSError, timeout: float) -> BlinkError:
    """Return the BlinkError for a failure, without the text of other libraries: it can hold a secret address."""
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
    """Return the address of a request or of a redirect from `base`.

    Raises NotUnderstood if it is no plain https address of a host; aiohttp would read odd ones in its own way.
    """
    try:
        url = base.join(URL(target)) if base else request.url
        fit = url.scheme == "https" and url.user is None and url.password is None and url.port is not None
    except ValueError:
        raise NotUnderstood(request.what) from None
    if not fit or len(url.raw_host or "") > 253 or not _HOST.fullmatch(url.raw_host or ""):
        raise NotUnderstood(request.what)
    return url


def _headers(request: Request, url: URL) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if request.oauth:
        headers = {"Accept": "application/json", "User-Agent": _OAUTH_AGENT}
    if (
        request.bearer
        and routes.is_blinks(url.raw_host)
        and url.origin() == URL.build(scheme="https", host=request.host)
    ):
        headers["Authorization"] = f"Bearer {request.bearer}"
    return headers


async def _read_body(response: aiohttp.ClientResponse, what: str) -> bytes:
    """Return the body. Raises NotUnderstood if it is too large."""
    raw = bytearray(await response.content.readany())
    while len(raw) <= _MAX_BODY:
        if response.content.at_eof():
            return bytes(raw)
        raw += await response.content.readany()
    raise NotUnderstood(what)
