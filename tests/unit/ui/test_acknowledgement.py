"""Whose acknowledgement it was, when two copies of the bot get the same interaction and Discord is slow."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from bot.ui import replies

TAKEN = SimpleNamespace(message_id=1, is_ephemeral=lambda: True)


def refused(status: int, code: int) -> discord.HTTPException:
    response = SimpleNamespace(status=status, reason="simulated")
    kind = discord.NotFound if status == 404 else discord.DiscordServerError if status >= 500 else discord.HTTPException
    return kind(cast("Any", response), {"code": code, "message": "simulated"})


ALREADY = refused(400, 40060)


class Clicked:
    """An interaction whose callbacks, and questions for the reply, are answered in turn; the last answer repeats."""

    def __init__(self, *callbacks: Any, reply: Any = None, slow: Callable[[], None] = lambda: None) -> None:
        self.callbacks, self.tried, self.slow, self.reply = callbacks, 0, slow, reply
        self.response, self.extras = self, dict[str, Any]()

    async def defer(self, **_: Any) -> Any:
        self.slow()
        said = self.callbacks[min(self.tried, len(self.callbacks) - 1)]
        self.tried += 1
        if isinstance(said, Exception):
            raise said
        return said

    async def original_response(self) -> Any:
        raise self.reply

    async def acknowledged(self) -> Any:
        return await replies.acknowledge(cast("Any", self), ephemeral=True)


@pytest.fixture
async def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return what lets time pass for whoever looks at the event loop's clock."""
    loop, passed = asyncio.get_running_loop(), [0.0]
    clock = loop.time
    monkeypatch.setattr(loop, "time", lambda: clock() + sum(passed))
    return passed.append


async def test_what_another_copy_has_acknowledged_is_left_to_it_however_slow_discord_is(
    later: Callable[[float], None],
) -> None:
    clicked = Clicked(ALREADY, slow=lambda: later(1.5))
    assert await clicked.acknowledged() is replies.NotAcknowledged.ELSEWHERE
    assert "acknowledged" not in clicked.extras


async def test_after_a_failed_try_of_ours_it_may_have_been_ours() -> None:
    assert await Clicked(aiohttp.ServerDisconnectedError(), ALREADY).acknowledged() == replies.Acknowledged()


async def test_a_try_that_the_library_repeated_counts_as_ours() -> None:
    """discord.py repeats a callback by itself after a 5xx, and shows only the last answer."""

    async def hear() -> None:
        seen = SimpleNamespace(response=SimpleNamespace(status=502))
        await replies.note_failure(cast("Any", None), SimpleNamespace(), cast("Any", seen))

    class Repeated(Clicked):
        async def defer(self, **options: Any) -> Any:
            await hear()
            return await super().defer(**options)

    assert await Repeated(ALREADY).acknowledged() == replies.Acknowledged()
    await hear()
    assert await Clicked(ALREADY).acknowledged() is replies.NotAcknowledged.ELSEWHERE


@pytest.mark.parametrize(
    ("reply", "known"),
    [
        (refused(404, 10015), replies.NotAcknowledged.REFUSED),
        (refused(503, 0), replies.NotAcknowledged.UNKNOWN),
        (aiohttp.ServerDisconnectedError(), replies.NotAcknowledged.UNKNOWN),
    ],
    ids=["no reply", "trouble", "no answer"],
)
async def test_what_discord_does_not_tell_is_not_taken_for_a_no(
    monkeypatch: pytest.MonkeyPatch, reply: Exception, known: replies.NotAcknowledged
) -> None:
    monkeypatch.setattr(replies, "_IN_TIME", 0.1)
    monkeypatch.setattr(replies, "_ACK_LOOKS", (0.0, 0.0))
    assert await Clicked(aiohttp.ServerDisconnectedError(), reply=reply).acknowledged() is known
