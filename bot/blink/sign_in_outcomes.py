"""The outcomes of a sign-in step, read from the status and body of Blink's reply; blinkpy only tells yes from no."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from pydantic import Field, ValidationError

from bot.models import Region, Tokens

from .json_models import Maybe, Number, Several, TokenAnswer, Wire
from .labels import clean
from .responses import decoded
from .sign_in_blinkpy import BlinkpyReply, SignInSession


class SignInStep(StrEnum):
    """A request of the sign-in."""

    AUTHORIZE = "authorize"
    PAGE = "page"
    PASSWORD = "password"  # noqa: S105 - a step, not a password
    CODE = "code"
    AUTHORIZATION = "authorization"
    EXCHANGE = "exchange"


class Denial(StrEnum):
    """A reason why a sign-in does not go on; each has its own sentence on the page."""

    WRONG_PASSWORD = "wrong password"  # noqa: S105 - a reason, not a password
    WRONG_CODE = "wrong code"  # may be typed again
    CODE_EXPIRED = "code expired"  # needs a new one
    START_AGAIN = "start again"  # the attempt is unknown, or has lost its cookies
    LOCKED = "locked"  # too many attempts: Blink accepts no sign-in for a time, which it does not always name
    BLOCKED = "blocked"  # 406: Blink refuses this client
    UNREACHABLE = "unreachable"
    NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True, slots=True)
class Denied:
    """Blink refused the sign-in; `status` is its HTTP status, `wait` the seconds until the next try may be made."""

    why: Denial
    status: int | None = None
    wait: int | None = None

    @property
    def takes_another_code(self) -> bool:
        """Whether a code may still be typed in the same sign-in."""
        return self.why in (Denial.WRONG_CODE, Denial.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """Blink has sent a code by `method` to `destination` (masked); None stands for what it did not say."""

    method: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Blink accepted the sign-in; the caller must save the tokens. `region` is None if it is not known yet."""

    tokens: Tokens
    region: Region | None


# Only `invalid_user_credentials` (home-assistant/core issue 174170) and `empty_cookies` (blinkpy issue 1147) have been
# seen in real replies. The other words are common ones, and decide only if the status does not.
_LOCKED = re.compile(r"(?<!be )(?<![a-z])locked|too[_ ]many|rate[_ ]limit")
_STALE = re.compile(r"empty_cookies|csrf|(?:invalid|missing|no|unknown)[_ ]session|session[_ ](?:expired|not[_ ]found)")
_EXPIRED = re.compile(r"expire")
_WORDS = ("error", "error_cause", "error_description", "message")
_WRONG_CODE = frozenset({400, 401, 403, 412})  # 412: BitWise-0x/homebridge-blink-security, src/lib/auth.ts
_LONGEST_WAIT = 2 * 86_400  # about 30 sign-ins in an hour locked an account for two days: blinkpy issue 720


def denial(step: SignInStep, session: SignInSession) -> Denied:
    """Return why `step` failed."""
    reply = session.reply
    if reply is None:
        return Denied(Denial.UNREACHABLE if session.unreachable else Denial.NOT_UNDERSTOOD)
    why = _why(step, reply)
    return Denied(why, reply.status, _wait(reply) if why is Denial.LOCKED else None)


def _why(step: SignInStep, reply: BlinkpyReply) -> Denial:
    status, words = reply.status, _words(reply)
    if status >= 500:
        return Denial.UNREACHABLE
    if status < 400:
        return Denial.START_AGAIN if _back_to_sign_in(step, reply) else Denial.NOT_UNDERSTOOD
    if status == 406:  # a hardware_id or a client that Blink has barred: blinkpy issue 1266
        return Denial.BLOCKED
    if status in (423, 429) or _LOCKED.search(words):
        return Denial.LOCKED
    if _STALE.search(words) or (step is SignInStep.EXCHANGE and "invalid_grant" in words):
        return Denial.START_AGAIN
    if step is SignInStep.CODE and (status == 410 or _EXPIRED.search(words)):
        return Denial.CODE_EXPIRED
    if step is SignInStep.CODE and status in _WRONG_CODE:
        return Denial.WRONG_CODE
    if status == 403:  # before a name is sent, Blink can only mean this client
        return Denial.BLOCKED if step in (SignInStep.AUTHORIZE, SignInStep.PAGE) else Denial.LOCKED
    if step is SignInStep.PASSWORD and status in (400, 401):
        return Denial.WRONG_PASSWORD
    return Denial.NOT_UNDERSTOOD


class _WaitAnswer(Wire):
    """The 429 after too many sign-ins or codes: Pischleuder1/ioBroker.blink, lib/blink-api.js."""

    next_time_in_secs: Maybe[Number] = None


def _wait(reply: BlinkpyReply) -> int | None:
    """Return the seconds that Blink asks to wait. Returns None if it names none."""
    try:
        seconds = _WaitAnswer.model_validate(decoded(reply.body)).next_time_in_secs or 0
    except ValidationError:
        return None
    return math.ceil(min(seconds, _LONGEST_WAIT)) if seconds > 0 else None


def _words(reply: BlinkpyReply) -> str:
    body = decoded(reply.body)
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    return "\n".join(text.lower() for name in _WORDS if isinstance(text := fields.get(name), str))


def _back_to_sign_in(step: SignInStep, reply: BlinkpyReply) -> bool:
    """Return whether Blink redirected the request for an authorization code to its sign-in page."""
    path = reply.headers.get("Location", "").partition("?")[0]
    return step is SignInStep.AUTHORIZATION and path.endswith("/signin")


class _CodeAnswer(Wire):
    """The 202 after a right password: blinkpy issue 1233."""

    phone: Maybe[str] = None
    email: Maybe[str] = None
    tsv_state: Maybe[str] = None
    tsv_methods: Several[str] = Field(default_factory=list[str])


_METHOD = re.compile(r"[a-z][a-z_]{1,19}")
_PHONE = re.compile(r"[+(]?[0-9xX*•.…() /-]{2,31}")
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}")
_MASKED_PHONE = re.compile(r"[xX*•…]|\.\.")
_MOST_DIGITS = 7  # a masked number may show a country's code and its last four digits


def code_wanted(reply: BlinkpyReply | None) -> CodeWanted:
    """Return where Blink sent a code, as far as it says; the older 412 says nothing."""
    try:
        answer = _CodeAnswer.model_validate(decoded(reply.body) if reply else None)
    except ValidationError:
        return CodeWanted()
    methods = [answer.tsv_state] if answer.tsv_state else answer.tsv_methods
    method = methods[0] if len(methods) == 1 and _METHOD.fullmatch(methods[0]) else None
    return CodeWanted(method, _masked_email(answer.email) if method == "email" else _masked_phone(answer.phone))


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


def token_answer(reply: BlinkpyReply | None) -> TokenAnswer | None:
    """Return the tokens of an exchange. Returns None if one of the two is missing."""
    try:
        answer = TokenAnswer.model_validate(decoded(reply.body) if reply else None)
    except ValidationError:
        return None
    return answer if (answer.access_token or answer.token) and answer.refresh_token else None
