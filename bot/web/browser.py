"""Knows browsers by a random cookie, and forms by tokens that only this process and that browser can have."""

import hashlib
import hmac
import re
import secrets

from aiohttp import web

_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_LIFE = 30 * 60  # seconds; longer than a link lives, so that the cookie outlasts it


class Browsers:
    """Tells browsers apart; a restart forgets them all, since the key lives in memory only."""

    def __init__(self, *, https: bool) -> None:
        self._key = secrets.token_bytes(32)
        self._https = https
        # A __Host- cookie cannot be set by a neighbouring subdomain: RFC 6265bis, 4.1.3.2. Plain http cannot have one.
        self._cookie = "__Host-link" if https else "link"

    def session(self, request: web.Request) -> str | None:
        """Return the session that the request's cookie names."""
        cookie = request.cookies.get(self._cookie, "")
        return cookie if _SESSION.fullmatch(cookie) else None

    def remember(self, response: web.Response, session: str) -> None:
        """Give the browser its cookie; Lax, since Discord sends people back from its own site."""
        response.set_cookie(
            self._cookie, session, max_age=_LIFE, path="/", secure=self._https, httponly=True, samesite="Lax"
        )

    def key(self, token: str) -> str:
        """Return the key of a link in memory."""
        return hmac.new(self._key, b"link\0" + token.encode(), hashlib.sha256).hexdigest()

    def form_token(self, session: str, link: str) -> str:
        """Return the token of this browser's forms for this link."""
        return hmac.new(self._key, f"form\0{session}\0{link}".encode(), hashlib.sha256).hexdigest()

    def sent(self, request: web.Request, fields: dict[str, str], session: str | None, link: str) -> bool:
        """Say whether a form comes from a page that we gave this browser for this link."""
        if session is None or request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            return False
        # Both sides as bytes: compare_digest takes no text beyond ASCII.
        return hmac.compare_digest(fields.get("form", "").encode(), self.form_token(session, link).encode())


def new_session() -> str:
    """Return the session of a new browser: 256 random bits."""
    return secrets.token_urlsafe(32)
