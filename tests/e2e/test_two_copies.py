"""Two copies of the bot hear of the same command: one of them answers it, also where nothing is written down for it."""

import asyncio
from dataclasses import replace

import pytest

from bot.ui import replies
from simulators.discord import Fault
from tests.support.house import session, text_of
from tests.support.street import Street
from tests.support.waiting import until


async def test_of_two_copies_one_hands_out_a_link_and_the_other_is_silent(street: Street) -> None:
    street.house.settings |= {"public_url": "https://clips.example.org", "port": 0}
    async with street.house.bot(), street.house.bot():
        used = await street.house.discord.slash(street.alice, street.house.channel, "link", {})
        await until(lambda: len(used.callbacks) == 2 and "clips.example.org/link/" in str(used.message))
    assert sorted(callback.code or 0 for callback in used.callbacks) == [0, 40060]
    assert street.house.rows("SELECT COUNT(*) FROM invitations") == [(1,)]
    assert [request.method for request in street.house.discord.requests].count("PATCH") == 1


async def test_of_two_copies_one_shows_the_cameras(street: Street) -> None:
    async with street.house.bot(), street.house.bot():
        used = await street.house.discord.slash(street.alice, street.house.channel, "cameras", {})
        await until(lambda: len(used.callbacks) == 2 and "Front Door" in text_of(used.message))
    assert [request.method for request in street.house.discord.requests].count("PATCH") == 1


async def test_if_the_copy_that_acknowledged_first_is_killed_the_one_that_saved_the_job_goes_on(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, go_on = street.house, asyncio.Event()
    monkeypatch.setattr(replies, "_IN_TIME", 30.0)
    house.timing = replace(house.timing, settle=0.0, lease=0.6)
    held = Fault("POST", "/interactions/*", action="delay", delay=go_on)
    house.discord.faults.append(held)
    async with house.bot(), session(house) as killed:
        clip = await house.clip(street.alice, street.front)
        await until(lambda: held.hits)
        address = f"https://discord.com/api/v10/interactions/{clip.id}/{clip.token}/callback"
        async with killed.post(address, json={"type": 5}) as acknowledged:
            assert acknowledged.status == 204
        go_on.set()
        assert "Recorded <t:" in text_of(await house.finished(clip))
    assert [callback.code for callback in clip.callbacks] == [None, 40060]
    assert len(street.front.accepted) == 1


async def test_a_lone_bot_answers_though_its_acknowledgement_seemed_to_fail(street: Street) -> None:
    street.house.discord.faults.append(Fault("POST", "/interactions/*", action="apply-then-answer", status=500))
    async with street.house.bot():
        used = await street.house.discord.slash(street.alice, street.house.channel, "cameras", {})
        await until(lambda: "Front Door" in text_of(used.message), timeout=10)
    assert [callback.code for callback in used.callbacks] == [None, 40060]
