"""`/clip`, from the command to the video."""

import pytest

from tests.support.house import buttons_of, text_of
from tests.support.waiting import until

from .conftest import Street


@pytest.mark.parametrize("name", ["front", "mini", "bell"])
async def test_a_person_asks_for_a_clip_and_gets_this_clip_in_the_reply_and_by_dm(street: Street, name: str) -> None:
    camera = getattr(street, name)
    async with street.house.bot():
        clip = await street.house.clip(street.alice, camera)
        reply = await street.house.finished(clip)
        [copy] = await until(lambda: street.house.dms(street.alice))
    assert "Here is your clip" in text_of(reply)
    [video] = camera.videos
    assert street.house.discord.file(reply["attachments"][0]["url"]) == video.mp4
    assert street.house.discord.file(copy["attachments"][0]["url"]) == video.mp4
    assert len(camera.accepted) == 1
    assert set(buttons_of(reply)) == {"Record again", "Remove"}
