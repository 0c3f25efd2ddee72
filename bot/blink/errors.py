"""The errors of Blink's cloud; all are BlinkErrors."""

_STALE = {1700, 2102}  # d9-197/blink_camera: "manifest retrieval error", "manifest stale"
NO_LONGER_SUPPORTED = 900  # a path that Blink has given up, with a status that no source tells (niclydon/blink-rosie)
NOT_READY = 2113  # "command is in process": the list of a USB drive is not ready (Pischleuder1/ioBroker.blink)


class BlinkError(Exception):
    """Blink's cloud did not do as it was asked."""


class Unreachable(BlinkError):
    """Blink gave no usable answer in time; `status` is its 5xx, or None if nothing came back."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class NeverSent(Unreachable):
    """There was no connection or no token, so Blink cannot have acted on the request.

    `errno` is the reason if this machine refused the connection.
    """

    def __init__(self, reason: str, *, status: int | None = None, errno: int | None = None) -> None:
        super().__init__(reason, status=status)
        self.errno = errno


class Refused(BlinkError):
    """Blink said no; `error` is OAuth's word for the reason, if it gave one.

    `no_such_path` means that Blink does not know the path with this method: then it answers in HTML.
    """

    def __init__(
        self,
        status: int,
        *,
        code: int | None = None,
        message: str = "",
        error: str = "",
        no_such_path: bool = False,
    ) -> None:
        super().__init__(f"HTTP {status}, code {code}: {message}")
        self.no_such_path = no_such_path
        self.status = status
        self.code = code
        self.message = message
        self.error = error

    @property
    def stale(self) -> bool:
        """Whether a list of USB clips is out of date or lost, so that the caller must request a new one."""
        return self.code in _STALE


class BusyAnswer(Refused):
    """The network's Sync Module is occupied; callers of the client get the value `Busy` instead."""


class RateLimited(BlinkError):
    """Blink wants fewer requests; the bot sends none for this account during the next `retry_after` seconds."""

    def __init__(self, retry_after: float, *, status: int | None = None) -> None:
        super().__init__(f"rate limited for {retry_after:.0f} s")
        self.retry_after = retry_after
        self.status = status


class SignedOut(BlinkError):
    """Blink no longer accepts this sign-in; if `final` is False, it may accept a later attempt.

    `error` is OAuth's word for the reason, if it gave one.
    """

    def __init__(self, reason: str, *, final: bool, error: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.error = error


class NotUnderstood(BlinkError):
    """The answer does not fit the protocol; `what` names the request, never the body."""

    def __init__(self, what: str) -> None:
        super().__init__(f"answer to {what} not understood")
        self.what = what


class BadMedia(BlinkError):
    """The download is not an mp4, or not a picture if one was requested.

    `incomplete` means that its end is missing, although the answer was whole (home-assistant/core issue 82998).
    """

    def __init__(self, reason: str, *, incomplete: bool = False) -> None:
        super().__init__(reason)
        self.incomplete = incomplete


class MediaTooLarge(BadMedia):
    """The download is larger than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class DiskTrouble(BlinkError):
    """This machine could not write the download; `errno` is the reason."""

    def __init__(self, reason: str, *, errno: int | None) -> None:
        super().__init__(reason)
        self.errno = errno
