"""Motion alerts: what cameras record by themselves reaches people by itself, once, as they want it and may have it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import pytest

from simulators.blink import Behaviour
from simulators.blink import Fault as BlinkFault
from simulators.discord import Fault as DiscordFault
from tests.support.hands import files_of, press
from tests.support.house import House, key_of, text_of, video_in
from tests.support.notify import share, use
from tests.support.presets import QUICK
from tests.support.reading import buttons_of
from tests.support.street import Street
from tests.support.waiting import at_rest, until

SOON = 10.0


async def told(street: Street, user: Any, predicate: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """Wait until what the bot has written to a person directly is as it should be."""

    def as_it_should() -> list[dict[str, Any]] | None:
        messages = street.house.dms(user)
        return messages if messages and predicate(messages) else None

    return await until(as_it_should, timeout=SOON)


def with_videos(count: int) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda messages: len(messages) == count and all(video_in(one) for one in messages)


async def nothing_more_comes(street: Street, looks: int = 2) -> None:
    """Let the bot look for more, at least once from beginning to end; whoever does not hear by then never does."""
    seen = looked(street.house)
    await until(lambda: looked(street.house) >= seen + looks, timeout=SOON)
    await asyncio.sleep(0.2)


async def all_told(house: House) -> None:
    """Wait until the bot has written down that nothing more is to come."""
    await until(lambda: not house.rows("SELECT 1 FROM notices WHERE told_at IS NULL"))


def in_channel(street: Street) -> list[dict[str, Any]]:
    """Return the messages with a video that everybody in the channel sees."""
    return [one for one in street.house.discord.messages(street.house.channel, street.alice) if video_in(one)]


def looked(house: House) -> int:
    """Return how often Blink was asked for recordings."""
    return len(house.blink.asked("media"))


async def test_motion_becomes_a_direct_message_with_the_very_video_once(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
        filmed = house.motion(street.front)
        [message] = await told(street, street.alice, with_videos(1))
        assert "Motion at Front Door, " in text_of(message)
        assert list(files_of(house.discord, message).values()) == [filmed.mp4]
        filmed.watch()  # so that Blink lists it anew
        await nothing_more_comes(street)
        assert len(house.dms(street.alice)) == 1
    async with house.bot():
        await nothing_more_comes(street)
        assert len(house.dms(street.alice)) == 1


async def test_where_the_video_is_late_its_picture_comes_first_and_the_same_message_gets_the_video(
    street: Street,
) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
        filmed = house.motion(street.front, partial_for=inf)
        [message] = await told(street, street.alice, lambda messages: "The video follows" in text_of(messages[0]))
        assert list(files_of(house.discord, message).values()) == [filmed.jpeg]
        filmed.whole = house.world.clock()
        [finished] = await told(street, street.alice, with_videos(1))
        assert finished["id"] == message["id"]
        assert list(files_of(house.discord, finished).values()) == [filmed.mp4]
        assert "follows" not in text_of(finished)


async def test_a_message_that_was_on_its_way_when_the_bot_stopped_gets_the_video_too(street: Street) -> None:
    house = street.house
    house.alert_timing = replace(house.alert_timing, picture_after=0.3)
    go_on = asyncio.Event()
    sending = DiscordFault("POST", "/channels/*/messages", times=2, action="delay", delay=go_on)
    async with house.bot():
        await use(street, motion="all")
        house.blink.faults.append(BlinkFault("video", delay=60.0))
        house.discord.faults.append(sending)
        filmed = house.motion(street.front)
        await until(lambda: sending.hits == 1, timeout=SOON)
    async with house.bot():
        await until(lambda: sending.hits == 2, timeout=SOON)  # the first, with the picture, is not there yet
        assert house.dms(street.alice) == []
        go_on.set()
        await all_told(house)
        [message] = house.dms(street.alice)
        assert list(files_of(house.discord, message).values()) == [filmed.mp4]
        assert "follows" not in text_of(message)


async def test_a_burst_becomes_one_message_that_counts_the_rest(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
    first = street.front.record_motion()
    for camera in (street.mini, street.mini, street.bell, street.front, street.front, street.front, street.front):
        camera.record_motion()
    async with house.bot():
        [message] = await told(street, street.alice, with_videos(1))
        assert "and 7 more: Front Door 4, Kitchen 2, Doorbell 1" in text_of(message)
        assert list(files_of(house.discord, message).values()) == [first.mp4]
        await nothing_more_comes(street)
        assert len(house.dms(street.alice)) == 1


async def test_at_most_three_messages_come_in_ten_minutes_and_the_rest_waits_for_one(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
        for count in (1, 2, 3):
            house.motion(street.front)
            await told(street, street.alice, with_videos(count))
        house.motion(street.front)
        house.motion(street.mini)
        await nothing_more_comes(street)
        assert len(house.dms(street.alice)) == 3
        earlier = datetime.now(UTC) - timedelta(minutes=11)
        await house.execute("UPDATE notices SET made_at = ?", earlier)
        await use(street, quiet="off")  # whatever somebody chooses has the bot look at what waits
        # The last may come before the video of the one before it.
        messages = await told(street, street.alice, with_videos(5))
        assert not [one for one in messages if "more" in text_of(one)]


async def test_a_bot_that_was_away_sums_up(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
        await nothing_more_comes(street)
    long_ago = house.world.now() - timedelta(hours=5)
    await house.execute("UPDATE feeds SET cursor = ?", long_ago)
    await house.execute("UPDATE wishes SET since = ?", long_ago - timedelta(hours=1))
    for minutes in range(12):
        street.front.record_motion(long_ago + timedelta(minutes=20 * minutes + 1))
    async with house.bot():
        [message] = await told(street, street.alice, with_videos(1))
        assert "and 11 more: Front Door 11" in text_of(message)


async def test_quiet_hours_hold_it_back_until_they_are_over(street: Street) -> None:
    house = street.house
    now = datetime.now(UTC)
    quiet = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}"
    async with house.bot():
        await use(street, motion="all", quiet=quiet, zone="UTC")
        house.motion(street.front)
        house.motion(street.mini)
        await nothing_more_comes(street)
        assert house.dms(street.alice) == []
        await use(street, quiet="off")
        await told(street, street.alice, with_videos(2))


async def test_muting_for_an_hour_and_muting_a_camera_are_one_press_each(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
        house.motion(street.front)
        [message] = await told(street, street.alice, with_videos(1))
        await (await press(house.discord, street.alice, message, "Mute this camera")).acked()
        await until(lambda: house.rows("SELECT muted FROM wishes") == [(f'["{key_of(street.front)}"]',)])
        house.motion(street.front)
        house.motion(street.mini)
        messages = await told(street, street.alice, lambda messages: video_in(messages[-1]) and len(messages) >= 3)
        alerts = [one for one in messages if "Motion at" in text_of(one)]
        assert ["Motion at Kitchen, " in text_of(one) for one in alerts] == [False, True]
        await (await press(house.discord, street.alice, message, "Mute 1 h")).acked()
        await until(lambda: house.rows("SELECT muted_until FROM watchers")[0][0])
        house.motion(street.mini)
        await nothing_more_comes(street)
        assert sum("Motion at" in text_of(one) for one in house.dms(street.alice)) == 2


async def test_a_clip_that_somebody_asked_for_is_no_motion(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all", clips="never")
        used = await house.clip(street.alice, street.front)
        assert video_in(await house.finished(used))
        await nothing_more_comes(street)
        assert house.dms(street.alice) == []


async def test_record_now_records(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all", clips="never")
        house.motion(street.front)
        [message] = await told(street, street.alice, with_videos(1))
        used = await press(house.discord, street.alice, message, "Record now")
        assert video_in(await house.finished(used))
        assert len(street.front.recordings) == 2


async def test_a_channel_is_told_instead_as_long_as_its_person_may_write_there(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all", to=house.channel)
        house.motion(street.front)
        [message] = await until(lambda: in_channel(street), timeout=SOON)
        assert "Motion at Front Door" in text_of(message)
        assert house.dms(street.alice) == []
        await all_told(house)
    house.discord.forbid(street.alice, house.channel, "send_messages")
    async with house.bot():
        house.motion(street.mini)
        [message] = await told(street, street.alice, with_videos(1))
        assert "It comes here because the channel for your alerts is closed" in text_of(message)
        assert len(in_channel(street)) == 1


async def test_whom_an_owner_lets_hear_hears_and_no_longer_once_that_ends(street: Street) -> None:
    house = street.house
    bob = house.discord.add_user("bob")
    house.discord.join(bob, house.guild)
    async with house.bot():
        await share(street, bob, street.front)
        await use(street, user=bob, motion="all")
        house.motion(street.front)
        house.motion(street.mini)  # which is not shared
        [message] = await told(street, bob, with_videos(1))
        assert "Front Door" in text_of(message)
        assert "Record now" not in buttons_of(message)
        assert [one for one in house.dms(street.alice) if "Motion" in text_of(one)] == []
        await nothing_more_comes(street)
        assert len(house.dms(bob)) == 1
        given = house.rows("SELECT id FROM grants")[0][0]
        await use(street, "share remove", share=given)
        assert house.rows("SELECT 1 FROM feeds") == [], "nobody is left who could hear of it"
        house.motion(street.front)
        await asyncio.sleep(1.0)
        assert len(house.dms(bob)) == 1


async def test_who_has_left_the_server_hears_no_more(street: Street) -> None:
    house = street.house
    bob = house.discord.add_user("bob")
    house.discord.join(bob, house.guild)
    async with house.bot():
        await share(street, bob, street.front)
        await use(street, user=bob, motion="all")
        await nothing_more_comes(street)
        house.discord.leave(bob, house.guild)
        house.motion(street.front)
        await nothing_more_comes(street)
        assert house.dms(bob) == []


async def test_a_video_that_is_gone_is_told_with_the_reason(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
        gone = BlinkFault("video", status=404, body={"message": "Media not found", "code": 700})
        house.blink.faults.append(gone)
        house.motion(street.front)
        [message] = await told(street, street.alice, lambda messages: "no longer at Blink" in text_of(messages[0]))
        assert not message["attachments"]


async def test_where_nobody_wants_to_hear_blink_is_not_asked(street: Street) -> None:
    house = street.house
    house.alert_timing = QUICK.alert_timing
    async with house.bot():
        await asyncio.sleep(0.5)
        assert looked(house) == 0
        await use(street, motion="all")
        await nothing_more_comes(street)
        await use(street, motion="never")
        await until(lambda: not house.rows("SELECT 1 FROM feeds"))
        await at_rest(lambda: looked(house))


async def test_whose_direct_messages_are_closed_costs_nothing_until_they_come_back(street: Street) -> None:
    house = street.house
    house.alert_timing = QUICK.alert_timing
    street.alice.close_dms()
    async with house.bot():
        await use(street, motion="all")
        house.motion(street.front)
        await until(lambda: house.rows("SELECT 1 FROM watchers WHERE unreachable_at IS NOT NULL"), timeout=SOON)
        await at_rest(lambda: looked(house))
        street.alice.open_dms()
        await use(street, motion="all")
        house.motion(street.mini)
        await told(street, street.alice, lambda messages: "Kitchen" in text_of(messages[-1]) and video_in(messages[-1]))


@pytest.mark.parametrize("page_zero", ["the first", "refused", "before page 1"])
@pytest.mark.parametrize("since_means", ["updated_at", "created_at"])
async def test_whichever_way_blink_lists_recordings_each_is_told(
    street: Street, page_zero: str, since_means: str
) -> None:
    house = street.house
    house.world.page_zero, house.world.since_means = page_zero, since_means
    async with house.bot():
        await use(street, motion="all")
        house.motion(street.front)
        house.motion(street.mini, listed_after=0.5, partial_for=0.5)
        await told(street, street.alice, with_videos(2))
        await nothing_more_comes(street)
        assert len(house.dms(street.alice)) == 2


async def test_a_camera_that_is_busy_with_the_cloud_of_another_household_delays_nobody(street: Street) -> None:
    house = street.house
    carol, account = house.resident("carol")
    slow = account.add_network("Cabin").add_camera("Porch", behaviour=Behaviour.quick())
    await house.link(carol, account)
    async with house.bot():
        await use(street, motion="all")
        await use(street, user=carol, motion="all")
        house.motion(slow, partial_for=inf)
        await told(street, carol, lambda messages: "follows" in text_of(messages[0]))
        house.motion(street.front)
        await told(street, street.alice, with_videos(1))
