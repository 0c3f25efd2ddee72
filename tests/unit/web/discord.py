"""Discord's OAuth2 as far as the page uses it, on a real socket: https://docs.discord.com/developers/topics/oauth2."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
from aiohttp import web

from bot.web import DiscordOAuth

CLIENT_ID = 1234567890
CLIENT_SECRET = "client-secret-of-the-tests"


class Discord:
    """Knows who is signed in at the visitor's browser, and refuses whatever is not as its documentation has it."""

    def __init__(self) -> None:
        self.signed_in_as = 4711
        self.mood: Literal["well", "declines", "broken", "hangs up", "refuses", "strange"] = "well"
        self.asks = False  # whether a person has to press a button, so that it is Discord that leads back
        self.redirect_uri = ""
        self.codes: dict[str, tuple[str, int]] = {}  # code → (challenge, user)
        self.tokens: dict[str, int] = {}
        self.given: list[str] = []
        self.asked: list[str] = []
        self.queries: list[dict[str, str]] = []
        self.port = 0

    @property
    def site(self) -> str:
        """Where it is: by a name, so that for a browser it is another site than the page."""
        return f"http://localhost:{self.port}"

    def application(self, client_id: int | None = CLIENT_ID) -> DiscordOAuth:
        return DiscordOAuth(lambda: client_id, CLIENT_SECRET, aiohttp.TCPConnector, site=self.site)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Discord]:
        app = web.Application()
        app.add_routes(
            [
                web.get("/oauth2/authorize", self._authorize),
                web.post("/api/v10/oauth2/token", self._token),
                web.get("/api/v10/users/@me", self._me),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _authorize(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.queries.append(query)
        self.asked.append(str(request.url))
        fixed = {"response_type": "code", "scope": "identify", "code_challenge_method": "S256"}
        assert {name: query[name] for name in fixed} == fixed
        assert query["client_id"] == str(CLIENT_ID)
        assert query["redirect_uri"] == self.redirect_uri
        assert urlsplit(query["redirect_uri"]).path == "/oauth/discord"
        assert len(query["state"]) >= 32
        assert "Referer" not in request.headers
        back = {"state": query["state"]}
        if self.mood == "declines":
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(12)
            self.given.append(back["code"])
            self.codes[back["code"]] = (query["code_challenge"], self.signed_in_as)
        url = f"{query['redirect_uri']}?{urlencode(back)}"
        if not self.asks:
            raise web.HTTPFound(url)
        text = f'<!doctype html><link rel="icon" href="data:,"><a href="{escape(url)}">Authorize</a>'
        return web.Response(text=text, content_type="text/html")

    async def _token(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl(await request.text()))
        self._as_the_application(request)
        if self.mood == "broken":
            return web.Response(status=503, text="<html>upstream</html>")
        if self.mood == "hangs up":
            assert request.transport
            request.transport.abort()
            return web.Response()
        if self.mood == "strange":
            return web.json_response({"token": "?"})
        challenge, user = self.codes.pop(form["code"], ("", 0))
        proven = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        fine = form["grant_type"] == "authorization_code" and form["redirect_uri"] == self.redirect_uri
        if self.mood == "refuses" or proven != challenge or not fine:
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = secrets.token_urlsafe(20)
        self.given.append(token)
        self.tokens[token] = user
        return web.json_response(
            {"access_token": token, "token_type": "Bearer", "expires_in": 604800, "scope": "identify"}
        )

    async def _me(self, request: web.Request) -> web.Response:
        user = self.tokens[request.headers["Authorization"].removeprefix("Bearer ")]
        return web.json_response({"id": str(user), "username": "somebody"})

    def _as_the_application(self, request: web.Request) -> None:
        assert request.content_type == "application/x-www-form-urlencoded"
        pair = base64.b64decode(request.headers["Authorization"].removeprefix("Basic "))
        assert pair == f"{CLIENT_ID}:{CLIENT_SECRET}".encode()
