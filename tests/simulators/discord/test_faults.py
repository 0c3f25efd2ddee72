"""Faults: every way in which a request can go wrong."""

import asyncio
import re
import time
from typing import Any

import aiohttp
import discord
import pytest

from simulators.discord import Fault
from tests.simulators.discord.conftest import GuildSetup
from tests.simulators.discord.toybot import refused
from tests.support.waiting import until

EDIT = re.compile(r"^/webhooks/.*/messages/@original$")


async def deferred(town: GuildSetup) -> tuple[Any, discord.Interaction[Any]]:
    used = await town.sim.slash(town.alice, town.channel, "wait")
    interaction = await town.received()
    await interaction.response.defer(thinking=True)
    return used, interaction


@pytest.mark.parametrize(("action", "applied"), [("answer", False), ("apply-then-answer", True)])
async def test_an_error_is_answered_with_or_without_effect(town: GuildSetup, action: Any, applied: bool) -> None:
    used, interaction = await deferred(town)
    town.sim.faults.append(Fault("PATCH", EDIT, status=403, body={"code": 50013, "message": "no"}, action=action))
    assert await refused(interaction.edit_original_response(content="x")) == (403, 50013)
    assert (used.message["content"] == "x") is applied
    await interaction.edit_original_response(content="once only")
    assert used.message["content"] == "once only"


@pytest.mark.parametrize(("action", "applied"), [("reset", False), ("apply-then-reset", True)])
async def test_a_connection_is_reset_with_or_without_effect(town: GuildSetup, action: Any, applied: bool) -> None:
    used, interaction = await deferred(town)
    town.sim.faults.append(Fault("*", "/webhooks/*/messages/@original", action=action))
    with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
        await interaction.edit_original_response(content="x")
    assert (used.message["content"] == "x") is applied
    assert town.sim.requests[-1].status is None


async def test_a_callback_applied_and_then_refused_with_500_is_retried_into_40060(town: GuildSetup) -> None:
    town.sim.faults.append(Fault("POST", "/interactions/*/callback", action="apply-then-answer"))
    used = await town.sim.slash(town.alice, town.channel, "wait")
    interaction = await town.received()
    assert await refused(interaction.response.defer()) == (400, 40060)
    assert used.responded
    assert [callback.code for callback in used.callbacks] == [None, 40060]


async def test_a_delayed_request_arrives_late(town: GuildSetup) -> None:
    used, interaction = await deferred(town)
    town.sim.faults.append(Fault("PATCH", EDIT, action="delay", delay=0.2))
    started = time.monotonic()
    await interaction.edit_original_response(content="late")
    assert time.monotonic() - started >= 0.2
    assert used.message["content"] == "late"


async def test_a_request_may_wait_for_a_word(town: GuildSetup) -> None:
    used, interaction = await deferred(town)
    go_on = asyncio.Event()
    held = Fault("PATCH", EDIT, action="delay", delay=go_on)
    town.sim.faults.append(held)
    editing = asyncio.create_task(interaction.edit_original_response(content="late"))
    await until(lambda: held.hits)
    assert used.message["content"] == ""
    go_on.set()
    await editing
    assert used.message["content"] == "late"


async def test_a_delay_makes_a_callback_miss_its_deadline(town: GuildSetup) -> None:
    town.sim.ack_deadline = 0.2
    town.sim.faults.append(Fault("POST", "/interactions/*/callback", action="delay", delay=0.4))
    await town.sim.slash(town.alice, town.channel, "wait")
    assert await refused((await town.received()).response.defer()) == (404, 10062)


async def test_a_rate_limit_is_waited_for(town: GuildSetup) -> None:
    used, interaction = await deferred(town)
    town.sim.faults.append(Fault.rate_limit("PATCH", EDIT, retry_after=0.3))
    started = time.monotonic()
    await interaction.edit_original_response(content="after the limit")
    assert time.monotonic() - started >= 0.3
    assert used.message["content"] == "after the limit"
    assert [request.status for request in town.sim.requests if request.method == "PATCH"] == [429, 200]


async def test_a_rate_limit_without_via_is_a_ban(town: GuildSetup) -> None:
    town.sim.faults.append(Fault("POST", "/users/@me/channels", status=429, body="<html>1015</html>"))
    with pytest.raises(discord.HTTPException) as caught:
        await town.bot.create_dm(discord.Object(town.alice.id))
    assert caught.value.status == 429


async def test_a_fault_lasts_as_often_as_told(town: GuildSetup) -> None:
    always = Fault("GET", "/users/*", times=None, status=404)
    town.sim.faults.append(always)
    for _ in range(3):
        assert await refused(town.bot.fetch_user(town.alice.id)) == (404, 0)
    assert always.hits == 3
    town.sim.faults.clear()
    await town.bot.fetch_user(town.alice.id)
