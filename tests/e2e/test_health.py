"""The health of cameras comes by itself to whoever chose it: one sentence, once, also over a restart."""

import asyncio
from dataclasses import replace
from typing import Any

from simulators.blink import Fault as BlinkFault
from simulators.discord import Fault as DiscordFault
from tests.support.hands import press
from tests.support.house import House, buttons_of, text_of
from tests.support.notify import use
from tests.support.presets import QUICK
from tests.support.street import Street, on_both
from tests.support.waiting import until

SOON = 15.0


def often(house: House) -> None:
    """Let an hour be a moment."""
    house.alert_timing = replace(QUICK.alert_timing, health_every=0.2, inventory_age=0.05)


def told(street: Street) -> list[str]:
    return [text_of(one).strip() for one in street.house.dms(street.alice)]


async def looks(house: House, count: int = 3) -> None:
    """Wait until the bot has looked so often again."""
    seen = len(house.blink.asked("homescreen"))
    await until(lambda: len(house.blink.asked("homescreen")) >= seen + count, timeout=SOON)


@on_both
async def test_what_is_wrong_is_told_by_direct_message_once_and_so_is_its_end(street: Street) -> None:
    house = street.house
    often(house)
    street.mini.battery = "ok"
    street.front.battery = "low"
    async with house.bot():
        assert "Health of your cameras: on." in text_of(await use(street, health="on"))
        await until(lambda: told(street) == ["The battery of Front Door is low."], timeout=SOON)
        street.mini.status = "offline"
        await until(lambda: told(street)[1:] == ["Kitchen is offline."], timeout=SOON)
        await looks(house)
    async with house.bot():
        await looks(house)
        assert len(told(street)) == 2
        street.mini.status = "online"
        await until(lambda: told(street)[2:] == ["Kitchen is online again."], timeout=SOON)
        assert house.discord.pings == []


async def test_a_message_that_was_on_its_way_when_the_bot_stopped_comes_once(street: Street) -> None:
    house = street.house
    often(house)
    street.front.battery = "low"
    go_on = asyncio.Event()
    sending = DiscordFault("POST", "/channels/*/messages", times=1, action="delay", delay=go_on)
    async with house.bot():
        house.discord.faults.append(sending)
        await use(street, health="on")
        await until(lambda: sending.hits, timeout=SOON)
    go_on.set()
    async with house.bot():
        await until(lambda: house.rows("SELECT 1 FROM notices WHERE told_at IS NOT NULL"), timeout=SOON)
        await looks(house)
        assert told(street) == ["The battery of Front Door is low."]


async def test_while_blink_is_away_no_camera_is_called_offline(street: Street) -> None:
    house = street.house
    often(house)
    async with house.bot():
        await use(street, health="on")
        await looks(house, 2)
        house.blink.faults.append(BlinkFault("homescreen", times=None, status=503))
        await looks(house)
        assert told(street) == []


async def test_a_press_ends_it_and_another_begins_it_again(street: Street) -> None:
    house = street.house
    often(house)
    street.front.battery = "low"
    async with house.bot():
        await use(street, health="on")
        [message] = await until(lambda: house.dms(street.alice), timeout=SOON)
        used = await press(house.discord, street.alice, message, "Stop these messages")
        stopped: dict[str, Any] = await until(lambda: "Undo" in buttons_of(used.message) and used.message)
        assert "Health of your cameras: off." in text_of(await use(street))
        await (await press(house.discord, street.alice, stopped, "Undo")).acked()
        await until(lambda: house.rows("SELECT 1 FROM watchers WHERE health"))


async def test_somebody_without_a_camera_of_their_own_cannot_choose_it(street: Street) -> None:
    guest = street.house.discord.add_user("guest")
    async with street.house.bot():
        assert "Only the health of your own cameras" in text_of(await use(street, user=guest, health="on"))
    assert street.house.rows("SELECT 1 FROM watchers") == []
