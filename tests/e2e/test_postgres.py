"""The same bot on PostgreSQL."""

from collections.abc import Iterator

import pytest

from simulators.blink import Behaviour
from tests.support.house import text_of
from tests.support.postgres import Postgres, Server
from tests.support.street import Street
from tests.support.waiting import until


@pytest.fixture
def database(postgres_server: Server) -> Iterator[Postgres]:
    name = postgres_server.create()
    with Postgres(postgres_server.url(name, query="sslmode=require")).kept() as database:
        yield database
    postgres_server.give_back(name)


async def test_a_clip_comes_with_its_video_and_leaves_no_token_behind(street: Street) -> None:
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        reply = await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
    [video] = street.front.videos
    assert street.house.discord.file(reply["attachments"][0]["url"]) == video.mp4
    assert street.house.rows("SELECT stage, reply_token FROM clip_jobs") == [("ended", None)]


async def test_busy_for_a_moment_is_shown_asked_again_and_then_records_once(street: Street) -> None:
    street.front.busy_for(3600)
    street.house.waits(busy_wait=60.0)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: "System is busy, please wait" in text_of(clip.message))
        street.front.busy_for(0)
        assert "Recorded <t:" in text_of(await street.house.finished(clip))
    assert len(street.front.accepted) == 1


async def test_a_clip_goes_on_after_a_restart_in_the_middle(street: Street) -> None:
    street.front.behaviour = Behaviour.quick(stages=(("dev", "running", 0.5), ("vs", "done", 0.0)))
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.stage(clip) == "recording")
    async with street.house.bot():
        assert "Recorded <t:" in text_of(await street.house.finished(clip))
    assert len(street.front.accepted) == len(street.front.videos) == 1


async def test_a_clip_found_hours_later_is_not_recorded_by_surprise(street: Street) -> None:
    street.front.busy_for(3600)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: street.house.stage(clip) == "busy")
    await street.house.age(clip, seconds=4000)
    clip.expire()
    async with street.house.bot():
        await until(lambda: not street.house.live(clip))
    [message] = street.house.dms(street.alice)
    assert "The bot was away" in text_of(message)
    assert street.front.accepted == []
