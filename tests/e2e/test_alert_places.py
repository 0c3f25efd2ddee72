"""Alerts of one camera in a channel of their own, with a role: who is mentioned, how often, and what may be chosen."""

from typing import Any

import pytest

from tests.support.hands import choose, press
from tests.support.house import buttons_of, key_of, text_of, video_in
from tests.support.notify import use
from tests.support.street import Street
from tests.support.waiting import until

SOON = 15.0


@pytest.fixture
def porch(street: Street) -> Any:
    return street.house.guild.add_channel("porch")


def videos(street: Street, channel: Any) -> list[dict[str, Any]]:
    """Return the messages with a video that stand in a channel."""
    return [one for one in street.house.discord.messages(channel) if video_in(one)] if channel else []


def places(street: Street) -> list[Any]:
    return street.house.rows("SELECT cameras FROM watchers WHERE cameras IS NOT NULL")


async def test_a_role_is_mentioned_once_in_five_minutes_and_nobody_else_ever(street: Street, porch: Any) -> None:
    house = street.house
    role = house.discord.add_role(house.guild, "Porch watch", mentionable=True)
    async with house.bot():
        shown = await use(street, camera=key_of(street.front), to=porch, role=role)
        assert f"Front Door · Home: to <#{porch.id}>, mentions <@&{role.id}>" in text_of(shown)
        [announced] = house.discord.messages(porch)
        assert announced["flags"] & 4, "no preview of an address in a camera's name"
        house.motion(street.front)
        await until(lambda: len(videos(street, porch)) == 1, timeout=SOON)
        [ping] = house.discord.pings
        assert (ping.channel_id, ping.roles, ping.users, ping.everyone) == (porch.id, (role.id,), (), False)
    async with house.bot():
        house.motion(street.front)
        await until(lambda: len(videos(street, porch)) == 2, timeout=SOON)
        assert len(house.discord.pings) == 1
        await house.execute("UPDATE notices SET mentioned_at = ?", house.world.now().replace(year=2020))
        house.motion(street.front)
        await until(lambda: len(house.discord.pings) == 2, timeout=SOON)
        house.motion(street.mini)
    assert house.dms(street.alice) == [], "the others are not heard of"


async def test_a_role_that_may_be_mentioned_no_more_is_not_and_the_message_says_so(street: Street, porch: Any) -> None:
    house = street.house
    role = house.discord.add_role(house.guild, "Porch watch", mentionable=True)
    async with house.bot():
        await use(street, camera=key_of(street.front), to=porch, role=role)
        house.discord.delete_role(role)
        house.motion(street.front)
        [message] = await until(lambda: videos(street, porch), timeout=SOON)
        assert f"<@&{role.id}> is not mentioned" in text_of(message)
        assert house.discord.pings == []


async def test_a_channel_that_takes_it_no_more_leaves_the_direct_messages(street: Street, porch: Any) -> None:
    house = street.house
    async with house.bot():
        await use(street, camera=key_of(street.front), to=porch)
        house.discord.forbid(street.alice, porch, "attach_files")
        house.motion(street.front)
        [message] = await until(lambda: videos(street, street.alice.dm), timeout=SOON)
        assert "It comes here because the channel for your alerts is closed" in text_of(message)
        assert videos(street, porch) == []


async def test_only_what_was_chosen_goes_there_and_a_menu_ends_it(street: Street, porch: Any) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
        await use(street, camera=key_of(street.front), to=porch, events="only rings")
        house.motion(street.front)
        await until(lambda: len(videos(street, street.alice.dm)) == 1, timeout=SOON)
        assert videos(street, porch) == []
        card = await use(street)
        assert f"Front Door · Home: to <#{porch.id}>, only rings" in text_of(card)
        await (await choose(house.discord, street.alice, card, "Front Door · Home")).acked()
        await until(lambda: places(street) == [])


async def test_everybody_is_never_mentioned_nor_a_role_that_one_of_both_may_not(street: Street, porch: Any) -> None:
    house = street.house
    front = key_of(street.front)
    silent = house.discord.add_role(house.guild, "Silent")
    house.discord.allow(None, porch, "mention_everyone")
    async with house.bot():
        for role in (house.guild.everyone, silent):
            refused = text_of(await use(street, camera=front, to=porch, role=role))
            assert ("never mention everybody" if role == house.guild.everyone else "let both of us mention") in refused
        assert "Give `camera:` and `to:`" in text_of(await use(street, to=porch, role=silent))
        assert "Give `camera:` and `to:`" in text_of(await use(street, camera=front))
        assert "none of your own cameras" in text_of(await use(street, camera="Attic", to=porch))
        house.discord.forbid(None, porch, "attach_files")
        assert "I need *Attach Files* there" in text_of(await use(street, camera=front, to=porch))
        house.discord.allow(None, porch, "attach_files")
        house.discord.forbid(street.alice, porch, "attach_files")
        assert "You lack *Attach Files* there" in text_of(await use(street, camera=front, to=porch))
    assert places(street) == []
    assert house.discord.messages(porch) == []
    assert house.discord.pings == []


async def test_the_mute_of_a_camera_is_undone_by_one_press(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
        house.motion(street.front)
        [message] = await until(lambda: videos(street, street.alice.dm), timeout=SOON)
        used = await press(house.discord, street.alice, message, "Mute this camera")
        muted: dict[str, Any] = await until(lambda: "Undo" in buttons_of(used.message) and used.message)
        assert house.rows("SELECT muted FROM wishes") == [(f'["{key_of(street.front)}"]',)]
        await (await press(house.discord, street.alice, muted, "Undo")).acked()
        await until(lambda: house.rows("SELECT muted FROM wishes") == [("[]",)])


async def test_the_time_in_the_sentence_is_as_its_reader_writes_it(street: Street) -> None:
    house = street.house
    async with house.bot():
        await use(street, motion="all")
        house.motion(street.front)
        [message] = await until(lambda: videos(street, street.alice.dm), timeout=SOON)
        assert text_of(message).splitlines()[0 if message.get("content") else 1][-3:] in (" AM", " PM")
