"""`/recordings`: what Blink keeps already, listed, chosen, shown, and deleted there only after a question."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from simulators.blink import Behaviour, Camera, Fault
from simulators.discord import Fault as DiscordFault
from tests.support.house import buttons_of, key_of, text_of
from tests.support.lodgers import alone, arranged, cleared, lodging, street
from tests.support.reading import rows_of
from tests.support.recordings import EPHEMERAL, at, choose, chosen, labels_of, listing, menu_of
from tests.support.street import Street
from tests.support.waiting import until

__all__ = ["alone", "arranged", "cleared", "lodging", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

BERLIN = ZoneInfo("Europe/Berlin")
DOWNLOADS = ("video", "usb_video")


def porch(street: Street, **behaviour: Any) -> Camera:
    """Add a camera that no plan covers, whose recordings lie on its Sync Module's USB drive."""
    guests = street.account.add_network("Guest House", usb="active")
    return guests.add_camera("Porch", behaviour=Behaviour.quick(covered=False, **behaviour))


async def test_the_newest_comes_first_with_the_time_where_the_camera_is(street: Street) -> None:
    moments = [at(minutes) for minutes in (50, 3, 20)]
    for camera, moment in zip((street.front, street.mini, street.bell), moments, strict=True):
        camera.record_motion(moment)
    async with street.house.bot():
        reply = await listing(street)
    assert reply["flags"] & EPHEMERAL
    newest_first = sorted(moments, reverse=True)
    names = ["Kitchen · Home", "Doorbell · Home", "Front Door · Home"]
    assert [label for label, _ in labels_of(reply)] == [f"{number}. {name}" for number, name in enumerate(names, 1)]
    local = [moment.astimezone(BERLIN) for moment in newest_first]
    shown = [f"{one:%a} {one.day} {one:%b %H:%M}" for one in local]
    assert [moment for _, moment in labels_of(reply)] == shown
    listed = [f"{number}. {moment} · {name}" for number, (moment, name) in enumerate(zip(shown, names, strict=True), 1)]
    assert text_of(reply).split("\n")[-4:] == [
        "**3 recordings from the last 2 days.** Times are those of Europe/Berlin.",
        *listed,
    ]


async def test_since_and_camera_narrow_the_list(street: Street) -> None:
    for minutes in (5, 90, 3 * 24 * 60):
        street.front.record_motion(at(minutes))
    street.mini.record_motion(at(10))
    async with street.house.bot():
        counts = {
            since: len(labels_of(await listing(street, since=since)))
            for since in ("the last hour", "the last 24 hours", "the last 7 days")
        }
        assert counts == {"the last hour": 2, "the last 24 hours": 3, "the last 7 days": 4}
        only = await listing(street, camera=key_of(street.mini))
        typed = await listing(street, camera="kitchen")
        none = await listing(street, camera=key_of(street.bell))
        unknown = await listing(street, camera="Bathroom")
        [choice] = await street.house.discord.autocomplete(
            street.alice, street.house.channel, "recordings", {"camera": "kit"}, focused="camera"
        )
    assert [label for label, _ in labels_of(only)] == ["1. Kitchen · Home"]
    assert labels_of(typed) == labels_of(only)
    assert "no recording of “Doorbell · Home” from the last 2 days" in text_of(none)
    assert "no camera “Bathroom”" in text_of(unknown)
    assert "Kitchen · Home" in text_of(unknown)
    assert rows_of(none) == rows_of(unknown) == []
    assert choice["value"] == key_of(street.mini)


async def test_of_many_the_menu_has_the_newest_25(street: Street) -> None:
    moments = [at(minutes) for minutes in range(1, 31)]
    for moment in moments:
        street.front.record_motion(moment)
    async with street.house.bot():
        reply = await listing(street)
    assert len(labels_of(reply)) == 25
    values = [option["value"] for option in menu_of(reply)["options"]]
    assert [int(value.rsplit(".", 1)[1]) for value in values] == [int(moment.timestamp()) for moment in moments[:25]]
    assert "30 recordings" in text_of(reply)
    assert "\n25. " in text_of(reply)
    assert "\n26. " not in text_of(reply)
    assert "These are the newest 25" in text_of(reply)


async def test_hostile_camera_names_are_listed_as_they_are(alone: Street) -> None:
    attic = alone.account.add_network("`N`" * 30)
    for name in ("**@everyone** [x](https://evil.example) <@1>", "x" * 300, "\u202egpj.exe\n\n# big"):
        attic.add_camera(name, behaviour=Behaviour.quick()).record_motion(at(1))
    async with alone.house.bot():
        reply = await listing(alone)
    assert len(labels_of(reply)) == 3
    for label, shown in labels_of(reply):
        assert 1 <= len(label) <= 100
        assert 1 <= len(shown) <= 100
        assert "\u202e" not in label
        assert "\n" not in label
    text = text_of(reply)
    assert r"\*\*@everyone\*\* \[x](https://evil.example) \<@1>" in text
    assert "\n# big" not in text


async def test_two_clips_of_one_second_on_a_drive_do_not_break_the_menu(street: Street) -> None:
    camera, moment = porch(street), at(2)
    camera.record_motion(moment)
    camera.record_motion(moment)
    async with street.house.bot():
        assert len(labels_of(await listing(street))) == 1


async def test_choosing_one_shows_exactly_it_to_who_chose_and_nobody_else(street: Street) -> None:
    bob = street.house.discord.add_user("bob")
    older, newer = street.front.record_motion(at(9)), street.mini.record_motion(at(2))
    async with street.house.bot():
        listed = await listing(street)
        for index, recording in enumerate((newer, older)):
            used = await choose(street.house, street.alice, listed, index)
            reply = await street.house.finished(used)
            [file] = reply["attachments"]
            assert street.house.discord.file(file["url"]) == recording.mp4
            assert reply["flags"] & EPHEMERAL
            assert "Recorded <t:" in text_of(reply)
            assert f"<t:{int(recording.created_at.timestamp())}:f>" in text_of(reply)
            await until(lambda used=used: not street.house.live(used))
    assert street.house.discord.messages(street.house.channel, bob) == []
    assert street.house.dms(street.alice) == [], "what Blink keeps anyway needs no copy"
    assert street.front.accepted == street.mini.accepted == [], "nothing is recorded for it"


async def test_with_share_the_list_stays_private_and_the_choice_is_for_all(street: Street) -> None:
    bob = street.house.discord.add_user("bob")
    recording = street.front.record_motion(at(1))
    async with street.house.bot():
        listed = await listing(street, public=True)
        assert listed["flags"] & EPHEMERAL
        await street.house.finished(await choose(street.house, street.alice, listed))
    [seen] = street.house.discord.messages(street.house.channel, bob)
    assert street.house.discord.file(seen["attachments"][0]["url"]) == recording.mp4


async def test_in_the_bots_own_messages_list_and_choice_are_ordinary_messages(street: Street) -> None:
    recording, dm = street.front.record_motion(at(1)), street.alice.open_dm()
    async with street.house.bot():
        listed = await listing(street, place=dm)
        reply = await street.house.finished(await choose(street.house, street.alice, listed))
    assert not (listed["flags"] | reply["flags"]) & EPHEMERAL
    assert street.house.discord.file(reply["attachments"][0]["url"]) == recording.mp4
    assert len(street.house.dms(street.alice)) == 2


async def test_a_recording_on_a_usb_drive_is_listed_and_fetched_from_there(street: Street) -> None:
    camera = porch(street)
    older, newer = camera.record_motion(at(30)), camera.record_motion(at(4))
    in_cloud = street.front.record_motion(at(10))
    async with street.house.bot():
        listed = await listing(street)
        assert [label for label, _ in labels_of(listed)] == [
            "1. Porch · Guest House",
            "2. Front Door · Home",
            "3. Porch · Guest House",
        ]
        assert ["USB drive" in shown for _, shown in labels_of(listed)] == [True, False, True]
        for index, recording in enumerate((newer, in_cloud, older)):
            reply = await street.house.finished(await choose(street.house, street.alice, listed, index))
            assert street.house.discord.file(reply["attachments"][0]["url"]) == recording.mp4
            assert ("Delete at Blink" in buttons_of(reply)) is (recording is in_cloud)
    assert street.house.blink.asked("usb_delete", "delete") == []


async def test_a_recording_in_both_places_is_listed_once_and_can_be_deleted_in_the_cloud(alone: Street) -> None:
    guests = alone.account.add_network("Guest House", usb="active")
    guests.add_camera("Porch", behaviour=Behaviour.quick()).record_motion(at(3))
    async with alone.house.bot():
        [(label, shown)] = labels_of(await listing(alone))
    assert (label, "USB" in shown) == ("1. Porch · Guest House", False)


async def test_a_drive_that_does_not_answer_leaves_the_clouds_recordings(street: Street) -> None:
    porch(street).record_motion(at(3))
    street.front.record_motion(at(5))
    street.house.blink.faults.append(Fault("manifest", times=None, status=500))
    async with street.house.bot():
        reply = await listing(street)
        none = await listing(street, camera="Porch")
    assert [label for label, _ in labels_of(reply)] == ["1. Front Door · Home"]
    for message in (reply, none):
        assert "could not be read now: Guest House" in text_of(message)


@pytest.mark.parametrize("state", ["unmounted", "format_required", "memory_full", None])
async def test_a_drive_that_is_not_ready_is_named_and_a_full_one_is_read(street: Street, state: Any) -> None:
    porch(street).record_motion(at(3))
    street.account.networks[-1].usb = state
    async with street.house.bot():
        text = text_of(await listing(street))
    assert ("could not be read" in text) is (state in ("unmounted", "format_required"))
    assert ("Porch" in text) is (state == "memory_full")


async def test_another_person_cannot_use_the_menu(alone: Street) -> None:
    mallory, account = alone.house.resident("mallory")
    account.add_network("Lair").add_camera("Den", behaviour=Behaviour.quick())
    await alone.house.link(mallory, account)
    alone.front.record_motion(at(1))
    async with alone.house.bot():
        listed = await listing(alone)
        used = await _forged(alone, listed, mallory)
        answer = await until(lambda: used.message)
        assert "Not yours" in text_of(answer)
        assert answer["flags"] & EPHEMERAL
    assert alone.house.blink.asked(*DOWNLOADS) == []


@pytest.mark.parametrize("value", ["theirs", "../../etc"])
async def test_a_choice_that_no_menu_offered_finds_nothing(alone: Street, value: str) -> None:
    bob, account = alone.house.resident("bob")
    barn = account.add_network("Cabin").add_camera("Barn", behaviour=Behaviour.quick())
    theirs = barn.record_motion(at(1))
    await alone.house.link(bob, account)
    alone.front.record_motion(at(1))
    if value == "theirs":
        value = f"cloud.{theirs.media_id}.{int(theirs.created_at.timestamp())}"
    async with alone.house.bot():
        listed = await listing(alone)
        used = await _forged(alone, listed, values=[value])
        reply = await alone.house.finished(used)
        assert "no longer there" in text_of(reply)
        assert buttons_of(reply) == {}
        job_id = alone.house.rows("SELECT id FROM clip_jobs")[0][0]
        click = await _forged(alone, listed, component_type=2, custom_id=f"media:delete:{job_id}")
        await until(lambda: "no longer know" in text_of(click.message))
    assert alone.house.blink.asked("delete", *DOWNLOADS) == []


async def test_a_menu_whose_owner_was_forged_is_not_obeyed(street: Street) -> None:
    mallory = street.house.discord.add_user("mallory")
    street.front.record_motion(at(1))
    async with street.house.bot():
        listed = await listing(street)
        used = await _forged(street, listed, custom_id=f"clips:choose:1:{mallory.id}")
        assert "Not yours" in text_of(await until(lambda: used.message))
    assert street.house.blink.asked(*DOWNLOADS) == []


async def test_a_recording_that_was_deleted_meanwhile_is_said_so(street: Street) -> None:
    recording = street.front.record_motion(at(1))
    async with street.house.bot():
        listed = await listing(street)
        recording.deleted_at = datetime.now(UTC)
        reply = await street.house.finished(await choose(street.house, street.alice, listed))
    assert "This recording is no longer there" in text_of(reply)
    assert "`/recordings`" in text_of(reply)
    assert rows_of(reply) == []


async def test_a_choice_goes_on_after_a_restart(alone: Street) -> None:
    alone.house.world.manifest_pace = 0.0
    recording = porch(alone).record_motion(at(1))
    async with alone.house.bot():
        listed = await listing(alone)
    alone.house.blink.faults.append(Fault("usb_video", delay=1.0))
    async with alone.house.bot():
        used = await choose(alone.house, alone.alice, listed)
        await until(lambda: used.responded and alone.house.stage(used) == "fetching")
    async with alone.house.bot():
        reply = await alone.house.finished(used, timeout=15)
        await until(lambda: not alone.house.live(used))
    assert alone.house.discord.file(reply["attachments"][0]["url"]) == recording.mp4
    assert len(reply["attachments"]) == 1


async def test_where_the_bot_itself_is_no_member_list_and_choice_work_too(street: Street) -> None:
    elsewhere = street.house.discord.add_guild("Elsewhere", bot=False).add_channel("chat")
    recording = street.front.record_motion(at(1))
    async with street.house.bot():
        listed = await listing(street, place=elsewhere)
        reply = await street.house.finished(await choose(street.house, street.alice, listed))
    assert street.house.discord.file(reply["attachments"][0]["url"]) == recording.mp4


async def test_somebody_without_a_link_reads_how_to_get_one(street: Street) -> None:
    carol = street.house.discord.add_user("carol")
    async with street.house.bot():
        reply = await listing(street, carol)
    assert "No Blink account is linked" in text_of(reply)
    assert "python -m bot link" in text_of(reply)


async def test_somebody_whom_blink_signed_out_reads_so(street: Street) -> None:
    street.account.sign_out()
    async with street.house.bot():
        assert "signed this bot out" in text_of(await listing(street))


@pytest.mark.parametrize("route", ["homescreen", "media"])
async def test_a_blink_that_is_away_is_said_so(street: Street, route: Any) -> None:
    street.house.blink.faults.append(Fault(route, times=None, status=503))
    async with street.house.bot():
        assert "Blink does not answer" in text_of(await listing(street))


async def test_nothing_recorded_lately_is_said_so(street: Street) -> None:
    async with street.house.bot():
        reply = await listing(street, since="the last 7 days")
    assert "no recording from the last 7 days" in text_of(reply)


async def test_a_discord_that_stumbles_still_gets_the_recording(street: Street) -> None:
    async with street.house.bot():
        street.house.discord.faults.append(DiscordFault("PATCH", "/webhooks/*", 2, 503))
        await chosen(street)


async def _forged(street: Street, listed: dict[str, Any], user: Any = None, **data: Any) -> Any:
    """Use the menu with data that Discord's own client would not send."""
    menu = menu_of(listed)
    given = {"custom_id": menu["custom_id"], "component_type": 3, "values": [menu["options"][0]["value"]]}
    return await street.house.discord.forge(user or street.alice, listed["id"], given | data)
