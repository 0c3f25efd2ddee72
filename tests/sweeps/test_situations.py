"""Whatever else is filmed, deleted, late or numbered anew: a clip's video is its own, or the reply says why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from simulators.demo.tls import Authority
from tests.support import sweeps
from tests.support.house import built
from tests.support.situations import Delivered, Situation, lived, missing, situations

SITUATIONS = {str(situation): situation for situation in situations()}
SMALL = 10
Lives = dict[Situation, list[Delivered] | BaseException]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lives(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, authority: Authority
) -> AsyncIterator[Lives]:
    """What became of every situation of which a test was asked for."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    asked = [call.params["situation"] for call in calls if call and "situation" in call.params]
    async with built(tmp_path_factory.mktemp("situations"), authority) as house:
        house.timing = replace(
            house.timing,
            command_deadline=30.0,
            look_for=9.0,
            usb_deadline=9.0,
            look_gaps=(0.1, 0.1),
            picture_gaps=(0.1,),
            usb_poll=0.1,
        )
        yield await lived(house, [SITUATIONS[name] for name in asked])


def test_there_are_many_and_every_three_that_can_be_are_among_them() -> None:
    assert len(SITUATIONS) >= 60
    assert missing(list(SITUATIONS.values())) == []


@pytest.mark.sweep
@pytest.mark.parametrize("situation", [pytest.param(name, id=name) for name in sweeps.some(list(SITUATIONS), SMALL)])
def test_a_job_gets_its_own_recording_or_the_right_reason(lives: Lives, situation: str) -> None:
    wanted, life = SITUATIONS[situation], lives[SITUATIONS[situation]]
    if isinstance(life, BaseException):
        raise life
    assert len(life) == wanted.jobs
    for job in life:
        if not wanted.reason:
            assert job.file == job.own.mp4, job.text
            continue
        for words in wanted.reason:
            assert words in job.text
        assert job.file is None or job.file in job.pictures
