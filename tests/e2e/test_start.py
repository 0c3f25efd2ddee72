"""Discord will not have the bot yet, or not like this: it waits outside without hammering, or says what is wrong."""

import asyncio
import itertools
import re
import sys
import threading

import discord
import pytest
from discord.gateway import KeepAliveHandler

from bot.discord_connection import BadToken, Patience
from simulators.demo.tls import Authority
from simulators.discord import Fault
from tests.support.house import text_of
from tests.support.program import program
from tests.support.street import Street
from tests.support.waiting import until

# Each with what is needed first to use it.
NOT_AT_THE_START = {
    "alembic": "tables of another version",
    "asyncpg": "a PostgreSQL",
    "av": "a process of its own",
    "blinkpy": "a sign-in",
    "simulators.discord": "the demo",
    "discord.ext": "nothing: the commands are the tree's",
    "greenlet": "a PostgreSQL",
    "requests": "a sign-in",
    "simcord": "the demo",
    "slugify": "a sign-in",
    "sqlalchemy.dialects.postgresql": "a PostgreSQL",
    "sqlalchemy.ext.asyncio": "a PostgreSQL",
    "sqlalchemy.orm": "a PostgreSQL",
    "tinytag": "a video",
}

BROKEN = {"id": "1", "type": 2, "token": "t", "version": 1}


def logins(street: Street) -> list[float]:
    """Return when the bot has tried to log in."""
    return [one.at for one in street.house.discord.requests if one.path == "/users/@me"]


async def test_a_bad_token_ends_the_start_at_once_with_one_clear_line(street: Street, authority: Authority) -> None:
    async with program(street.house, authority, ready=False, DISCORD_TOKEN="wrong.wrong.wrong") as bot:
        assert await bot.ended() == 1
    last = bot.words.strip().splitlines()[-1]
    assert last.startswith("✗ DISCORD_TOKEN: Discord does not accept it")
    assert "Traceback" not in bot.words
    assert "wrong.wrong" not in bot.words
    assert len(logins(street)) == 1


async def test_a_started_bot_has_loaded_nothing_that_it_may_never_need(street: Street, authority: Authority) -> None:
    command = (sys.executable, "-X", "importtime", "-m", "bot")
    async with program(street.house, authority, command=command, PORT="") as bot:
        bot.stop()
        assert await bot.ended() == 0
    loaded = set(re.findall(r"^import time: .*\| +(\S+)$", bot.words, re.MULTILINE))
    assert loaded >= {"aiosqlite", "bot.app", "discord.gateway", "sqlalchemy.engine"}, "what it does need"
    assert {name for name in loaded if any(f"{name}.".startswith(f"{one}.") for one in NOT_AT_THE_START)} == set()


async def test_a_token_that_is_reset_while_the_bot_runs_ends_it_too(street: Street) -> None:
    with pytest.raises(BadToken):
        await street.house.closed_with(4004)


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        (Fault("GET", "/users/@me", 1, 503), 0.3),
        (Fault("GET", "/users/@me", 1, 429, "<html>error code: 1015</html>"), 0.3),
        (Fault("GET", "/users/@me", 1, 429, "<html>error code: 1015</html>", {"Retry-After": "31"}), 31),
        (Fault.rate_limit("GET", "/users/@me", retry_after=31, times=1), 31),
        (Fault("GET", "/gateway/bot", 1, 503), 0.3),
    ],
    ids=["503", "banned by Cloudflare", "banned for a while", "asked to wait", "no gateway"],
)
async def test_a_no_at_the_door_is_taken_for_an_answer(street: Street, fault: Fault, pause: float) -> None:
    street.house.patience = Patience(hiccup=0.0, gaps=(0.3,))
    street.house.discord.faults.append(fault)
    async with street.house.bot(ready=False):
        await until(lambda: fault.hits == 1)
        if pause > 1:
            await asyncio.sleep(0.5)
            assert len(logins(street)) == 1, "Discord's own advice counts for more than ours"
            return
        await until(lambda: street.house.discord.identifies == 1)
    refused, again, *_ = (one.at for one in street.house.discord.requests if one.path == fault.path_pattern)
    assert again - refused > pause * 0.8
    assert street.house.discord.identifies == 1


async def test_each_no_makes_it_wait_longer_up_to_the_longest(street: Street) -> None:
    street.house.patience = Patience(hiccup=0.0, gaps=(0.05, 0.2, 0.4))
    street.house.discord.faults.append(Fault("GET", "/users/@me", 4, 503))
    async with street.house.bot():
        pass
    tries = logins(street)
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    for pause, least in zip(pauses, (0.04, 0.16, 0.32, 0.32), strict=True):
        assert pause >= least


def test_it_waits_from_half_a_minute_to_a_quarter_of_an_hour() -> None:
    patience = Patience()
    refused = [patience.pause(failures, harmless=False) for failures in range(1, 12)]
    assert 24 <= refused[0] <= 36
    assert all(720 <= pause <= 1080 for pause in refused[5:])
    hiccups = [patience.pause(failures, harmless=True) for failures in range(1, 12)]
    assert hiccups[0] <= 1.2
    assert 24 <= hiccups[1] <= 36
    assert len(set(refused)) == len(refused), "jittered"


async def test_a_rate_limit_on_registering_commands_does_not_hold_up_the_start(street: Street) -> None:
    limit = Fault.rate_limit("PUT", "/applications/*/commands", retry_after=20, times=None)
    street.house.discord.faults.append(limit)
    async with street.house.bot(ready=False):
        await until(lambda: limit.hits and street.house.discord.identifies)
        street.house.discord.faults.clear()
    assert street.house.discord.gateway_closes == [1000]


async def test_commands_come_later_if_the_connection_breaks_while_they_are_registered(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ui.command_tree._GAPS", (0.0,))
    street.house.discord.faults.append(Fault("PUT", "/applications/*/commands", times=2, action="reset"))
    async with street.house.bot(ready=False):
        await until(lambda: street.house.discord.commands)


async def test_an_event_that_cannot_be_parsed_does_not_end_the_service_nor_loop_hot(street: Street) -> None:
    async with street.house.bot():
        await street.house.finished(await street.house.clip(street.alice, street.front))
        street.house.discord.send_event("INTERACTION_CREATE", BROKEN)
        await until(lambda: street.house.discord.identifies == 2)
        assert "Recorded <t:" in text_of(
            await street.house.finished(await street.house.clip(street.alice, street.mini))
        )
        assert street.house.discord.identifies == 2


async def test_sessions_are_not_begun_without_end(street: Street) -> None:
    """Each event breaks the client again; after the burst the bot waits instead of using up Discord's 1000 a day."""
    street.house.patience = Patience(hiccup=0.0, gaps=(0.0,))
    sim = street.house.discord

    def poison() -> int:
        sim.send_event("INTERACTION_CREATE", BROKEN)
        return sim.identifies

    async with street.house.bot():
        await until(lambda: poison() >= 22, timeout=60)
        await asyncio.sleep(1.0)
        assert poison() <= 22
    await until(lambda: not any(isinstance(thread, KeepAliveHandler) for thread in threading.enumerate()))


async def test_what_discord_has_left_for_today_is_respected(street: Street) -> None:
    street.house.discord.session_starts = 10
    street.house.patience = Patience(gaps=(0.2,))
    async with street.house.bot(ready=False):
        await until(lambda: len([one for one in street.house.discord.requests if one.path == "/gateway/bot"]) > 1)
        assert street.house.discord.identifies == 0
        street.house.discord.session_starts = 1000
        await until(lambda: street.house.discord.identifies == 1)


async def test_a_gateway_that_is_away_for_a_while_is_found_again(street: Street) -> None:
    async with street.house.bot():
        street.house.discord.refuse_gateway(1.0)
        street.house.discord.drop_gateway(None)
        clip = await until(lambda: street.house.discord.identifies + street.house.discord.resumes > 1, timeout=20)
        clip = await street.house.clip(street.alice, street.front)
        assert "Recorded <t:" in text_of(await street.house.finished(clip))


def test_the_library_still_has_what_the_bot_builds_on() -> None:
    assert discord.version_info[:2] == (2, 7), "look again at launch_shard and before_identify_hook"
