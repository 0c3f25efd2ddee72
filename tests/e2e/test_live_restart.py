"""A live view that was under way when the bot ended: what is lost with its process, and what is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulators.blink import Behaviour, LiveBehaviour
from tests.support.house import text_of, video_in
from tests.support.street import Street
from tests.support.waiting import until

RELEASE = 12.0  # Blink's seconds for which it is busy after a session: longer than a restart takes


@pytest.fixture
async def left(street: Street) -> Any:
    """A command whose live view was under way when the bot stopped."""
    street.house.settings["live_view"] = "on"
    street.front.behaviour = Behaviour.quick(live=LiveBehaviour(release=RELEASE))
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front, seconds=20)
        await until(lambda: any(one.sent for one in street.house.world.live.of(street.front)), timeout=20)
    assert street.house.stage(clip) == "live"
    return clip


async def test_an_earlier_wait_for_a_busy_blink_does_not_count_when_a_lost_one_begins_again(
    street: Street, left: Any
) -> None:
    await street.house.execute("UPDATE clip_jobs SET busy_since = ?", datetime.now(UTC) - timedelta(minutes=5))
    async with street.house.bot():
        reply = await street.house.finished(left, timeout=30)
    assert video_in(reply), text_of(reply)
    assert len(street.house.world.live.of(street.front)) == 2
    assert len(street.house.blink.asked("live_view")) > 2, "it was busy for a while"


async def test_a_second_one_that_is_lost_before_it_is_a_video_has_broken_off(street: Street, left: Any) -> None:
    await street.house.execute("UPDATE clip_jobs SET stage = 'fetching', live_starts = 2")
    async with street.house.bot():
        reply = await street.house.finished(left, timeout=30)
    assert "The live view stopped too early." in text_of(reply)
    assert [one["filename"].rpartition(".")[2] for one in reply["attachments"]] == ["jpg"]
    assert len(street.house.world.live.of(street.front)) == 1
