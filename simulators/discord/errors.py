"""The refusals of the simulated Discord, in Discord's own codes.

The codes are those of https://discord.com/developers/docs/topics/opcodes-and-status-codes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


class SimError(Exception):
    """The person or the test asked for something that nobody could do in Discord."""


class Refusal(Exception):
    """A request of the bot that Discord answers with an error."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} (error code: {code}): {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    @property
    def body(self) -> dict[str, Any]:
        told = {"message": self.message, "code": self.code}
        return told if self.errors is None else told | {"errors": self.errors}


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong with a request's body, and where it stands."""

    path: tuple[str | int, ...]
    code: str
    message: str


def unauthorized() -> Refusal:
    return Refusal(401, 0, "401: Unauthorized")


def not_found() -> Refusal:
    return Refusal(404, 0, "404: Not Found")


def invalid_form(detail: str) -> Refusal:
    return Refusal(400, 50035, f"Invalid Form Body: {detail}")


def invalid_fields(flaws: Iterable[Flaw]) -> Refusal:
    """Say of each field what is wrong with it: https://docs.discord.com/developers/reference#error-messages."""
    errors: dict[str, Any] = {}
    for flaw in flaws:
        place = errors
        for step in flaw.path:
            place = place.setdefault(str(step), {})
        place.setdefault("_errors", []).append({"code": flaw.code, "message": flaw.message})
    return Refusal(400, 50035, "Invalid Form Body", errors)


def server_error() -> Refusal:
    return Refusal(500, 0, "500: Internal Server Error")


def unknown_interaction() -> Refusal:
    return Refusal(404, 10062, "Unknown interaction")


def already_acknowledged() -> Refusal:
    return Refusal(400, 40060, "Interaction has already been acknowledged.")


def expired_token() -> Refusal:
    """An expired interaction token is not a 404: https://github.com/Rapptz/discord.py/issues/9856."""
    return Refusal(401, 50027, "Invalid Webhook Token")


def unknown_webhook() -> Refusal:
    return Refusal(404, 10015, "Unknown Webhook")


def missing_access() -> Refusal:
    return Refusal(403, 50001, "Missing Access")


def missing_permissions() -> Refusal:
    return Refusal(403, 50013, "Missing Permissions")


def too_large() -> Refusal:
    return Refusal(413, 40005, "Request entity too large")


def too_many_attachments() -> Refusal:
    return Refusal(400, 30015, "Maximum number of attachments in a message reached (10)")


def too_many_follow_ups() -> Refusal:
    return Refusal(400, 40094, "This interaction has reached the maximum number of follow up messages")


def invalid_recipient() -> Refusal:
    return Refusal(400, 50033, "Invalid Recipient(s)")


def closed_dms(code: int) -> Refusal:
    return Refusal(403, code, "Cannot send messages to this user")
