"""Reads forms, and accepts only what a person can have typed."""

import asyncio
import unicodedata
from urllib.parse import parse_qsl

from aiohttp import web

from bot.wording import pages as words

from .refusals import Refusal

LARGEST = 16 * 1024
_MOST_FIELDS = 8
_LONGEST_USERNAME = 254  # the longest e-mail address: RFC 5321, erratum 1690
_LONGEST_PASSWORD = 1024
_BETWEEN = "-.\u200b\u2010\u2011\u2013"  # may stand between the digits of a copied code


async def read(request: web.Request, *, patience: float) -> dict[str, str]:
    """Return the fields of a form; raises Refusal if it is none, comes too slowly or has a field twice."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refusal(415, words.NOT_A_FORM)
    try:
        async with asyncio.timeout(patience):
            body = await request.read()
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except TimeoutError:
        raise Refusal(408, words.TOO_SLOW) from None
    except (ValueError, ConnectionError, web.RequestPayloadError):
        raise Refusal(400, words.NOT_A_FORM) from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refusal(400, words.NOT_A_FORM)
    return fields


def credentials(fields: dict[str, str]) -> tuple[str, str, words.Problem | None]:
    """Return the e-mail address, the password, and what is wrong with them or None."""
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
