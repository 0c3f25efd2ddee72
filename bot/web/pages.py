"""The sign-in page: each link has one address, which shows the link's current step.

Every form is answered with a redirect to the page itself, so that reloading and going back send nothing again.
"""

import logging
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web

from bot.accounts import Hurdle, Linking, LinkStep, Stopped
from bot.blink import Denied, utcnow
from bot.wording import pages as words

from . import forms
from .forms import Browsers
from .link_sessions import Visit, Visits
from .oauth import DiscordAway, DiscordOAuth, DiscordRefused, Trips
from .rate_limits import Crowded, WrongLinks, client_address
from .rendering import RequestRefused, current_step, first_step

_log = logging.getLogger(__name__)

CALLBACK = "/oauth/discord"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")
_SHOWN_AFTERWARDS = timedelta(minutes=10)


class Pages:
    """Serves `/link/{token}`, and `/oauth/discord` for people who come back from Discord."""

    def __init__(
        self,
        linking: Linking,
        *,
        public_url: str,
        oauth: DiscordOAuth | None = None,
        trusted_hops: int = 0,
        now: Callable[[], datetime] = utcnow,
        patience: float = 10.0,
    ) -> None:
        """Serve links of `linking` at `public_url`; raises ValueError if that is not just a scheme and a host.

        `trusted_hops` is how many proxies in front add to X-Forwarded-For; a form has `patience` seconds to arrive.
        """
        url = urlsplit(public_url)
        if url.scheme not in ("http", "https") or not url.netloc or url.path.strip("/") or url.query or url.fragment:
            raise ValueError("the public URL must be like https://blink.example.org, without a path")
        self.origin = f"{url.scheme}://{url.netloc}"
        self.https = url.scheme == "https"
        self._linking = linking
        self._oauth = oauth
        self._trusted_hops = trusted_hops
        self._now = now
        self._patience = patience
        self._browsers = Browsers(https=self.https)
        self._visits = Visits(now)
        self._trips = Trips(now)
        self._wrong_links = WrongLinks(now)
        self._warned = False

    @property
    def form_targets(self) -> list[str]:
        """The origins, besides ours, to which a form may lead."""
        return [self._oauth.site] if self._oauth else []

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        page = "/link/{token}"
        return [web.get(page, self._show), web.post(page, self._submit), web.get(CALLBACK, self._back_from_discord)]

    async def _show(self, request: web.Request) -> web.Response:
        session = self._browsers.session(request) or secrets.token_urlsafe(32)
        key, visit = await self._visit(request, request.match_info["token"], session)
        if visit.session not in (None, session) and not self._oauth:
            raise RequestRefused(403, words.OTHER_BROWSER)
        form = self._browsers.form_token(session, key)
        if visit.session == session:
            wait = self._linking.wait(visit.invited.user_id)
            response = current_step(visit, form=form, wait=wait)
        else:
            response = first_step(visit, form=form, through_discord=self._oauth is not None)
        self._browsers.remember(response, session)
        return response

    async def _submit(self, request: web.Request) -> web.Response:
        fields = await forms.read(request, patience=self._patience)
        token, session = request.match_info["token"], self._browsers.session(request)
        key, visit = await self._visit(request, token, session)
        if session is None or not self._browsers.sent(request, fields, session, key):
            raise RequestRefused(403, words.LOST, back=request.path)
        if visit.linked:
            raise web.HTTPSeeOther(request.path)
        if fields.get("do") == "confirm":
            raise web.HTTPSeeOther(self._confirmed(visit, session, token))
        if visit.session != session:
            raise (
                RequestRefused(403, words.OTHER_BROWSER)
                if visit.session
                else RequestRefused(403, words.LOST, back=request.path)
            )
        match fields.get("do"):
            case "password":
                await self._password(request, visit, fields)
            case "code":
                await self._code(request, visit, fields)
            case "again":
                visit.asked = visit.problem = None
            case _:
                raise RequestRefused(400, words.NOT_A_FORM)
        raise web.HTTPSeeOther(request.path)

    def _confirmed(self, visit: Visit, session: str, token: str) -> str:
        """Return the next address for somebody who says that the link is theirs: the page or, to prove it, Discord."""
        if not self._oauth:
            if visit.session not in (None, session):
                raise RequestRefused(403, words.OTHER_BROWSER)
            visit.belong_to(session)
            return f"/link/{token}"
        state, verifier = self._trips.begin(session, token)
        try:
            return self._oauth.authorize_url(redirect_uri=self.origin + CALLBACK, state=state, verifier=verifier)
        except DiscordAway:
            raise RequestRefused(503, words.DISCORD_AWAY, back=f"/link/{token}") from None

    async def _back_from_discord(self, request: web.Request) -> web.Response:
        session = self._browsers.session(request)
        trip = self._trips.end(request.query.get("state", ""), session)
        if trip is None or not self._oauth:
            raise RequestRefused(403, words.LOST)
        back = f"/link/{trip.token}"
        _, visit = await self._visit(request, trip.token, session)
        if visit.linked:
            raise web.HTTPSeeOther(back)
        if not (code := request.query.get("code")):
            raise RequestRefused(403, words.DECLINED, back=back)
        try:
            user_id = await self._oauth.who(code=code, verifier=trip.verifier, redirect_uri=self.origin + CALLBACK)
        except DiscordAway:
            raise RequestRefused(502, words.DISCORD_AWAY, back=back) from None
        except DiscordRefused:
            raise RequestRefused(403, words.DISCORD_REFUSED, back=back) from None
        if user_id != visit.invited.user_id:
            raise RequestRefused(403, words.NOT_YOU, back=back)
        visit.belong_to(trip.session)
        raise web.HTTPSeeOther(back)

    async def _password(self, request: web.Request, visit: Visit, fields: dict[str, str]) -> None:
        visit.username, password, visit.problem = forms.credentials(fields)
        if visit.problem:
            return
        username = visit.username
        async with visit.once(username, password) as first:
            if first and not visit.linked:
                step = await self._linking.password(
                    request.match_info["token"],
                    username=username,
                    password=password,
                    address=self._address(request),
                )
                self._heard(visit, step, keeps_code=False)

    async def _code(self, request: web.Request, visit: Visit, fields: dict[str, str]) -> None:
        attempt, code = fields.get("attempt", ""), forms.code(fields)
        if visit.asked and visit.asked.attempt != attempt:
            visit.problem = words.NEWER_CODE
            return
        if code is None:
            visit.problem = words.NOT_A_CODE
            return
        async with visit.once(attempt, code) as first:
            if first and not visit.linked:
                step = await self._linking.code(
                    request.match_info["token"],
                    attempt=attempt,
                    code=code,
                    address=self._address(request),
                )
                keeps = step.takes_another_code if isinstance(step, Denied) else step != Stopped(Hurdle.START_AGAIN)
                self._heard(visit, step, keeps_code=keeps)

    def _heard(self, visit: Visit, step: LinkStep, *, keeps_code: bool) -> None:
        if step == Stopped(Hurdle.LINK_GONE):
            raise RequestRefused(404, words.GONE)
        visit.heard(step, keeps_code=keeps_code, shown_until=self._now() + _SHOWN_AFTERWARDS)

    async def _visit(self, request: web.Request, token: str, session: str | None) -> tuple[str, Visit]:
        """Return the key and the visit of a link; raises RequestRefused if it cannot be used."""
        if not _TOKEN.fullmatch(token):
            raise RequestRefused(404, words.GONE)
        key = self._browsers.key(token)
        visit = self._visits.get(key)
        mine = visit is not None and session is not None and visit.session == session
        if visit and visit.linked:
            if not mine:
                raise RequestRefused(404, words.GONE)
            return key, visit
        address = self._address(request)
        if mine:
            invitation = await self._linking.invitation(token)
        else:
            try:
                with self._wrong_links.looking(address):
                    invitation = await self._linking.invitation(token)
            except Crowded:
                raise RequestRefused(429, words.CROWDED, retry_after=1) from None
        if invitation is None:
            self._wrong_links.count(address)
            self._visits.end(key)
            raise RequestRefused(404, words.GONE)
        return key, self._visits.begin(key, invitation.invited, invitation.expires_at)

    def _address(self, request: web.Request) -> str | None:
        """Return the address that counts for limits; None over https without a trusted proxy, since all share one."""
        if not self._trusted_hops and not self._warned and "X-Forwarded-For" in request.headers:
            self._warned = True
            so = "there are no limits per address" if self.https else "all who come through it count as one"
            _log.warning("a proxy stands before the page, but none is trusted: %s", so)
        if self.https and not self._trusted_hops:  # the bot itself speaks plain http, so the address is the proxy's
            return None
        return client_address(request, self._trusted_hops)
