"""For each way in which a relay sends a live view, or sends none, the reply ends with the truth."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from simulators.blink import Fault
from simulators.blink.behaviour import RTSPS, Failure
from simulators.demo.tls import Authority
from tests.support.house import built, text_of
from tests.support.live import check, gives, known_to_keep_nothing, sessions, with_live_views
from tests.support.street import Street, moved_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

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
    "in the middle of a frame": {"cuts_frame": True},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> AsyncIterator[Street]:
    """A street whose bot knows that Blink keeps nothing of the front camera; one after another looks at that."""
    with pytest.MonkeyPatch.context() as patch:
        async with built(tmp_path_factory.mktemp("live"), authority) as house:
            street = with_live_views(await moved_in(house), patch)
            known_to_keep_nothing(street)
            house.quick()
            async with house.bot():
                yield street


async def _asked(street: Street, **options: Any) -> tuple[dict[str, Any], int]:
    """Return what came of a live view of the front camera, and how many sessions there were."""
    before = len(sessions(street.house, street.front))
    reply = await street.house.finished(await street.house.clip(street.alice, street.front, **options), timeout=30)
    return reply, len(sessions(street.house, street.front)) - before


@pytest.mark.parametrize("manners", WHOLE)
async def test_it_is_recorded_whole_however_it_comes(live: Street, manners: str) -> None:
    gives(live.front, **WHOLE[manners])
    reply, starts = await _asked(live, seconds=5)
    assert "Live view" in text_of(reply)
    assert "stopped" not in text_of(reply)
    check(live.house, live.front, reply, seconds=5)
    assert starts == 1
    assert sessions(live.house, live.front)[-1].ended == "by the client"
    assert live.front.accepted == []


async def test_an_end_that_blink_does_not_take_changes_nothing(live: Street) -> None:
    gives(live.front, behaviour={"done": "404"})
    before = len(live.house.blink.asked("done"))
    reply, _ = await _asked(live, seconds=5)
    check(live.house, live.front, reply, seconds=5)
    assert len(live.house.blink.asked("done")) == before + 1


@pytest.mark.parametrize("manners", SHORT)
async def test_less_than_was_wished_is_kept_and_said(live: Street, manners: str) -> None:
    gives(live.front, cut_after=3.0, **SHORT[manners])
    reply, starts = await _asked(live, seconds=20)
    assert "the camera stopped after" in text_of(reply)
    assert "of 20 s" in text_of(reply)
    check(live.house, live.front, reply, seconds=3)
    assert starts == 1


@pytest.mark.parametrize("sound", ["none", "announced"])
async def test_without_sound_it_says_so(live: Street, sound: str) -> None:
    gives(live.front, sound=sound)
    reply, _ = await _asked(live, seconds=5)
    check(live.house, live.front, reply, seconds=5, sound=False)
    assert "without sound" in text_of(reply)


@pytest.mark.parametrize(
    ("manners", "said", "starts"),
    [
        ({"cut_after": 0.9}, "I could not make a video of the live view.", 2),
        ({"address": RTSPS}, "This camera's live view cannot be recorded.", 1),
        ({"address": None}, "Blink refused to start the live view.", 1),
        ({"start": "refused"}, "Blink said “Camera is offline” (HTTP 400).", 0),
        ({"start": "not found"}, "Blink refused to start the live view.", 0),
    ],
    ids=["under a second", "rtsps", "no server", "refused", "404"],
)
async def test_if_none_comes_a_picture_comes_with_both_reasons(
    live: Street, manners: dict[str, Any], said: str, starts: int
) -> None:
    gives(live.front, **manners)
    reply, started = await _asked(live)
    text = text_of(reply)
    assert "Blink keeps no video of this camera, so I tried its live view." in text
    assert said in text
    assert "This is how it looks there now:" in text
    assert [one["filename"][-4:] for one in reply["attachments"]] == [".jpg"]
    assert started == starts
    assert live.front.accepted == []


async def test_the_words_of_a_failed_command_are_still_there_after_the_picture(live: Street) -> None:
    failure = Failure(status_msg="Live view is asleep", status_code=523)
    gives(live.front, first_media=None, command_ends=1.0, command_fails=failure)
    reply, starts = await _asked(live)
    assert "Blink said “Live view is asleep” (code 523)" in text_of(reply)
    assert starts == 2


async def test_a_start_whose_answer_is_lost_is_not_repeated(live: Street) -> None:
    gives(live.front, connect_within=2.0)
    live.house.blink.faults.append(Fault("live_view", action="apply-then-reset"))
    reply, starts = await _asked(live, seconds=5)
    assert "I do not know whether the live view was started." in text_of(reply)
    assert starts == 1
