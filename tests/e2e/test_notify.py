"""`/notify`: who hears of which cameras, where and when; what the card says, and that hostile input changes nothing."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulators.blink import Behaviour
from simulators.discord import Fault as DiscordFault
from tests.support.hands import choose, chosen_in, menu_of, press
from tests.support.house import BOT_TOKEN, CALLBACK, buttons_of, ended, key_of, session, text_of
from tests.support.lodgers import alone, arranged, cleared, lodging, street
from tests.support.notify import reply, share, use
from tests.support.reading import menus_of
from tests.support.street import Street
from tests.support.waiting import until

__all__ = ["alone", "arranged", "cleared", "lodging", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

EPHEMERAL, LOADING = 1 << 6, 1 << 7


async def forged(street: Street, *, resolved: Any = None, place: Any = None, **options: Any) -> Any:
    """Use `/notify` with what no client would send."""
    house = street.house
    used = await house.discord.forge_slash(street.alice, place or house.channel, "notify", options, resolved=resolved)
    return await reply(used)


async def pick(street: Street, user: Any, message: dict[str, Any], *labels: str, menu: str | None = None) -> Any:
    """Choose these cameras and no others from a menu, and return what stands there then."""
    used = await choose(street.house.discord, user, message, *labels, menu=menu)
    return await changed(street, user, message, used)


async def changed(street: Street, user: Any, message: dict[str, Any], used: Any) -> dict[str, Any]:
    """Wait until a message is redrawn by what was pressed in it."""
    await used.acked()

    def redrawn() -> dict[str, Any] | None:
        now = street.house.shown(user, message)
        return now if now and now.get("edited_timestamp") != message.get("edited_timestamp") else None

    return await until(redrawn)


def kept(street: Street) -> list[Any]:
    """Return all that is kept of what people want to hear of, and of how they are told."""
    return [*kept_subscriptions(street), *_rows(street, "watchers")]


def _rows(street: Street, table: str) -> list[Any]:
    """Return what is kept of the people of this street: all who came since Alice."""
    return street.house.rows(f"SELECT * FROM {table} WHERE user_id >= ?", street.alice.id)  # noqa: S608 - one of ours


def subscriptions(street: Street, user: Any) -> list[tuple[int, bool, list[str] | None, list[str]]]:
    """Return a person's subscriptions: whose cameras, whether they are shared, which (None: all), and which not."""
    query = "SELECT owner_id, guild_id, cameras, muted FROM wishes WHERE user_id = ? ORDER BY guild_id, owner_id"
    return [
        (owner, guild != 0, None if cameras is None else sorted(json.loads(cameras)), json.loads(muted))
        for owner, guild, cameras, muted in street.house.rows(query, user.id)
    ]


def channel_of(street: Street, user: Any) -> int | None:
    rows = street.house.rows("SELECT channel_id FROM watchers WHERE user_id = ?", user.id)
    return rows[0][0] if rows else None


def posted(street: Street, channel: Any) -> list[str]:
    return [text_of(one) for one in street.house.discord.messages(channel)]


async def test_all_tells_of_every_camera_of_ones_own_and_never_ends_it(street: Street) -> None:
    async with street.house.bot():
        assert "Motion alerts: off." in text_of(await use(street))
        shown = await use(street, motion="all")
        assert "Saved." in text_of(shown)
        assert "Your cameras: all" in text_of(shown)
        assert "They come as direct messages." in text_of(shown)
        assert shown["flags"] & EPHEMERAL
        assert subscriptions(street, street.alice) == [(street.alice.id, False, None, [])]
        assert "of your cameras; by direct message" in text_of(await use(street, "account"))
        assert "Motion alerts: off." in text_of(await use(street, motion="never"))
    assert subscriptions(street, street.alice) == []


async def test_some_offers_the_cameras_and_saves_each_choice_at_once(alone: Street) -> None:
    front, kitchen = key_of(alone.front), key_of(alone.mini)
    async with alone.house.bot():
        card = await use(alone, motion="some")
        assert kept_subscriptions(alone) == []
        menu = menu_of(card)
        assert [one["label"] for one in menu["options"]] == ["Doorbell · Home", "Front Door · Home", "Kitchen · Home"]
        assert (chosen_in(menu), menu["min_values"], menu["max_values"]) == ([], 0, 3)
        card = await pick(alone, alone.alice, card, "Front Door · Home", "Kitchen · Home")
        assert "Your cameras: Front Door · Home, Kitchen · Home" in text_of(card)
        assert chosen_in(menu_of(card)) == ["Front Door · Home", "Kitchen · Home"]
        assert subscriptions(alone, alone.alice) == [(alone.alice.id, False, sorted([front, kitchen]), [])]
        card = await pick(alone, alone.alice, card, "Kitchen · Home")
        assert subscriptions(alone, alone.alice) == [(alone.alice.id, False, [kitchen], [])]
    async with alone.house.bot():  # the menu still works
        card = await pick(alone, alone.alice, card)
        assert "Motion alerts: off." in text_of(card)
    assert subscriptions(alone, alone.alice) == []


def kept_subscriptions(street: Street) -> list[Any]:
    return _rows(street, "wishes")


async def test_some_begins_with_what_is_heard_of_already(street: Street) -> None:
    async with street.house.bot():
        await use(street, motion="all")
        card = await use(street, motion="some")
        assert len(chosen_in(menu_of(card))) == 3
        card = await pick(street, street.alice, card, "Doorbell · Home", "Front Door · Home", "Kitchen · Home")
        assert "Your cameras: all" in text_of(card), "choosing every one changes nothing"
        await pick(street, street.alice, card, "Doorbell · Home")
    assert subscriptions(street, street.alice) == [(street.alice.id, False, [key_of(street.bell)], [])]


async def test_each_menu_is_about_its_own_cameras_alone(alone: Street) -> None:
    garden = alone.account.add_network("Yard")
    for number in range(110):
        garden.add_camera(f"Camera {number:03}", behaviour=Behaviour.quick())
    owner = alone.alice.id
    async with alone.house.bot():
        card = await use(alone, motion="some")
        rows = [menu["custom_id"] for menu in menus_of(card)]
        assert rows == [f"alerts:some:{number}:{owner}" for number in range(4)]
        assert "first 100 of 113 cameras" in text_of(card)
        card = await pick(alone, alone.alice, card, "Front Door · Home", menu=rows[0])
        card = await pick(alone, alone.alice, card, "Camera 030 · Yard", "Camera 031 · Yard", menu=rows[2 - 1])
        card = await pick(alone, alone.alice, card, "Doorbell · Home", menu=rows[0])
    [(_, _, cameras, _)] = subscriptions(alone, alone.alice)
    names = {key_of(one): one.name for one in alone.account.cameras}
    assert sorted(names[key] for key in cameras or []) == ["Camera 030", "Camera 031", "Doorbell"]


async def test_a_guest_hears_of_what_is_shared_for_it_here(street: Street) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    async with house.bot():
        nothing = await use(street, user=bob, motion="all")
        assert "no camera whose motion you could hear of" in text_of(nothing)
        assert "/share add" in text_of(nothing)
        await use(street, "share add", who=bob, camera=key_of(street.mini), preset="use")  # without alerts
        assert "no camera whose motion" in text_of(await use(street, user=bob, motion="some"))
        await share(street, bob, street.front)
        card = await use(street, user=bob, motion="some")
        assert [one["label"] for one in menu_of(card)["options"]] == ["Front Door (alice's)"]
        assert (menu_of(card)["min_values"], menu_of(card)["max_values"]) == (0, 1)
        card = await pick(street, bob, card, "Front Door (alice's)")
        assert f"Cameras of <@{street.alice.id}>, shared with you here: Front Door (alice's)" in text_of(card)
        assert subscriptions(street, bob) == [(street.alice.id, True, [key_of(street.front)], [])]
        assert "asked for alerts of Front Door" in text_of(await use(street, "share log"))
        assert "shared with you here: all" in text_of(await use(street, user=bob, motion="all"))
        assert subscriptions(street, bob) == [(street.alice.id, True, None, [])]
        elsewhere = house.discord.add_guild("Elsewhere").add_channel("general")
        assert "in another server: all" in text_of(await use(street, user=bob, place=elsewhere))
        assert "no camera whose motion" in text_of(await use(street, user=bob, place=elsewhere, motion="all"))
    await until(lambda: any("for the first time" in text_of(one) for one in house.dms(street.alice)))


async def test_own_and_shared_cameras_stand_in_one_menu(street: Street) -> None:
    bob, account = street.house.resident("bob")
    account.add_network("Flat").add_camera("Balcony")
    await street.house.link(bob, account)
    async with street.house.bot():
        await share(street, bob, street.front)
        card = await use(street, user=bob, motion="all")
        assert "Your cameras: all" in text_of(card)
        assert "shared with you here: all" in text_of(card)
        card = await use(street, user=bob, motion="some")
        assert [one["label"] for one in menu_of(card)["options"]] == ["Balcony · Flat", "Front Door (alice's)"]
        await pick(street, bob, card, "Balcony · Flat")
        assert subscriptions(street, bob) == [(bob.id, False, None, [])], "who hears of all still hears of all"


async def test_an_old_menu_says_nothing_of_cameras_that_it_does_not_show(street: Street) -> None:
    bob, account = street.house.resident("bob")
    account.add_network("Flat").add_camera("Balcony")
    await street.house.link(bob, account)
    async with street.house.bot():
        old = await use(street, user=bob, motion="some")
        await share(street, bob, street.front)
        assert "shared with you here: all" in text_of(await use(street, user=bob, motion="all"))
        await pick(street, bob, old, "Balcony · Flat")
    assert subscriptions(street, bob) == [(bob.id, False, None, []), (street.alice.id, True, None, [])]


async def test_an_account_that_is_signed_out_is_linked_again_first(alone: Street) -> None:
    house, bob = alone.house, alone.house.discord.add_user("bob")
    async with house.bot():
        await share(alone, bob, alone.front)
    await house.execute("UPDATE accounts SET signed_out_at = ?", datetime.now(UTC))
    async with house.bot():
        for motion in ("all", "some"):
            assert "or use `/link`, to link your Blink account again" in text_of(await use(alone, motion=motion))
        assert "No camera can be seen now" in text_of(await use(alone, user=bob, motion="some"))
        assert kept_subscriptions(alone) == []
        assert "shared with you here: all" in text_of(await use(alone, user=bob, motion="all"))
        assert subscriptions(alone, bob) == [(alone.alice.id, True, None, [])], "heard of once their owner links again"


async def test_others_cameras_need_the_bot_in_the_server(street: Street) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    async with house.bot():
        await share(street, bob, street.front)
        before = kept(street)
        used = await house.discord.slash(bob, house.channel, "notify", {"motion": "all"}, install="user")
        assert "I must be a member of this server" in text_of(await reply(used))
        assert kept(street) == before


async def test_it_is_said_that_nothing_of_others_cameras_comes_without_the_bot_in_the_server(street: Street) -> None:
    house, said = street.house, "Nothing is told of cameras that others share with you here"
    bob, account = house.resident("bob")
    account.add_network("Flat").add_camera("Balcony")
    await house.link(bob, account)
    async with house.bot():
        alone = await house.discord.slash(bob, house.channel, "notify", {"motion": "all"}, install="user")
        assert said not in text_of(await reply(alone)), "nobody shares anything with him"
        await share(street, bob, street.front)
        chosen = await house.discord.slash(bob, house.channel, "notify", {"motion": "all"}, install="user")
        assert said in text_of(await reply(chosen))
        assert subscriptions(street, bob) == [(bob.id, False, None, [])]
        assert said not in text_of(await use(street, user=bob))


async def test_a_value_that_was_never_offered_chooses_nothing(street: Street) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    front, kitchen, owner = key_of(street.front), key_of(street.mini), street.alice.id
    async with house.bot():
        await share(street, bob, street.front)
        card = await use(street, user=bob, motion="some")
        for values in (
            [kitchen],
            [front],
            [f"of.{owner}.{kitchen}"],
            ["of.0." + front],
            ["x" * 3000],
            ["", "' OR 1=1"],
        ):
            data = {"custom_id": f"alerts:some:0:{bob.id}", "component_type": 3, "values": values}
            used = await house.discord.forge(bob, card["id"], data)
            card = await changed(street, bob, card, used)
            assert "Motion alerts: off." in text_of(card)
        stolen = {"custom_id": f"alerts:some:0:{owner}", "component_type": 3, "values": [front]}
        used = await house.discord.forge(bob, card["id"], stolen)
        assert "Not yours" in text_of(await until(lambda: used.message))
    assert kept_subscriptions(street) == []


async def test_quiet_hours_are_of_the_network_s_time_zone_unless_one_is_given(street: Street) -> None:
    async with street.house.bot():
        assert "Quiet from 22:00-07:00 (Europe/Berlin)" in text_of(await use(street, motion="all", quiet="22:00-07:00"))
        assert "Quiet from 22:00-07:00 (Asia/Tokyo)" in text_of(await use(street, zone="asia/tokyo"))
        assert "Quiet from 23:00-06:30 (Asia/Tokyo)" in text_of(await use(street, quiet="23:00 - 6:30"))
        assert r"Quiet from 23:00-06:30 (America/New\_York)" in text_of(
            await use(street, quiet="23:00-06:30", zone="America/New York")
        )
        assert "quiet from 23:00-06:30" in text_of(await use(street, "account"))
        assert "Quiet" not in text_of(await use(street, quiet="OFF"))
        guest = street.house.discord.add_user("guest")
        assert "Quiet from 01:00-02:00 (UTC)" in text_of(await use(street, user=guest, quiet="01:00-02:00"))


@pytest.mark.parametrize(("typed", "first"), [("tokyo", "Asia/Tokyo"), ("new york", "America/New_York")])
async def test_time_zones_are_offered_while_one_types(street: Street, typed: str, first: str) -> None:
    discord, channel = street.house.discord, street.house.channel
    async with street.house.bot():
        offered = await discord.autocomplete(street.alice, channel, "notify", {"zone": typed}, focused="zone")
        assert first in [one["value"] for one in offered]
        assert len(await discord.autocomplete(street.alice, channel, "notify", {"zone": ""}, focused="zone")) == 25


HOSTILE = {
    "hours that are none": ({"quiet": "25:00-26:00"}, "are no hours"),
    "hours without an end": ({"quiet": "22:00"}, "are no hours"),
    "markdown for hours": ({"quiet": "**[x](https://a.example)**"}, "are no hours"),
    "hours that go on and on": ({"quiet": "2" * 6000}, "are no hours"),
    "no time zone": ({"quiet": "22:00-07:00", "zone": "Mars/Olympus"}, "is no time zone"),
    "a file for a time zone": ({"quiet": "22:00-07:00", "zone": "../../etc/passwd"}, "is no time zone"),
    "a null for a time zone": ({"quiet": "22:00-07:00", "zone": "\0"}, "is no time zone"),
    "a time zone of nothing": ({"zone": "Europe/Berlin"}, "you have none"),
    "nothing for a channel": ({"motion": "never"}, "nothing comes to a channel"),
    "another choice of cameras": ({"motion": "everything"}, "This command has changed"),
    "another choice of copies": ({"clips": "maybe"}, "This command has changed"),
}


@pytest.mark.parametrize(("options", "words"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_what_makes_no_sense_changes_nothing_whatever_comes_with_it(
    street: Street, options: dict[str, str], words: str
) -> None:
    porch = street.house.guild.add_channel("porch")
    async with street.house.bot():
        good: dict[str, Any] = {"motion": "all", "shares": "off", "to": porch}
        resolved = street.house.discord.resolved(street.house.channel, porch, by=street.alice)
        shown = await forged(street, resolved=resolved, **(good | options))
        assert words in text_of(shown)
        assert len(text_of(shown)) < 450
        assert "Motion alerts: off." in text_of(await use(street))
    assert kept(street) == []
    assert _rows(street, "people") == []
    assert posted(street, porch) == []


async def test_alerts_of_ones_own_cameras_come_to_a_channel_that_reads_so_first(alone: Street) -> None:
    house, porch = alone.house, alone.house.guild.add_channel("porch")
    async with house.bot():
        shown = await use(alone, motion="all", to=porch)
        assert f"Those of your own come to <#{porch.id}>" in text_of(shown)
        assert channel_of(alone, alone.alice) == porch.id
        [said] = posted(alone, porch)
        assert f"Motion alerts of <@{alone.alice.id}>'s cameras come here from now on" in said
        assert f"yours in <#{porch.id}>" in text_of(await use(alone, "account"))
        shown = await use(alone)
        assert f"<#{porch.id}>" in text_of(shown)
    async with house.bot():
        back = await changed(
            alone, alone.alice, shown, await press(house.discord, alone.alice, shown, "By direct message instead")
        )
        assert "They come as direct messages." in text_of(back)
        assert "By direct message instead" not in buttons_of(back)
    assert channel_of(alone, alone.alice) is None
    assert subscriptions(alone, alone.alice) == [(alone.alice.id, False, None, [])]
    assert len(posted(alone, porch)) == 1


@pytest.mark.parametrize("options", [{}, {"motion": "some"}], ids=["alone", "with cameras still to choose"])
async def test_a_channel_that_is_chosen_while_there_are_no_alerts_does_not_read_that_they_come(
    street: Street, options: dict[str, str]
) -> None:
    porch = street.house.guild.add_channel("porch")
    async with street.house.bot():
        assert "Motion alerts: off." in text_of(await use(street, to=porch, **options))
    [said] = posted(street, porch)
    assert f"Motion alerts of <@{street.alice.id}>'s cameras come here once they are switched on" in said


async def test_a_channel_in_which_somebody_may_not_write_is_not_taken(street: Street) -> None:
    house, porch = street.house, street.house.guild.add_channel("porch")
    house.discord.forbid(street.alice, porch, "send_messages")
    async with house.bot():
        assert "You may not write in" in text_of(await use(street, motion="all", to=porch))
        house.discord.allow(street.alice, porch, "send_messages")
        house.discord.forbid(None, porch, "send_messages")
        refused = await use(street, motion="all", to=porch)
        assert "Discord does not let me write in" in text_of(refused)
        assert "*Send Messages*" in text_of(refused)
        house.discord.forbid(None, porch, "view_channel")
        assert "Discord does not let me write in" in text_of(await use(street, motion="all", to=porch))
        house.discord.allow(None, porch, "view_channel", "send_messages")
        house.discord.faults.append(DiscordFault("POST", f"/channels/{porch.id}/messages", times=None, status=503))
        assert "Discord did not take my message" in await until_text(street, motion="all", to=porch)
    assert (kept(street), posted(street, porch)) == ([], [])


async def until_text(street: Street, **options: Any) -> str:
    """Use `/notify` where discord.py first tries for a while."""
    house = street.house
    used = await house.discord.slash(street.alice, house.channel, "notify", options)
    return text_of(await until(lambda: ended(used.message), timeout=30))


async def test_a_thread_takes_alerts_too_where_one_may_write_in_threads(street: Street) -> None:
    house, address = street.house, "https://discord.com/api/v10/channels"
    thread_rights = (1 << 10) | (1 << 38)  # view the channel, send messages in threads
    async with house.bot(), session(house) as http:
        headers = {"Authorization": f"Bot {BOT_TOKEN}"}
        body = {"name": "porch light", "type": 11}
        async with http.post(f"{address}/{house.channel.id}/threads", json=body, headers=headers) as response:
            thread = await response.json()
        for rights, words in ((1 << 10, "You may not write in"), (thread_rights, f"come to <#{thread['id']}>")):
            resolved = {"channels": {thread["id"]: thread | {"permissions": str(rights)}}}
            shown = await forged(street, motion="all", to=thread["id"], resolved=resolved)
            assert words in text_of(shown)
        async with http.get(f"{address}/{thread['id']}/messages", headers=headers) as response:
            assert ["come here from now on" in text_of(one) for one in await response.json()] == [True]
    assert channel_of(street, street.alice) == int(thread["id"])


async def test_a_channel_of_elsewhere_is_not_taken(street: Street) -> None:
    house = street.house
    attic = house.discord.add_guild("Elsewhere").add_channel("attic")
    porch, dm = house.guild.add_channel("porch"), street.alice.open_dm()
    async with house.bot():
        of_attic = house.discord.resolved(attic, attic, by=street.alice)
        of_porch = house.discord.resolved(house.channel, porch, by=street.alice)
        strange = {"channels": {str(porch.id): of_porch["channels"][str(porch.id)] | {"type": 2}}}
        for options in (
            {"to": str(attic.id), "resolved": of_attic},
            {"to": str(attic.id)},
            {"to": "1"},
            {"to": str(porch.id), "resolved": strange},
            {"to": str(porch.id), "resolved": of_porch, "place": dm},
        ):
            shown = await forged(street, motion="all", **options)
            assert "no channel of this server" in text_of(shown), options
    assert (kept(street), posted(street, attic), posted(street, porch)) == ([], [], [])


async def test_others_cameras_come_to_no_channel(street: Street) -> None:
    house, bob = street.house, street.house.discord.add_user("bob")
    porch = house.guild.add_channel("porch")
    async with house.bot():
        await share(street, bob, street.front)
        before = kept(street)
        shown = await use(street, user=bob, motion="all", to=porch)
        assert "Only alerts of your own cameras can come to a channel" in text_of(shown)
        assert (kept(street), posted(street, porch)) == (before, [])


async def test_closed_direct_messages_are_tried_again_once_notify_is_used(street: Street) -> None:
    async with street.house.bot():
        await use(street, motion="all")
        await street.house.execute("UPDATE watchers SET unreachable_at = ?", datetime.now(UTC))
        closed = "your direct messages are closed: alerts wait until you use `/notify`"
        assert closed in text_of(await use(street, "account"))
        assert "Your direct messages were closed" in text_of(await use(street))
        assert closed not in text_of(await use(street, "account"))
        assert "were closed" not in text_of(await use(street))
        now = datetime.now(UTC)
        await street.house.execute("UPDATE people SET dms_closed_at = ?, dms_closed_told = ?", now, True)
        no_copies = "but your direct messages are closed"
        assert no_copies in text_of(await use(street, "account"))
        assert no_copies not in text_of(await use(street))
        assert no_copies not in text_of(await use(street, "account"))


async def test_the_buttons_under_an_alert_put_alerts_off(alone: Street) -> None:
    house, front = alone.house, key_of(alone.front)
    mallory = house.discord.add_user("mallory")
    hour, camera = f"alerts:hour:0123456789abcdef:{alone.alice.id}", f"alerts:camera:{front}:{alone.alice.id}"

    async def click(user: Any, message: dict[str, Any], custom_id: str) -> dict[str, Any]:
        used = await house.discord.forge(user, message["id"], {"custom_id": custom_id, "component_type": 2})
        return await until(lambda: used.message and not used.message["flags"] & LOADING and used.message)

    async with house.bot():
        card = await use(alone, motion="all")
        unmute = f"alerts:unmute:{alone.alice.id}"
        for custom_id in (hour, camera, unmute, f"alerts:dm:{alone.alice.id}"):
            assert "Not yours" in text_of(await click(mallory, card, custom_id))
        assert subscriptions(alone, alone.alice)[0][3] == []
        muted = await click(alone.alice, card, hour)
        assert muted["flags"] & EPHEMERAL
        assert "Muted for 1 hour" in text_of(muted)
        assert buttons_of(muted) == {"Unmute": unmute}
        [(begun, over)] = house.rows("SELECT muted_from, muted_until FROM watchers")
        moments = [datetime.fromisoformat(str(one)) for one in (begun, over)]
        assert moments[1] - moments[0] == timedelta(hours=1)
        assert "Muted until" in text_of(await use(alone))
        assert "muted until" in text_of(await use(alone, "account"))
        house.discord.faults.append(DiscordFault("POST", CALLBACK, action="reset"))  # as an idle connection breaks
        again = await house.discord.forge(alone.alice, muted["id"], {"custom_id": unmute, "component_type": 2})
        await until(lambda: "Not muted any more" in text_of(again.message))
        assert "Muted" not in text_of(await use(alone))
        assert "No more alerts of this camera" in text_of(await click(alone.alice, card, camera))
        assert "You hear of this camera no more anyway" in text_of(await click(alone.alice, card, camera))
        assert subscriptions(alone, alone.alice) == [(alone.alice.id, False, None, [front])]
        shown = text_of(await use(alone))
        assert "Your cameras: all but Front Door · Home" in shown
        shown = text_of(await use(alone, motion="all"))
        assert "Your cameras: all\n" in shown
        assert "Muted" not in shown
    assert subscriptions(alone, alone.alice) == [(alone.alice.id, False, None, [])]


async def test_where_blink_keeps_no_recordings_the_answer_says_so(alone: Street) -> None:
    bob, account = alone.house.resident("bob", plan=False)
    account.add_network("Flat").add_camera("Balcony", behaviour=Behaviour.quick())
    await alone.house.link(bob, account)
    async with alone.house.bot():
        shown = await use(alone, user=bob, motion="all")
        assert "Blink keeps no recordings of your cameras" in text_of(shown)
        assert subscriptions(alone, bob) == [(bob.id, False, None, [])]


async def test_the_export_names_what_somebody_hears_of_and_unlinking_ends_it(alone: Street) -> None:
    house, porch = alone.house, alone.house.guild.add_channel("porch")
    async with house.bot():
        await use(alone, motion="all", to=porch, quiet="22:00-07:00", zone="Asia/Tokyo", health="on")
        await until(lambda: house.rows("SELECT * FROM camera_health"))
        card = await use(alone, "account")
        used = await press(house.discord, alone.alice, card, "Export my data")
        message = await until(lambda: used.message and used.message["attachments"] and used.message)
        data = json.loads(house.discord.file(message["attachments"][0]["url"]))
        assert data["motion_alerts"]["channel"]["channel_id"] == porch.id
        assert data["motion_alerts"]["quiet"] == {"begin": 1320, "end": 420, "zone": "Asia/Tokyo"}
        assert key_of(alone.front) in [one["camera"] for one in data["health_of_cameras"]]
        [subscription] = data["motion_wishes"]
        assert (subscription["owner_id"], subscription["cameras"], subscription["muted"]) == (alone.alice.id, None, [])
        question = await use(alone, "unlink")
        await press(house.discord, alone.alice, question, "Yes, delete everything")
        await until(lambda: not house.rows("SELECT * FROM accounts"))
    assert kept(alone) == []
