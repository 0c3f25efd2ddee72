"""The gateway breaks in every way that Discord knows: what comes after it is answered, and no clip notices.

A connection that can be resumed is; after an outage, in which no connection can be opened, the bot starts anew with an
IDENTIFY: the sharded client of discord.py would try again every five seconds, for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass

import discord
import pytest
from discord.backoff import ExponentialBackoff

from simulators.blink import Behaviour
from simulators.discord import SimDiscord
from tests.support.house import text_of
from tests.support.street import Street
from tests.support.waiting import until

SLOW = Behaviour.quick(stages=(("dev", "running", 0.8), ("vs", "done", 0.0)))


@dataclass(frozen=True)
class Break:
    """How it breaks, and what the bot needs to be back."""

    how: Callable[[SimDiscord], None]
    resumed: bool = False
    away: bool = False  # until the clip under way has its end


def _session_timed_out(sim: SimDiscord) -> None:
    sim.drop_gateway(4009)
    sim._gateway.sessions.clear()


def _away(sim: SimDiscord) -> None:
    sim.refuse_gateway(3600)
    sim.drop_gateway(None)


def _garbled(sim: SimDiscord) -> None:
    for session in sim._gateway.sessions:
        if session.connection:
            session.connection.send_text('{"op": 0, "t": "INTERACTION_CREATE", "s": 7, "d": {"id"')


BREAKS = {
    "closed with 4000": Break(lambda sim: sim.drop_gateway(4000), resumed=True),
    "cut": Break(lambda sim: sim.drop_gateway(None), resumed=True),
    "asked to reconnect (op 7)": Break(lambda sim: sim.reconnect_gateway(), resumed=True),
    "invalid session (op 9)": Break(lambda sim: sim.invalidate_session()),
    "session timed out (4009)": Break(_session_timed_out),
    "away": Break(_away, away=True),
    "half a payload": Break(_garbled),
    "a payload of another form": Break(lambda sim: sim.send_event("INTERACTION_CREATE", {"id": "soon", "type": 2})),
}


async def _at_once(client: discord.Client, shard_id: int | None, *, initial: bool = False) -> None:
    pass


@pytest.mark.parametrize("name", BREAKS)
async def test_a_clip_under_way_ends_and_the_next_one_works(
    street: Street, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # discord.py draws its waits at random, and the fifth may be longer than this test; before a session it waits 5 s.
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _backoff: 0.3)
    monkeypatch.setattr(discord.Client, "before_identify_hook", _at_once)
    house, one = street.house, BREAKS[name]
    street.front.behaviour = SLOW
    async with house.bot():
        under_way = await house.clip(street.alice, street.front)
        await until(lambda: house.stage(under_way) == "recording")
        one.how(house.discord)
        assert "Recorded <t:" in text_of(await house.finished(under_way))
        if one.away:
            assert house.discord.identifies + house.discord.resumes == 1, "the reply did not wait for the gateway"
            house.discord.refuse_gateway(0)
        await until(lambda: house.discord.identifies + house.discord.resumes == 2, timeout=30)
        clip = await house.clip(street.alice, street.mini)
        assert "Recorded <t:" in text_of(await house.finished(clip))
        assert (house.discord.identifies, house.discord.resumes) == ((1, 1) if one.resumed else (2, 0))
    assert (len(street.front.accepted), len(street.mini.accepted)) == (1, 1)


async def test_a_first_connection_that_is_refused_is_tried_again(street: Street) -> None:
    house = street.house
    house.discord.refuse_gateway(1.5)
    async with house.bot(ready=False):
        await until(lambda: house.discord.identifies == 1, timeout=20)
        clip = await house.clip(street.alice, street.front)
        assert "Recorded <t:" in text_of(await house.finished(clip))
    assert house.discord.identifies == 1


async def test_an_evening_of_breaks_costs_few_identifies(street: Street) -> None:
    house = street.house
    async with house.bot():
        for number in range(6):
            sessions = house.discord.identifies + house.discord.resumes
            [house.discord.drop_gateway, house.discord.reconnect_gateway][number % 2]()
            await until(lambda before=sessions: house.discord.identifies + house.discord.resumes > before, timeout=20)
        clip = await house.clip(street.alice, street.front)
        assert "Recorded <t:" in text_of(await house.finished(clip))
        assert house.discord.identifies <= 2
