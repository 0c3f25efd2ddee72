"""A simulated Blink that people sign in to, and what they type."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.blink import BlinkSignIn, Transport
from simulators.blink import Account, Behaviour, Request, SimBlink, World
from simulators.demo.network import ConnectorFactory, connectors
from simulators.demo.tls import Authority
from tests.support.scripted import Say, Scripted

EMAIL, PASSWORD = "alice+blink@example.com", "p&ss wörd=1 %2B"
OWN = "3F2504E0-4F89-11D3-9A0C-0305E82C3301"
SESSION = "__Secure-oauth-session"

AUTHORIZED = Say(b"<html>", headers={"Set-Cookie": "session=scripted-cookie; Path=/; Secure"})
PAGE = Say(b'<script id="oauth-args" type="application/json">{"csrf-token": "scripted-csrf"}</script>')
BEGUN = (AUTHORIZED, PAGE)
ASKED = Say({"next_time_in_secs": 60, "phone": "+49xxxxxxxx17", "tsv_methods": ["sms"], "tsv_state": "sms"}, 202)
TAKEN = Say({"status": "auth-completed"}, 201)
IN = Say(b"", 302, {"Location": "/oauth/v2/authorize?followed=1"})
CODE = Say(b"", 302, {"Location": "immedia-blink://applinks.blink.com/signin/callback?code=scripted-authorization"})
GIVEN = {"access_token": "scripted-access", "refresh_token": "scripted-refresh", "expires_in": 14400}
TOKENS = Say(GIVEN)
TIER = Say({"tier": "e008", "account_id": 4242})
TYPED = ("typed@example.com", "typed-password", "typed-code")
SCRIPTED = (
    *TYPED,
    "scripted-cookie",
    "scripted-csrf",
    "scripted-authorization",
    "scripted-access",
    "scripted-refresh",
)


def sign_in_at(blink: Scripted, transport: Transport, *, timeout: float = 20.0) -> BlinkSignIn:
    """A sign-in at a scripted Blink."""
    return BlinkSignIn(transport, connectors(discord=0, blink=blink.port), hardware_id=OWN, timeout=timeout)


@dataclass
class Door:
    """Blink's front door, and as many people before it as one likes."""

    world: World
    sim: SimBlink
    account: Account
    connectors: ConnectorFactory
    transport: Transport
    opened: list[BlinkSignIn] = field(default_factory=list[BlinkSignIn])

    def sign_in(self, **more: Any) -> BlinkSignIn:
        self.opened.append(BlinkSignIn(self.transport, self.connectors, **{"timeout": 20.0, **more}))
        return self.opened[-1]

    def routes(self) -> list[str | None]:
        return [request.route for request in self.sim.requests]

    @property
    def code(self) -> str:
        assert self.account.code
        return self.account.code

    def secrets(self) -> set[str]:
        """Everything that went over the wire and is nobody else's business."""
        found = {EMAIL, PASSWORD}
        for request in self.sim.requests:
            found |= _form(request) | set(cookies(request).values())
            found |= {request.headers.get("Authorization", "").removeprefix("Bearer ")}
        for account in self.world.accounts:
            found |= {code.text for code in account.codes} | {*account._access, *account._refresh}
        return {secret for secret in found if len(secret) > 5}


def _form(request: Request) -> set[str]:
    body = request.body if isinstance(request.body, dict) else {}
    names = ("username", "password", "csrf-token", "2fa_code", "code", "code_verifier")
    return {str(body[name]) for name in names if name in body}


def cookies(request: Request) -> dict[str, str]:
    """The cookies of a request, as they came."""
    pairs = [pair.strip().partition("=") for pair in request.headers.get("Cookie", "").split(";")]
    return {name: value for name, equals, value in pairs if equals}


@asynccontextmanager
async def front_door(authority: Authority) -> AsyncIterator[Door]:
    world = World(tiny_videos=True)
    account = world.add_account(email=EMAIL, password=PASSWORD, tier="u011")
    account.add_network("Home").add_camera("Front Door", behaviour=Behaviour.quick())
    sim = SimBlink(world)
    port = await sim.start(authority.server)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(sim.close)
        names = connectors(discord=0, blink=port)
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=names(), cookie_jar=aiohttp.DummyCookieJar())
        )
        door = Door(world, sim, account, names, Transport(http))
        yield door
        for sign_in in door.opened:
            await sign_in.close()
    assert sim.surprises == []


def said(records: Iterable[logging.LogRecord]) -> str:
    """All that the log says, also where a formatter leaves it out."""
    return "\n".join(f"{one.getMessage()} {one.args} {one.exc_info} {one.exc_text}" for one in records)
