"""The buttons: they work after a restart, and only for their person."""

from typing import Any

from simulators.discord import Fault
from tests.support.house import REPLY, buttons_of, text_of
from tests.support.street import Street
from tests.support.waiting import until


async def _clip(street: Street) -> Any:
    clip = await street.house.clip(street.alice, street.front)
    reply = await street.house.finished(clip)
    await until(lambda: not street.house.live(clip))
    return reply


async def test_record_again_works_in_a_restarted_bot(street: Street) -> None:
    async with street.house.bot():
        reply = await _clip(street)
    async with street.house.bot():
        again = await street.house.discord.click(street.alice, reply["id"], buttons_of(reply)["Record again"])
        second = await street.house.finished(again)
    assert second["id"] != reply["id"]
    assert len(street.front.accepted) == 2
    assert street.house.discord.file(second["attachments"][0]["url"]) == street.front.videos[1].mp4


async def test_remove_deletes_this_one_message_and_says_what_stays(street: Street) -> None:
    async with street.house.bot():
        reply = await _clip(street)
    async with street.house.bot():
        click = await street.house.discord.click(street.alice, reply["id"], buttons_of(reply)["Remove"])
        [note] = await until(lambda: click.followups)
    assert "Nothing was deleted at Blink" in text_of(note)
    assert "as a direct message, stays" in text_of(note)
    assert click.message is None
    assert len(street.house.dms(street.alice)) == 1


async def test_a_second_press_of_remove_finds_the_message_gone_and_nothing_broken(street: Street) -> None:
    async with street.house.bot():
        reply = await _clip(street)
        gone = Fault("DELETE", REPLY, status=404, body={"code": 10008, "message": "Unknown Message"})
        street.house.discord.faults.append(gone)
        click = await street.house.discord.click(street.alice, reply["id"], buttons_of(reply)["Remove"])
        [note] = await until(lambda: click.followups)
    assert gone.hits == 1
    assert "That message is gone" in text_of(note)
    assert "broke" not in text_of(click.message)


async def test_another_person_cannot_press_the_buttons_of_a_shared_reply(street: Street) -> None:
    mallory = street.house.discord.add_user("mallory")
    async with street.house.bot():
        reply = await street.house.finished(await street.house.clip(street.alice, street.front, public=True))
        for label in ("Record again", "Remove"):
            click = await street.house.discord.click(mallory, reply["id"], buttons_of(reply)[label])
            answer = await until(lambda click=click: click.message)
            assert "Not yours" in text_of(answer)
    assert len(street.front.accepted) == 1
    assert street.house.discord.messages(street.house.channel, street.alice)[0]["id"] == reply["id"]


async def test_stop_these_messages_ends_the_copies(street: Street) -> None:
    async with street.house.bot():
        await _clip(street)
        [copy] = await until(lambda: street.house.dms(street.alice))
        click = await street.house.discord.click(street.alice, copy["id"], buttons_of(copy)["Stop these messages"])
        await until(lambda: "no more copies" in text_of(click.message))
        clip = await street.house.clip(street.alice, street.mini)
        await street.house.finished(clip)
        await until(lambda: not street.house.live(clip))
    with_video = [message for message in street.house.dms(street.alice) if message["attachments"]]
    assert len(with_video) == 1


async def test_only_the_first_copy_introduces_itself(street: Street) -> None:
    async with street.house.bot():
        await _clip(street)
        await until(lambda: len(street.house.dms(street.alice)) == 1)
        await street.house.finished(await street.house.clip(street.alice, street.mini))
        await until(lambda: len(street.house.dms(street.alice)) == 2)
    first, second = street.house.dms(street.alice)
    assert "Stop these messages" in buttons_of(first)
    assert "Stop these messages" not in buttons_of(second)


async def test_a_button_of_a_forgotten_clip_says_so(street: Street) -> None:
    async with street.house.bot():
        reply = await _clip(street)
    await street.house.execute("DELETE FROM clip_jobs")
    async with street.house.bot():
        click = await street.house.discord.click(street.alice, reply["id"], buttons_of(reply)["Record again"])
        await until(lambda: "no longer know this clip" in text_of(click.message))
