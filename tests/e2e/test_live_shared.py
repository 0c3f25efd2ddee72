"""The live view of somebody else's camera: recorded only with a right of its own, for as long as that lasts."""

import pytest

from tests.support.house import text_of, video_in
from tests.support.live import check, gives, known_to_keep_nothing, live, sessions
from tests.support.sharing import Shared
from tests.support.street import Street
from tests.support.waiting import until

__all__ = ["live"]

NO_VIDEO = "Blink keeps no video of this camera"
NO_LONGER = "This camera is not shared with you, or no longer."
USED = "recorded the live view of"


@pytest.fixture
def shared(live: Street, shared: Shared) -> Shared:
    """Return the neighbour of a street whose bot records live views."""
    return shared


async def test_it_is_recorded_only_with_the_right_and_its_owner_reads_of_it(shared: Shared) -> None:
    house, front = shared.street.house, shared.street.front
    known_to_keep_nothing(shared.street)
    async with house.bot():
        await shared.share()
        refused = await house.finished(await house.clip(shared.bob, shared.shared(front), seconds=8))
        assert "This camera's live view is not shared with you." in text_of(refused)
        assert USED not in text_of(await shared.use("share log", shared.street.alice))
        assert sessions(house, front) == []
        await shared.share(live=True)
        reply = await house.finished(await house.clip(shared.bob, shared.shared(front)), timeout=30)
        log = text_of(await shared.use("share log", shared.street.alice))
    check(house, front, reply, seconds=15)
    assert NO_VIDEO in text_of(reply)
    assert log.count(USED) == 1
    assert "recorded on" not in log
    assert len(house.blink.asked("clip")) == 0


async def test_a_right_that_is_taken_away_while_it_is_recorded_keeps_the_video_back(shared: Shared) -> None:
    house, front = shared.street.house, shared.street.front
    gives(front, release=0.0)
    async with house.bot():
        await shared.share(live=True)
        clip = await house.clip(shared.bob, shared.shared(front), seconds=20)
        await until(lambda: sessions(house, front) and sessions(house, front)[0].sent)
        await shared.share(live=False)
        reply = await house.finished(clip, timeout=30)
        await until(lambda: not house.live(clip))
    assert NO_LONGER in text_of(reply)
    assert not any(video_in(message) for _, message in clip.history)
    [session] = sessions(house, front)
    assert session.ended == "by the client"
