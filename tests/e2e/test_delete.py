"""Deleting a recording at Blink: only what was shown, only by its person, only after a question."""

from typing import Any

from simulators.blink import Behaviour, Fault
from tests.support.house import buttons_of, text_of
from tests.support.linking import press
from tests.support.recordings import EPHEMERAL, at, choose, chosen, labels_of, listing
from tests.support.street import Street
from tests.support.waiting import until


async def answered_in_place(street: Street, question: dict[str, Any], label: str, words: str) -> dict[str, Any]:
    """Press a button of a question, and wait for the answer that takes its place."""
    house = street.house
    await house.discord.click(street.alice, question["id"], buttons_of(question)[label])
    await until(lambda: words in text_of(house.shown(street.alice, question)))
    shown = house.shown(street.alice, question) or {}
    assert buttons_of(shown) == {}
    return shown


async def test_delete_asks_first_and_then_deletes_exactly_this_one(street: Street) -> None:
    other = street.front.record_motion(at(9))
    recording = street.front.record_motion(at(1))
    async with street.house.bot():
        reply = await chosen(street, recording)
    async with street.house.bot():  # the buttons outlive a restart
        question = await press(street.house, street.alice, reply, "Delete at Blink")
        assert "cannot be brought back" in text_of(question)
        assert question["flags"] & EPHEMERAL
        assert street.house.blink.asked("delete") == []
        await answered_in_place(street, question, "Yes, delete it", "gone from your Blink account")
        [(label, _)] = labels_of(await listing(street))
    assert label == "1. Front Door · Home"
    [request] = street.house.blink.asked("delete")
    assert request.body == {"media_list": [recording.media_id]}
    assert recording.deleted_at is not None
    assert other.deleted_at is None
    assert street.house.shown(street.alice, reply), "what stands in Discord stays"


async def test_keep_leaves_it(street: Street) -> None:
    async with street.house.bot():
        question = await press(street.house, street.alice, await chosen(street), "Delete at Blink")
        await answered_in_place(street, question, "Do not delete", "stays in your Blink account")
    assert street.house.blink.asked("delete") == []


async def test_only_its_person_is_asked_whether_to_delete(street: Street) -> None:
    mallory = street.house.discord.add_user("mallory")
    street.front.record_motion(at(1))
    async with street.house.bot():
        listed = await listing(street, public=True)
        reply = await street.house.finished(await choose(street.house, street.alice, listed))
        assert "Not yours" in text_of(await press(street.house, mallory, reply, "Delete at Blink"))
        job_id = street.house.rows("SELECT id FROM clip_jobs")[0][0]
        data = {"custom_id": f"media:delete:{job_id}", "component_type": 2}
        used = await street.house.discord.forge(mallory, reply["id"], data)
        assert "Not yours" in text_of(await until(lambda: used.message))
    assert street.house.blink.asked("delete") == []


async def test_a_deletion_that_blink_refuses_is_said_in_its_words(street: Street) -> None:
    refusal = {"message": "Not today", "code": 4242}
    street.house.blink.faults.append(Fault("delete", status=400, body=refusal))
    async with street.house.bot():
        reply = await chosen(street)
        question = await press(street.house, street.alice, reply, "Delete at Blink")
        shown = await answered_in_place(street, question, "Yes, delete it", "Blink refused")
        assert "Not today" in text_of(shown)
    assert street.front.made[0].deleted_at is None


async def test_after_linking_another_account_nothing_of_the_old_one_is_deleted(street: Street) -> None:
    async with street.house.bot():
        reply = await chosen(street)
    other = street.house.world.add_account(email="other@example.com")
    other.add_network("Flat").add_camera("Hall", behaviour=Behaviour.quick())
    await street.house.link(street.alice, other)
    async with street.house.bot():
        question = await press(street.house, street.alice, reply, "Delete at Blink")
        await answered_in_place(street, question, "Yes, delete it", "no longer linked")
    assert street.house.blink.asked("delete") == []
