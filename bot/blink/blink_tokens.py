"""Read BLINK_TOKENS: `key=value|key=value|…` with URL-encoded values, as the protocol documents print it."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from bot.models import Region

from .oauth import RefreshGrant, is_hardware_id, is_tier

# All other documented keys, such as the password and the 2FA code, are accepted and dropped. `client_id` is mostly
# Blink's number for an installation and counts only if it names an OAuth client. `device_id` is the shared literal
# "Blinkpy", which Blink refuses as a hardware_id. Neither is ever sent as it is.
_READ = frozenset({"refresh_token", "host", "account_id", "client_id", "hardware_id"})
_MAX_LENGTH = 16_384
_TOKEN = re.compile(r"[\x21-\x7e]{8,8192}")
_HOST = re.compile(r"(?:rest-)?([a-z0-9]+)\.immedia-semi\.com", re.IGNORECASE | re.ASCII)
_LINE_OF_ENV = re.compile(r"\A(?:export\s+)?BLINK_TOKENS\s*=\s*")


class BadBlinkTokens(ValueError):
    """BLINK_TOKENS cannot be used; the text names the part, and never repeats a value."""


@dataclass(frozen=True, slots=True)
class BlinkTokens:
    """The useful part of BLINK_TOKENS; `region` is None if Blink must be asked for it."""

    grant: RefreshGrant = field(repr=False)
    region: Region | None


def parse_blink_tokens(text: str) -> BlinkTokens:
    """Read BLINK_TOKENS from `text`. Raises BadBlinkTokens."""
    pairs = _pairs(text)
    refresh = pairs.get("refresh_token", "")
    if not refresh:
        raise BadBlinkTokens("refresh_token is missing; without it Blink gives no access")
    if not _TOKEN.fullmatch(refresh):
        raise BadBlinkTokens("refresh_token does not look like a token: it must be 8 or more printable characters")
    hardware_id = pairs.get("hardware_id", "")
    oauth_client = pairs.get("client_id", "")
    tier, account_id = _tier(pairs.get("host", "")), _account_id(pairs.get("account_id", ""))
    return BlinkTokens(
        grant=RefreshGrant(
            refresh,
            oauth_client=oauth_client if oauth_client in ("android", "ios") else "android",
            hardware_id=hardware_id if is_hardware_id(hardware_id) else None,
        ),
        region=Region(tier, account_id) if tier and account_id else None,
    )


def _pairs(text: str) -> dict[str, str]:
    text = _LINE_OF_ENV.sub("", text.strip())
    if len(text) > _MAX_LENGTH:
        raise BadBlinkTokens(f"it is longer than {_MAX_LENGTH} characters")
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    parts = [part.strip() for part in text.split("|") if part.strip()]
    if not parts:
        raise BadBlinkTokens("it is empty; the form is key=value|key=value")
    pairs: dict[str, str] = {}
    for number, part in enumerate(parts, start=1):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise BadBlinkTokens(f"part {number} has no '='; the form is key=value|key=value")
        if key in pairs:
            raise BadBlinkTokens(f"part {number} gives a key a second time")
        if key in _READ:
            pairs[key] = unquote(value)  # not unquote_plus: a "+" is part of a token
    return pairs


def _tier(host: str) -> str | None:
    if not host:
        return None
    match = _HOST.fullmatch(host)
    if not match or not is_tier(match[1].lower()):
        raise BadBlinkTokens("host must be <region>.immedia-semi.com, for example e008.immedia-semi.com")
    return match[1].lower()


def _account_id(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise BadBlinkTokens("account_id must be a number")
    return int(text)
