"""However Discord refuses an answer, it is told: in fewer words, directly, or with the next command."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from bot.store import Store, open_store
from bot.ui import replies
from bot.wording import Card, Tone, any_command
from tests.support.databases import with_tables
from tests.support.examples import KEYRING
from tests.support.reading import text_of

USER = 6
DONE = Card("Motion", f"**Motion detection of “Front” is on.**\n{'ж' * 900}", Tone.GOOD)
DIRECTLY = "sent it to you as a direct message"
LATER = "tell you with your next command"


def refusal(status: int, code: int) -> discord.HTTPException:
    kind = discord.DiscordServerError if status >= 500 else discord.NotFound if status == 404 else discord.HTTPException
    return kind(cast("Any", SimpleNamespace(status=status, reason="simulated")), {"code": code, "message": "simulated"})


class Used:
    """A command that was acknowledged, in a Discord that refuses edits of more than `most` bytes with an error."""

    def __init__(self, store: Store, *, most: int, error: Exception, takes_dms: bool = True) -> None:
        self._most, self._error, self._takes_dms = most, error, takes_dms
        self.services = SimpleNamespace(untold=store.untold, tell=self._tell)
        self.client, self.response, self.user = self, self, SimpleNamespace(id=USER)
        self.type, self.command = (
            discord.InteractionType.application_command,
            SimpleNamespace(qualified_name="motion", extras={}),
        )
        self.extras, self.message, self.command_ids = {"acknowledged": True}, None, dict[str, int]()
        self.shown, self.sent, self.work = list[str](), list[Card](), list[Awaitable[Any]]()

    async def edit_original_response(self, *, view: discord.ui.LayoutView, **_: Any) -> None:
        text = text_of({"components": view.to_components()}).strip()
        if len(text.encode()) > self._most:
            raise self._error
        self.shown.append(text)

    async def _tell(self, user_id: int, card: Card) -> bool:
        assert user_id == USER
        if self._takes_dms:
            self.sent.append(card)
        return self._takes_dms

    def is_done(self) -> bool:
        return False

    def is_closed(self) -> bool:
        return False

    def background(self, work: Awaitable[Any]) -> None:
        self.work.append(work)

    async def answered(self, card: Card) -> None:
        await replies.answer(cast("Any", self), card)
        await asyncio.gather(*self.work)


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "_TRIES", (0.0, 0.0))


ERRORS = [refusal(500, 0), refusal(400, 200000), aiohttp.ServerDisconnectedError()]
NAMES = ["500", "AutoMod", "reset"]


@pytest.mark.parametrize("error", ERRORS, ids=NAMES)
async def test_what_is_too_long_is_shown_by_its_first_line(tmp_path: Path, error: Exception) -> None:
    async with open_store(with_tables(tmp_path / "bot.db").url, KEYRING) as store:
        used = Used(store, most=400, error=error)
        await used.answered(DONE)
        assert used.shown[0].startswith("**Motion detection of “Front” is on.**\n")
        assert (used.sent, await store.untold.of_person(USER)) == ([], {})


@pytest.mark.parametrize("error", ERRORS, ids=NAMES)
async def test_what_is_not_shown_at_all_goes_by_direct_message(tmp_path: Path, error: Exception) -> None:
    async with open_store(with_tables(tmp_path / "bot.db").url, KEYRING) as store:
        used = Used(store, most=80, error=error)
        await used.answered(DONE)
        assert used.sent == [DONE]
        assert DIRECTLY in used.shown[0]
        assert await store.untold.of_person(USER) == {}


@pytest.mark.parametrize("most", [80, 0])
async def test_what_can_be_told_nowhere_is_kept_for_the_next_command(tmp_path: Path, most: int) -> None:
    async with open_store(with_tables(tmp_path / "bot.db").url, KEYRING) as store:
        used = Used(store, most=most, error=ERRORS[0], takes_dms=False)
        await used.answered(DONE)
        [line] = (await store.untold.of_person(USER)).values()
        assert line.endswith("`/motion`: **Motion detection of “Front” is on.**")
        assert [LATER in one for one in used.shown] == [True] * bool(most)


async def test_the_line_of_a_command_that_the_bot_no_longer_has_names_none(tmp_path: Path) -> None:
    async with open_store(with_tables(tmp_path / "bot.db").url, KEYRING) as store:
        used = Used(store, most=0, error=ERRORS[0], takes_dms=False)
        used.command = None
        await used.answered(any_command.OUTDATED)
        [line] = (await store.untold.of_person(USER)).values()
        assert line.partition("> ")[2].startswith("Your command: **This command has changed.**")


@pytest.mark.parametrize("code", [10008, 10062, 40060])
async def test_where_nobody_waits_nothing_else_is_tried(tmp_path: Path, code: int) -> None:
    async with open_store(with_tables(tmp_path / "bot.db").url, KEYRING) as store:
        used = Used(store, most=0, error=refusal(404, code))
        await used.answered(DONE)
        assert (used.sent, await store.untold.of_person(USER)) == ([], {})


def test_more_late_answers_than_are_shown_are_counted() -> None:
    lines = [f"line {number}" for number in range(12)]
    text = any_command.late(lines).text
    assert "line 11" in text
    assert text.endswith("… and 2 older")
    assert "older" not in any_command.late(lines[:10]).text
