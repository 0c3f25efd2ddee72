"""A 403 holds what it was for and nothing else, unless Blink refuses one thing after the other."""

import asyncio
from pathlib import Path

import pytest

from bot.blink import BlinkClient, RateLimited, Started
from bot.models import CameraKey
from tests.support.scripted import Say, Scripted
from tests.unit.blink.conftest import seed

FORBIDDEN = Say({"message": "Forbidden"}, 403, {"Retry-After": "60"})
LISTED = Say({"account": {"account_id": 4242}, "networks": []})
FRONT, BACK = (CameraKey.parse(f"camera.1.{number}") for number in (2, 3))
ASKED = Say(seed("clip-started.json"))


async def refused(client: BlinkClient, camera: CameraKey) -> None:
    with pytest.raises(RateLimited):
        await client.record_clip(camera)


async def test_one_thing_that_is_forbidden_holds_nothing_else(blink: Scripted, client: BlinkClient) -> None:
    blink.says(FORBIDDEN, LISTED, ASKED)
    await refused(client, FRONT)
    await refused(client, FRONT)
    assert len(blink.heard) == 1, "it is not hammered either"
    await client.inventory()
    assert isinstance(await client.record_clip(BACK), Started)
    await refused(client, FRONT)
    assert len(blink.heard) == 3


async def test_a_video_that_is_forbidden_holds_no_other(blink: Scripted, client: BlinkClient, tmp_path: Path) -> None:
    blink.says(FORBIDDEN, LISTED)
    for _ in range(2):
        with pytest.raises(RateLimited):
            await client.download("/one.mp4", tmp_path / "one.mp4", limit=10)
    await client.inventory()
    assert len(blink.heard) == 2


async def test_one_refusal_after_the_other_holds_the_account(blink: Scripted, client: BlinkClient) -> None:
    blink.says(FORBIDDEN, FORBIDDEN)
    await refused(client, FRONT)
    await refused(client, BACK)
    with pytest.raises(RateLimited):
        await client.inventory()
    assert len(blink.heard) == 2


async def test_too_many_requests_hold_the_account(blink: Scripted, client: BlinkClient) -> None:
    blink.says(Say(b"", 429))
    await refused(client, FRONT)
    with pytest.raises(RateLimited):
        await client.inventory()
    assert len(blink.heard) == 1


async def test_what_stays_forbidden_is_asked_for_ever_more_seldom(blink: Scripted, client: BlinkClient) -> None:
    blink.says(FORBIDDEN, FORBIDDEN, LISTED, FORBIDDEN)
    waits: list[float] = []
    for _ in range(3):
        with pytest.raises(RateLimited) as caught:
            await client.record_clip(FRONT)
        waits.append(caught.value.retry_after)
        [hold] = client._transport._path_holds.values()
        hold.until = asyncio.get_running_loop().time()  # stands for the time that passes
        if len(waits) == 2:
            await client.inventory()
    assert waits == pytest.approx([60, 120, 240], abs=0.1)
