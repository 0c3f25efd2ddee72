"""A share that ends while a video is fetched, fitted or sent: nothing is delivered from then on, and it is said so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.models import NotShrunk
from simulators.blink import Behaviour, Fault
from simulators.demo.tls import Authority
from simulators.discord import Fault as DiscordFault
from tests.support.house import built, buttons_of, text_of, video_in
from tests.support.lending import Lending, Person
from tests.support.waiting import until

MIB = 2**20
NO_LONGER = "This camera is not shared with you, or no longer."


@dataclass
class SlowShrinker:
    """A shrinker that is at work until it is let go, and then gives a video that is none of Blink's."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def shrink(self, video: Path, target: Path, *, limit: int) -> NotShrunk | None:
        """Wait, and write a smaller file."""
        self.begun.set()
        await self.go.wait()
        await asyncio.to_thread(target.write_bytes, b"smaller")
        return None


@dataclass
class EndingScene:
    """Somebody with a share of the owner's camera, and how their videos are made to fit."""

    lending: Lending
    guest: Person
    share: str
    shrinker: SlowShrinker

    async def clip(self) -> Any:
        """Use `/clip` on the owner's camera."""
        camera = self.lending.camera(self.guest)
        return await self.lending.discord.slash(self.guest.user, self.guest.place, "clip", {"camera": camera})

    async def over(self, clip: Any) -> dict[str, Any]:
        """Wait until nothing more is done for a clip, and return its reply."""
        reply = await self.lending.house.finished(clip)
        await until(lambda: not self.lending.house.live(clip))
        return clip.message or reply

    @property
    def files(self) -> list[str]:
        """Return the names of the files that the guest has got as direct messages."""
        return [file["filename"] for one in self.lending.house.dms(self.guest.user) for file in one["attachments"]]


@pytest.fixture
async def scene(tmp_path: Path, authority: Authority) -> AsyncIterator[EndingScene]:
    async with built(tmp_path, authority) as house:
        lending = Lending(house)
        house.shrinker = shrinker = SlowShrinker()
        house.pace = replace(house.pace, patience=60.0)
        await house.link(lending.alice, lending.account)
        guest = lending.person("guest")
        async with house.bot():
            share = await lending.share(guest.user)
        yield EndingScene(lending, guest, share, shrinker)


async def at_stage(scene: EndingScene, stage: str) -> Any:
    clip = await scene.clip()
    await until(lambda: scene.lending.house.stage(clip) == stage)
    return clip


async def fetching(scene: EndingScene) -> Any:
    scene.lending.house.blink.faults.append(Fault("video", delay=scene.shrinker.go))
    clip = await at_stage(scene, "fetching")
    await until(lambda: scene.lending.house.blink.asked("video"))
    return clip


async def shrinking(scene: EndingScene) -> Any:
    scene.lending.house.channel.attachment_size_limit = 4000
    clip = await at_stage(scene, "fetching")
    await scene.shrinker.begun.wait()
    return clip


async def uploading(scene: EndingScene) -> Any:
    """Let the video's way to Discord be cut until the share has ended."""
    lending = scene.lending
    cut = DiscordFault("PATCH", "/webhooks/*", times=None, action="reset", from_bytes=4000)
    lending.discord.faults.append(cut)
    clip = await scene.clip()
    await until(lambda: cut.hits)
    return clip


async def copying(scene: EndingScene) -> Any:
    """Let the reply have the whole video, and the direct message wait for a smaller one."""
    scene.lending.zebra.behaviour = Behaviour.quick(video_size=14 * MIB)
    scene.lending.house.channel.attachment_size_limit = 50 * MIB
    clip = await at_stage(scene, "fetching")
    await scene.shrinker.begun.wait()
    assert video_in(clip.message)
    return clip


async def revoked(scene: EndingScene) -> None:
    await scene.lending.revoke(scene.share)


async def unlinked(scene: EndingScene) -> None:
    lending = scene.lending
    question = await lending.use(lending.owner, "unlink")
    await lending.discord.click(lending.alice, question["id"], buttons_of(question)["Yes, delete everything"])
    await until(lambda: not lending.house.rows("SELECT 1 FROM accounts"))


Moment = Callable[[EndingScene], Awaitable[Any]]
WAYS: tuple[tuple[Moment, Moment], ...] = (
    (fetching, unlinked),
    (shrinking, revoked),
    (uploading, revoked),
)


@pytest.mark.parametrize(("moment", "how"), WAYS, ids=lambda one: one.__name__)
async def test_nothing_is_delivered_once_the_owner_lets_them_no_more(
    scene: EndingScene, moment: Moment, how: Moment
) -> None:
    async with scene.lending.house.bot():
        clip = await moment(scene)
        await how(scene)
        # An upload that was on its way by then may still arrive; so those of whole files are cut until it is over.
        scene.lending.discord.faults[:] = [one for one in scene.lending.discord.faults if one.from_bytes]
        scene.shrinker.go.set()
        reply = await scene.over(clip)
    assert NO_LONGER in text_of(reply)
    assert (reply["attachments"], buttons_of(reply), scene.files) == ([], {}, [])
    assert not any(video_in(message) for _, message in clip.history)


@pytest.mark.parametrize("how", [revoked, unlinked], ids=lambda how: how.__name__)
async def test_no_copy_follows_a_reply_that_was_there_before(scene: EndingScene, how: Moment) -> None:
    async with scene.lending.house.bot():
        clip = await copying(scene)
        await how(scene)
        scene.shrinker.go.set()
        reply = await scene.over(clip)
    assert "Recorded <t:" in text_of(reply)
    assert video_in(reply)
    assert scene.files == []
