"""Blink is busy: said at once, asked again, and given up in words."""

from typing import Any

import pytest

from tests.support.house import buttons_of, text_of
from tests.support.street import Street
from tests.support.waiting import until


@pytest.mark.parametrize("shape", ["409", "307", "307-location", "200"])
async def test_busy_for_a_moment_is_shown_asked_again_and_then_records_once(street: Street, shape: Any) -> None:
    street.front.busy_for(3600, shape=shape)
    street.house.waits(busy_wait=60.0)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        await until(lambda: "System is busy, please wait" in text_of(clip.message))
        assert "code 307" in text_of(clip.message)
        street.front.busy_for(0)
        reply = await street.house.finished(clip)
    assert street.house.discord.file(reply["attachments"][0]["url"]) == street.front.videos[0].mp4
    assert len(street.front.accepted) == 1


async def test_busy_for_too_long_ends_with_blinks_words_and_a_button_that_works(street: Street) -> None:
    street.house.waits(busy_wait=0.3)
    street.front.busy_for(3600)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, street.front)
        reply = await street.house.finished(clip)
        assert "Blink is busy, so nothing was recorded" in text_of(reply)
        assert "System is busy, please wait" in text_of(reply)
        assert street.front.accepted == []
        street.front.busy_for(0)
        again = await street.house.discord.click(street.alice, reply["id"], buttons_of(reply)["Retry"])
        assert "Recorded <t:" in text_of(await street.house.finished(again))
