"""Read Blink's responses: which error a refusal is, and which of the bot's values an answer holds."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar, cast

import aiohttp
from pydantic import BaseModel, ValidationError

from . import routes
from .errors import NOT_READY, BusyAnswer, NotUnderstood, RateLimited, Refused, SignedOut, Unreachable
from .json_models import CommandAnswer, CommandPart, CommandStarted, EventPage, LiveViewStarted, MediaAnswer, in_utc
from .labels import clean
from .models import CameraEvent, CommandState, LiveSession, MediaEntry, NoLiveView, Started

Model = TypeVar("Model", bound=BaseModel)

_DEFAULT_BACK_OFF = 30.0
_LONGEST_BACK_OFF = 900.0
_UNAUTHORIZED = 101
_BUSY = 307
_LONGEST_PLAIN_TEXT = 200
_DEAD_TOKEN = "invalid_grant"  # noqa: S105 - OAuth's word, not a token
_NO_PLAN = "no_subscription"
_SHORTEST_POLL, _LONGEST_POLL = 1.0, 30.0  # seconds; the app takes 1 if Blink names none
_LONGEST_DELAY = timedelta(hours=1)  # between the start of a command and the answer that names it
# Each of these fields stands only in an answer that grants the request.
_GRANTED = (
    *("id", "command_id", "complete", "media", "manifest_id", "cameras", "networks", "tier"),
    *("access_token", "token"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful JSON answer; `date` is Blink's clock at that moment, `secrets` are those of the request."""

    what: str
    body: Any = field(repr=False)
    date: datetime | None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def message(self) -> "Message":
        """Blink's words in the body."""
        return message_in(self.body, self.secrets)

    def read(self, model: type[Model]) -> Model:
        """Return the body as `model`. Raises NotUnderstood."""
        try:
            return model.model_validate(self.body)
        except ValidationError:
            raise NotUnderstood(self.what) from None  # the cause would carry the body into the log


@dataclass(frozen=True, slots=True)
class Message:
    """Blink's own words in a response, fit to be shown."""

    code: int | None
    text: str
    error: str  # OAuth's word


def decoded(raw: bytes) -> Any:
    """Decode JSON. Returns None if it cannot be read."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def plain_text(raw: bytes) -> object:
    """Return a short plain text in the form of a JSON message, so that "busy" is understood without JSON too."""
    text = raw.decode("utf-8", "replace")
    return {"message": text} if len(text) <= _LONGEST_PLAIN_TEXT and "<" not in text else None


def raise_for_refusal(
    response: aiohttp.ClientResponse, body: object, *, what: str, oauth: bool, secrets: Iterable[str]
) -> None:
    """Raise the BlinkError that fits a response, unless it grants the request `what`.

    A 2xx with a granted field is a yes whatever its words say, since a repeated clip request records twice.
    Otherwise "busy" comes first and under any status (hunsalz/BlinkMonitorProtocol, record-clip.md, names two itself).
    """
    status, message = response.status, message_in(body, secrets)
    if 200 <= status < 300 and _is_granted(body):
        return
    if not oauth and _is_busy(response.method, status, message):
        raise BusyAnswer(status, code=message.code, message=message.text)
    if oauth and message.error == _DEAD_TOKEN and 400 <= status < 500:
        raise SignedOut(_DEAD_TOKEN, final=True, error=_DEAD_TOKEN)
    if status == 401 or message.code == _UNAUTHORIZED:
        raise SignedOut(message.text or message.error or "unauthorized", final=False, error=message.error)
    if status == 429 or (status == 403 and not (oauth and message.error)):
        raise RateLimited(_back_off(response), status=status)
    if status >= 500:
        raise Unreachable(f"{what}: HTTP {status}", status=status)
    if status >= 300:
        raise Refused(
            status,
            code=message.code,
            message=message.text or message.error,
            error=message.error,
            no_such_path=status == 404 and response.content_type == "text/html",
        )


def _is_busy(method: str, status: int, message: Message) -> bool:
    """Return whether the network is occupied; a 409 with another code means something else (ioBroker.blink)."""
    if message.code == NOT_READY:
        return False
    if (status == 409 and message.code is None) or message.code == _BUSY or "busy" in message.text.lower():
        return True
    return status == _BUSY and method == "POST"


def _is_granted(body: object) -> bool:
    return any(_fields(body).get(name) is not None for name in _GRANTED)


def _fields(body: object) -> dict[str, object]:
    return cast("dict[str, object]", body) if isinstance(body, dict) else {}


def message_in(body: object, secrets: Iterable[str] = ()) -> Message:
    """Return Blink's `code` and `message` and OAuth's `error`: checked, cut, and without the sender's secrets."""
    fields = _fields(body)

    def words(*names: str, limit: int) -> str:
        text = next((text for name in names if isinstance(text := fields.get(name), str) and text), "")
        return _fit(text, limit, secrets)

    code = fields.get("code")
    if isinstance(code, str) and re.fullmatch(r"[0-9]{1,9}", code):
        code = int(code)
    return Message(
        code=code if isinstance(code, int) and not isinstance(code, bool) and abs(code) < 2**31 else None,
        text=words("message", "error_description", limit=200),
        error=words("error", limit=60),
    )


def _fit(text: str, limit: int, secrets: Iterable[str]) -> str:
    """Return a text of Blink's without the sender's secrets, and fit to be shown."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return clean(text, limit)


def date_of(response: aiohttp.ClientResponse) -> datetime | None:
    """Return the time of a response by its server's clock. Returns None if it has no readable date."""
    return _http_date(response.headers.get("Date", ""))


def _http_date(text: str) -> datetime | None:
    try:
        return in_utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _back_off(response: aiohttp.ClientResponse) -> float:
    """Return the seconds that Retry-After asks for, as a number or as a date of Blink's clock, within limits."""
    asked = response.headers.get("Retry-After", "").strip()
    seconds = _DEFAULT_BACK_OFF
    if re.fullmatch(r"[0-9]{1,9}", asked):
        seconds = float(asked)
    elif until := _http_date(asked):
        seconds = (until - (date_of(response) or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 1.0), _LONGEST_BACK_OFF)


def client_number(answer: Answer) -> str:
    """Return Blink's number for this client, which only the headers of homescreen hold.

    Raises NotUnderstood if it is missing.
    """
    number = answer.headers.get("Client-Id", "")
    if not re.fullmatch(r"[0-9]{1,18}", number):
        raise NotUnderstood(answer.what)
    return number


def started(answer: Answer, blink_now: datetime) -> Started:
    """Return the command that Blink accepted.

    Raises Refused if the answer holds a message instead, NotUnderstood if it holds neither.
    """
    command = _accepted(answer, CommandStarted)
    return Started(command.id, _began(command, answer.date or blink_now), state_of([command], answer.secrets))


def live_view_started(answer: Answer, network_id: int, blink_now: datetime) -> tuple[int, LiveSession | NoLiveView]:
    """Return the command that Blink accepted, and the session if the bot can watch it. Raises as `started` does."""
    command = _accepted(answer, LiveViewStarted)
    if command.server is None:
        return command.id, NoLiveView.NO_SERVER
    relay = routes.relay_address(command.server)
    if relay is None:
        return command.id, NoLiveView.UNSUPPORTED
    return command.id, LiveSession(
        command_id=command.id,
        network_id=network_id,
        at=_began(command, answer.date or blink_now),
        poll_every=min(max(command.polling_interval or 0.0, _SHORTEST_POLL), _LONGEST_POLL),
        relay=relay,
        token=command.liveview_token or "",
    )


def _accepted(answer: Answer, model: type[Model]) -> Model:
    try:
        return answer.read(model)
    except NotUnderstood:
        message = answer.message
        if not message.text:
            raise
        raise Refused(200, code=message.code, message=message.text) from None


def _began(command: CommandStarted, date: datetime) -> datetime:
    """Return when a command began by Blink's clock, in whole seconds; ignore a time far from the answer's own date."""
    times = (command.created_at, command.execute_time)
    near = (moment for moment in times if moment and abs(moment - date) < _LONGEST_DELAY)
    return next(near, date).replace(microsecond=0)


def command_state(answer: Answer) -> CommandState:
    """Return the progress of a command. Its code 908 alone means nothing: it also stands beside `complete: false`.

    Raises NotUnderstood.
    """
    command = answer.read(CommandAnswer)
    state = state_of(command.commands, answer.secrets)
    return CommandState(
        condition=state.condition,
        stage=state.stage,
        complete=command.complete,
        failed=command.complete and (command.status not in (None, 0) or state.condition == "error"),
        code=command.status_code,
        message=_fit(command.status_msg or "", 200, answer.secrets),
        status=command.status,
    )


def state_of(parts: Sequence[CommandPart], secrets: Iterable[str]) -> CommandState:
    """Merge the parts of a command: the first with an error counts, else the last one."""
    if not parts:
        return CommandState()
    part = next((part for part in parts if part.state_condition == "error"), parts[-1])
    condition, stage = (_word(text, secrets) for text in (part.state_condition, part.state_stage))
    return CommandState(condition=condition, stage=stage)


def media_of(entry: MediaAnswer) -> MediaEntry | None:
    """Return a listed video. Returns None if it is deleted, or neither finished nor being written."""
    if entry.deleted or not (entry.media or entry.partial) or entry.type not in (None, "video"):
        return None
    return MediaEntry(
        entry.id,
        entry.network_id,
        entry.device_id,
        entry.created_at,
        entry.media or "",
        bool(entry.partial),
        routes.picture_at(entry.thumbnail) if entry.thumbnail else None,
        photo=entry.source == "snapshot" or "/snapshot/" in (entry.media or ""),
        source=_word(entry.source) or "",
    )


def events_in(page: EventPage) -> list[CameraEvent]:
    """Return the listed events."""
    return [
        CameraEvent(
            network_id=entry.network_id,
            camera_id=entry.device_id,
            created_at=entry.created_at,
            has_video=bool(entry.media) and entry.type != "event",
            no_plan=entry.no_media_reason == _NO_PLAN,
        )
        for entry in page.media
    ]


def _word(text: str | None, secrets: Iterable[str] = ()) -> str | None:
    return _fit(text or "", 40, secrets) or None
