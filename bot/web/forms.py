"""Reads forms: only from the browser that got them, and only what a person can have typed."""

import asyncio
import hashlib
import hmac
import re
import secrets
import unicodedata
from urllib.parse import parse_qsl

from aiohttp import web

from bot.wording import pages as words

from .rendering import RequestRefused

LARGEST = 16 * 1024
_MOST_FIELDS = 8
_LONGEST_USERNAME = 254  # the longest e-mail address: RFC 5321, erratum 1690
_LONGEST_PASSWORD = 1024
_BETWEEN = "-.\u200b\u2010\u2011\u2013"  # may stand between the digits of a copied code
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_LIFE = 30 * 60  # seconds; longer than a link lives, so that the cookie outlasts it


async def read(request: web.Request, *, patience: float) -> dict[str, str]:
    """Return the fields of a form; raises RequestRefused if it is none, comes too slowly or has a field twice."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise RequestRefused(415, words.NOT_A_FORM)
    try:
        async with asyncio.timeout(patience):
            body = await request.read()
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except TimeoutError:
        raise RequestRefused(408, words.TOO_SLOW) from None
    except (ValueError, ConnectionError, web.RequestPayloadError):
        raise RequestRefused(400, words.NOT_A_FORM) from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise RequestRefused(400, words.NOT_A_FORM)
    return fields


def credentials(fields: dict[str, str]) -> tuple[str, str, words.Problem | None]:
    """Return the e-mail address, the password, and the problem with them, None if there is none."""
    username, password = fields.get("username", "").strip(), fields.get("password", "")
    if not username or len(username) > _LONGEST_USERNAME or not username.isprintable():
        return username if username.isprintable() else "", password, words.NO_USERNAME
    if not password or len(password) > _LONGEST_PASSWORD:
        return username, password, words.NO_PASSWORD
    return username, password, None


def code(fields: dict[str, str]) -> str | None:
    """Return the digits of a code, in any spacing and any script; None if it is no code."""
    typed = [char for char in fields.get("code", "") if not (char.isspace() or char in _BETWEEN)]
    digits = [unicodedata.decimal(char, None) for char in typed]
    if not words.SHORTEST_CODE <= len(digits) <= words.LONGEST_CODE or None in digits:
        return None
    return "".join(str(digit) for digit in digits)


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
        """Give the browser its cookie; SameSite is Lax, since people come back from Discord's site."""
        response.set_cookie(
            self._cookie, session, max_age=_LIFE, path="/", secure=self._https, httponly=True, samesite="Lax"
        )

    def key(self, token: str) -> str:
        """Return the name under which a link is kept in memory; it does not give the link away."""
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
