"""Reads an answer that does not say yes: which of our errors it is, and what of its words may be repeated."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, cast

import aiohttp

from .errors import NOT_READY, BusyAnswer, RateLimited, Refused, SignedOut, Unreachable
from .request import Request
from .text import clean

_DEFAULT_BACK_OFF = 30.0
_LONGEST_BACK_OFF = 900.0
_UNAUTHORIZED = 101
_BUSY = 307
_SHORT = 200
_DEAD = "invalid_grant"
_WORDS = frozenset(("code", "message", "error", "error_description"))
_FACTS = (
    *("id", "command_id", "complete", "media", "manifest_id", "cameras", "networks", "tier"),
    *("access_token", "token"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """Blink's words in an answer, fit to be shown."""

    code: int | None
    message: str
    error: str


_NOTHING_SAID = Said(None, "", "")


def decoded(raw: bytes) -> Any:
    """Return what JSON says, or None where it is none that can be read."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def in_words(raw: bytes) -> object:
    """Return a short answer that is plain words as if it were a message, so that "busy" is understood in any form."""
    text = raw.decode("utf-8", "replace")
    return {"message": text} if len(text) <= _SHORT and "<" not in text else None


def refuse(request: Request, response: aiohttp.ClientResponse, body: object) -> None:
    """Raise what an answer says when it does not say yes.

    A 2xx that holds what was asked for says yes, whatever its words: a clip that is asked for again is recorded twice.
    Otherwise busy comes first and under any status (hunsalz/BlinkMonitorProtocol, record-clip.md, names two itself).
    """
    status, said = response.status, said_in(body, request.secrets)
    if 200 <= status < 300 and _has_facts(body):
        return
    if not request.oauth and _is_busy(request, status, said):
        raise BusyAnswer(status, code=said.code, message=said.message)
    if request.oauth and said.error == _DEAD and 400 <= status < 500:
        raise SignedOut(_DEAD, final=True, error=_DEAD)
    if status == 401 or said.code == _UNAUTHORIZED:
        raise SignedOut(said.message or said.error or "unauthorized", final=False, error=said.error)
    if status == 429 or (status == 403 and not (request.oauth and said.error)):
        raise RateLimited(_back_off(response), status=status)
    if status >= 500:
        raise Unreachable(f"{request.what}: HTTP {status}", status=status)
    if status >= 300:
        raise Refused(
            status,
            code=said.code,
            message=said.message or said.error,
            error=said.error,
            no_such_path=status == 404 and response.content_type == "text/html",
        )


def _is_busy(request: Request, status: int, said: Said) -> bool:
    """Say whether the network is occupied; a 409 with a code of its own says something else (ioBroker.blink)."""
    if said.code == NOT_READY:
        return False
    if (status == 409 and said.code is None) or said.code == _BUSY or "busy" in said.message.lower():
        return True
    return status == _BUSY and request.method == "POST"


def _has_facts(body: object) -> bool:
    """Say whether an answer holds what only an answer that says yes does."""
    fields = cast("dict[str, object]", body) if isinstance(body, dict) else {}
    return any(fields.get(name) is not None for name in _FACTS)


def said_in(body: object, secrets: Iterable[str] = ()) -> Said:
    """Return Blink's `code` and `message` and OAuth's `error`, each checked, cut and without the sender's secrets."""
    fields = cast("dict[str, object]", body) if isinstance(body, dict) else {}
    if _WORDS.isdisjoint(fields):
        return _NOTHING_SAID

    def words(*names: str, limit: int) -> str:
        text = next((text for name in names if isinstance(text := fields.get(name), str) and text), "")
        for secret in secrets:
            text = text.replace(secret, "…")
        return clean(text, limit)

    code = fields.get("code")
    if isinstance(code, str) and re.fullmatch(r"[0-9]{1,9}", code):
        code = int(code)
    return Said(
        code=code if isinstance(code, int) and not isinstance(code, bool) and abs(code) < 2**31 else None,
        message=words("message", "error_description", limit=200),
        error=words("error", limit=60),
    )


def date_of(response: aiohttp.ClientResponse) -> datetime | None:
    """Return when an answer was given, by the clock of whoever gave it."""
    return _moment(response.headers.get("Date", ""))


@lru_cache(maxsize=8)  # the answers of one second bear the same
def _moment(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        if not 1970 < date.year < 2200:  # so that every sum stays within the calendar
            return None
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _back_off(response: aiohttp.ClientResponse) -> float:
    """Return how long Retry-After asks us to wait, in seconds or until a date of Blink's clock, within limits."""
    asked = response.headers.get("Retry-After", "").strip()
    seconds = _DEFAULT_BACK_OFF
    if re.fullmatch(r"[0-9]{1,9}", asked):
        seconds = float(asked)
    elif until := _moment(asked):
        seconds = (until - (date_of(response) or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 1.0), _LONGEST_BACK_OFF)
