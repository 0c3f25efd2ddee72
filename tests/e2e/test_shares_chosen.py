"""How much an owner shares and until when: presets, the menu to choose finely, ends and hours as people write them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.hands import choose, chosen_in, menu_of, press
from tests.support.house import buttons_of, key_of, text_of
from tests.support.sharing import reply_to
from tests.support.street import Street
from tests.support.waiting import until

LIVE = "Record the live view, with sound"


async def share(street: Street, who: Any, **options: Any) -> dict[str, Any]:
    asked = {"who": who, "camera": key_of(street.front), "preset": "use"} | options
    return await reply_to(await street.house.discord.slash(street.alice, street.house.channel, "share add", asked))


def kept(street: Street) -> list[Any]:
    return street.house.rows("SELECT rights, until, hours_begin, hours_end, hours_zone FROM grants")


@pytest.mark.parametrize(
    ("preset", "rights"),
    [
        ("look", "snapshot status"),
        ("use", "clip recent snapshot status"),
        ("everything", "alerts arm clip live recent snapshot status"),
    ],
)
async def test_a_preset_is_a_choice_of_rights(street: Street, preset: str, rights: str) -> None:
    bob = street.house.discord.add_user("bob")
    async with street.house.bot():
        card = await share(street, bob, preset=preset)
    assert f"<@{bob.id}> may now use Front Door" in text_of(card)
    assert kept(street) == [(rights, None, None, None, None)]


async def test_an_end_and_hours_are_read_by_the_cameras_clock(street: Street) -> None:
    bob = street.house.discord.add_user("bob")
    async with street.house.bot():
        card = await share(street, bob, until="Sunday", hours="10pm-7am")
    [(_, ends, begin, end, zone)] = kept(street)
    local = datetime.fromisoformat(str(ends)).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert (local.strftime("%A"), local.hour, local.minute) == ("Monday", 0, 0)
    assert (begin, end) == (22 * 60, 7 * 60)
    assert "From 22:00-07:00" in text_of(card)


@pytest.mark.parametrize(
    ("unclear", "said"),
    [
        ({"until": "next Sunday"}, "“next Sunday” is not clear to me as an end"),
        ({"until": "2020-01-01"}, "or it is past"),
        ({"hours": "8-6"}, "“8-6” is not clear to me as hours"),
    ],
    ids=str,
)
async def test_what_is_unclear_is_said_and_nothing_is_saved(street: Street, unclear: dict[str, str], said: str) -> None:
    bob = street.house.discord.add_user("bob")
    async with street.house.bot():
        card = text_of(await share(street, bob, **unclear))
    assert said in card
    assert "Nothing was shared." in card
    assert kept(street) == []


async def test_ends_and_hours_are_offered_with_what_they_mean(street: Street) -> None:
    discord, channel, bob = street.house.discord, street.house.channel, street.house.discord.add_user("bob")
    chosen = {"who": bob, "camera": key_of(street.front), "preset": "use"}

    async def offered(**typed: str) -> list[dict[str, Any]]:
        [focused] = typed
        return await discord.autocomplete(street.alice, channel, "share add", chosen | typed, focused=focused)

    async with street.house.bot():
        await until(lambda: "share" in discord.commands)
        for _ in range(50):
            [tomorrow] = await offered(until="tomo")
            if tomorrow["value"] != "tomo":  # before the cameras are known, only examples are shown
                break
        assert tomorrow["name"].startswith("tomorrow, ")
        assert tomorrow["name"].endswith(", end of day")
        card = await share(street, bob, until=tomorrow["value"])
        assert [one["name"] for one in await offered(hours="10pm-7am")] == ["10 PM to 7 AM (22:00-07:00)"]
        assert [one["value"] for one in await offered(hours="8-6")][:2] == ["08:00-06:00", "08:00-18:00"]
        [hint] = await offered(until="whenever")
        assert hint["value"] == "whenever"
        assert "tonight, tomorrow, Sunday" in hint["name"]
    assert "until <t:" in text_of(card)


async def test_the_owner_chooses_finely_afterwards_also_after_a_restart(street: Street) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    async with house.bot():
        card = await share(street, bob)
    async with house.bot():
        changed = await reply_to(
            await choose(house.discord, street.alice, card, "Take pictures", "Arm and disarm"),
            unlike=text_of(card),
        )
        assert kept(street)[0][0] == "arm snapshot", "at once"
        assert "take pictures and arm and disarm" in text_of(changed)
        assert chosen_in(menu_of(changed)) == ["Take pictures", "Arm and disarm"]
        for labels, said in (((LIVE,), "choose both"), ((), "Choose at least one thing")):
            refused = await reply_to(
                await choose(house.discord, street.alice, changed, *labels), unlike=text_of(changed)
            )
            assert said in text_of(refused)
            assert chosen_in(menu_of(refused)) == ["Take pictures", "Arm and disarm"], "what holds now"
            changed = refused
        assert kept(street)[0][0] == "arm snapshot"
        stopped = await reply_to(
            await press(house.discord, street.alice, changed, "Stop sharing"), unlike=text_of(changed)
        )
        assert "no longer shared" in text_of(stopped)
    assert kept(street) == []


async def test_a_list_leads_to_each_share_of_ones_own(street: Street) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    async with house.bot():
        await share(street, bob)
        listed = await reply_to(await house.discord.slash(street.alice, house.channel, "share list", {}))
        custom_id = f"share:open:{street.alice.id}"
        [option] = menu_of(listed, custom_id)["options"]
        opened = await reply_to(
            await choose(house.discord, street.alice, listed, option["label"], menu=custom_id), unlike=text_of(listed)
        )
        assert "Stop sharing" in buttons_of(opened)
        assert len(chosen_in(menu_of(opened))) == 4


async def test_nobody_else_chooses_and_what_is_gone_is_said(street: Street) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    async with house.bot():
        card = await share(street, bob)
        custom_id = menu_of(card)["custom_id"]
        data = {"custom_id": custom_id, "component_type": 3, "values": ["arm"]}
        assert "Not yours" in text_of(await reply_to(await house.discord.forge(bob, card["id"], data)))
        own = custom_id.replace(str(street.alice.id), str(bob.id))
        under = await reply_to(await house.discord.slash(bob, house.channel, "share list", {}))
        forged = await house.discord.forge(bob, under["id"], data | {"custom_id": own})
        await until(lambda: forged.message and "You share nothing like that" in text_of(forged.message))
        assert kept(street)[0][0] == "clip recent snapshot status"
        await house.execute("DELETE FROM grants")
        later = await house.discord.forge(street.alice, card["id"], data)
        await until(lambda: later.message and "You share nothing like that" in text_of(later.message))


async def test_a_button_of_an_earlier_version_still_stops(street: Street) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    async with house.bot():
        card = await share(street, bob)
        [(share_id,)] = house.rows("SELECT id FROM grants")
        data = {"custom_id": f"grants:revoke:{share_id}:{street.alice.id}", "component_type": 2}
        await house.discord.forge(street.alice, card["id"], data)
        await until(lambda: kept(street) == [])
