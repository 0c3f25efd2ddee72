"""What a camera filmed by itself while the bot runs: listed by `/recordings` once its video is there."""

from tests.support.hands import choose, files_of, menu_of, press
from tests.support.house import text_of
from tests.support.reading import answered
from tests.support.street import Street
from tests.support.waiting import until


async def _listed(street: Street) -> dict[str, object]:
    used = await street.house.discord.slash(street.alice, street.house.channel, "recordings", {})
    return await until(lambda: answered(used), timeout=10)


async def test_a_recording_is_listed_once_its_video_is_there_and_brings_it(street: Street) -> None:
    house = street.house
    async with house.bot():
        filmed = house.motion(street.front, listed_after=0.1, partial_for=1.5)
        await until(lambda: filmed.listed(house.world.clock()))
        assert "no recording" in text_of(await _listed(street))
        await until(lambda: not filmed.partial(house.world.clock()))
        listed = await _listed(street)
        assert len(menu_of(listed)["options"]) == 1
        used = await choose(house.discord, street.alice, listed, "1. Front Door · Home")
        reply = await house.finished(used)
        await until(lambda: not house.live(used))
        asked = await press(house.discord, street.alice, reply, "Delete at Blink")
        question = await until(lambda: asked.message, timeout=10)
        await press(house.discord, street.alice, question, "Yes, delete it")
        await until(lambda: filmed.deleted_at, timeout=10)
    assert list(files_of(house.discord, reply).values()) == [filmed.mp4]
