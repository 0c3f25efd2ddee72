"""When the live view is recorded: if Blink keeps no video of the camera or refuses a clip, or if a length is wished."""

from typing import Any

import pytest

from bot import app
from simulators.blink import Behaviour, Fault
from tests.support.house import text_of, video_in
from tests.support.live import check, gives, known_to_keep_nothing, live
from tests.support.street import Street

__all__ = ["live"]

NO_VIDEO = "Blink keeps no video of this camera"


async def _clip(street: Street, **options: Any) -> dict[str, Any]:
    return await street.house.finished(await street.house.clip(street.alice, street.front, **options), timeout=30)


def _asked(street: Street) -> tuple[int, int]:
    """Return how often Blink was asked for a clip, and for a live view."""
    return len(street.house.blink.asked("clip")), len(street.house.blink.asked("live_view"))


async def test_a_camera_that_is_known_to_keep_nothing_gives_its_live_view_at_once(live: Street) -> None:
    known_to_keep_nothing(live)
    async with live.house.bot():
        reply = await _clip(live)
    check(live.house, live.front, reply, seconds=15)
    assert NO_VIDEO in text_of(reply)
    assert _asked(live) == (0, 1)


async def test_an_unknown_camera_is_asked_for_a_clip_once(live: Street) -> None:
    async with live.house.bot():
        reply = await _clip(live)
        assert NO_VIDEO in text_of(reply)
        assert _asked(live) == (1, 1)
        check(live.house, live.front, reply, seconds=15)
        check(live.house, live.front, await _clip(live), seconds=15)
    assert _asked(live) == (1, 2)


async def test_a_camera_with_a_plan_records_a_clip(live: Street) -> None:
    gives(live.front, covered=True)
    async with live.house.bot():
        reply = await _clip(live)
    assert live.house.discord.file(reply["attachments"][0]["url"]) == live.front.videos[0].mp4
    assert _asked(live) == (1, 0)


async def test_a_camera_with_a_usb_drive_records_a_clip(live: Street) -> None:
    known_to_keep_nothing(live)
    live.front.network.usb = "active"
    async with live.house.bot():
        assert "Recorded <t:" in text_of(await _clip(live))
    assert _asked(live) == (1, 0)


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, b'{"message": "Not supported by this camera", "code": 9}'), (404, b"<html><body>Not Found</body></html>")],
    ids=["JSON", "HTML"],
)
async def test_a_clip_that_blink_refuses_becomes_a_live_view(live: Street, status: int, body: bytes) -> None:
    gives(live.front, covered=True)
    live.house.blink.faults.append(Fault("clip", status=status, body=body))
    async with live.house.bot():
        reply = await _clip(live)
    check(live.house, live.front, reply, seconds=15)
    assert "Blink refuses to record a clip" in text_of(reply)


async def test_a_clip_that_fails_becomes_a_live_view(live: Street) -> None:
    gives(live.front, covered=True, behaviour={"fail": True})
    async with live.house.bot():
        reply = await _clip(live)
    check(live.house, live.front, reply, seconds=15)
    assert "The camera could not record a clip" in text_of(reply)
    assert _asked(live) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("clip", action="reset"),
        Fault("clip", status=500),
        Fault("clip", status=401, times=9),
        Fault("clip", status=403),
        Fault("clip", status=429),
    ],
    ids=["cut", "500", "401", "403", "429"],
)
async def test_after_a_trouble_that_is_no_refusal_no_live_view_is_tried(live: Street, fault: Fault) -> None:
    gives(live.front, covered=True)
    live.house.blink.faults.append(fault)
    async with live.house.bot():
        reply = await _clip(live)
    assert not video_in(reply), text_of(reply)
    assert _asked(live)[1] == 0


async def test_after_a_busy_system_no_live_view_is_tried(live: Street) -> None:
    live.house.waits(busy_wait=0.2)
    live.front.busy_for(3600)
    async with live.house.bot():
        assert "Blink is busy" in text_of(await _clip(live))
    assert _asked(live)[1] == 0


async def test_a_video_that_is_only_lost_becomes_a_picture_and_no_live_view_even_if_that_fails(live: Street) -> None:
    quick = Behaviour.quick(video="never", thumbnail_fail=True)
    live.front.behaviour = quick
    live.house.waits(look_for=0.5)
    async with live.house.bot():
        assert "A picture could not be taken either." in text_of(await _clip(live))
    assert _asked(live)[1] == 0


async def test_a_length_is_recorded_at_once_though_there_is_a_plan(live: Street) -> None:
    gives(live.front, covered=True)
    async with live.house.bot():
        check(live.house, live.front, await _clip(live, seconds=8), seconds=8)
    assert _asked(live) == (0, 1)


@pytest.mark.parametrize(
    ("mode", "said"),
    [("off", "Live views are switched off here."), ("on", "I record at most 30 seconds of this camera's live view.")],
)
async def test_a_length_that_cannot_be_recorded_is_refused(live: Street, mode: str, said: str) -> None:
    live.house.settings["live_view"] = mode
    async with live.house.bot():
        assert said in text_of(await _clip(live, seconds=31 if mode == "on" else 8))
    assert _asked(live) == (0, 0)


async def test_without_live_views_there_is_a_picture_with_the_reason_as_before(live: Street) -> None:
    live.house.settings["live_view"] = "off"
    async with live.house.bot():
        text = text_of(await _clip(live))
    assert "no plan" in text.lower()
    assert "This is how it looks there now:" in text
    assert _asked(live) == (1, 0)


async def test_without_pyav_it_says_what_the_host_can_add(live: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "installed", lambda: False)
    async with live.house.bot():
        for options, pictures in (({}, 1), ({"seconds": 8}, 0)):
            reply = await _clip(live, **options)
            assert "the host of this bot can add that part, which is called PyAV" in text_of(reply)
            assert len(reply["attachments"]) == pictures
    assert _asked(live) == (1, 0)
