"""How a step says that the job is over, and which end each of Blink's failures is."""

import errno

from bot.blink import (
    BlinkError,
    DiskTrouble,
    MediaTooLarge,
    NeverSent,
    NotUnderstood,
    RateLimited,
    Refused,
    SignedOut,
    Unreachable,
)
from bot.models import CommandStatus, End

_ENDS: tuple[tuple[type[BlinkError], End], ...] = (
    (MediaTooLarge, End.TOO_LARGE),
    (SignedOut, End.SIGNED_OUT),
    (RateLimited, End.RATE_LIMITED),
    (Refused, End.REFUSED),
    (Unreachable, End.UNREACHABLE),
    (NotUnderstood, End.NOT_UNDERSTOOD),
)
_OF_THE_DISK = {
    errno.ENOSPC: End.DISK_FULL,
    errno.EDQUOT: End.DISK_FULL,
    errno.EROFS: End.DISK_READ_ONLY,
    errno.EACCES: End.DISK_READ_ONLY,
    errno.EPERM: End.DISK_READ_ONLY,
    errno.EMFILE: End.TOO_MANY_FILES,
    errno.ENFILE: End.TOO_MANY_FILES,
}


def end_of(error: BlinkError) -> End:
    """Return the end that a failure means where a step knows nothing better."""
    match error:
        case SignedOut(final=False):
            return End.REFUSED_FOR_NOW
        case DiskTrouble(errno=number):
            return _OF_THE_DISK.get(number, End.DISK_ERROR) if number else End.DISK_ERROR
        case NeverSent(errno=errno.EMFILE | errno.ENFILE):
            return End.TOO_MANY_FILES
        case _:
            return next((end for kind, end in _ENDS if isinstance(error, kind)), End.VIDEO_LOST)


def status_of(error: BlinkError) -> CommandStatus:
    """Return what Blink said with a failure."""
    match error:
        case Refused(status=status, code=code, message=message):
            return CommandStatus(http_status=status, code=code, message=message)
        case Unreachable(status=status) | RateLimited(status=status):
            return CommandStatus(http_status=status)
        case _:
            return CommandStatus()
