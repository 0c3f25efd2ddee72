"""Share here and Keep: the file of a private reply, taken from the reply itself, for its person only."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from simulators.discord import Fault
from tests.support.hands import files_of, press
from tests.support.house import CALLBACK, House, buttons_of, key_of, text_of
from tests.support.lodgers import alone, cleared, lodging, street
from tests.support.sharing import Shared
from tests.support.street import Street
from tests.support.waiting import until

__all__ = ["alone", "cleared", "lodging", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def arranged() -> Callable[[House], None]:
    return House.quick


async def private(street: Street, **options: Any) -> Any:
    """Return a finished clip that only Alice sees."""
    clip = await street.house.clip(street.alice, street.front, **options)
    reply = await street.house.finished(clip)
    await until(lambda: not street.house.live(clip))
    return reply


async def pressed(street: Street, reply: Any, label: str, *words: str, user: Any = None) -> Any:
    """Press a button, and wait until the answer says one of these."""
    click = await press(street.house.discord, user or street.alice, reply, label)
    await until(lambda: any(word in text_of(click.message) for word in words), timeout=10)
    return click


def everybody(street: Street) -> list[Any]:
    return street.house.discord.messages(street.house.channel)


async def test_a_private_clip_is_shared_byte_for_byte_in_a_restarted_bot_and_taken_back(alone: Street) -> None:
    house = alone.house
    async with house.bot():
        reply = await private(alone)
    assert everybody(alone) == []
    asked = len(house.blink.requests)
    async with house.bot():
        click = await pressed(alone, reply, "Share here", "Everybody here can see it")
        [shown] = everybody(alone)
        assert list(files_of(house.discord, shown).values()) == [alone.front.videos[0].mp4]
        assert f"<@{alone.alice.id}> shared a clip of Front Door, <t:" in shown["content"]
        place = f"{house.channel.guild.id}/{house.channel.id}"
        assert f"https://discord.com/channels/{place}/{shown['id']}" in text_of(click.message)
        assert shown["flags"] & 4, "no preview of an address in a camera's name"
        assert click.message["flags"] & 64
        assert not [one for one in house.blink.requests[asked:] if "media" in one.path]
        mallory = house.discord.add_user("mallory")
        await pressed(alone, shown, "Remove", "Not yours", user=mallory)
        assert len(everybody(alone)) == 1
        removed = await press(house.discord, alone.alice, shown, "Remove")
        await until(lambda: removed.followups)
    assert everybody(alone) == []
    assert house.shown(alone.alice, reply), "the private reply stays"


async def test_who_presses_twice_shares_once(street: Street) -> None:
    async with street.house.bot():
        reply = await private(street)
        street.house.discord.faults.append(Fault("POST", "/webhooks/*", action="delay", delay=0.3))
        first = await press(street.house.discord, street.alice, reply, "Share here")
        second = await press(street.house.discord, street.alice, reply, "Share here")
        for click in (first, second):
            await until(lambda click=click: "Everybody here can see it" in text_of(click.message))
        await pressed(street, reply, "Share here", "Everybody here can see it")
    assert len(everybody(street)) == 1


async def test_what_was_taken_back_can_be_shared_again_at_once(street: Street) -> None:
    async with street.house.bot():
        reply = await private(street)
        await pressed(street, reply, "Share here", "Everybody here can see it")
        [shown] = everybody(street)
        removed = await press(street.house.discord, street.alice, shown, "Remove")
        await until(lambda: removed.followups)
        await pressed(street, reply, "Share here", "Everybody here can see it")
    assert len(everybody(street)) == 1


@pytest.mark.parametrize("action", ["reset", "apply-then-reset"])
async def test_a_press_whose_first_answer_is_lost_posts_once_and_says_so(street: Street, action: Any) -> None:
    async with street.house.bot():
        reply = await private(street)
        street.house.discord.faults.append(fault := Fault("POST", CALLBACK, action=action))
        await pressed(street, reply, "Share here", "Everybody here can see it")
    assert fault.hits == 1
    assert len(everybody(street)) == 1


@pytest.mark.parametrize("action", ["apply-then-answer", "apply-then-reset"])
async def test_a_lost_answer_is_not_followed_by_a_second_post(street: Street, action: Any) -> None:
    async with street.house.bot():
        reply = await private(street)
        street.house.discord.faults.append(Fault("POST", "/webhooks/*", times=1, status=502, action=action))
        await pressed(street, reply, "Share here", "did not say whether it posted it")
    assert len(everybody(street)) == 1


@pytest.mark.parametrize("right", ["attach_files", "send_messages"])
@pytest.mark.parametrize("who", ["person", "bot"])
async def test_nothing_is_shared_where_the_person_or_the_bot_may_not_post(street: Street, who: str, right: str) -> None:
    async with street.house.bot():
        reply = await private(street)
        street.house.discord.forbid(street.alice if who == "person" else None, street.house.channel, right)
        said = "You may not send" if who == "person" else "I may not send"
        await pressed(street, reply, "Share here", said)
    assert everybody(street) == []


async def test_what_discord_makes_private_is_said_to_be_so(street: Street) -> None:
    house = street.house
    elsewhere = house.discord.add_guild("Without the bot", bot=False)
    elsewhere.external_apps = False
    channel = elsewhere.add_channel("general")
    async with house.bot():
        used = await house.discord.slash(
            street.alice, channel, "clip", {"camera": key_of(street.front), "public": True}, install="user"
        )
        reply = await house.finished(used)
        await pressed(street, reply, "Share here", "Discord shows it only to you")
    assert house.discord.messages(channel) == []
    assert [one["content"] for one in house.discord.messages(channel, street.alice) if one["content"]] == [
        "Only you can see this."
    ]


async def test_a_file_that_discord_no_longer_hands_out_is_neither_shared_nor_kept(street: Street) -> None:
    async with street.house.bot():
        reply = await private(street)
        street.house.discord.world.files.stored.clear()
        await pressed(street, reply, "Share here", "does not hand out the clip")
        await pressed(street, reply, "Keep", "does not hand out the clip")
    assert everybody(street) == []
    assert street.house.dms(street.alice) == []


async def test_a_file_too_large_for_the_place_now_is_not_shared(street: Street) -> None:
    async with street.house.bot():
        reply = await private(street)
        street.house.channel.attachment_size_limit = 100
        await pressed(street, reply, "Share here", "is too large for this place")
    assert everybody(street) == []


async def test_a_file_is_kept_once_in_the_direct_messages(alone: Street) -> None:
    house = alone.house
    async with house.bot():
        reply = await private(alone)
        assert house.dms(alone.alice) == [], "a quick clip is not copied by itself"
        await pressed(alone, reply, "Keep", "Kept in your direct messages")
    async with house.bot():
        await pressed(alone, reply, "Keep", "in your direct messages already")
    [kept] = house.dms(alone.alice)
    assert list(files_of(house.discord, kept).values()) == [alone.front.videos[0].mp4]
    assert list(buttons_of(kept)) == ["Record again", "Remove"]


async def test_who_presses_before_the_end_is_saved_keeps_the_file_too(alone: Street) -> None:
    house = alone.house
    house.pace = replace(house.pace, slow=0.0)
    async with house.bot():
        go_on = asyncio.Event()
        house.discord.faults.append(Fault("POST", "/channels/*/messages", times=1, action="delay", delay=go_on))
        clip = await house.clip(alone.alice, alone.front)
        reply = await house.finished(clip)
        assert house.live(clip), "its end is saved after the copy"
        click = await press(house.discord, alone.alice, reply, "Keep")
        await until(
            lambda: [one for one in house.discord.requests if (one.method, one.path[-9:]) == ("GET", "/messages")]
        )
        go_on.set()  # the copy was not there when it was looked for
        await until(lambda: "Kept in your direct messages" in text_of(click.message), timeout=10)


async def test_closed_direct_messages_are_said_with_how_to_open_them(street: Street) -> None:
    async with street.house.bot():
        reply = await private(street)
        street.alice.close_dms()
        await pressed(street, reply, "Keep", "Privacy Settings")
        street.alice.open_dms()
        await pressed(street, reply, "Keep", "Kept in your direct messages")


async def test_another_person_or_account_shares_nothing(street: Street) -> None:
    house = street.house
    mallory = house.discord.add_user("mallory")
    async with house.bot():
        reply = await private(street)
        for label in ("Share here", "Keep"):
            data = {"component_type": 2, "custom_id": buttons_of(reply)[label]}
            click = await house.discord.forge(mallory, reply["id"], data)
            await until(lambda click=click: "Not yours" in text_of(click.message))
        await house.execute("UPDATE clip_jobs SET account_id = 1")
        await pressed(street, reply, "Share here", "no longer linked for you")
    assert everybody(street) == []


async def test_the_file_of_another_message_is_not_taken(street: Street) -> None:
    async with street.house.bot():
        first, second = await private(street), await private(street)
        data = {"component_type": 2, "custom_id": buttons_of(first)["Share here"]}
        click = await street.house.discord.forge(street.alice, second["id"], data)
        await until(lambda: "does not hand out" in text_of(click.message))
    assert everybody(street) == []


async def test_a_guest_keeps_what_they_recorded_but_shares_it_with_nobody(shared: Shared) -> None:
    street, house = shared.street, shared.street.house
    async with house.bot():
        await shared.share()
        reply = await house.finished(await house.clip(shared.bob, shared.shared(street.front)))
        assert list(buttons_of(reply)) == ["Record again", "Keep", "Remove"]
        data = {"component_type": 2, "custom_id": buttons_of(reply)["Keep"].replace("keep", "share")}
        click = await house.discord.forge(shared.bob, reply["id"], data)
        await until(lambda: "somebody else's camera" in text_of(click.message))
        await pressed(street, reply, "Keep", "Kept in your direct messages", user=shared.bob)
    assert everybody(street) == []


async def test_what_others_see_already_and_what_came_directly_have_neither_button(street: Street) -> None:
    house = street.house
    async with house.bot():
        public = await private(street, public=True)
        used = await house.discord.slash(street.alice, street.alice.open_dm(), "clip", {"camera": key_of(street.mini)})
        direct = await house.finished(used)
    for reply in (public, direct):
        assert list(buttons_of(reply)) == ["Record again", "Remove"]


async def test_a_picture_is_shared_too(street: Street) -> None:
    house = street.house
    async with house.bot():
        used = await house.discord.slash(street.alice, house.channel, "snapshot", {"camera": key_of(street.front)})
        reply = await house.finished(used)
        assert list(buttons_of(reply)) == ["New picture", "Share here", "Keep", "Remove"]
        await pressed(street, reply, "Share here", "Everybody here can see it")
    [shown] = everybody(street)
    assert files_of(house.discord, shown) == files_of(house.discord, reply)
    assert "shared a picture of Front Door" in shown["content"]
