"""A Sync Module's stick: which clips reach it, and the three steps by which one of them comes back."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import pytest

from simulators.blink import Behaviour, Network, Recording
from simulators.blink.cloud import Pending
from simulators.blink.networks import Storage
from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import Heard, stick_clip, stick_path
from tests.support.waiting import until

BUSY = {"message": "System is busy, please wait", "error": None, "code": 307}


@pytest.fixture
def stick(house: BlinkSetup) -> Network:
    """The home's Sync Module has a stick, and the account no plan."""
    house.account.plan, house.home.usb = False, "active"
    return house.home


async def fetched(house: BlinkSetup, manifest: Any, clip: Any) -> Heard:
    """Have a clip uploaded and fetch it."""
    path = stick_clip(house.home, manifest, clip)
    started = await house.phone.post(path)
    if started.status != 200:
        return started
    assert set(started.json) == {"id", "network_id"}
    await house.phone.ended(house.home)
    return await house.phone.get(path)


def code(heard: Heard) -> tuple[int, int | None]:
    return heard.status, heard.json.get("code")


async def test_a_clip_comes_back_from_the_stick_without_a_plan(house: BlinkSetup, stick: Network) -> None:
    await house.phone.clip(house.front)
    [video] = await until(lambda: house.front.usb_videos)
    manifest = await house.phone.manifest(stick)
    [listed] = manifest["clips"]
    assert set(manifest) == {"version", "manifest_id", "clips"}
    assert listed == {
        "id": str(video.usb_number),
        "size": str(math.ceil(len(video.mp4) / 1024)),
        "camera_name": "FrontDoor",
        "created_at": video.created_at.replace(microsecond=0).isoformat(),
    }
    heard = await fetched(house, manifest["manifest_id"], listed["id"])
    assert (heard.status, heard.headers["Content-Type"]) == (200, "video/mp4")
    assert heard.raw == video.mp4
    assert video.command_id == house.front.accepted[0].id
    assert await house.phone.media() == []
    assert house.sim.surprises == []


async def test_ids_may_be_numbers_and_names_in_lower_case(house: BlinkSetup, stick: Network) -> None:
    house.world.usb_ids, house.world.usb_lowercase = "numbers", True
    house.front.name = "Cat's Corner (2)"
    video = house.front.record_motion()
    manifest = await house.phone.manifest(stick)
    assert isinstance(manifest["manifest_id"], int)
    assert [(one["id"], one["camera_name"]) for one in manifest["clips"]] == [(video.usb_number, "catscorner2")]


async def test_the_oldest_clip_is_listed_first_and_what_comes_later_is_missing(
    house: BlinkSetup, stick: Network
) -> None:
    now = house.world.now()
    second = house.mini.record_motion(now - timedelta(minutes=1))
    first = house.front.record_motion(now - timedelta(minutes=2))
    path = stick_path(stick, "manifest/request")
    number = (await house.phone.post(path)).json["id"]
    await house.phone.ended(stick)
    house.front.record_motion()
    clips = (await house.phone.get(f"{path}/{number}")).json["clips"]
    assert [one["id"] for one in clips] == [str(first.usb_number), str(second.usb_number)]


@pytest.mark.parametrize("covered", [True, False])
async def test_a_plan_and_a_stick_keep_the_same_video(house: BlinkSetup, covered: bool) -> None:
    house.home.usb = "active"
    house.front.behaviour = Behaviour.quick(covered=covered)
    await house.phone.clip(house.front)
    [video] = await until(lambda: house.front.usb_videos)
    await until(lambda: video.listed(house.world.clock()) and not video.partial(house.world.clock()))
    assert house.front.videos == ([video] if covered else [])
    assert [one["id"] for one in await house.phone.media()] == ([video.media_id] if covered else [])
    manifest = await house.phone.manifest(house.home)
    assert (await fetched(house, manifest["manifest_id"], manifest["clips"][0]["id"])).raw == video.mp4


async def test_a_video_reaches_the_stick_some_time_after_its_command(house: BlinkSetup, stick: Network) -> None:
    house.front.behaviour = Behaviour.quick(usb_delay=30.0)
    await house.phone.clip(house.front)
    await house.phone.ended(stick)
    assert (await house.phone.manifest(stick))["clips"] == []
    [video] = house.front.made
    finished = house.front.accepted[0].started + house.front.behaviour.seconds
    assert [video.on_usb(finished + after) for after in (29.0, 31.0)] == [False, True]


@pytest.mark.parametrize("changes", [{"to_usb": False}, {"fail": True}, {"video": "never"}, {"never_completes": True}])
async def test_a_clip_may_not_reach_the_stick(house: BlinkSetup, stick: Network, changes: dict[str, Any]) -> None:
    house.front.behaviour = Behaviour.quick(**changes)
    await house.phone.clip(house.front)
    assert all(one.usb_appears is None for one in house.front.made)


@pytest.mark.parametrize("usb", ["memory_full", "unmounted", "format_required", None])
async def test_a_stick_that_is_not_active_takes_nothing(house: BlinkSetup, stick: Network, usb: Storage | None) -> None:
    stick.usb = usb
    await house.phone.clip(house.front)
    house.front.record_motion()
    assert all(one.usb_appears is None for one in house.front.made)


async def test_motion_goes_where_a_test_wants_it(house: BlinkSetup) -> None:
    house.home.usb = "active"
    both = house.front.record_motion()
    cloud = house.front.record_motion(to_usb=False)
    usb = house.front.record_motion(to_cloud=False)
    assert house.front.usb_videos == [both, usb]
    assert house.front.recordings == [both, cloud]
    assert [one["id"] for one in await house.phone.media()] == [both.media_id, cloud.media_id]


READABLE: dict[Storage | None, int] = {
    "active": 200,
    "memory_full": 200,
    "unmounted": 400,
    "format_required": 400,
    "unavailable": 400,
    "incompatible": 400,
    None: 400,
}


@pytest.mark.parametrize(("usb", "wanted"), READABLE.items())
async def test_only_a_working_stick_has_a_manifest(
    house: BlinkSetup, stick: Network, usb: Storage | None, wanted: int
) -> None:
    video = house.front.record_motion()
    stick.usb = usb
    heard = await house.phone.post(stick_path(stick, "manifest/request"))
    assert heard.status == wanted
    if wanted == 200:
        await house.phone.ended(stick)
        manifest = await house.phone.manifest(stick)
        assert (await fetched(house, manifest["manifest_id"], video.usb_number)).raw == video.mp4
    else:
        assert heard.json["code"] == 1700
        assert not stick.commands
    assert house.sim.surprises == []


async def test_the_status_tells_how_the_stick_is(house: BlinkSetup, stick: Network) -> None:
    heard = await house.phone.get(stick_path(stick, "status"))
    assert heard.json == {"enabled": True, "usb_state": "active", "usb_storage_used": 0, "usb_storage_full": False}
    stick.usb = "memory_full"
    full = (await house.phone.get(stick_path(stick, "status"))).json
    assert (full["usb_state"], full["usb_storage_full"]) == ("memory_full", True)
    stick.usb = None
    assert (await house.phone.get(stick_path(stick, "status"))).json["usb_state"] == "unavailable"


PENDING: dict[Pending, tuple[int, int | None]] = {
    "2113": (409, 2113),
    "empty": (200, None),
    "404": (404, None),
    "busy": (409, 307),
    "1700": (400, 1700),
}


@pytest.mark.parametrize(("pending", "wanted"), PENDING.items())
async def test_a_manifest_that_is_not_ready(
    house: BlinkSetup, stick: Network, pending: Pending, wanted: tuple[int, int | None]
) -> None:
    house.world.manifest_pending, house.world.manifest_seconds = pending, 60.0
    path = stick_path(stick, "manifest/request")
    started = await house.phone.post(path)
    heard = await house.phone.get(f"{path}/{started.json['id']}")
    assert code(heard) == wanted
    assert "clips" not in heard.json
    if pending == "empty":
        assert heard.json == started.json == {"id": stick.commands[0].id, "network_id": stick.id}
    assert not (await house.phone.poll(house.front, started.json["id"]))["complete"]


async def test_a_manifest_that_was_set_done_has_no_clips(house: BlinkSetup, stick: Network) -> None:
    house.world.manifest_seconds = 60.0
    path = stick_path(stick, "manifest/request")
    number = (await house.phone.post(path)).json["id"]
    await house.phone.post(f"/network/{stick.id}/command/{number}/done/")
    assert code(await house.phone.get(f"{path}/{number}")) == (400, 1700)


async def test_a_clip_is_not_there_before_it_is_uploaded(house: BlinkSetup, stick: Network) -> None:
    video = house.front.record_motion()
    manifest = await house.phone.manifest(stick)
    path = stick_clip(stick, manifest["manifest_id"], video.usb_number)
    assert code(await house.phone.get(path)) == (404, 700)
    house.world.usb_upload_seconds = 60.0
    number = (await house.phone.post(path)).json["id"]
    assert code(await house.phone.get(path)) == (404, 700)
    assert not (await house.phone.poll(house.front, number))["complete"]


async def test_the_stick_waits_for_its_turn_and_holds_up_the_others(house: BlinkSetup, stick: Network) -> None:
    video = house.front.record_motion()
    manifest = await house.phone.manifest(stick)
    request = stick_path(stick, "manifest/request")
    upload = stick_clip(stick, manifest["manifest_id"], video.usb_number)
    stick.busy_for(60, "200")
    assert [(await house.phone.post(path)).json for path in (request, upload)] == [BUSY, BUSY]
    stick.busy_for(0)
    house.world.manifest_seconds = house.world.usb_upload_seconds = 60.0
    for path in (upload, request):
        number = (await house.phone.post(path)).json["id"]
        for other in (request, upload):
            assert code(await house.phone.post(other)) == (409, 307)
        assert (await house.phone.clip(house.front)).status == 409
        await house.phone.post(f"/network/{stick.id}/command/{number}/done/")
    house.front.behaviour = Behaviour.quick(never_completes=True)
    assert (await house.phone.clip(house.front)).status == 200
    assert code(await house.phone.post(request)) == (409, 307)


async def test_asking_too_often_is_answered_and_noticed(house: BlinkSetup, stick: Network) -> None:
    house.world.manifest_pace = 15.0
    await house.phone.manifest(stick)
    assert house.sim.surprises == []
    await house.phone.manifest(stick)
    assert [f"Sync Module {stick.sync_id} was asked again after" in one for one in house.sim.surprises] == [True]
    cabin = house.account.add_network("Cabin", usb="active")
    await house.phone.manifest(cabin)
    assert len(house.sim.surprises) == 1


async def test_only_the_newest_manifest_is_good_for_asking(house: BlinkSetup, stick: Network) -> None:
    video = house.front.record_motion()
    first = (await house.phone.manifest(stick))["manifest_id"]
    assert (await fetched(house, first, video.usb_number)).status == 200
    await house.phone.manifest(stick)
    path = stick_clip(stick, first, video.usb_number)
    assert code(await house.phone.post(path)) == (400, 2102)
    # what was uploaded stays where it is
    assert (await house.phone.get(path)).raw == video.mp4
    second = (await house.phone.manifest(stick))["manifest_id"]
    await house.phone.post(stick_path(stick, "manifest/request"))  # somebody else's, who has not read it yet
    await house.phone.ended(stick)
    assert code(await fetched(house, second, video.usb_number)) == (400, 2102)
    for unknown in (await house.phone.post(stick_clip(stick, 1, 1)), await house.phone.get(stick_clip(stick, 1, 1))):
        assert code(unknown) == (400, 2102)


async def three(house: BlinkSetup) -> list[Recording]:
    now = house.world.now()
    return [house.front.record_motion(now - timedelta(minutes=minutes)) for minutes in (3, 2, 1)]


async def test_a_restart_gives_each_clip_another_id_and_makes_manifests_stale(
    house: BlinkSetup, stick: Network
) -> None:
    videos = await three(house)
    before = await house.phone.manifest(stick)
    uploaded = stick_clip(stick, before["manifest_id"], before["clips"][0]["id"])
    await fetched(house, before["manifest_id"], before["clips"][0]["id"])
    number = stick.stick.manifests[0].command.id
    stick.restart_sync_module()
    assert code(await house.phone.post(uploaded)) == (400, 2102)
    assert code(await house.phone.get(uploaded)) == (400, 2102)
    assert code(await house.phone.get(stick_path(stick, f"manifest/request/{number}"))) == (400, 2102)
    after = await house.phone.manifest(stick)
    pairs = list(zip(before["clips"], after["clips"], strict=True))
    assert all(one["id"] != other["id"] for one, other in pairs)
    assert [one["created_at"] for one, _ in pairs] == [other["created_at"] for _, other in pairs]
    for video, clip in zip(videos, after["clips"], strict=True):
        assert (await fetched(house, after["manifest_id"], clip["id"])).raw == video.mp4


async def test_after_a_restart_that_nobody_noticed_an_id_is_another_clips(house: BlinkSetup, stick: Network) -> None:
    videos = await three(house)
    manifest = await house.phone.manifest(stick)
    stick.restart_sync_module(silent=True)
    for video, clip in zip(videos, manifest["clips"], strict=True):
        heard = await fetched(house, manifest["manifest_id"], clip["id"])
        assert heard.status == 200
        assert heard.raw != video.mp4
        assert heard.raw in [one.mp4 for one in videos]


async def test_the_id_of_a_lonely_clip_goes_to_the_next_one(house: BlinkSetup, stick: Network) -> None:
    video = house.front.record_motion()
    manifest = await house.phone.manifest(stick)
    [clip] = manifest["clips"]
    stick.restart_sync_module(silent=True)
    assert code(await fetched(house, manifest["manifest_id"], clip["id"])) == (404, 700)
    other = house.mini.record_motion()
    assert (await fetched(house, manifest["manifest_id"], clip["id"])).raw == other.mp4 != video.mp4


async def test_a_deleted_clip_is_gone_from_the_stick_only(house: BlinkSetup) -> None:
    house.home.usb = "active"
    video = house.front.record_motion()
    manifest = await house.phone.manifest(house.home)
    path = stick_clip(house.home, manifest["manifest_id"], video.usb_number, "delete")
    assert (await house.phone.post(path)).status == 200
    assert house.front.usb_videos == []
    assert code(await fetched(house, manifest["manifest_id"], video.usb_number)) == (404, 700)
    assert (await house.phone.manifest(house.home))["clips"] == []
    [entry] = await house.phone.media()
    assert (await house.phone.get(entry["media"])).raw == video.mp4


async def test_a_big_clip_is_listed_with_its_real_size(house: BlinkSetup, stick: Network) -> None:
    house.front.behaviour = Behaviour.quick(video_size=3_000_001)
    await house.phone.clip(house.front)
    await until(lambda: house.front.usb_videos)
    [clip] = (await house.phone.manifest(stick))["clips"]
    assert clip["size"] == "2930"
    assert datetime.fromisoformat(clip["created_at"]).microsecond == 0


async def test_a_module_of_somebody_else_is_refused(house: BlinkSetup, stick: Network) -> None:
    stranger = house.neighbour()
    theirs = stranger.account.networks[0]
    theirs.usb = "active"
    cabin = house.account.add_network("Cabin", usb="active")
    paths = [
        ("POST", stick_path(theirs, "manifest/request")),
        ("POST", stick_path(theirs, "manifest/request").replace(str(stranger.account.id), str(house.account.id))),
        ("GET", stick_path(stick, "status").replace(str(stick.sync_id), str(theirs.sync_id))),
        ("GET", stick_path(stick, "status").replace(str(stick.sync_id), str(cabin.sync_id))),
        ("POST", stick_clip(stick, 1, 1, "delete").replace(str(stick.sync_id), str(theirs.sync_id))),
    ]
    for seen, (method, path) in enumerate(paths, start=1):
        assert (await house.phone.send(method, path)).status in (401, 404), path
        assert len(house.sim.surprises) == seen, path
    assert not theirs.commands
    house.phone.token = "made-up"
    assert code(await house.phone.post(stick_path(stick, "manifest/request"))) == (401, 101)


async def test_what_no_client_may_send_is_noticed(house: BlinkSetup, stick: Network) -> None:
    house.front.record_motion()
    manifest = await house.phone.manifest(stick)
    request = stick_path(stick, "manifest/request")
    assert (await house.phone.post(request, json={"since": 1})).status == 400
    assert (await house.phone.post(request + "?fast=1")).status == 400
    assert code(await house.phone.post(stick_clip(stick, manifest["manifest_id"], 1))) == (404, 700)
    assert house.sim.surprises == [
        "manifest: unknown body field since",
        "manifest: unknown query field fast",
        f"clip 1 is not in manifest {manifest['manifest_id']}",
    ]
    assert (await house.phone.get(f"{request}/1")).status == 404
