"""When a live view is recorded: what only the wire and the host's settings show, beside the rules in the steps."""

from typing import Any

import pytest

from bot import app
from simulators.blink import Fault
from tests.support.house import text_of
from tests.support.live import check, gives, live
from tests.support.street import Street

__all__ = ["live"]

NO_VIDEO = "Blink keeps no video of this camera"


async def _clip(street: Street, **options: Any) -> dict[str, Any]:
    return await street.house.finished(await street.house.clip(street.alice, street.front, **options), timeout=30)


def _asked(street: Street) -> tuple[int, int]:
    """Return how often Blink was asked for a clip, and for a live view."""
    return len(street.house.blink.asked("clip")), len(street.house.blink.asked("live_view"))


async def test_an_unknown_camera_is_asked_for_a_clip_once(live: Street) -> None:
    async with live.house.bot():
        reply = await _clip(live)
        assert NO_VIDEO in text_of(reply)
        assert _asked(live) == (1, 1)
        check(live.house, live.front, reply, seconds=15)
        check(live.house, live.front, await _clip(live), seconds=15)
    assert _asked(live) == (1, 2)


async def test_a_clip_that_blink_refuses_in_html_becomes_a_live_view(live: Street) -> None:
    gives(live.front, covered=True)
    live.house.blink.faults.append(Fault("clip", status=404, body=b"<html><body>Not Found</body></html>"))
    async with live.house.bot():
        reply = await _clip(live)
    check(live.house, live.front, reply, seconds=15)
    assert "Blink refuses to record a clip" in text_of(reply)


async def test_without_live_views_there_is_a_picture_with_the_reason_as_before(live: Street) -> None:
    live.house.settings["live_view"] = "off"
    async with live.house.bot():
        assert "Live views are switched off here." in text_of(await _clip(live, seconds=8))
        assert _asked(live) == (0, 0)
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
