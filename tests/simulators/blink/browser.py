"""A browser that signs in to Blink step by step; every step can be told to send something else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from simulators.blink import Account, Behaviour, SimBlink, World
from simulators.demo.network import connectors
from simulators.demo.tls import Authority
from tests.simulators.blink.phone import OAUTH, Heard, Phone

EMAIL, PASSWORD = "alice@example.com", "p&ss wörd+1"
HARDWARE = "6F2C1C2E-7D5B-4C55-9E0B-2C8A53F5A9A1"
CALLBACK = {
    "ios": "immedia-blink://applinks.blink.com/signin/callback",
    "android": "https://applinks.blink.com/signin/callback",
}
VERIFIER = base64.urlsafe_b64encode(b"0123456789abcdef0123456789abcdef").decode().rstrip("=")
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
Fields = dict[str, str | None]
"""Fields to send instead of the usual ones; None leaves one out."""


class Browser:
    """One browser with its own cookies."""

    def __init__(self, session: aiohttp.ClientSession, client: str = "ios", hardware_id: str = HARDWARE) -> None:
        self.session = session
        self.client = client
        self.hardware_id = hardware_id
        self.csrf = ""

    async def send(self, method: str, path: str, **more: Any) -> Heard:
        url = f"https://{OAUTH}{path}"
        async with self.session.request(method, url, allow_redirects=False, **more) as answer:
            cookies = {"cookies": "\n".join(answer.headers.getall("Set-Cookie", []))}
            return Heard(answer.status, {**answer.headers, **cookies}, await answer.read())

    async def authorize(self, changes: Fields | None = None) -> Heard:
        usual: Fields = {
            "app_brand": "blink",
            "app_version": "50.1",
            "client_id": self.client,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "device_brand": "Apple",
            "device_model": "iPhone16,1",
            "device_os_version": "26.1",
            "hardware_id": self.hardware_id,
            "redirect_uri": CALLBACK[self.client],
            "response_type": "code",
            "scope": "client",
        }
        return await self.send("GET", "/oauth/v2/authorize", params=_changed(usual, changes))

    async def page(self) -> Heard:
        heard = await self.send("GET", "/oauth/v2/signin")
        if found := re.search(rb'<script id="oauth-args" type="application/json">(.*?)</script>', heard.raw):
            self.csrf = json.loads(found[1])["csrf-token"]
        return heard

    async def begin(self, changes: Fields | None = None) -> None:
        """Get as far as the page with the two fields."""
        assert (await self.authorize(changes)).status == 302
        assert (await self.page()).status == 200

    async def password(
        self,
        email: str,
        password: str,
        changes: Fields | None = None,
        *,
        origin: str | None = f"https://{OAUTH}",
        referer: str | None = None,
    ) -> Heard:
        usual: Fields = {"username": email, "password": password, "csrf-token": self.csrf}
        return await self.send(
            "POST", "/oauth/v2/signin", data=_changed(usual, changes), headers=_came(origin, referer)
        )

    async def code(self, code: str | None, changes: Fields | None = None) -> Heard:
        usual: Fields = {"2fa_code": code, "csrf-token": self.csrf, "remember_me": "false"}
        headers = _came(f"https://{OAUTH}", f"https://{OAUTH}/oauth/v2/signin")
        return await self.send("POST", "/oauth/v2/2fa/verify", data=_changed(usual, changes), headers=headers)

    async def authorization(self) -> str:
        heard = await self.send("GET", "/oauth/v2/authorize")
        location = heard.headers["Location"]
        assert heard.status == 302
        assert location.startswith(CALLBACK[self.client] + "?"), location
        return parse_qs(urlsplit(location).query)["code"][0]

    async def exchange(self, authorization: str, changes: Fields | None = None) -> Heard:
        usual: Fields = {
            "client_id": self.client,
            "code": authorization,
            "code_verifier": VERIFIER,
            "grant_type": "authorization_code",
            "redirect_uri": CALLBACK[self.client],
        }
        if self.client == "ios":
            usual |= {"app_brand": "blink", "hardware_id": self.hardware_id, "scope": "client"}
        return await self.send("POST", "/oauth/token", data=_changed(usual, changes))

    async def refresh(self, token: str, client: str) -> Heard:
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": client, "scope": "client"}
        return await self.send("POST", "/oauth/token", data=form)


def _changed(usual: Fields, changes: Fields | None) -> dict[str, str]:
    return {name: value for name, value in {**usual, **(changes or {})}.items() if value is not None}


def _came(origin: str | None, referer: str | None) -> dict[str, str]:
    return {name: value for name, value in (("Origin", origin), ("Referer", referer)) if value is not None}


@asynccontextmanager
async def browsing(
    world: World, authority: Authority
) -> AsyncIterator[tuple[SimBlink, Callable[[], aiohttp.ClientSession]]]:
    """Serve a world over TLS under Blink's own host names; every call of what is yielded is a new cookie jar."""
    sim = SimBlink(world)
    port = await sim.start(authority.server)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(sim.close)

        def jar() -> aiohttp.ClientSession:
            session = aiohttp.ClientSession(
                connector=connectors(discord=0, blink=port)(), cookie_jar=aiohttp.CookieJar(unsafe=True)
            )
            stack.push_async_callback(session.close)
            return session

        yield sim, jar


@dataclass
class Door:
    """Blink's front door, and as many browsers as one likes."""

    world: World
    sim: SimBlink
    account: Account
    jar: Callable[[], aiohttp.ClientSession]

    def browser(self, client: str = "ios") -> Browser:
        return Browser(self.jar(), client)

    async def passed(self, client: str = "ios") -> Browser:
        """A browser that has given the password and the code."""
        browser = self.browser(client)
        await browser.begin()
        await browser.password(EMAIL, PASSWORD)
        if self.account.two_factor:
            assert (await browser.code(self.account.code)).status == 201
        return browser

    async def tokens(self, client: str = "ios") -> dict[str, Any]:
        browser = await self.passed(client)
        return (await browser.exchange(await browser.authorization())).json

    def phone(self, tokens: dict[str, Any] | None = None) -> Phone:
        """A client of the account; without tokens of an earlier sign-in, the owner's phone."""
        phone = Phone(self.jar(), self.account, tokens and tokens["access_token"])
        phone.scheme = "https"
        return phone

    def routes(self) -> list[str | None]:
        return [request.route for request in self.sim.requests]


@asynccontextmanager
async def opened(authority: Authority) -> AsyncIterator[Door]:
    world = World(tiny_videos=True)
    account = world.add_account(email=EMAIL, password=PASSWORD, tier="u011")
    account.add_network("Home").add_camera("Front Door", behaviour=Behaviour.quick())
    async with browsing(world, authority) as (sim, jar):
        yield Door(world, sim, account, jar)
