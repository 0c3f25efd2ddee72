"""Somebody who leaves the server, or loses the role, while their clip of another's camera is under way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulators.blink import Behaviour
from simulators.demo.tls import Authority
from simulators.discord import Fault
from tests.support.house import built, text_of, video_in
from tests.support.lending import Lending, Person
from tests.support.waiting import until

SLOW = Behaviour.quick(stages=(("rest", "new", 0.05), ("dev", "running", 0.4), ("vs", "done", 0.0)))
NO_LONGER = "This camera is not shared with you, or no longer."
ASKED = "/guilds/*/members/*"


@pytest.fixture
async def lending(tmp_path: Path, authority: Authority) -> AsyncIterator[Lending]:
    async with built(tmp_path, authority) as house:
        lending = Lending(house)
        lending.zebra.behaviour = SLOW
        await house.link(lending.alice, lending.account)
        yield lending


async def begun(lending: Lending, person: Person) -> Any:
    """Use `/clip` on the owner's camera, and wait until that records."""
    clip = await lending.discord.slash(person.user, person.place, "clip", {"camera": lending.camera(person)})
    await until(lambda: lending.house.stage(clip) == "recording")
    return clip


async def over(lending: Lending, clip: Any) -> dict[str, Any]:
    reply = await lending.house.finished(clip)
    await until(lambda: not lending.house.live(clip))
    return clip.message or reply


def copies(lending: Lending, person: Person) -> list[str]:
    return [file["filename"] for one in lending.house.dms(person.user) for file in one["attachments"]]


async def test_who_loses_the_role_meanwhile_gets_no_video(lending: Lending) -> None:
    role, bob = lending.discord.add_role(lending.house.guild, "Keyholders"), lending.person("bob")
    lending.discord.give_role(bob.user, role)
    async with lending.house.bot():
        await lending.share(role)
        clip = await begun(lending, bob)
        lending.discord.take_role(bob.user, role)
        reply = await over(lending, clip)
    assert NO_LONGER in text_of(reply)
    assert not any(video_in(message) for _, message in clip.history)
    assert copies(lending, bob) == []


async def test_who_is_thrown_out_after_the_reply_gets_no_copy(lending: Lending) -> None:
    bob = lending.person("bob")
    async with lending.house.bot():
        await lending.share(bob.user)
        clip = await begun(lending, bob)
        slow = Fault("PATCH", "/webhooks/*", action="delay", delay=0.3, from_bytes=4000)
        lending.discord.faults.append(slow)
        await until(lambda: slow.hits)
        lending.discord.leave(bob.user, lending.house.guild)
        await until(lambda: not lending.house.live(clip))
    assert video_in(clip.message), "it was on its way by then"
    assert copies(lending, bob) == []


async def test_what_discord_does_not_say_for_a_moment_is_waited_for(lending: Lending) -> None:
    bob = lending.person("bob")
    async with lending.house.bot():
        await lending.share(bob.user)
        clip = await begun(lending, bob)
        lending.discord.faults.append(away := Fault("GET", ASKED, times=2, status=503))
        reply = await over(lending, clip)
    assert away.hits == 2
    assert video_in(reply)


async def test_what_discord_does_not_say_at_all_is_withheld_and_said_so(lending: Lending) -> None:
    house, bob = lending.house, lending.person("bob")
    house.timing = replace(house.timing, leave_for=0.3)
    async with house.bot():
        await lending.share(bob.user)
        clip = await begun(lending, bob)
        lending.discord.faults.append(Fault("GET", ASKED, times=None, status=503))
        reply = await over(lending, clip)
    assert "I could not check whether you may still use this camera." in text_of(reply)
    assert not video_in(reply)
    assert copies(lending, bob) == []


async def test_where_the_bot_is_no_member_no_camera_of_others_is_asked(lending: Lending) -> None:
    bob = lending.person("bob")
    async with lending.house.bot():
        await lending.share(bob.user)
        lending.discord.remove_bot(lending.house.guild)
        reply = await lending.use(bob, "clip", camera=lending.camera(bob))
    assert "I must be a member of this server" in text_of(reply)
    assert lending.zebra.accepted == []
