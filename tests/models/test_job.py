"""A job's stages and the moves between them."""

import itertools

import pytest

from bot.models import HOLDING, MOVES, Stage
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


def test_a_command_under_way_keeps_the_network() -> None:
    assert {Stage.ASKING, Stage.BUSY, Stage.RECORDING} == HOLDING


def test_a_job_never_shows_its_interaction_token() -> None:
    assert "interaction-token" not in repr(a_job())
