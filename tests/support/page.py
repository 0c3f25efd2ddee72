"""A server with links on it, the Blink behind it as a test writes it down, and visitors with and without a browser."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import aiohttp

from bot.accounts import Linking, Sessions
from bot.blink import CodeWanted, Denied, SignedIn, Transport
from bot.metrics import Metrics
from bot.models import Account, Invitation, Invited, Region, Tokens
from bot.web import DiscordOAuth, Pages, Scrape, serve
from simulators.demo.tls import Authority
from tests.support.ports import free_port
from tests.support.scripted import Say, Scripted

USER = Invited(4711, "Alice Example")
PASSWORD = "correct horse <battery> & staple"
CODE = "482913"
EMAIL = "alice@example.org"
HOMESCREEN = {
    "networks": [{"id": 1, "name": "Home", "armed": True}],
    "cameras": [
        {"id": 11, "name": "Front Door", "network_id": 1, "type": "catalina", "status": "done"},
        {"id": 12, "name": "Garage", "network_id": 1, "type": "white", "status": "offline"},
    ],
    "owls": [],
    "doorbells": [],
    "sync_modules": [],
}
SMS = CodeWanted("sms", "+49******12")


def signed_in() -> SignedIn:
    """Fresh tokens of an account in some region."""
    end = datetime.now(UTC) + timedelta(hours=4)
    return SignedIn(Tokens("access-of-the-tests", "refresh-of-the-tests", end, "ios", "hw"), Region("u011", 99))


class Clock:
    """The time as a test sets it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def pass_by(self, **time: float) -> None:
        self.ahead += timedelta(**time)


class Blink:
    """What Blink's sign-in says, in order, the last answer again and again; and what it was told."""

    def __init__(self) -> None:
        self.answers: list[SignedIn | CodeWanted | Denied | Exception] = []
        self.heard: list[tuple[str, ...]] = []
        self.open = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def says(self, *answers: SignedIn | CodeWanted | Denied | Exception) -> None:
        self.answers[:] = answers

    def sign_in(self, hardware_id: str | None) -> Attempt:
        self.open += 1
        return Attempt(self)

    async def answer(self, *told: str) -> SignedIn | CodeWanted | Denied:
        self.heard.append(told)
        await self.gate.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Attempt:
    """One scripted sign-in."""

    blink: Blink

    async def password(self, username: str, password: str) -> SignedIn | CodeWanted | Denied:
        return await self.blink.answer("password", username, password)

    async def code(self, code: str) -> SignedIn | Denied:
        answer = await self.blink.answer("code", code)
        assert not isinstance(answer, CodeWanted)
        return answer

    async def close(self) -> None:
        self.blink.open -= 1


class Memory:
    """Accounts and invitations, in memory; look-ups wait while `gate` is closed."""

    def __init__(self) -> None:
        self.links: dict[int, Account] = {}
        self.invitations: dict[str, Invitation] = {}
        self.looked = 0
        self.broken = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def account(self, user_id: int) -> Account | None:
        return self.links.get(user_id)

    async def accounts(self) -> list[Account]:
        return list(self.links.values())

    async def try_to_write(self) -> None:
        pass

    async def link(self, account: Account, *, invitation: str | None = None) -> bool:
        if invitation and not await self.use_invitation(invitation, at=account.linked_at):
            return False
        self.links[account.user_id] = account
        return True

    async def unlink(self, user_id: int) -> bool:
        return self.links.pop(user_id, None) is not None

    async def claim_refresh(self, account: Account, *, owner: str, seconds: float) -> bool:
        return False

    async def save_tokens(self, account: Account, *, owner: str, tokens: Tokens) -> bool:
        return False

    async def release_refresh(self, account: Account, *, owner: str) -> None:
        pass

    async def save_region(self, account: Account, region: Region) -> None:
        pass

    async def mark_signed_out(self, account: Account, *, at: datetime) -> None:
        pass

    async def mark_success(self, account: Account, *, at: datetime) -> None:
        pass

    async def invite(self, invitation: Invitation) -> None:
        earlier = [
            digest for digest, other in self.invitations.items() if other.invited.user_id == invitation.invited.user_id
        ]
        for digest in earlier:
            del self.invitations[digest]
        self.invitations[invitation.digest] = invitation

    async def invitation(self, digest: str) -> Invitation | None:
        self.looked += 1
        await self.gate.wait()
        if self.broken:
            raise RuntimeError(f"the database says something about {PASSWORD}")
        return self.invitations.get(digest)

    async def use_invitation(self, digest: str, *, at: datetime) -> bool:
        found = self.invitations.get(digest)
        if found is None or found.used_at is not None:
            return False
        self.invitations[digest] = replace(found, used_at=at)
        return True

    async def forget_invitations(self, *, expired_before: datetime) -> None:
        self.invitations = {key: one for key, one in self.invitations.items() if one.expires_at >= expired_before}


class _Page(HTMLParser):
    """The fields of a page's forms by the name of their button, and what the page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.values: dict[str, str] = {}
        self.shown: list[str] = []
        self._fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = {}
        elif tag == "input":
            self.values[had["name"]] = had.get("value", "")
            if had.get("type") == "hidden":
                self._fields[had["name"]] = had.get("value", "")
        elif tag == "button":
            self.forms[had["value"]] = {**self._fields, had["name"]: had["value"]}

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


@dataclass(frozen=True)
class Seen:
    """An answer as a visitor sees it."""

    status: int
    headers: aiohttp.typedefs.CIMultiDictProxy[str]
    html: str
    page: _Page = field(repr=False)

    @property
    def text(self) -> str:
        """All words of the page, on one line."""
        return " ".join(" ".join(self.page.shown).split())

    @property
    def heading(self) -> str:
        match = re.search("<h1>(.*?)</h1>", self.html)
        assert match, self.html
        return match[1]

    @property
    def location(self) -> str:
        return self.headers["Location"]


class Visitor:
    """A browser without a picture: it keeps cookies, also Secure ones, and sends what is on the last page."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url
        self.cookies: dict[str, str] = {}
        self.path = "/"
        self.last: Seen | None = None
        self.answers: list[Seen] = []

    async def ask(self, method: str, path: str, **request: object) -> Seen:
        """Send one request and follow nothing."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= request.pop("headers", {})  # type: ignore[operator]
        url = path if path.startswith("http") else self._url + path
        async with self._http.request(method, url, headers=headers, allow_redirects=False, **request) as response:  # type: ignore[arg-type]
            self.cookies |= {name: morsel.value for name, morsel in response.cookies.items()}
            html = await response.text()
            page = _Page()
            page.feed(html)
            seen = Seen(response.status, response.headers, html, page)
            self.answers.append(seen)
            return seen

    async def open(self, path: str) -> Seen:
        """Open a page of ours."""
        self.path = path
        self.last = await self.ask("GET", path)
        return self.last

    async def send(self, button: str, /, **fields: str) -> Seen:
        """Press a button of the last page, and follow nothing."""
        assert self.last
        return await self.ask("POST", self.path, data={**self.last.page.forms[button], **fields})

    async def press(self, button: str, /, **fields: str) -> Seen:
        """Press a button of the last page and see what comes of it."""
        answer = await self.send(button, **fields)
        if answer.status == 303:
            return await self.open(answer.location)
        self.last = answer
        return answer

    async def sign_in(self, path: str) -> Seen:
        """Go from the link to what comes after the password."""
        await self.open(path)
        await self.press("confirm")
        return await self.press("password", username=EMAIL, password=PASSWORD)


@dataclass
class PageSetup:
    """A running server; `restart` gives it a new process's memory and the same store."""

    blink: Blink
    memory: Memory
    clock: Clock
    cloud: Scripted
    transport: Transport
    http: aiohttp.ClientSession
    port: int
    scheme: str = "http"
    oauth: DiscordOAuth | None = None
    trusted_hops: int = 0
    patience: float = 10.0
    ready: Callable[[], Awaitable[Mapping[str, str]]] = field(default=lambda: _fine())
    scrape: Scrape | None = None
    linking: Linking = field(init=False)
    _serving: asyncio.Task[None] | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, **settings: object) -> None:
        for name, value in settings.items():
            setattr(self, name, value)
        self.linking = Linking(
            self.memory,
            self.memory,
            self.blink.sign_in,
            Sessions(self.memory, self.transport, Metrics(), now=self.clock),
            now=self.clock,
        )
        pages = Pages(
            self.linking,
            public_url=f"{self.scheme}://127.0.0.1:{self.port}",
            oauth=self.oauth,
            trusted_hops=self.trusted_hops,
            now=self.clock,
            patience=self.patience,
        )
        up = asyncio.Event()
        self._stop = asyncio.Event()
        self._serving = asyncio.create_task(self._serve(pages, up))
        await up.wait()

    async def _serve(self, pages: Pages, up: asyncio.Event) -> None:
        async with serve(self.port, ready=self.ready, scrape=self.scrape, pages=pages, host="127.0.0.1"):
            up.set()
            await self._stop.wait()
        await self.linking.close()

    async def stop(self) -> None:
        self._stop.set()
        if self._serving:
            await self._serving

    async def restart(self, **settings: object) -> None:
        await self.stop()
        await self.start(**settings)

    async def invite(self, invited: Invited = USER) -> str:
        """Return the path of a new link."""
        token, _ = await self.linking.invite(invited)
        return f"/link/{token}"

    def visitor(self) -> Visitor:
        return Visitor(self.http, self.url)


async def _fine() -> Mapping[str, str]:
    return {"gateway": "ok"}


@asynccontextmanager
async def opened(authority: Authority) -> AsyncIterator[PageSetup]:
    """Open a stage whose Blink lists two cameras; nothing is started yet."""
    cloud = Scripted()
    cloud.says(Say(HOMESCREEN))
    async with (
        cloud.running(authority.server),
        cloud.session() as to_blink,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        stage = PageSetup(Blink(), Memory(), Clock(), cloud, Transport(to_blink), http, free_port())
        try:
            yield stage
        finally:
            await stage.stop()


async def through_discord(visitor: Visitor, path: str) -> Seen:
    """Confirm the link, go where that leads, and come back."""
    await visitor.open(path)
    away = await visitor.send("confirm")
    assert away.status == 303
    back = await visitor.ask("GET", away.location)
    answer = await visitor.ask("GET", back.location)
    return await visitor.open(answer.location) if answer.status == 303 else answer
