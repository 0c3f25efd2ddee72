"""How a step says that the job is over, and which end each of Blink's failures is."""

from typing import Any

from bot.blink import (
    BlinkError,
    DiskTrouble,
    MediaTooLarge,
    NotUnderstood,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
)

from .model import End, Said

_ENDS: tuple[tuple[type[BlinkError], End], ...] = (
    (MediaTooLarge, End.TOO_LARGE),
    (DiskTrouble, End.DISK_FULL),
    (SignedOut, End.SIGNED_OUT),
    (RateLimited, End.RATE_LIMITED),
    (Refused, End.REFUSED),
    (Unreachable, End.UNREACHABLE),
    (NotUnderstood, End.NOT_UNDERSTOOD),
)


class Ended(Exception):
    """Leaves a step for the job's end, with what changes on its row."""

    def __init__(self, end: End, **changes: Any) -> None:
        super().__init__(end)
        self.end = end
        self.changes = changes


def end_of(error: BlinkError) -> End:
    """Return the end that a failure means where a step knows nothing better."""
    if isinstance(error, SignedOut) and not error.final:
        return End.REFUSED_FOR_NOW
    return next((end for kind, end in _ENDS if isinstance(error, kind)), End.VIDEO_LOST)


def said_by(error: BlinkError) -> Said:
    """Return what Blink said with a failure."""
    match error:
        case Refused(status=status, code=code, message=message):
            return Said(status=status, code=code, message=message)
        case Unreachable(status=status) | RateLimited(status=status):
            return Said(status=status)
        case _:
            return Said()
