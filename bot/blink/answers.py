"""From Blink's JSON to the bot's own values: commands, recordings and events."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from . import routes
from .errors import NotUnderstood, Refused
from .models import CommandState, Event, MediaEntry, Started
from .refusals import said_in
from .text import clean
from .transport import Answer
from .wire import CommandAnswer, CommandPart, CommandStarted, EventPage, MediaAnswer

_BELIEVED = timedelta(hours=1)
_NO_PLAN = "no_subscription"


def client_number(answer: Answer) -> str:
    """Return the number by which Blink knows this client, which only the headers of homescreen tell.

    Raises NotUnderstood if they do not.
    """
    number = answer.headers.get("Client-Id", "")
    if not re.fullmatch(r"[0-9]{1,18}", number):
        raise NotUnderstood(answer.what)
    return number


def started(answer: Answer, blink_now: datetime) -> Started:
    """Return the command that an answer says was taken; raises Refused, or NotUnderstood where it says nothing."""
    try:
        command = answer.read(CommandStarted)
    except NotUnderstood:
        raise _refusal(answer) from None
    at = _began(command, answer.date or blink_now)
    return Started(command.id, at.replace(microsecond=0), state_of([command]))


def command_state(command: CommandAnswer) -> CommandState:
    """Return how far a command has come; 908 alone means nothing, since it also stands beside `complete: false`."""
    state = state_of(command.commands)
    return CommandState(
        condition=state.condition,
        stage=state.stage,
        complete=command.complete,
        failed=command.complete and (command.status not in (None, 0) or state.condition == "error"),
        code=command.status_code,
        message=clean(command.status_msg or "", 200),
        status=command.status,
    )


def state_of(parts: Sequence[CommandPart]) -> CommandState:
    """Merge the parts of a command: an error in any of them is the command's, else the last one speaks."""
    if not parts:
        return CommandState()
    part = next((part for part in parts if part.state_condition == "error"), parts[-1])
    return CommandState(condition=_word(part.state_condition), stage=_word(part.state_stage))


def media_of(entry: MediaAnswer) -> MediaEntry | None:
    """Return `entry` if it is a recording that can be fetched, or that is still being written."""
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


def events_in(page: EventPage) -> list[Event]:
    """Return the events of which camera and time are known."""
    return [
        Event(
            network_id=entry.network_id,
            camera_id=entry.device_id,
            created_at=entry.created_at,
            has_video=bool(entry.media) and entry.type != "event",
            no_plan=entry.no_media_reason == _NO_PLAN,
        )
        for entry in page.media
    ]


def _began(command: CommandStarted, date: datetime) -> datetime:
    """Return when a command began by Blink's clock; a time that its own answer's date belies is an old sample's."""
    for moment in (command.created_at, command.execute_time):
        if moment and abs(moment - date) < _BELIEVED:
            return moment
    return date


def _word(text: str | None) -> str | None:
    return clean(text or "", 40) or None


def _refusal(answer: Answer) -> Refused | NotUnderstood:
    """Return what a 200 without a command id says: a refusal in words, or nothing that can be relied on."""
    said = said_in(answer.body)
    if not said.message:
        return NotUnderstood(answer.what)
    return Refused(200, code=said.code, message=said.message)
