"""An outcome that is not known is not told as a known one: nothing begins after somebody read that nothing began."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.jobs import Runner
from bot.models import Job
from bot.store.errors import DatabaseUnreachable
from bot.store.jobs import JobStore
from bot.ui import replies
from simulators.discord import Fault
from tests.support.house import text_of
from tests.support.street import Street
from tests.support.waiting import until

CALLBACK = re.compile(r"/interactions/.*/callback")
REPLY = re.compile(r"/webhooks/")


async def test_a_command_of_which_somebody_read_that_it_did_not_start_never_starts(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, insert = street.house, JobStore.insert

    async def insert_and_lose_the_answer(jobs: JobStore, job: Job) -> bool:
        await insert(jobs, job)
        raise DatabaseUnreachable

    async def cannot_be_reached(*_: Any) -> None:
        raise DatabaseUnreachable

    with monkeypatch.context() as away:
        away.setattr(JobStore, "insert", insert_and_lose_the_answer)
        away.setattr(JobStore, "remove", cannot_be_reached)
        async with house.bot():
            clip = await house.clip(street.alice, street.front)
            await until(lambda: "I did not start" in text_of(clip.message))
    assert house.stage(clip) == "received"
    house.timing = replace(house.timing, settle=0.0)
    async with house.bot():
        await until(lambda: not house.known(clip))
    assert "I did not start" in text_of(clip.message)
    assert street.front.accepted == []


async def test_a_command_of_which_discord_tells_nothing_goes_on_once_it_does(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = street.house
    monkeypatch.setattr(replies, "_IN_TIME", 0.3)
    monkeypatch.setattr(replies, "_ACK_LOOKS", (0.0,))
    house.timing = replace(house.timing, settle=0.0, lease=0.6)
    lost, silent = Fault("POST", CALLBACK, None, action="apply-then-reset"), Fault("GET", REPLY, None, action="reset")
    async with house.bot():
        house.discord.faults += [lost, silent]
        clip = await house.clip(street.alice, street.front)
        await until(lambda: silent.hits > 1)
        assert house.known(clip)
        assert street.front.accepted == []
        house.discord.faults.remove(silent)
        assert "Recorded <t:" in text_of(await house.finished(clip))
    assert len(street.front.accepted) == 1


async def test_whether_somebody_waits_is_asked_until_their_reply_can_no_longer_be_used(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = street.house
    with monkeypatch.context() as killed:
        killed.setattr(Runner, "accept", lambda *_: None)
        async with house.bot():
            clip = await (await house.clip(street.alice, street.front)).acked()
    house.timing = replace(house.timing, settle=0.0)
    house.pace = replace(house.pace, patience=0.05)
    passed = [timedelta(0)]
    monkeypatch.setattr("bot.app.utcnow", lambda: datetime.now(UTC) + passed[-1])
    away = Fault("GET", REPLY, None, action="reset")
    house.discord.faults.append(away)
    async with house.bot():
        await until(lambda: away.hits > 2)
        assert house.stage(clip) == "received"
        passed.append(timedelta(minutes=15))
        await until(lambda: not house.live(clip))
    [message] = house.dms(street.alice)
    assert "I was interrupted before I could start." in text_of(message)
    assert "No camera was asked." in text_of(message)
    assert street.front.accepted == []
