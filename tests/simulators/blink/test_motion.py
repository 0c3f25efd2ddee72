"""What a camera films by itself: when it does, how its entry comes and changes, and how the list can be read."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import Any

import pytest

from simulators.blink import Recording
from simulators.blink.cloud import PageZero
from tests.simulators.blink.conftest import BlinkSetup
from tests.support.waiting import until


@pytest.fixture(autouse=True)
def armed(house: BlinkSetup) -> None:
    house.home.armed = True


def moved(house: BlinkSetup, **times: float) -> Recording:
    recording = house.front.detect_motion(**times)
    assert recording is not None
    return recording


async def entry_of(house: BlinkSetup, recording: Recording) -> dict[str, Any] | None:
    return next((one for one in await house.phone.media() if one["id"] == recording.media_id), None)


async def changes_since(house: BlinkSetup, recording: Recording, seconds: float) -> list[dict[str, Any]]:
    """Return what the list has of what changed later than so long after the recording was created."""
    return await house.phone.media(recording.created_at + timedelta(seconds=seconds))


async def test_every_kind_of_camera_films_what_moves(house: BlinkSetup) -> None:
    for camera in house.account.cameras:
        recording = camera.detect_motion()
        assert recording is not None
        entry = await entry_of(house, recording)
        assert entry is not None
        assert (entry["source"], entry["type"], entry["partial"], entry["watched"]) == ("pir", "video", False, False)
        assert (entry["device_id"], entry["device_name"]) == (camera.id, camera.name)
        assert (await house.phone.get(entry["media"])).raw == recording.mp4
    assert house.sim.surprises == []


@pytest.mark.parametrize("why", ["disarmed", "motion detection off", "offline"])
async def test_a_camera_that_does_not_watch_films_nothing(house: BlinkSetup, why: str) -> None:
    match why:
        case "disarmed":
            await house.phone.post(f"/api/v1/accounts/{house.account.id}/networks/{house.home.id}/state/disarm")
        case "motion detection off":
            await house.phone.post(f"/network/{house.home.id}/camera/{house.front.id}/disable")
        case _:
            house.front.status = "offline"
    assert not house.front.watching
    assert house.front.detect_motion() is None
    assert await house.phone.media() == []


async def test_motion_without_a_plan_is_in_no_list(house: BlinkSetup) -> None:
    house.account.plan = False
    assert not moved(house).in_cloud
    assert await house.phone.media() == []


async def test_an_entry_comes_late_and_is_partial_before_it_is_whole(house: BlinkSetup) -> None:
    recording = moved(house, listed_after=0.3, partial_for=0.5)
    assert await entry_of(house, recording) is None
    await until(lambda: recording.listed(house.world.clock()))
    partial = await entry_of(house, recording)
    assert partial is not None
    assert partial["partial"]
    assert (await house.phone.get(partial["media"])).status == 404
    await until(lambda: not recording.partial(house.world.clock()))
    whole = await entry_of(house, recording)
    assert whole is not None
    assert not whole["partial"]
    assert (await house.phone.get(whole["media"])).raw == recording.mp4


async def test_each_entry_has_a_picture_of_its_own_before_the_video_is_there(house: BlinkSetup) -> None:
    first, second = moved(house, partial_for=inf), moved(house, partial_for=inf)
    stills: list[bytes] = []
    for recording in (first, second):
        entry = await entry_of(house, recording)
        assert entry is not None
        heard = await house.phone.get(entry["thumbnail"] + ".jpg")
        assert (heard.status, heard.headers["Content-Type"]) == (200, "image/jpeg")
        assert heard.raw == recording.jpeg
        stills.append(heard.raw)
    assert stills[0] != stills[1]


async def test_the_picture_may_come_no_sooner_than_the_video(house: BlinkSetup) -> None:
    house.world.stills_of_partial = False
    recording = moved(house, partial_for=inf)
    entry = await entry_of(house, recording)
    assert entry is not None
    still = entry["thumbnail"] + ".jpg"
    assert (await house.phone.get(still)).status == 404
    recording.whole = house.world.clock()
    assert (await house.phone.get(still)).raw == recording.jpeg


async def test_an_entry_changes_when_it_gets_whole_when_it_is_watched_and_when_it_is_deleted(house: BlinkSetup) -> None:
    recording = house.front.record_motion(house.world.now() - timedelta(minutes=10), listed_after=-590, partial_for=120)
    whole_after = recording.updated_at(house.world.clock()) - recording.created_at
    assert whole_after.total_seconds() == pytest.approx(130, abs=1)
    assert [one["partial"] for one in await changes_since(house, recording, 100)] == [False]
    assert await changes_since(house, recording, 300) == []
    recording.watch()
    [entry] = await changes_since(house, recording, 300)
    assert (entry["watched"], entry["deleted"]) == (True, False)
    assert entry["updated_at"] > entry["created_at"]
    recording.delete()
    [entry] = await changes_since(house, recording, 300)
    assert entry["deleted"]
    assert (await house.phone.get(entry["thumbnail"] + ".jpg")).status == 404


async def test_since_may_mean_when_a_video_was_made(house: BlinkSetup) -> None:
    recording = house.front.record_motion(house.world.now() - timedelta(minutes=10))
    assert len(await changes_since(house, recording, 60)) == 1
    house.world.since_means = "created_at"
    assert await changes_since(house, recording, 60) == []
    assert len(await changes_since(house, recording, 0)) == 1
    recording.watch()
    assert await changes_since(house, recording, 60) == []


@pytest.mark.parametrize(
    ("meaning", "pages"),
    [("the first", [[0], [0], [1], []]), ("refused", [400, [0], [1], []]), ("before page 1", [[0], [1], [], []])],
)
async def test_what_page_0_is(house: BlinkSetup, meaning: PageZero, pages: list[Any]) -> None:
    house.world.page_zero, house.world.page_size = meaning, 1
    now = house.world.now()
    made = [house.front.record_motion(now - timedelta(seconds=seconds)).media_id for seconds in (20, 10)]
    path = f"/api/v1/accounts/{house.account.id}/media/changed?since=2020-01-01T00:00:00%2B00:00&page="
    heard = [await house.phone.get(f"{path}{page}") for page in range(4)]
    found = [
        [made.index(one["id"]) for one in each.json["media"]] if each.status == 200 else each.status for each in heard
    ]
    assert found == pages
    assert house.sim.surprises == []
