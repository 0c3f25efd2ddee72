"""`/cameras`: a card for each camera with its latest picture, pages of them, and buttons that record."""

import logging
import tempfile
import time
from pathlib import Path
from typing import Any, get_args

import pytest

from simulators.blink import Behaviour, Camera, Fault
from simulators.blink.cloud import ThumbnailForm
from simulators.discord import Fault as DiscordFault
from tests.support.house import buttons_of, key_of, text_of
from tests.support.lodgers import alone, arranged, cleared, lodging, street
from tests.support.reading import answered, cards_of, name_of, pictures_of, titles_of
from tests.support.street import Street
from tests.support.waiting import until

__all__ = ["alone", "arranged", "cleared", "lodging", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

EPHEMERAL = 1 << 6
BUTTON = 2
BACK, NEXT = "‹ Back", "Next ›"  # noqa: RUF001 - the heads of arrows
MISSING = "its picture did not come"


async def page(street: Street, user: Any = None, place: Any = None, locale: str = "en-US") -> dict[str, Any]:
    """Use `/cameras` and return its reply."""
    house = street.house
    used = await house.discord.slash(user or street.alice, place or house.channel, "cameras", {}, locale=locale)
    return await until(lambda: answered(used), timeout=10)


async def press(street: Street, message: dict[str, Any], label: str) -> dict[str, Any]:
    """Press a button that puts something else in its message's place, and return that."""
    click = await street.house.discord.click(street.alice, message["id"], buttons_of(message)[label])
    await until(lambda: click.history, timeout=10)
    assert click.message
    assert click.message["id"] == message["id"]
    return click.message


async def forged(street: Street, message: dict[str, Any], user: Any, custom_id: str) -> Any:
    data = {"component_type": BUTTON, "custom_id": custom_id}
    return await street.house.discord.forge(user, message["id"], data)


def titles(message: dict[str, Any]) -> list[str]:
    """Return the cameras' names in the order of their cards."""
    return [title.split(" ", 1)[1] for title in titles_of(message)]


def first_line(message: dict[str, Any]) -> str:
    return text_of(message).strip().splitlines()[0]


def pictures(street: Street, message: dict[str, Any]) -> dict[str, bytes | None]:
    """Return the bytes of the picture beside each card, by the card's title."""
    files = {file["filename"]: file["url"] for file in message["attachments"]}
    shown = ["".join(map(name_of, pictures_of(card))) for card in cards_of(message)]
    assert sorted(name for name in shown if name) == sorted(files), "each file stands beside a card"
    found = [street.house.discord.file(files[name]) if name else None for name in shown]
    return dict(zip(titles(message), found, strict=True))


def annex(street: Street, many: int) -> list[Camera]:
    """Put up so many more cameras, in a network that comes before Home."""
    network = street.account.add_network("Annex")
    return [network.add_camera(f"Room {number}", behaviour=Behaviour.quick()) for number in range(1, many + 1)]


def latest(*cameras: Camera) -> dict[str, bytes]:
    return {camera.name: camera.picture.jpeg for camera in cameras}


async def test_cameras_shows_a_card_for_each_with_its_state_and_what_is_wrong_first(street: Street) -> None:
    street.mini.status, street.front.battery = "offline", "low"
    async with street.house.bot():
        reply, german = await page(street), await page(street, locale="de")
    assert ("68 °F" in text_of(german), "20 °C" in text_of(german)) == (False, True)
    assert titles(reply) == ["Kitchen", "Front Door", "Doorbell"]
    assert first_line(reply) == "3 cameras · 1 offline · 1 with a low battery"
    assert reply["flags"] & EPHEMERAL
    for words in ("🔴 Kitchen", "**Offline**", "battery low", "🟢 Front Door", "Home · Mini", "🟢 Doorbell", "68 °F"):
        assert words in text_of(reply)


@pytest.mark.parametrize("form", get_args(ThumbnailForm))
async def test_beside_each_card_is_this_cameras_latest_picture_with_its_age_where_that_is_known(
    alone: Street, form: Any
) -> None:
    alone.house.world.thumbnail_form = form
    async with alone.house.bot():
        await alone.house.finished(await _snap(alone, alone.front))
        reply = await page(alone)
    assert pictures(alone, reply) == latest(alone.front, alone.mini, alone.bell)
    assert alone.front.picture.command_id, "it is the new one"
    captions = [file["description"] for file in reply["attachments"]]
    for camera, one, caption in zip((alone.bell, alone.front, alone.mini), cards_of(reply), captions, strict=True):
        assert camera.name in caption
        assert [picture["description"] for picture in pictures_of(one)] == [caption]
        age = f"picture <t:{camera.picture.taken}:R>" in text_of(one)
        assert age is (form != "old"), "the simulated old form names no time"


async def _snap(street: Street, camera: Camera) -> Any:
    return await street.house.discord.slash(street.alice, street.house.channel, "snapshot", {"camera": key_of(camera)})


async def test_a_camera_without_a_picture_says_so_and_none_is_asked_for(street: Street) -> None:
    listed = {"networks": [{"id": 1, "name": "Home"}], "cameras": [{"id": 2, "network_id": 1, "name": "New"}]}
    street.house.blink.faults.append(Fault("homescreen", status=200, body=listed))
    async with street.house.bot():
        reply = await page(street)
    assert "no picture yet" in text_of(reply)
    assert reply["attachments"] == []
    assert street.house.blink.asked("image") == []


async def test_of_a_picture_from_a_moment_to_come_no_age_is_claimed(street: Street) -> None:
    camera = {"id": 2, "network_id": 1, "name": "New", "thumbnail": "4102444800"}
    listed = {"networks": [{"id": 1, "name": "Home"}], "cameras": [camera]}
    jpeg = street.front.picture.jpeg
    street.house.blink.faults += [
        Fault("homescreen", status=200, body=listed),
        Fault("image", status=200, body=jpeg, headers={"Content-Type": "image/jpeg"}),
    ]
    async with street.house.bot():
        reply = await page(street)
    assert pictures(street, reply) == {"New": jpeg}
    assert "picture" not in text_of(reply)


FAULTS = {
    "refused": Fault("image", status=404),
    "an error of Blink's": Fault("image", status=500),
    "hangs": Fault("image", action="hang"),
    "stops half-way": Fault("image", action="stall"),
    "is cut off": Fault("image", action="half"),
    "a page": Fault("image", status=200, body="<html>sorry</html>", headers={"Content-Type": "image/jpeg"}),
    "JSON": Fault("image", status=200, body={"message": "Invalid Device Type", "code": 1630}),
    "nothing": Fault("image", status=200, body=b""),
    "endless": Fault("image", status=200, body=b"\xff\xd8\xff\xe0" + bytes(5 * 2**20)),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_picture_that_does_not_come_is_missing_on_its_card_and_on_no_other(
    alone: Street, fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "private").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "private"))
    if fault.action not in ("hang", "stall"):
        alone.house.waits(thumbnails_for=30.0)
    alone.house.blink.faults.append(fault)
    async with alone.house.bot():
        reply = await page(alone)
        await until(lambda: not list((tmp_path / "private").glob("*/*.jpg")))  # no picture is kept
        assert list((tmp_path / "private").glob("blink-clip-bot-*")), "it was really looked at"
    right = latest(alone.front, alone.mini, alone.bell)
    shown = pictures(alone, reply)
    [missing] = [name for name, jpeg in shown.items() if jpeg is None]
    assert shown == right | {missing: None}
    [card] = [one for one in cards_of(reply) if MISSING in text_of(one)]
    assert [missing] == titles(card)
    assert "picture <t:" not in text_of(card)


async def test_a_blink_that_gives_no_picture_at_all_delays_the_cards_once(street: Street) -> None:
    annex(street, 1)
    street.house.blink.faults.append(Fault("image", times=None, action="hang"))
    async with street.house.bot():
        reply = await page(street)
    assert text_of(reply).count(MISSING) == len(street.house.blink.asked("image")) == 4
    assert reply["attachments"] == []


async def test_an_upload_that_breaks_is_given_again_with_its_pictures(street: Street) -> None:
    street.house.discord.faults.append(DiscordFault("PATCH", "/webhooks/*", action="reset", from_bytes=1000))
    async with street.house.bot():
        reply = await page(street)
    assert street.house.discord.faults[0].hits == 1
    assert pictures(street, reply) == latest(street.front, street.mini, street.bell)


async def test_a_bot_that_stops_does_not_wait_for_pictures(alone: Street, caplog: pytest.LogCaptureFixture) -> None:
    alone.house.waits(thumbnails_for=60.0)
    alone.house.blink.faults.append(Fault("image", times=None, action="hang"))
    async with alone.house.bot():
        await alone.house.discord.slash(alone.alice, alone.house.channel, "cameras", {})
        await until(lambda: len(alone.house.blink.asked("image")) == 3)
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


async def test_pages_go_forward_and_back_each_with_its_own_pictures(street: Street) -> None:
    rooms = annex(street, 8)
    async with street.house.bot():
        first = await page(street)
        assert titles(first) == ["Room 1", "Room 2", "Room 3", "Room 4", "Room 5"]
        assert pictures(street, first) == latest(*rooms[:5])
        assert {NEXT, "Refresh", "All"} <= buttons_of(first).keys()
        assert BACK not in buttons_of(first), "a full page has no room for it"
        assert first_line(first).endswith("page 1 of 3")
        second = await press(street, first, NEXT)
        assert titles(second) == ["Room 6", "Room 7", "Room 8", "Doorbell", "Front Door"]
        assert pictures(street, second) == latest(*rooms[5:], street.bell, street.front)
        third = await press(street, second, NEXT)
        assert pictures(street, third) == latest(street.mini)
        assert first_line(third).endswith("page 3 of 3")
        again = await press(street, third, BACK)
        assert titles(again) == titles(second)
        assert first_line(first) == "11 cameras · page 1 of 3"
    assert len(street.house.discord.messages(street.house.channel, street.alice)) == 1
    for asked in street.house.blink.asked("image"):
        assert asked.account_id == street.account.id


async def test_refresh_shows_what_has_changed_since(street: Street) -> None:
    async with street.house.bot():
        before = await page(street)
        await street.house.finished(await _snap(street, street.bell))
        street.front.status = "offline"
        after = await press(street, before, "Refresh")
    assert titles(before)[0] == "Doorbell"
    assert titles(after)[0] == "Front Door"
    assert pictures(street, after)["Doorbell"] == street.bell.picture.jpeg != pictures(street, before)["Doorbell"]


async def test_where_a_page_is_gone_the_last_one_there_is_stands_in_its_place(street: Street) -> None:
    rooms = annex(street, 3)
    async with street.house.bot():
        second = await press(street, await page(street), NEXT)
        assert len(titles(second)) == 1
        for room in rooms:
            room.network.cameras.remove(room)
        shown = await press(street, second, "Refresh")
        assert titles(shown) == ["Doorbell", "Front Door", "Kitchen"]
        assert pictures(street, shown) == latest(street.bell, street.front, street.mini)
        beyond = await forged(street, shown, street.alice, f"cameras:next:9999:{street.alice.id}")
        await until(lambda: beyond.history)
        assert titles(beyond.message) == titles(shown)


async def test_a_page_that_cannot_be_refreshed_says_why_and_keeps_no_picture(street: Street) -> None:
    async with street.house.bot():
        shown = await page(street)
        street.house.blink.faults.append(Fault("homescreen", times=None, status=500))
        after = await press(street, shown, "Refresh")
    assert "Blink does not answer" in text_of(after)
    assert (after["attachments"], pictures_of(after), buttons_of(after)) == ([], [], {})


async def test_the_buttons_of_a_card_record_and_take_a_picture_also_in_a_restarted_bot(alone: Street) -> None:
    async with alone.house.bot():
        shown = await page(alone)
    async with alone.house.bot():
        discord, buttons = alone.house.discord, buttons_of(shown)
        clip = await alone.house.finished(await discord.click(alone.alice, shown["id"], buttons["Clip Kitchen"]))
        snap = await alone.house.finished(await discord.click(alone.alice, shown["id"], buttons["Picture Doorbell"]))
    assert discord.file(clip["attachments"][0]["url"]) == alone.mini.videos[0].mp4
    assert discord.file(snap["attachments"][0]["url"]) == alone.bell.picture.jpeg
    assert alone.bell.picture.command_id
    assert clip["flags"] & snap["flags"] & EPHEMERAL
    assert len({shown["id"], clip["id"], snap["id"]}) == 3
    assert (len(alone.mini.accepted), len(alone.front.accepted), len(alone.bell.accepted)) == (1, 0, 0)
    assert alone.house.shown(alone.alice, shown) == shown


async def test_in_the_bots_own_messages_the_page_is_a_normal_one_and_works(street: Street) -> None:
    annex(street, 3)
    async with street.house.bot():
        shown = await page(street, place=street.alice.open_dm())
        assert not shown["flags"] & EPHEMERAL
        second = await press(street, shown, NEXT)
        assert pictures(street, second) == latest(street.mini)
        click = await street.house.discord.click(street.alice, second["id"], buttons_of(second)["Clip"])
        clip = await street.house.finished(click)
    assert not clip["flags"] & EPHEMERAL
    assert "Recorded <t:" in text_of(clip)


@pytest.mark.parametrize("private", [True, False], ids=["among friends", "in a server without the bot"])
async def test_a_user_installed_bot_shows_and_turns_pages_where_it_is_not_a_member(
    street: Street, private: bool
) -> None:
    annex(street, 3)
    discord, bob = street.house.discord, street.house.discord.add_user("bob")
    if private:
        place = discord.add_private_channel(street.alice, bob)
    else:
        place = discord.add_guild("Elsewhere", bot=False).add_channel("chat")
    async with street.house.bot():
        shown = await page(street, place=place)
        assert shown["flags"] & EPHEMERAL
        assert len(pictures(street, shown)) == 5
        second = await press(street, shown, NEXT)
        assert pictures(street, second) == latest(street.mini)
    assert discord.messages(place, bob) == []


async def test_another_person_cannot_press_a_button_and_nothing_is_asked_of_blink(street: Street) -> None:
    annex(street, 3)
    mallory, account = street.house.resident("mallory")
    await street.house.link(mallory, account)
    async with street.house.bot():
        shown = await page(street)
        asked = len(street.house.blink.requests)
        for label, custom_id in buttons_of(shown).items():
            used = await forged(street, shown, mallory, custom_id)
            answer = await until(lambda used=used: used.message)
            assert "Not yours" in text_of(answer), label
            assert answer["id"] != shown["id"]
    assert len(street.house.blink.requests) == asked
    assert street.house.shown(street.alice, shown) == shown


async def test_a_button_with_a_forged_owner_reaches_the_forgers_own_cameras_only(alone: Street) -> None:
    mallory, account = alone.house.resident("mallory")
    account.add_network("Home").add_camera("Barn", behaviour=Behaviour.quick())
    await alone.house.link(mallory, account)
    async with alone.house.bot():
        shown = await page(alone)
        for act, words in (("clip", "There is no camera"), ("snap", "There is no camera")):
            custom_id = f"cam:{act}:{key_of(alone.front)}:{mallory.id}"
            used = await forged(alone, shown, mallory, custom_id)
            assert words in text_of(await alone.house.finished(used))
        turned = await forged(alone, shown, mallory, f"cameras:refresh:1:{mallory.id}")
        await until(lambda: turned.history)
    assert not alone.house.blink.asked("clip", "thumbnail")
    assert titles(turned.message) == ["Barn"]


async def test_a_button_of_a_camera_that_is_gone_says_which_there_are(street: Street) -> None:
    async with street.house.bot():
        shown = await page(street)
        used = await forged(street, shown, street.alice, f"cam:clip:owl.1.1:{street.alice.id}")
        assert "Front Door" in text_of(await street.house.finished(used))
    assert not street.house.blink.asked("clip")


async def test_an_account_without_cameras_reads_so(street: Street) -> None:
    bob, account = street.house.resident("bob")
    await street.house.link(bob, account)
    async with street.house.bot():
        reply = await page(street, bob)
    assert "This Blink account has no cameras" in text_of(reply)
    assert buttons_of(reply) == {}


async def test_cameras_says_when_blink_is_away(street: Street) -> None:
    street.house.blink.faults.append(Fault("homescreen", times=None, status=500))
    async with street.house.bot():
        assert "Blink does not answer" in text_of(await page(street))
