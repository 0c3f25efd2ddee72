"""Everything that a person reads about a live view: while it is recorded, once it is there, and if it failed."""

from datetime import timedelta
from typing import Any

import pytest

from bot.models import CameraKey, CameraKind, CommandStatus, End, Job, LiveView, Owner, Stage, Target
from bot.wording import clip
from bot.wording.live_views import LIVE_REASONS
from bot.wording.reasons import reason
from tests.support.jobs import NOW, a_job, with_values
from tests.support.reading import drawn, text_of

NO_VIDEO = "Blink keeps no video of this camera"
REFUSED, FAILED = "Blink refuses to record a clip", "The camera could not record a clip"


def _live(stage: Stage = Stage.LIVE, *, because: End | None = None, live: Any = None, **changes: Any) -> Job:
    return a_job(stage=stage, live=LiveView(15, because, starts=1, **(live or {})), command_id=7, **changes)


def _text(job: Job) -> str:
    """Return what stands below the title."""
    return text_of(drawn(clip.card(job))).strip().partition("\n")[2]


@pytest.mark.parametrize(
    ("because", "live", "said"),
    [
        (None, {}, "**Waking the camera up…**"),
        (End.NO_PLAN, {}, f"**{NO_VIDEO}, so I record its live view. Waking it up…**"),
        (None, {"recorded": 7.9}, "**Recording the live view: 7 of 15 s**"),
        (End.NO_PLAN, {"recorded": 7.9}, f"**{NO_VIDEO}, so I am recording its live view: 7 of 15 s**"),
        (End.NO_VIDEO, {"recorded": 0.2}, f"**{NO_VIDEO}, so I am recording its live view: 0 of 15 s**"),
        (
            End.REFUSED,
            {"recorded": 16},
            f"**{REFUSED}, so I am recording its live view: 15 of 15 s**",
        ),
        (
            End.FAILED,
            {"recorded": 2},
            f"**{FAILED}, so I am recording its live view: 2 of 15 s**",
        ),
    ],
)
def test_what_is_under_way_is_said_with_its_reason(because: End | None, live: dict[str, Any], said: str) -> None:
    if live:
        live = live | {"began_at": NOW}
    text = _text(_live(because=because, live=live, status=CommandStatus(condition="running", stage="dev")))
    assert text.splitlines()[0] == said
    assert "Blink: running · dev" in text
    assert "camera recording" not in text, "the steps of a clip"


def test_before_blink_has_answered_it_is_only_being_asked() -> None:
    assert "Asking Blink for the live view…" in _text(a_job(stage=Stage.LIVE, live=LiveView(15, None)))
    text = _text(a_job(stage=Stage.LIVE, live=LiveView(15, End.NO_PLAN)))
    assert f"{NO_VIDEO}, so I ask for its live view…" in text


def test_a_live_view_that_has_to_wait_for_another_of_its_account_says_so() -> None:
    one = "Blink gives an account one live view at a time"
    assert f"Waiting: {one}." in _text(a_job(stage=Stage.QUEUED, live=LiveView(15, None)))
    text = _text(a_job(stage=Stage.QUEUED, live=LiveView(15, End.NO_PLAN)))
    assert f"{NO_VIDEO}. Its live view waits: {one}." in text


def test_while_a_picture_is_taken_busy_is_not_said_in_the_words_about_the_missing_video() -> None:
    said = CommandStatus(code=523, message="Live view failed")
    busy = _text(_live(Stage.BUSY, reason=End.LIVE_FAILED, status=said, attempts=1))
    assert "Blink says: “busy”; asking again soon." in busy


def test_a_busy_system_and_the_place_in_the_queue_are_said_as_for_a_clip() -> None:
    busy = {"status": CommandStatus(code=307, message="System is busy"), "attempts": 1, "live": LiveView(15, None)}
    assert "Blink says: “System is busy” (code 307); asking again" in _text(a_job(stage=Stage.BUSY, **busy))
    assert "asking again now" in _text(a_job(stage=Stage.LIVE, **busy))
    waiting = clip.card(a_job(stage=Stage.QUEUED, live=LiveView(15, None)), position=2)
    assert "2 clips are before yours on this system" in waiting.text


def test_after_an_interruption_it_says_why_it_begins_again() -> None:
    again = "The bot was interrupted, so I started the live view again."
    assert again in _text(_live(live={"again": True}))
    assert again not in _text(_live())


def test_once_it_is_recorded_a_video_is_made_of_it() -> None:
    assert "making a video of it" in _text(_live(Stage.FETCHING))
    assert "making it fit" in _text(_live(Stage.FETCHING, size=14 * 2**20))


@pytest.mark.parametrize(
    ("live", "seconds", "said"),
    [
        ({}, 15.2, "Live view, began 4 s after your command, 15 s"),
        ({}, 14.6, "Live view, began 4 s after your command, 15 s"),
        ({}, 9.4, "Live view, began 4 s after your command, the camera stopped after 9 of 15 s"),
        ({"silent": True}, 15.0, "Live view, began 4 s after your command, 15 s, without sound"),
        ({"recorded": 15.0}, None, "Live view, began 4 s after your command, 15 s"),
    ],
)
def test_the_finished_card_says_that_it_is_a_live_view(live: dict[str, Any], seconds: float | None, said: str) -> None:
    began_at = NOW + timedelta(seconds=4)
    job = _live(Stage.ENDED, end=End.DELIVERED, live=live | {"began_at": began_at}, seconds=seconds, asked_at=NOW)
    *_, small = _text(job).splitlines()
    assert small == f"-# Recorded <t:{int(NOW.timestamp())}:f> · {said}"
    assert clip.caption(job) == "Live view of Front Door"


def test_the_finished_card_says_why_it_is_no_clip() -> None:
    job = _live(Stage.ENDED, because=End.NO_PLAN, end=End.DELIVERED, seconds=15.0, shrunk_from=20 * 2**20)
    text = _text(job)
    assert f"Live view, 15 s. {NO_VIDEO} · It had" in text
    assert "so I made it smaller" in text
    assert "Blink app" not in text, "which has nothing of it"


@pytest.mark.parametrize("end", LIVE_REASONS)
@pytest.mark.parametrize("pictured", [True, False])
def test_if_neither_clip_nor_live_view_came_both_reasons_and_the_picture_are_there(end: End, pictured: bool) -> None:
    job = _live(Stage.ENDED, because=End.NO_PLAN, reason=end, end=end, pictured=pictured)
    text = _text(job)
    assert f"{NO_VIDEO}, so I tried its live view. " in text
    assert reason(job).headline in text
    assert ("how it looks there now" in text) is pictured
    unbegun = _text(job.changed(live=LiveView(15, End.NO_PLAN)))
    assert "I tried" not in unbegun
    assert f"{NO_VIDEO}. " in unbegun


def test_a_busy_live_view_says_why_there_is_no_clip_and_a_revoked_one_tells_nothing() -> None:
    busy = _text(_live(Stage.ENDED, because=End.NO_PLAN, end=End.BUSY, status=CommandStatus(message="busy")))
    assert "no live view could start" in busy
    assert NO_VIDEO in busy
    assert NO_VIDEO not in _text(_live(Stage.ENDED, because=End.NO_PLAN, end=End.REVOKED))


@pytest.mark.parametrize("end", [end for end in End if end is not End.DELIVERED])
def test_no_end_of_a_live_view_sends_anybody_where_nothing_is_kept(end: End) -> None:
    text = _text(_live(Stage.ENDED, end=end, size=20 * 2**20))
    for untrue in ("check the Blink app for what came of it", "the Blink app still has it"):
        assert untrue not in text
    if end in (End.UNDELIVERABLE, End.TOO_LARGE):
        assert "`/recordings`" not in text
        assert "in the Blink app" not in text


def test_too_many_seconds_are_answered_with_the_most_that_this_camera_can() -> None:
    text = _text(a_job(stage=Stage.ENDED, end=End.LIVE_TOO_LONG, live_seconds=60))
    assert "I record at most 30 seconds of this camera's live view." in text
    assert "`seconds:30`" in text
    mini = Target(110, CameraKey(CameraKind.OWL, 410, 1), "Mini", "Home")
    assert "at most 60 seconds" in _text(a_job(stage=Stage.ENDED, end=End.LIVE_TOO_LONG, target=mini))


def test_seconds_are_named_only_if_they_were_asked_for() -> None:
    for end in (End.LIVE_OFF, End.LIVE_NOT_SHARED):
        owner = Owner(3, "Alice", "0" * 16)
        asked = a_job(stage=Stage.ENDED, end=end, live_seconds=20, live=LiveView(20, None), owner=owner)
        assert "`seconds` asks for a live view." in _text(asked)
        assert "seconds" not in _text(with_values(asked, live_seconds=None, live=LiveView(15, End.NO_PLAN)))


def test_what_retrying_cannot_change_has_no_button_for_that() -> None:
    for end in (End.LIVE_UNSUPPORTED, End.LIVE_NEEDS_PYAV, End.LIVE_OFF, End.LIVE_NOT_SHARED, End.LIVE_TOO_LONG):
        labels = [one.label for one in clip.card(_live(Stage.ENDED, end=end)).buttons]
        assert labels == ["Take a picture"]
        pictured = _live(Stage.ENDED, because=End.NO_PLAN, reason=end, end=end, pictured=True)
        assert [one.label for one in clip.card(pictured).buttons] == ["Remove"]
    assert [one.label for one in clip.card(_live(Stage.ENDED, end=End.LIVE_NO_MEDIA)).buttons] == ["Retry"]
