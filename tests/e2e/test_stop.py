"""A host stops the bot: nothing new is begun, clips under way are told, and the process ends as it was asked to."""

import asyncio
import contextlib
import signal

import pytest

from simulators.demo.tls import Authority
from simulators.discord import Fault
from tests.support.house import buttons_of, text_of, video_in
from tests.support.program import program
from tests.support.street import HELD, Street, let_go
from tests.support.waiting import until

RESTARTING = "I am restarting. Try again in a minute"
GOES_ON = "The bot restarts; your clip goes on by itself."


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_asked_to_stop_it_ends_with_0_and_closes_the_gateway_with_1000(
    street: Street, authority: Authority, number: int
) -> None:
    async with program(street.house, authority) as bot:
        await bot.until_it_answers("/readyz", 200)
        bot.stop(number)
        assert await bot.ended() == 0
    assert street.house.discord.gateway_closes == [1000]
    assert "Traceback" not in bot.words


async def test_signals_that_come_again_and_again_change_nothing(street: Street, authority: Authority) -> None:
    street.front.behaviour = HELD
    async with program(street.house, authority, STOP_GRACE_S="1") as bot:
        await until(lambda: "clip" in street.house.discord.commands)
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.front.accepted)

        async def pester() -> None:
            while bot.process.returncode is None:
                bot.stop(signal.SIGTERM)
                bot.stop(signal.SIGINT)
                await asyncio.sleep(0.01)

        pestering = asyncio.create_task(pester())
        assert await bot.ended() == 0, bot.words
        await pestering
    assert GOES_ON in text_of(clip.message)
    assert street.house.discord.gateway_closes == [1000]
    assert "Traceback" not in bot.words


async def test_while_it_stops_it_is_not_ready_and_says_so_to_everybody(street: Street, authority: Authority) -> None:
    street.front.behaviour = HELD
    house = street.house
    async with program(house, authority, STOP_GRACE_S="60") as bot:
        await bot.until_it_answers("/readyz", 200)
        await until(lambda: "clip" in house.discord.commands)
        done = await house.finished(await house.clip(street.alice, street.mini))
        clip = await house.clip(street.alice, street.front)
        await until(lambda: street.front.accepted)
        bot.stop()
        await bot.until_it_answers("/readyz", 503)
        assert await bot.answers("/livez") == 200
        new = await house.clip(street.alice, street.bell)
        button = await house.discord.click(street.alice, done["id"], buttons_of(done)["Record again"])
        cameras = await house.discord.slash(street.alice, house.channel, "cameras", {})
        for one in (new, button, cameras):
            await one.acked()
            assert RESTARTING in text_of(one.message)
            assert not house.known(one)
        typed = {"camera": "bell"}
        assert await house.discord.autocomplete(street.alice, house.channel, "clip", typed, focused="camera")
        let_go(street.front)
        assert "Recorded <t:" in text_of(await house.finished(clip)), "a clip under way may end"
        assert await bot.ended() == 0
    assert street.bell.accepted == []


async def test_a_clip_that_takes_longer_is_told_so_and_goes_on_in_the_next_process(
    street: Street, authority: Authority
) -> None:
    street.front.behaviour = HELD
    house = street.house
    async with program(house, authority, STOP_GRACE_S="0.2") as bot:
        await until(lambda: "clip" in house.discord.commands)
        done = await house.clip(street.alice, street.mini)
        await house.finished(done)
        await until(lambda: not house.live(done))
        before = done.message
        clip = await house.clip(street.alice, street.front)
        await until(lambda: street.front.accepted)
        bot.stop()
        assert await bot.ended() == 0
    assert GOES_ON in text_of(clip.message)
    assert done.message == before, "a clip that is over is left alone"
    let_go(street.front)
    async with program(house, authority):
        assert "Recorded <t:" in text_of(await house.finished(clip, timeout=20))
        await until(lambda: not house.live(clip))
    assert len(street.front.accepted) == 1


async def test_a_discord_that_hangs_does_not_hold_up_the_end(street: Street, authority: Authority) -> None:
    street.front.behaviour = HELD
    async with program(street.house, authority, STOP_GRACE_S="0") as bot:
        await until(lambda: "clip" in street.house.discord.commands)
        await street.house.clip(street.alice, street.front)
        await until(lambda: street.front.accepted)
        never = asyncio.Event()
        street.house.discord.faults.append(Fault("PATCH", "/webhooks/*", times=None, action="delay", delay=never))
        bot.stop()
        assert await bot.ended() == 0


async def test_a_video_that_stands_in_the_reply_is_not_drawn_over(street: Street) -> None:
    house = street.house
    never = asyncio.Event()
    house.discord.faults.append(Fault("POST", "/users/@me/channels", times=None, action="delay", delay=never))
    async with house.bot():
        clip = await house.clip(street.alice, street.front)
        await until(lambda: video_in(clip.message))
    assert "Recorded <t:" in text_of(clip.message)
    house.discord.faults.clear()
    async with house.bot():
        await until(lambda: not house.live(clip))


async def test_a_stop_during_the_login_or_a_pause_is_obeyed_at_once(street: Street, authority: Authority) -> None:
    street.house.discord.faults.append(Fault("GET", "/users/@me", times=None, status=503))
    async with program(street.house, authority, ready=False) as bot:
        await until(lambda: "connecting again in" in bot.words, timeout=20)
        bot.stop()
        assert await bot.ended(timeout=20) == 0


async def test_killed_without_a_word_it_goes_on_all_the_same(street: Street, authority: Authority) -> None:
    street.front.behaviour = HELD
    async with program(street.house, authority) as bot:
        await until(lambda: "clip" in street.house.discord.commands)
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.front.accepted)
        with contextlib.suppress(ProcessLookupError):
            bot.process.kill()
        assert await bot.ended() == -signal.SIGKILL
    let_go(street.front)
    async with program(street.house, authority):
        assert "Recorded <t:" in text_of(await street.house.finished(clip, timeout=45))
    assert len(street.front.accepted) == 1
