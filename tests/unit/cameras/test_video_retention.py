"""Whether videos of a camera are likely to be kept, by what Blink has kept lately."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.blink import BlinkClient
from bot.cameras import VideoRetention
from bot.models import CameraKey, CameraKind
from simulators.blink import Behaviour, Camera, Fault
from tests.support.linked import ALICE, AccountsSetup, town

__all__ = ["town"]


Keeps = Callable[[CameraKey], Awaitable[bool]]


async def _client(town: AccountsSetup) -> BlinkClient:
    """Return Alice's Blink."""
    await town.link()
    session = await town.sessions().session(ALICE)
    assert session is not None
    town.sim.requests.clear()
    return session.client


async def _keeping(town: AccountsSetup) -> Keeps:
    """Return the question whether Blink keeps videos of a camera of Alice's."""
    return partial(VideoRetention(now=town.clock).keeps_videos_of, await _client(town))


def _front(town: AccountsSetup) -> Camera:
    return town.alice.cameras[0]


def _covered(camera: Camera, covered: bool) -> Camera:
    camera.behaviour = replace(camera.behaviour, covered=covered)
    return camera


def _key(camera: Camera) -> CameraKey:
    return CameraKey(CameraKind.CAMERA, camera.network.id, camera.id)


def _porch(town: AccountsSetup) -> Camera:
    return town.alice.networks[0].add_camera("Porch", behaviour=Behaviour.quick())


async def test_a_video_that_was_kept_lately_speaks_for_the_next(town: AccountsSetup) -> None:
    _front(town).record_motion()
    keeps = await _keeping(town)
    assert await keeps(_key(_front(town)))


async def test_an_event_without_a_plan_speaks_against_it(town: AccountsSetup) -> None:
    _covered(_front(town), False).record_motion()
    keeps = await _keeping(town)
    assert not await keeps(_key(_front(town)))


async def test_of_two_cameras_only_the_covered_one_keeps_videos(town: AccountsSetup) -> None:
    porch = _porch(town)
    _front(town).record_motion()
    _covered(porch, False).record_motion()
    keeps = await _keeping(town)
    assert await keeps(_key(_front(town)))
    assert not await keeps(_key(porch))


async def test_a_camera_of_which_nothing_is_listed_is_as_likely_as_the_household(town: AccountsSetup) -> None:
    porch = _porch(town)
    _front(town).record_motion()
    keeps = await _keeping(town)
    assert await keeps(_key(porch))


async def test_one_kept_video_counts_for_more_than_events_of_before_the_plan(town: AccountsSetup) -> None:
    front = _covered(_front(town), False)
    front.record_motion()
    _covered(front, True).record_motion()
    keeps = await _keeping(town)
    assert await keeps(_key(front))


async def test_where_nothing_at_all_is_listed_none_is_likely(town: AccountsSetup) -> None:
    keeps = await _keeping(town)
    assert not await keeps(_key(_front(town)))


async def test_what_is_older_than_a_month_says_nothing(town: AccountsSetup) -> None:
    front, porch = _covered(_front(town), False), _porch(town)
    front.record_motion(town.world.now() - timedelta(days=40))
    porch.record_motion()
    keeps = await _keeping(town)
    assert await keeps(_key(front))


@pytest.mark.parametrize("plan", [True, False])
async def test_without_the_apps_list_the_old_one_decides(town: AccountsSetup, plan: bool) -> None:
    town.world.v4_media, town.alice.plan = False, plan
    _front(town).record_motion()
    keeps = await _keeping(town)
    assert await keeps(_key(_front(town))) is plan
    assert town.sim.asked("media")


async def test_blink_is_asked_once_an_hour(town: AccountsSetup) -> None:
    _front(town).record_motion()
    keeps = await _keeping(town)
    for _ in range(3):
        await keeps(_key(_front(town)))
    assert len(town.sim.asked("media_v4", "media")) == 1
    town.clock.ahead += timedelta(hours=1, minutes=1)
    await keeps(_key(_front(town)))
    assert len(town.sim.asked("media_v4", "media")) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault("*", times=None, status=500),
        Fault("*", times=None, action="reset"),
        Fault("*", times=None, status=200, body="hello"),
        Fault("*", times=None, status=401, body={"message": "Unauthorized Access", "code": 101}),
    ],
    ids=["500", "reset", "nonsense", "401"],
)
async def test_where_blink_does_not_say_nobody_is_told_that_none_will_come_and_it_is_asked_again(
    town: AccountsSetup, fault: Fault
) -> None:
    _covered(_front(town), False).record_motion()
    keeps = await _keeping(town)
    town.sim.faults.append(fault)
    assert await keeps(_key(_front(town)))
    town.sim.faults.clear()
    assert not await keeps(_key(_front(town)))


async def test_an_answer_that_takes_too_long_is_not_waited_for(town: AccountsSetup) -> None:
    _covered(_front(town), False).record_motion()
    keeps = await _keeping(town)
    town.sim.faults.append(Fault("*", times=None, action="hang"))
    async with asyncio.timeout(5):
        assert await keeps(_key(_front(town)))


async def test_without_videos_are_the_cameras_that_an_event_says_so_of(town: AccountsSetup) -> None:
    front, porch, garage = _front(town), _porch(town), town.alice.networks[0].add_camera("Garage")
    front.record_motion()
    _covered(porch, False).record_motion()
    retention, client = VideoRetention(now=town.clock), await _client(town)
    keys = [_key(front), _key(porch), _key(garage)]
    assert await retention.without_videos(client, keys) == {_key(porch)}


async def test_what_a_clip_shows_counts_at_once(town: AccountsSetup) -> None:
    front, porch = _front(town), _porch(town)
    front.record_motion()
    _covered(porch, False).record_motion()
    retention, client = VideoRetention(now=town.clock), await _client(town)
    account_id, keys = client.account_id, [_key(front), _key(porch)]
    assert await retention.without_videos(client, keys) == {_key(porch)}
    retention.learned(account_id, _key(front), kept=False)
    retention.learned(account_id, _key(porch), kept=True)
    assert await retention.without_videos(client, keys) == {_key(front)}
