"""Discord bans who asks in vain 10,000 times in ten minutes: what it has refused is not asked again and again.

https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""

import asyncio
import re
from typing import Any

import pytest
from aiohttp import TCPConnector

from bot.delivery.messenger import DmRateLimiter
from bot.delivery.retry import DiscordUnavailable
from simulators.blink import Behaviour
from simulators.demo.network import ConnectorFactory, connectors
from simulators.discord import Fault
from simulators.discord.calls import Request
from tests.support.house import House
from tests.support.street import Street
from tests.support.waiting import until

REPLY = re.compile(r"/webhooks/|/channels/.*/messages/")
STAGES = (*((stage, "running", 0.3) for stage in ("rest", "cs_sent", "sm", "dev", "is")), ("vs", "done", 0.0))
TOO_FAST = {"code": 40003, "message": "You are opening direct messages too fast"}


def in_vain(house: House) -> list[Request]:
    """Return the requests that count against the bot."""
    return [one for one in house.discord.requests if one.status in (401, 403, 404)]


@pytest.mark.parametrize("share", [True, False], ids=["shared", "private"])
@pytest.mark.parametrize(
    ("status", "code"), [(404, 10008), (404, 10003), (403, 50001)], ids=["message gone", "channel gone", "no access"]
)
async def test_a_reply_that_is_gone_costs_one_request_in_vain(
    street: Street, status: int, code: int, share: bool
) -> None:
    street.front.behaviour = Behaviour.quick(stages=STAGES)
    house = street.house
    async with house.bot():
        house.discord.faults.append(Fault("PATCH", REPLY, None, status, {"code": code, "message": "Gone"}))
        clip = await house.clip(street.alice, street.front, public=share)
        await until(lambda: street.front.accepted and not house.live(clip), timeout=15)
        assert len(in_vain(house)) == 1
        [copy] = house.dms(street.alice)
    assert house.discord.file(copy["attachments"][0]["url"]) == street.front.videos[0].mp4


async def test_a_clip_that_goes_well_asks_nothing_in_vain(street: Street) -> None:
    house = street.house
    async with house.bot():
        clip = await house.clip(street.alice, street.front)
        await house.finished(clip)
        await until(lambda: not house.live(clip))
        assert in_vain(house) == []


async def test_direct_messages_opened_too_fast_are_not_opened_again_at_once(street: Street) -> None:
    house = street.house
    fault = Fault("POST", "/users/@me/channels", None, 400, TOO_FAST)
    async with house.bot():
        house.discord.faults.append(fault)
        for camera in (street.front, street.mini):
            clip = await house.clip(street.alice, camera)
            await house.finished(clip)
            await until(lambda clip=clip: not house.live(clip), timeout=20)
    assert fault.hits == 1


async def test_doors_are_knocked_at_one_after_the_other() -> None:
    limiter = DmRateLimiter(apart=0.1, too_fast=60.0)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(limiter.turn() for _ in range(5)))
    assert loop.time() - began >= 0.39
    limiter.back_off()
    with pytest.raises(DiscordUnavailable):
        await limiter.turn()


async def test_a_connection_to_discord_is_kept_for_more_than_a_minute(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[float] = []

    def noting(**ports: int) -> ConnectorFactory:
        make = connectors(**ports)

        def connector(**options: Any) -> TCPConnector:
            kept.extend([options["keepalive_timeout"]] if "keepalive_timeout" in options else [])
            return make(**options)

        return connector

    monkeypatch.setattr("tests.support.house.connectors", noting)
    async with street.house.bot():
        assert kept == [75.0]
