"""What goes wrong before a command's own code: answered, logged with a reference, counted; and outdated commands."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest
from discord import app_commands
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics
from bot.models import StorageUnavailable
from bot.ui import Access, ClipBot, command_tree
from tests.support.reading import text_of

THREAD = {
    "id": "41",
    "type": 11,
    "name": "cameras",
    "permissions": "3072",
    "parent_id": "40",
    "guild_id": "30",
    "thread_metadata": {"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2026-11-28T10:00:00Z"},
}


def counted(metrics: Metrics) -> list[tuple[str, str]]:
    """Return the kind and the outcome of each interaction that was counted."""
    text = metrics.written(tasks=0, latencies={}, stages=None).decode()
    families = [one for one in text_string_to_metric_families(text) if one.name == "blinkclip_interactions"]
    return [(sample.labels["kind"], sample.labels["outcome"]) for family in families for sample in family.samples]


@app_commands.command(name="look", description="Look at a channel")
async def look(interaction: discord.Interaction[Any], at: app_commands.AppCommandThread) -> None:
    interaction.extras["looked"] = at.id


class TreeSetup:
    """A client that is not logged in, and people who use a command of its."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        services = SimpleNamespace(
            sessions=None,
            people=SimpleNamespace(last_used=self._nothing),
            runner=SimpleNamespace(stopping=False),
            access=Access(),
            untold=SimpleNamespace(has_news=self._nothing),
        )
        self.client = ClipBot(cast("Any", services), commands=[look], logged_in=cast("Any", None), metrics=self.metrics)
        self.client.loop = asyncio.get_running_loop()
        self.answers = list[Any]()

    async def _nothing(self, _: int) -> list[Any]:
        return []

    def used(self, thread: dict[str, Any], *, typing: bool = False, command: str = "look") -> Any:
        """Return an interaction as discord.py hands it to the tree."""
        option = {"name": "at", "type": 7, "value": "41", "focused": typing}
        data = {"name": command, "type": 1, "options": [option], "resolved": {"channels": {"41": thread}}}
        kind = discord.InteractionType.autocomplete if typing else discord.InteractionType.application_command
        user = {"id": "6", "username": "alice", "discriminator": "0", "avatar": None}
        payload = {
            "id": "5",
            "application_id": "1",
            "type": kind.value,
            "token": "token",
            "version": 1,
            "data": data,
            "user": user,
            "attachment_size_limit": 1,
            "authorizing_integration_owners": {},
        }
        interaction = discord.Interaction[Any](data=cast("Any", payload), state=self.client._connection)

        async def send_message(*, view: discord.ui.LayoutView, **_: Any) -> None:
            self.answers.append(text_of({"components": view.to_components()}))

        cast("Any", interaction)._cs_response = SimpleNamespace(is_done=lambda: False, send_message=send_message)
        return interaction


@pytest.fixture
async def town() -> AsyncIterator[TreeSetup]:
    town = TreeSetup()
    yield town
    await asyncio.gather(*town.client._background)


async def test_a_thread_of_which_discord_does_not_tell_the_owner_is_taken(town: TreeSetup) -> None:
    used = town.used(dict(THREAD))
    await town.client.tree._call(used)
    assert used.extras["looked"] == 41
    assert town.answers == []


async def test_what_fails_before_a_commands_own_code_is_answered_logged_and_counted(
    town: TreeSetup, caplog: pytest.LogCaptureFixture
) -> None:
    used = town.used({"id": "41", "type": 11})
    await town.client.tree._call(used)
    [logged] = [one for one in caplog.records if one.name == "bot.ui" and "reference" in one.getMessage()]
    [answer] = town.answers
    assert "This is a mistake in the bot" in answer
    assert f"`{cast('Any', logged.args)[0]}`" in answer
    assert logged.exc_info
    assert counted(town.metrics) == [("look", "broken")]
    assert "looked" not in used.extras


async def test_a_connection_that_breaks_is_not_called_a_mistake_of_the_bot(
    town: TreeSetup, caplog: pytest.LogCaptureFixture
) -> None:
    used = town.used(dict(THREAD))
    await town.client.tree.on_error(used, app_commands.CommandInvokeError(look, aiohttp.ServerDisconnectedError()))
    [answer] = town.answers
    assert "Discord did not take my first answer" in answer
    assert "mistake" not in answer
    assert counted(town.metrics) == [("look", "failed")]
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


def refused(code: int) -> discord.NotFound:
    return discord.NotFound(cast("Any", SimpleNamespace(status=404, reason="simulated")), {"code": code, "message": ""})


@pytest.mark.parametrize("code", [10062, 10008, 10015, 40060])
async def test_what_comes_too_late_for_discord_is_no_mistake_of_the_bot(
    town: TreeSetup, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    used = town.used(dict(THREAD))
    await town.client.tree.on_error(used, app_commands.CommandInvokeError(look, refused(code)))
    assert town.answers == []
    assert counted(town.metrics) == [("look", "unanswered")]
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


async def test_what_is_gone_elsewhere_does_not_leave_a_person_waiting(
    town: TreeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = town.used(dict(THREAD))
    used.extras["acknowledged"] = True
    drawn = list[str]()

    async def edit_original_response(__: Any, *, view: discord.ui.LayoutView, **_: Any) -> None:
        drawn.append(text_of({"components": view.to_components()}))

    monkeypatch.setattr(discord.Interaction, "edit_original_response", edit_original_response)
    await town.client.tree.on_error(used, app_commands.CommandInvokeError(look, refused(10008)))
    assert "This is a mistake in the bot" in drawn[0]
    assert counted(town.metrics) == [("look", "broken")]


async def test_what_fails_while_somebody_types_is_counted_and_takes_no_answer(town: TreeSetup) -> None:
    await town.client.tree._call(town.used({"id": "41", "type": 11}, typing=True))
    assert counted(town.metrics) == [("autocomplete", "broken")]
    assert town.answers == []


async def test_outdated_commands_are_registered_again_once_in_some_minutes(
    town: TreeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, passed, loop = list[bool](), [0.0], asyncio.get_running_loop()
    clock = loop.time

    async def register(*, force: bool) -> None:
        synced.append(force)

    monkeypatch.setattr(town.client.tree, "register", register)
    monkeypatch.setattr(loop, "time", lambda: clock() + sum(passed))
    for minutes, times in ((0, 1), (0, 1), (5, 1), (6, 2)):
        passed.append(minutes * 60.0)
        await town.client.tree.on_error(town.used(THREAD), app_commands.CommandNotFound("old", []))
        await asyncio.sleep(0)
        assert synced == [True] * times
    assert len(town.answers) == 4


class Registering:
    """Tries to register the commands, which fail with these errors in turn before one succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.forced = list(errors), list[bool]()

    async def register(self, *, force: bool) -> None:
        self.forced.append(force)
        if self.errors:
            raise self.errors.pop(0)


AWAY = [
    aiohttp.ServerDisconnectedError(),
    discord.RateLimited(31.0),
    discord.DiscordServerError(cast("Any", SimpleNamespace(status=503, reason="simulated")), "away"),
    StorageUnavailable("away"),
    TypeError("an answer that is no JSON"),
]


async def test_commands_that_could_not_be_registered_are_registered_later(
    town: TreeSetup, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    registering = Registering(*AWAY)
    monkeypatch.setattr(town.client.tree, "register", registering.register)
    monkeypatch.setattr(command_tree, "_GAPS", (0.0, 0.0))
    town.client.tree.begin_to_register()
    await asyncio.gather(*town.client._background)
    assert registering.forced == [False] * (len(AWAY) + 1)
    assert len([one for one in caplog.records if "could not be registered" in one.getMessage()]) == len(AWAY)


async def test_the_tries_to_register_come_ever_more_seldom_and_without_end(
    town: TreeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(town.client.tree, "register", Registering(*AWAY, *AWAY).register)
    monkeypatch.setattr(command_tree.asyncio, "sleep", sleep)
    town.client.tree.begin_to_register()
    await asyncio.gather(*town.client._background)
    assert slept == sorted(slept)
    assert slept[0] < slept[-1] == slept[-2]
    assert len(slept) == 2 * len(AWAY)


async def test_one_registration_runs_at_a_time(town: TreeSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    held, begun = asyncio.Event(), list[bool]()

    async def register(*, force: bool) -> None:
        begun.append(force)
        await held.wait()

    monkeypatch.setattr(town.client.tree, "register", register)
    for force in (False, True):
        town.client.tree.begin_to_register(force=force)
        await asyncio.sleep(0)
    assert begun == [False]
    held.set()
