"""What Discord refuses, and what is no refusal but may go well the next time."""

import contextlib
from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

import discord

from .steady import log

TOO_FAST = 40003
_TOO_LARGE = {40005, 50045}
_DMS_CLOSED = {50007, 50278}

Answer = TypeVar("Answer")


class Refusal(Exception):
    """Discord will not show it in this place; `code` is Discord's, where it was asked."""

    def __init__(self, reason: str = "", *, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


class FileTooLarge(Refusal):
    """Discord will not take a file of this size in this place."""


class DmsClosed(Refusal):
    """This person takes no direct messages from us."""


async def refusable(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Make a call; a refusal that a repeat would not change becomes a Refusal."""
    try:
        with understood():
            return await call()
    except discord.DiscordServerError:
        raise
    except discord.HTTPException as error:
        if error.status == 429 and error.code != TOO_FAST:
            raise ConnectionError("Discord asks for patience") from None
        log.info("Discord refused: HTTP %s, code %s", error.status, error.code)
        if error.status == 413 or error.code in _TOO_LARGE:
            raise FileTooLarge from None
        if error.code in _DMS_CLOSED:
            raise DmsClosed from None
        raise Refusal(code=error.code) from None


@contextlib.contextmanager
def understood() -> Generator[None]:
    """Turn what discord.py raises where an answer is no JSON, or is of another form, into a ConnectionError."""
    try:
        yield
    except RuntimeError:  # discord.py repeats on a session that was closed meanwhile
        raise ConnectionError("the client was closed meanwhile") from None
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        log.warning("Discord's answer is not understood: %s", type(error).__name__)
        raise ConnectionError("Discord's answer is not understood") from None
