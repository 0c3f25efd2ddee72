"""kill -9 at seeded moments of a clip's life: one recording at most, and a reply that ends truthfully.

`KILLS=200 python -m pytest tests/e2e/test_kill.py` sweeps more moments than a normal run does.
"""

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.demo.child import Bot
from bot.demo.simblink import Behaviour
from bot.demo.tls import Authority
from tests.support.house import BOT_TOKEN, House, ended, text_of
from tests.support.waiting import until

from .conftest import Street

KILLS = int(os.environ.get("KILLS", "8"))
LIFE = 2.0  # seconds from the command to its video, about
STAGES = (("rest", "new", 0.2), ("sm", "running", 0.3), ("dev", "running", 0.6), ("vs", "done", 0.0))


@dataclass
class Killer:
    """The bot in a process of its own, killed and started again."""

    house: House
    bot: Bot
    process: Any = None

    async def start(self) -> None:
        """Start the bot and wait until it listens."""
        before = self.house.discord.identifies
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *self.bot._arguments, "run", env=self.bot._environment, stdin=PIPE, stdout=DEVNULL
        )
        await until(lambda: self.house.discord.identifies > before, timeout=30)

    async def kill(self) -> None:
        """Kill the bot as the kernel does when memory runs out."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """Stop the bot in order."""
        self.process.terminate()
        await self.process.wait()


@pytest.fixture
async def killer(street: Street, tmp_path: Path, authority: Authority) -> AsyncIterator[Killer]:
    house = street.house
    house.folder = tmp_path / "killed"  # with keys and a database of its own
    house.folder.mkdir()
    bot = Bot(house.folder, token=BOT_TOKEN, trust=authority.trust, discord=house.discord_port, blink=house.blink_port)
    await bot.link(street.alice.id, street.account.blink_tokens())
    made = Killer(house, bot)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def test_killed_together_with_its_acknowledgement_the_reply_still_ends(street: Street, killer: Killer) -> None:
    street.front.behaviour = Behaviour.quick(upload_delay=0.05)
    await until(lambda: "clip" in street.house.discord.commands)
    for number in range(3):
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda clip=clip: clip.responded, every=0.0005)
        await killer.kill()
        await killer.start()
        reply = await until(lambda clip=clip: ended(clip.message), timeout=60)
        await until(lambda clip=clip: not street.house.live(clip), timeout=30)
        assert reply["attachments"] or "do not know whether" in text_of(reply)
        assert len(street.front.accepted) <= number + 1


async def test_wherever_it_is_killed_nothing_is_doubled_and_the_reply_ends(street: Street, killer: Killer) -> None:
    chance = random.Random(20261123)
    street.front.behaviour = Behaviour.quick(stages=STAGES, upload_delay=0.2, partial_for=0.2)
    await until(lambda: "clip" in street.house.discord.commands)
    delivered = 0
    for number in range(KILLS):
        accepted, videos = len(street.front.accepted), len(street.front.videos)
        clip = await street.house.clip(street.alice, street.front)
        await asyncio.sleep(LIFE * (number + chance.random()) / KILLS)
        await killer.kill()
        await killer.start()
        if not clip.responded:
            assert len(street.front.accepted) == accepted, "it was never acknowledged, so nothing may be recorded"
            continue
        reply = await until(lambda clip=clip: ended(clip.message), timeout=60)
        await until(lambda clip=clip: not street.house.live(clip), timeout=30)
        assert len(street.front.accepted) - accepted <= 1
        if reply["attachments"]:
            delivered += 1
            [attachment] = reply["attachments"]
            assert street.house.discord.file(attachment["url"]) == street.front.videos[videos].mp4
        else:
            assert "do not know whether" in text_of(reply)
            assert len(street.front.videos) == videos
    assert delivered >= KILLS // 2
    names = [one["attachments"][0]["filename"] for one in street.house.dms(street.alice)]
    assert len(set(names)) == len(names), "no video is sent twice"
