"""From a finished clip to its mp4, among other entries that look alike."""

from __future__ import annotations

import asyncio
import io
import zlib
from datetime import timedelta
from math import inf
from typing import Any, Literal

import av
import pytest

from simulators.blink import Behaviour, World
from simulators.blink.pictures import Film, encode
from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import Phone, running
from tests.support.waiting import until


async def test_a_clip_becomes_a_video_of_its_own_camera(house: BlinkSetup) -> None:
    answer = (await house.phone.clip(house.front)).json
    await until(lambda: house.front.videos)
    video = house.front.videos[0]
    await until(lambda: not video.partial(house.world.clock()))
    [entry] = await house.phone.media()
    assert (entry["id"], entry["device_id"], entry["network_id"]) == (video.media_id, house.front.id, house.home.id)
    assert (entry["type"], entry["deleted"], entry["partial"]) == ("video", False, False)
    assert entry["created_at"] >= answer["created_at"]
    assert video.command_id == answer["id"]
    heard = await house.phone.get(entry["media"])
    assert (heard.status, heard.headers["Content-Type"]) == (200, "video/mp4")
    assert heard.raw == video.mp4
    assert heard.raw[4:8] == b"ftyp"
    still = await house.phone.get(entry["thumbnail"] + ".jpg")
    assert still.raw.startswith(b"\xff\xd8\xff")
    assert house.sim.surprises == []


async def test_an_entry_is_partial_at_first_and_cannot_be_fetched(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(partial_for=60.0)
    await house.phone.clip(house.front)
    await until(lambda: house.front.videos)
    [entry] = await house.phone.media()
    assert entry["partial"]
    heard = await house.phone.get(entry["media"])
    assert (heard.status, heard.json["code"]) == (404, 700)


async def test_without_a_plan_there_is_no_video(house: BlinkSetup) -> None:
    house.account.plan = False
    await house.phone.clip(house.front)
    command = house.front.accepted[0]
    await until(lambda: not command.running(house.world.clock()))
    assert (await house.phone.poll(house.front, command.id))["status"] == 0
    assert house.front.recordings == []
    assert await house.phone.media() == []


async def test_a_video_may_fail_to_arrive(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(video="never")
    await house.phone.clip(house.front)
    assert house.front.recordings == []


async def test_decoys_stand_beside_the_clip(house: BlinkSetup) -> None:
    now = house.world.now()
    old = house.front.record_motion(now - timedelta(minutes=5))
    gone = house.front.record_motion(deleted=True)
    half = house.front.record_motion(partial_for=inf)
    other = house.mini.record_motion()
    entries = {entry["id"]: entry for entry in await house.phone.media()}
    assert set(entries) == {old.media_id, gone.media_id, half.media_id, other.media_id}
    assert entries[gone.media_id]["deleted"]
    assert entries[half.media_id]["partial"]
    assert entries[other.media_id]["device_id"] == house.mini.id
    assert (await house.phone.get(entries[gone.media_id]["media"])).status == 404
    assert (await house.phone.get(entries[other.media_id]["media"])).raw == other.mp4
    assert house.front.videos == []


@pytest.mark.parametrize("newest_first", [False, True])
async def test_the_list_comes_in_pages(house: BlinkSetup, newest_first: bool) -> None:
    house.world.page_size, house.world.newest_first = 2, newest_first
    now = house.world.now()
    made = [house.front.record_motion(now - timedelta(seconds=seconds)).media_id for seconds in (50, 40, 30, 20, 10)]
    pages = [[entry["id"] for entry in await house.phone.media(page=page)] for page in (0, 1, 2, 3, 4)]
    wanted = made[::-1] if newest_first else made
    assert pages == [wanted[:2], wanted[:2], wanted[2:4], wanted[4:], []]


async def test_the_list_holds_what_has_changed_since(house: BlinkSetup) -> None:
    recording = house.front.record_motion(house.world.now() - timedelta(days=3))
    later = house.world.now() + timedelta(minutes=1)
    assert [entry["id"] for entry in await house.phone.media(house.world.now())] == [recording.media_id]
    assert await house.phone.media(later) == []


async def test_a_plus_sign_that_nobody_encoded_is_understood(house: BlinkSetup) -> None:
    house.front.record_motion()
    path = f"/api/v1/accounts/{house.account.id}/media/changed?since=2020-01-01T00:00:00+0000&page=1"
    assert len((await house.phone.get(path)).json["media"]) == 1


async def test_deleting_marks_the_entry(house: BlinkSetup) -> None:
    recording = house.front.record_motion()
    path = f"/api/v1/accounts/{house.account.id}/media/delete"
    heard = await house.phone.post(path, json={"media_list": [recording.media_id]})
    assert heard.json == {"code": 711, "message": "Successfully deleted media"}
    [entry] = await house.phone.media()
    assert entry["deleted"]
    assert (await house.phone.get(entry["media"])).status == 404


@pytest.mark.parametrize("paths", ["v3", "v2", "presigned"])
async def test_a_video_lives_at_one_of_three_addresses(
    house: BlinkSetup, paths: Literal["v3", "v2", "presigned"]
) -> None:
    house.world.video_paths = paths
    recording = house.front.record_motion()
    [entry] = await house.phone.media()
    heard = await house.phone.get(entry["media"])
    if paths == "presigned":
        assert heard.status == 302
        host, _, path = heard.headers["Location"].removeprefix("https://").partition("/")
        leaked = await house.phone.get("/" + path, host=host)
        assert leaked.status == 400
        assert house.sim.surprises == ["a bearer was sent on to another host"]
        async with house.session.get(f"http://{host}/{path}") as answer:
            assert await answer.read() == recording.mp4
    else:
        assert heard.raw == recording.mp4
        assert entry["media"].startswith("/api/" + paths)


async def test_two_clips_differ_and_one_clip_is_always_the_same(house: BlinkSetup) -> None:
    first, second = house.front.record_motion(), house.front.record_motion()
    assert first.mp4 != second.mp4
    assert first.mp4 == first.mp4


async def test_a_video_can_be_made_big_and_still_plays(house: BlinkSetup) -> None:
    size = 3_000_001
    house.front.behaviour = Behaviour.quick(video_size=size)
    await house.phone.clip(house.front)
    await until(lambda: house.front.videos)
    video = house.front.videos[0]
    await until(lambda: not video.partial(house.world.clock()))
    [entry] = await house.phone.media()
    heard = await house.phone.get(entry["media"])
    assert len(heard.raw) == size
    assert played(heard.raw)["frames"] == 10


async def test_a_video_can_be_really_heavy(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(video_megabytes=3.0)
    await house.phone.clip(house.front)
    [video] = await until(lambda: house.front.videos)
    mp4 = await asyncio.to_thread(lambda: video.mp4)
    assert 2.7 < len(mp4) / 2**20 < 3.3
    assert len(zlib.compress(mp4, 1)) > 0.95 * len(mp4)  # it is no padding
    facts = played(mp4)
    assert (facts["width"], facts["height"], facts["frames"], facts["sound"]) == (960, 540, 60, ("aac", 4))
    assert video.mp4 is mp4


@pytest.mark.parametrize("sound", [True, False])
async def test_a_video_hums_unless_it_is_told_not_to(house: BlinkSetup, sound: bool) -> None:
    house.front.behaviour = Behaviour.quick(video_sound=sound)
    await house.phone.clip(house.front)
    [video] = await until(lambda: house.front.videos)
    assert played(video.mp4)["sound"] == (("aac", 1) if sound else None)


async def test_a_demo_video_plays_in_a_browser() -> None:
    mp4 = encode(Film("Front Door", 1_710_000_001, seconds=3))
    facts = played(mp4)
    assert facts["sound"] == ("aac", 3)
    assert (facts["codec"], facts["pixels"]) == ("h264", "yuv420p")
    assert (facts["width"], facts["height"], facts["frames"]) == (320, 180, 45)
    assert mp4.index(b"moov") < mp4.index(b"mdat")  # it starts before it is loaded
    assert 4_000 < len(mp4) < 100_000


def played(mp4: bytes) -> dict[str, Any]:
    with av.open(io.BytesIO(mp4)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(video=0))
        context = stream.codec_context
        sound = container.streams.audio[0] if container.streams.audio else None
        return {
            "codec": context.name,
            "pixels": context.pix_fmt,
            "width": stream.width,
            "height": stream.height,
            "frames": frames,
            "sound": sound and (sound.codec_context.name, round(float(sound.duration * sound.time_base))),
        }


async def test_two_accounts_see_their_own(house: BlinkSetup) -> None:
    stranger = house.neighbour()
    mine, theirs = house.front.record_motion(), stranger.account.cameras[0].record_motion()
    assert [entry["id"] for entry in await house.phone.media()] == [mine.media_id]
    assert [entry["id"] for entry in await stranger.media()] == [theirs.media_id]


async def test_the_world_outlives_its_server() -> None:
    world = World(tiny_videos=True)
    front = world.add_account(email="alice@example.com").add_network("Home").add_camera("Front")
    async with running(world) as (_, session):
        token = Phone(session, world.accounts[0]).token
        front.record_motion()
    async with running(world) as (_, session):
        assert len(await Phone(session, world.accounts[0], token).media()) == 1
