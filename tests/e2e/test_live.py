"""For each way in which a relay sends a live view, or sends none, the reply ends with the truth."""

from dataclasses import replace
from typing import Any

import pytest

from simulators.blink import Fault
from simulators.blink.behaviour import RTSPS, Failure
from simulators.blink.live.certificate import self_signed
from tests.support.house import House, text_of
from tests.support.live import check, gives, known_to_keep_nothing, live, sessions
from tests.support.street import Street
from tests.support.waiting import until

__all__ = ["live"]

AT_ONCE: dict[str, Any] = {"first_media": 0.6}
WHOLE: dict[str, dict[str, Any]] = {
    "zeros for a token are refused": {"token": "no zeros"},
    "zeros for a token are cut": {"token": "zeros cut"},
    "no token": {"token_length": 0},
    "a token longer than its place": {"token_length": 300},
    "late": {"first_media": 15.0},
    "closed twice before the first picture": {"closes_first": 2},
    "between two key frames": {"mid_gop": True},
    "in odd pieces": {"splits": True},
    "private data in between": {"junk": "private"},
    "packets that begin anywhere": {"junk": "misaligned"},
    "the command is complete before the end": {"command_ends": 2.0},
    "no duration": {"duration": None},
}
SHORT: dict[str, dict[str, Any]] = {
    "said": {"ending": "stop"},
    "closed": {"ending": "close"},
    "reset": {"ending": "reset"},
    "silent": {"ending": "silence"},
    "in the middle of a frame": {"cuts_frame": True},
}


async def _asked(street: Street, seconds: int = 5) -> dict[str, Any]:
    return await street.house.finished(await street.house.clip(street.alice, street.front, seconds=seconds), timeout=30)


def _impatient(house: House) -> None:
    """Let the bot wait for the first picture only as long as it needs to learn that none comes."""
    house.live_timing = replace(house.live_timing, first_media=0.8)


@pytest.mark.parametrize("manners", WHOLE)
async def test_it_is_recorded_whole_however_it_comes(live: Street, manners: str) -> None:
    gives(live.front, **WHOLE[manners])
    async with live.house.bot():
        reply = await _asked(live)
    assert "Live view" in text_of(reply)
    assert "stopped" not in text_of(reply)
    check(live.house, live.front, reply, seconds=5)
    [session] = sessions(live.house, live.front)
    assert session.ended == "by the client"
    assert live.front.accepted == []


async def test_a_command_that_fails_while_pictures_come_does_not_end_it(live: Street) -> None:
    gives(live.front, command_ends=12.0, command_fails=True)  # the bot's first question comes after 2 s of ours
    async with live.house.bot():
        reply = await _asked(live, seconds=25)
    check(live.house, live.front, reply, seconds=25)
    assert len(sessions(live.house, live.front)) == 1


@pytest.mark.parametrize("done", ["900", "900 with 200", "404"])
async def test_an_end_that_blink_does_not_take_changes_nothing(live: Street, done: str) -> None:
    gives(live.front, behaviour={"done": done})
    async with live.house.bot():
        check(live.house, live.front, await _asked(live), seconds=5)
    assert len(live.house.blink.asked("done")) == 1


@pytest.mark.parametrize("manners", SHORT)
async def test_less_than_was_wished_is_kept_and_said(live: Street, manners: str) -> None:
    gives(live.front, cut_after=3.0, **SHORT[manners])
    if manners == "silent":
        live.house.live_timing = replace(live.house.live_timing, gap=1.0)
    async with live.house.bot():
        reply = await _asked(live, seconds=20)
    assert "the camera stopped after" in text_of(reply)
    assert "of 20 s" in text_of(reply)
    check(live.house, live.front, reply, seconds=3)
    assert len(sessions(live.house, live.front)) == 1


@pytest.mark.parametrize("sound", ["none", "announced"])
async def test_without_sound_it_says_so(live: Street, sound: str) -> None:
    gives(live.front, sound=sound)
    async with live.house.bot():
        reply = await _asked(live)
    check(live.house, live.front, reply, seconds=5, sound=False)
    assert "without sound" in text_of(reply)


async def test_a_host_who_wants_no_sound_gets_none(live: Street) -> None:
    live.house.settings["live_view"] = "silent"
    async with live.house.bot():
        reply = await _asked(live)
    check(live.house, live.front, reply, seconds=5, sound=False)
    assert "without sound" in text_of(reply)


async def test_the_relay_is_reached_by_name_too(live: Street) -> None:
    live.house.world.relay_host = "lv.immedia-semi.com"
    async with live.house.bot():
        check(live.house, live.front, await _asked(live), seconds=5)


async def test_while_blink_is_busy_with_the_last_one_the_next_says_so_and_is_asked_again(live: Street) -> None:
    async with live.house.bot():
        check(live.house, live.front, await _asked(live), seconds=5)
        live.front.busy_for(3600)
        clip = await live.house.clip(live.alice, live.front, seconds=5)
        await until(lambda: "Blink says: “" in text_of(clip.message))
        live.front.busy_for(0)
        reply = await live.house.finished(clip, timeout=30)
    check(live.house, live.front, reply, seconds=5)
    assert len(live.house.blink.asked("live_view")) > 2
    assert len(sessions(live.house, live.front)) == 2


@pytest.mark.parametrize(
    ("manners", "said", "starts"),
    [
        ({"first_media": None}, "No picture of the live view came.", 2),
        ({"cut_after": 0.9}, "I could not make a video of the live view.", 2),
        ({"first_media": None, "command_ends": 1.0, "command_fails": True}, "The live view stopped too early.", 2),
        ({"address": RTSPS}, "This camera's live view cannot be recorded.", 1),
        ({"address": None}, "Blink refused to start the live view.", 1),
        ({"start": "refused"}, "Blink said “Camera is offline” (HTTP 400).", 0),
        ({"start": "not found"}, "Blink refused to start the live view.", 0),
    ],
    ids=["never", "under a second", "523", "rtsps", "no server", "refused", "404"],
)
async def test_if_none_comes_a_picture_comes_with_both_reasons(
    live: Street, manners: dict[str, Any], said: str, starts: int
) -> None:
    known_to_keep_nothing(live)
    gives(live.front, **manners)
    if manners == {"first_media": None}:
        _impatient(live.house)
    async with live.house.bot():
        reply = await live.house.finished(await live.house.clip(live.alice, live.front), timeout=30)
    text = text_of(reply)
    assert "Blink keeps no video of this camera, so I tried its live view." in text
    assert said in text
    assert "This is how it looks there now:" in text
    assert [one["filename"][-4:] for one in reply["attachments"]] == [".jpg"]
    assert len(sessions(live.house, live.front)) == starts
    assert live.front.accepted == []


async def test_the_words_of_a_failed_command_are_still_there_after_the_picture(live: Street) -> None:
    failure = Failure(status_msg="Live view is asleep", status_code=523)
    gives(live.front, first_media=None, command_ends=1.0, command_fails=failure)
    async with live.house.bot():
        reply = await _asked(live)
    assert "Blink said “Live view is asleep” (code 523)" in text_of(reply)


async def test_a_start_whose_answer_is_lost_is_not_repeated(live: Street) -> None:
    live.house.blink.faults.append(Fault("live_view", action="apply-then-reset"))
    gives(live.front, connect_within=2.0)
    async with live.house.bot():
        reply = await _asked(live)
    assert "The live view stopped too early." in text_of(reply)
    assert len(live.house.blink.asked("live_view")) == 1


async def test_a_certificate_of_somebody_else_is_sent_nothing(live: Street) -> None:
    live.house.blink.relay.present(self_signed("other.example"))
    async with live.house.bot():
        reply = await _asked(live)
    assert "I do not trust the server" in text_of(reply)
    [session] = sessions(live.house, live.front)
    assert (session.connections, session.ended) == (0, "by the client")


async def test_a_pinned_bot_takes_the_certificates_that_it_knows_and_no_other(live: Street) -> None:
    async with live.house.bot():  # which keeps the relay's
        check(live.house, live.front, await _asked(live), seconds=5)
    live.house.settings["live_view"] = "pinned"
    async with live.house.bot():
        check(live.house, live.front, await _asked(live), seconds=5)
        live.house.blink.relay.present(self_signed())
        reply = await _asked(live)
    assert "I do not trust the server" in text_of(reply)
    assert sessions(live.house, live.front)[-1].connections == 0


async def test_a_relay_that_does_not_answer_is_said(live: Street) -> None:
    _impatient(live.house)
    await live.house.blink.relay.close()
    async with live.house.bot():
        reply = await _asked(live)
    assert "The live view's server does not answer." in text_of(reply)
    [session] = sessions(live.house, live.front)
    assert session.ended == "by the client"
