"""A job's stages and the moves between them."""

import itertools

import pytest

from bot.models import HOLDING, CameraKey, CameraKind, Kind, LiveView, Right, Stage, longest_live
from bot.models.job_stages import MOVES
from tests.support.jobs import a_job

ALLOWED = [(old, new) for old, news in MOVES.items() for new in sorted(news)]
FORBIDDEN = [pair for pair in itertools.product(Stage, Stage) if pair not in ALLOWED]


@pytest.mark.parametrize(("old", "new"), ALLOWED)
def test_an_allowed_move_is_made(old: Stage, new: Stage) -> None:
    assert a_job(stage=old).moved(new).stage is new


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_any_other_move_is_refused(old: Stage, new: Stage) -> None:
    with pytest.raises(ValueError, match="cannot go"):
        a_job(stage=old).moved(new)


def test_every_stage_can_end_and_none_leads_back_before_the_question() -> None:
    for stage in Stage:
        if stage is not Stage.ENDED:
            assert Stage.ENDED in MOVES[stage]
    asking_again = [stage for stage in Stage if Stage.ASKING in MOVES[stage]]
    assert asking_again == [Stage.QUEUED, Stage.BUSY], "only a busy answer may be followed by another question"
    live_again = [stage for stage in Stage if Stage.LIVE in MOVES[stage]]
    assert live_again == [Stage.QUEUED, Stage.BUSY]


def test_a_command_under_way_keeps_the_network() -> None:
    assert {Stage.ASKING, Stage.BUSY, Stage.RECORDING, Stage.LIVE} == HOLDING


def test_a_job_never_shows_its_interaction_token() -> None:
    assert "interaction-token" not in repr(a_job())


@pytest.mark.parametrize(("kind", "most"), [(CameraKind.OWL, 60), (CameraKind.CAMERA, 30), (CameraKind.DOORBELL, 30)])
def test_only_cameras_with_a_cable_are_recorded_live_for_long(kind: CameraKind, most: int) -> None:
    assert longest_live(CameraKey(kind, 1, 2)) == most


def test_an_owner_reads_whether_it_was_a_clip_or_a_live_view() -> None:
    assert a_job().used_right is Right.CLIP
    assert a_job(live=LiveView(15, None)).used_right is Right.LIVE
    assert a_job(kind=Kind.SNAPSHOT).used_right is Right.SNAPSHOT
