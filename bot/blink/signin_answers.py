"""What Blink's sign-in says by status and body, of which blinkpy only tells whether it was a yes."""

import math
import re
from enum import StrEnum
from typing import Any, cast

from pydantic import Field, ValidationError

from .refusals import decoded
from .signin_outcomes import CodeWanted, Denial, Denied
from .signin_session import Reply, SignInSession
from .text import clean
from .wire import Maybe, Number, Several, TokenAnswer, Wire


class Step(StrEnum):
    """Where a sign-in has come to."""

    AUTHORIZE = "authorize"
    PAGE = "page"
    PASSWORD = "password"  # noqa: S105 - a step, not a password
    CODE = "code"
    AUTHORIZATION = "authorization"
    EXCHANGE = "exchange"


# Only `invalid_user_credentials` (home-assistant/core issue 174170) and `empty_cookies` (blinkpy issue 1147) have been
# seen in the wild; the other words are what such answers usually say, and decide only where a status does not.
_LOCKED = re.compile(r"(?<!be )(?<![a-z])locked|too[_ ]many|rate[_ ]limit")
_STALE = re.compile(r"empty_cookies|csrf|(?:invalid|missing|no|unknown)[_ ]session|session[_ ](?:expired|not[_ ]found)")
_EXPIRED = re.compile(r"expire")
_WORDS = ("error", "error_cause", "error_description", "message")
_WRONG_CODE = frozenset({400, 401, 403, 412})  # 412: BitWise-0x/homebridge-blink-security, src/lib/auth.ts
_LONGEST_WAIT = 2 * 86_400  # about 30 sign-ins in an hour locked an account for two days: blinkpy issue 720


def denial(step: Step, session: SignInSession) -> Denied:
    """Return why `step` did not succeed."""
    reply = session.reply
    if reply is None:
        return Denied(Denial.UNREACHABLE if session.unreachable else Denial.NOT_UNDERSTOOD)
    why = _why(step, reply)
    return Denied(why, reply.status, _wait(reply) if why is Denial.LOCKED else None)


def _why(step: Step, reply: Reply) -> Denial:
    status, said = reply.status, _said(reply)
    if status >= 500:
        return Denial.UNREACHABLE
    if status < 400:
        return Denial.START_AGAIN if _back_to_sign_in(step, reply) else Denial.NOT_UNDERSTOOD
    if status == 406:  # a hardware_id or a client that Blink has barred: blinkpy issue 1266
        return Denial.BLOCKED
    if status in (423, 429) or _LOCKED.search(said):
        return Denial.LOCKED
    if _STALE.search(said) or (step is Step.EXCHANGE and "invalid_grant" in said):
        return Denial.START_AGAIN
    if step is Step.CODE and (status == 410 or _EXPIRED.search(said)):
        return Denial.CODE_EXPIRED
    if step is Step.CODE and status in _WRONG_CODE:
        return Denial.WRONG_CODE
    if status == 403:  # before there is a name, it can only be us
        return Denial.BLOCKED if step in (Step.AUTHORIZE, Step.PAGE) else Denial.LOCKED
    if step is Step.PASSWORD and status in (400, 401):
        return Denial.WRONG_PASSWORD
    return Denial.NOT_UNDERSTOOD


class _WaitAnswer(Wire):
    """The 429 to too many sign-ins or codes: Pischleuder1/ioBroker.blink, lib/blink-api.js."""

    next_time_in_secs: Maybe[Number] = None


def _wait(reply: Reply) -> int | None:
    """Return how many seconds Blink wants to be left alone; None if it does not say."""
    try:
        seconds = _WaitAnswer.model_validate(decoded(reply.body)).next_time_in_secs or 0
    except ValidationError:
        return None
    return math.ceil(min(seconds, _LONGEST_WAIT)) if seconds > 0 else None


def _said(reply: Reply) -> str:
    body = decoded(reply.body)
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    return "\n".join(text.lower() for name in _WORDS if isinstance(text := fields.get(name), str))


def _back_to_sign_in(step: Step, reply: Reply) -> bool:
    """Say whether Blink answered the request for an authorization code with its sign-in page."""
    path = reply.headers.get("Location", "").partition("?")[0]
    return step is Step.AUTHORIZATION and path.endswith("/signin")


class _CodeAnswer(Wire):
    """The 202 to a right password: blinkpy issue 1233."""

    phone: Maybe[str] = None
    email: Maybe[str] = None
    tsv_state: Maybe[str] = None
    tsv_methods: Several[str] = Field(default_factory=list[str])


_METHOD = re.compile(r"[a-z][a-z_]{1,19}")
_PHONE = re.compile(r"[+(]?[0-9xX*•.…() /-]{2,31}")
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}")
_MASKED_PHONE = re.compile(r"[xX*•…]|\.\.")
_MOST_DIGITS = 7  # a country's code and the last four: what a masked number may still show


def code_wanted(reply: Reply | None) -> CodeWanted:
    """Return where Blink sent a code, as far as it says; the older 412 says nothing."""
    try:
        said = _CodeAnswer.model_validate(decoded(reply.body) if reply else None)
    except ValidationError:
        return CodeWanted()
    methods = [said.tsv_state] if said.tsv_state else said.tsv_methods
    method = methods[0] if len(methods) == 1 and _METHOD.fullmatch(methods[0]) else None
    return CodeWanted(method, _masked_email(said.email) if method == "email" else _masked_phone(said.phone))


def _masked_phone(text: str | None) -> str | None:
    number = clean(text or "", 40)
    if not _PHONE.fullmatch(number):
        return None
    digits = sum(char.isdigit() for char in number)
    if _MASKED_PHONE.search(number) and digits <= _MOST_DIGITS:
        return number
    hidden = max(digits - 2, 2)
    return re.sub(r"[0-9]", "•", number, count=hidden)


def _masked_email(text: str | None) -> str | None:
    address = clean(text or "", 255)
    if not _EMAIL.fullmatch(address):
        return None
    name, _, domain = address.rpartition("@")
    shown = address if re.search(r"[*•…]", name) else f"{name[0]}•••@{domain}"
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def token_answer(reply: Reply | None) -> TokenAnswer | None:
    """Return the tokens that an exchange gave, if it gave both."""
    try:
        said = TokenAnswer.model_validate(decoded(reply.body) if reply else None)
    except ValidationError:
        return None
    return said if (said.access_token or said.token) and said.refresh_token else None
