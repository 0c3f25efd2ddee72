"""The relay of a live view before its first picture: its address, its certificate, its silence, or none at all."""

from dataclasses import replace
from typing import Any

from simulators.blink.live.certificate import self_signed
from tests.support.house import House, text_of
from tests.support.live import check, gives, known_to_keep_nothing, live, sessions
from tests.support.street import Street

__all__ = ["live"]


async def _asked(street: Street, **options: Any) -> dict[str, Any]:
    return await street.house.finished(await street.house.clip(street.alice, street.front, **options), timeout=30)


def _impatient(house: House) -> None:
    """Let the bot wait for the first picture only as long as it needs to learn that none comes."""
    house.live_timing = replace(house.live_timing, first_media=0.8)


async def test_if_no_picture_ever_comes_a_snapshot_comes_with_both_reasons(live: Street) -> None:
    known_to_keep_nothing(live)
    gives(live.front, first_media=None)
    _impatient(live.house)
    async with live.house.bot():
        reply = await _asked(live)
    assert "Blink keeps no video of this camera, so I tried its live view." in text_of(reply)
    assert "No picture of the live view came." in text_of(reply)
    assert [one["filename"][-4:] for one in reply["attachments"]] == [".jpg"]
    assert len(sessions(live.house, live.front)) == 2


async def test_a_relay_that_falls_silent_ends_it_with_what_came(live: Street) -> None:
    gives(live.front, cut_after=3.0, ending="silence")
    live.house.live_timing = replace(live.house.live_timing, gap=1.0)
    async with live.house.bot():
        reply = await _asked(live, seconds=20)
    assert "the camera stopped after" in text_of(reply)
    check(live.house, live.front, reply, seconds=3)
    assert len(sessions(live.house, live.front)) == 1


async def test_a_host_who_wants_no_sound_gets_none(live: Street) -> None:
    live.house.settings["live_view"] = "silent"
    async with live.house.bot():
        reply = await _asked(live, seconds=5)
    check(live.house, live.front, reply, seconds=5, sound=False)
    assert "without sound" in text_of(reply)


async def test_the_relay_is_reached_by_name_too(live: Street) -> None:
    live.house.world.relay_host = "lv.immedia-semi.com"
    async with live.house.bot():
        check(live.house, live.front, await _asked(live, seconds=5), seconds=5)


async def test_a_certificate_of_somebody_else_is_sent_nothing(live: Street) -> None:
    live.house.blink.relay.present(self_signed("other.example"))
    async with live.house.bot():
        reply = await _asked(live, seconds=5)
    assert "I do not trust the server" in text_of(reply)
    [session] = sessions(live.house, live.front)
    assert (session.connections, session.ended) == (0, "by the client")


async def test_a_pinned_bot_takes_the_certificates_that_it_knows_and_no_other(live: Street) -> None:
    async with live.house.bot():  # which keeps the relay's
        check(live.house, live.front, await _asked(live, seconds=5), seconds=5)
    live.house.settings["live_view"] = "pinned"
    async with live.house.bot():
        check(live.house, live.front, await _asked(live, seconds=5), seconds=5)
        live.house.blink.relay.present(self_signed())
        reply = await _asked(live, seconds=5)
    assert "I do not trust the server" in text_of(reply)
    assert sessions(live.house, live.front)[-1].connections == 0


async def test_a_relay_that_does_not_answer_is_said(live: Street) -> None:
    _impatient(live.house)
    await live.house.blink.relay.close()
    async with live.house.bot():
        reply = await _asked(live, seconds=5)
    assert "The live view's server does not answer." in text_of(reply)
    [session] = sessions(live.house, live.front)
    assert session.ended == "by the client"
