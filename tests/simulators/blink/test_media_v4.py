"""The app's media list, which tells "no plan covers this" from "there is no video"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simulators.blink import Behaviour
from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import Heard
from tests.support.waiting import until


async def listed(house: BlinkSetup, body: Any = None, **query: str) -> Heard:
    start = (house.world.now() - timedelta(days=1)).isoformat()
    path = f"/api/v4/accounts/{house.account.id}/media"
    return await house.phone.post(path, params={"start_time": start} | query, json=body or {})


async def entries(house: BlinkSetup, body: Any = None, **query: str) -> list[dict[str, Any]]:
    heard = await listed(house, body, **query)
    assert heard.status == 200, heard
    return heard.json["media"]


async def recorded(house: BlinkSetup) -> None:
    await house.phone.clip(house.front)
    await until(lambda: all(one.listed(house.world.clock()) for one in house.front.made))


async def test_a_video_is_listed_with_its_address(house: BlinkSetup) -> None:
    await recorded(house)
    [video] = house.front.videos
    await until(lambda: not video.partial(house.world.clock()))
    [entry] = await entries(house)
    assert (entry["id"], entry["device_id"], entry["network_id"]) == (video.media_id, house.front.id, house.home.id)
    assert (entry["type"], entry["no_media_reason"], entry["partial"]) == ("video", "none", False)
    assert (entry["device_name"], entry["event_type"]) == ("Front Door", house.front.behaviour.source)
    assert (await house.phone.get(entry["media"])).raw == video.mp4
    assert house.sim.surprises == []


@pytest.mark.parametrize(("plan", "covered"), [(False, True), (True, False), (False, False)])
async def test_what_no_plan_covers_is_an_event(house: BlinkSetup, plan: bool, covered: bool) -> None:
    house.account.plan = plan
    house.front.behaviour = Behaviour.quick(covered=covered)
    await recorded(house)
    [entry] = await entries(house)
    assert (entry["type"], entry["no_media_reason"], entry["media"]) == ("event", "no_subscription", None)
    assert entry["device_id"] == house.front.id
    assert entry["created_at"] >= house.front.accepted[0].created_at.replace(microsecond=0).isoformat()
    assert await house.phone.media() == []
    assert house.front.recordings == []


async def test_a_video_that_is_merely_lost_leaves_nothing(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(video="never")
    await house.phone.clip(house.front)
    assert house.front.made == []
    house.front.behaviour = Behaviour.quick(video="never", covered=False)
    await house.phone.ended(house.home)
    await recorded(house)
    assert [one["no_media_reason"] for one in await entries(house)] == ["no_subscription"]


@pytest.mark.parametrize("changes", [{"fail": True}, {"never_completes": True}])
async def test_a_command_that_recorded_nothing_is_no_event(house: BlinkSetup, changes: dict[str, Any]) -> None:
    house.account.plan = False
    house.front.behaviour = Behaviour.quick(**changes)
    await house.phone.clip(house.front)
    assert house.front.made == []


async def test_the_list_comes_in_pages_with_a_key(house: BlinkSetup) -> None:
    house.world.page_size = 2
    now = house.world.now()
    made = [house.front.record_motion(now - timedelta(seconds=seconds)).media_id for seconds in (30, 20, 10)]
    first = (await listed(house)).json
    assert [one["id"] for one in first["media"]] == made[:2]
    second = (await listed(house, pagination_key=first["pagination_key"])).json
    assert [one["id"] for one in second["media"]] == made[2:]
    assert second["pagination_key"] is None


async def test_times_and_filters_narrow_the_list(house: BlinkSetup) -> None:
    now = house.world.now()
    old = house.front.record_motion(now - timedelta(hours=2))
    new = house.mini.record_motion(now - timedelta(minutes=1))
    event = house.bell.record_motion(now, to_cloud=False)
    house.flood.record_motion(deleted=True)
    hour_ago = (now - timedelta(hours=1)).isoformat()

    async def ids(body: Any = None, **query: str) -> list[int]:
        return [one["id"] for one in await entries(house, body, **query)]

    assert await ids() == [old.media_id, new.media_id, event.media_id]
    assert await ids(start_time=hour_ago) == [new.media_id, event.media_id]
    assert await ids(end_time=hour_ago) == [old.media_id]
    assert await ids({"filters": {"types": ["event"]}}) == [event.media_id]
    assert await ids({"filters": {"device_types": ["owl"], "devices": [house.mini.id]}}) == [new.media_id]
    house.account.plan = False
    assert await ids() == [event.media_id]
    assert house.sim.surprises == []


async def test_the_list_may_not_exist(house: BlinkSetup) -> None:
    house.world.v4_media = False
    assert (await listed(house)).status == 404
    assert house.sim.surprises == []


WRONG: dict[str, tuple[dict[str, str], Any]] = {
    "start_time=": ({"start_time": ""}, {}),
    "end_time=now": ({"end_time": "now"}, {}),
    "pagination_key=next": ({"pagination_key": "next"}, {}),
    "unknown query field page": ({"page": "1"}, {}),
    "unknown body field types": ({}, {"types": []}),
    "filters=all": ({}, {"filters": "all"}),
    "filter colours": ({}, {"filters": {"colours": ["red"]}}),
    "filter devices=1": ({}, {"filters": {"devices": 1}}),
}


@pytest.mark.parametrize("surprise", WRONG)
async def test_what_no_client_may_ask_is_noticed(house: BlinkSetup, surprise: str) -> None:
    query, body = WRONG[surprise]
    assert (await listed(house, body, **query)).status == 400
    assert [surprise in one for one in house.sim.surprises] == [True]


async def test_a_list_without_a_body_or_of_somebody_else_is_refused(house: BlinkSetup) -> None:
    path = f"/api/v4/accounts/{house.account.id}/media?start_time=2026-01-01T00:00:00Z"
    assert (await house.phone.post(path)).status == 400
    other = house.neighbour().account.id
    assert (await house.phone.post(path.replace(str(house.account.id), str(other)), json={})).status == 401
    assert house.sim.surprises == ["media_v4: no body", f"alice@example.com's bearer at account {other}"]
