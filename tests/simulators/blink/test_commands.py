"""What becomes of a command: its stages, its end, and every way in which it goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from simulators.blink import Behaviour, Camera, Command, Failure
from simulators.blink.wire import command_status
from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import clip_path
from tests.support.waiting import until

KINDS = ["front", "mini", "flood", "bell"]


async def ended(camera: Camera) -> Command:
    command = camera.network.commands[-1]
    await until(lambda: command.state(camera.network.account.cloud.clock()).complete)
    return command


async def polled(house: BlinkSetup, command: int) -> list[dict[str, Any]]:
    """Poll as fast as possible until the command is complete and return each answer that differs from the last."""
    answers: list[dict[str, Any]] = []
    while not answers or not answers[-1]["complete"]:
        answer = await house.phone.poll(house.front, command)
        if not answers or answer != answers[-1]:
            answers.append(answer)
    return answers


def stages(answers: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    seen = [(one["commands"][0]["state_stage"], one["commands"][0]["state_condition"]) for one in answers]
    return list(dict.fromkeys(seen))


async def test_a_clip_goes_through_its_stages_in_order(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour(stages=(("rest", "new", 2), ("dev", "running", 3), ("vs", "done", 0)))
    await house.phone.clip(house.front)
    command = house.front.accepted[0]
    moments = (0, 1.9, 2.1, 4.9, 5.1, 60)
    answers = [command_status(command, house.front.network, command.started + after) for after in moments]
    assert stages(answers) == [("rest", "new"), ("dev", "running"), ("vs", "done")]
    assert [one["complete"] for one in answers] == [False, False, False, False, True, True]
    assert {one["media_id"] for one in answers} == {None}
    # 908 says "no failure so far": it is there from the first answer on
    assert {(one["status"], one["status_code"]) for one in answers} == {(0, 908)}
    last = answers[-1]["commands"][0]
    assert last["stage_rest"]
    assert last["stage_dev"]
    assert last["stage_sm"] is None
    assert (await house.phone.poll(house.front, command.id))["media_id"] is None


@pytest.mark.parametrize("which", KINDS)
@pytest.mark.parametrize("form", [None, "full", "short"])
async def test_each_kind_answers_in_its_form(house: BlinkSetup, which: str, form: Any) -> None:
    camera: Camera = getattr(house, which)
    camera.behaviour = Behaviour.quick(answer_form=form)
    answer = (await house.phone.clip(camera)).json
    assert [command.id for command in camera.accepted] == [answer["id"]]
    assert answer["network_id"] == house.home.id
    assert answer["command"] == "clip"
    full = form == "full" or (form is None and which == "front")
    assert ("state_stage" in answer) == full
    assert ("commands" in answer) != full


async def test_an_empty_object_is_as_good_as_no_body(house: BlinkSetup) -> None:
    assert (await house.phone.post(clip_path(house.front), json={})).status == 200


@pytest.mark.parametrize(
    ("fail", "status", "text", "code"),
    [(True, 1, "Clip failed", 523), (Failure(2, "Camera did not answer", 777, "sm"), 2, "Camera did not answer", 777)],
)
async def test_a_failed_clip_says_so_and_leaves_no_video(
    house: BlinkSetup, fail: Any, status: int, text: str, code: int
) -> None:
    house.front.behaviour = Behaviour.quick(fail=fail)
    command = (await house.phone.clip(house.front)).json["id"]
    last = (await polled(house, command))[-1]
    assert (last["complete"], last["status"], last["status_msg"], last["status_code"]) == (True, status, text, code)
    assert last["commands"][0]["state_condition"] == "error"
    assert last["commands"][0]["stage_is"] is None
    assert house.front.recordings == []


async def test_an_offline_camera_fails(house: BlinkSetup) -> None:
    house.front.status = "offline"
    command = (await house.phone.clip(house.front)).json["id"]
    assert (await polled(house, command))[-1]["status"] == 1
    assert house.front.recordings == []


async def test_a_clip_may_never_complete_and_still_bring_a_video(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(never_completes=True, video="always")
    command = (await house.phone.clip(house.front)).json["id"]
    await until(lambda: house.front.videos)
    answer = await house.phone.poll(house.front, command)
    assert not answer["complete"]
    assert answer["commands"][0]["state_condition"] == "running"


async def test_a_command_is_ended_once(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(never_completes=True)
    command = (await house.phone.clip(house.front)).json["id"]
    path = f"/network/{house.home.id}/command/{command}/done/"
    done = await house.phone.post(path)
    assert done.json == {"message": f"Command {command} set to :done", "code": 902}
    assert (await house.phone.poll(house.front, command))["complete"]
    assert (await house.phone.post(path)).status == 404


async def test_a_finished_command_cannot_be_ended(house: BlinkSetup) -> None:
    command = (await house.phone.clip(house.front)).json["id"]
    await ended(house.front)
    assert (await house.phone.post(f"/network/{house.home.id}/command/{command}/done/")).status == 404
    assert (await house.phone.poll(house.front, command))["status_code"] == 908


async def test_a_clip_that_is_cut_short_leaves_no_video(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(stages=(("rest", "new", 5.0), ("vs", "done", 0)))
    command = (await house.phone.clip(house.front)).json["id"]
    await house.phone.post(f"/network/{house.home.id}/command/{command}/done/")
    planned = house.front.recordings[0]
    assert not planned.listed(planned.whole)


@pytest.mark.parametrize("which", KINDS)
async def test_a_thumbnail_changes_the_picture(house: BlinkSetup, which: str) -> None:
    camera: Camera = getattr(house, which)
    before = await thumbnail_of(house, camera)
    for _ in range(2):
        assert (await house.phone.post(clip_path(camera, "thumbnail"))).status == 200
        await ended(camera)
        after = await thumbnail_of(house, camera)
        assert after != before
        before = after
    picture = await house.phone.get(before)
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/jpeg")
    assert picture.raw.startswith(b"\xff\xd8\xff")
    assert (await house.phone.get(before + ".jpg")).raw == picture.raw


async def thumbnail_of(house: BlinkSetup, camera: Camera) -> str:
    screen = (await house.phone.get(f"/api/v3/accounts/{house.account.id}/homescreen")).json
    devices = [*screen["cameras"], *screen["owls"], *screen["doorbells"]]
    return next(one["thumbnail"] for one in devices if one["id"] == camera.id)


async def test_the_homescreen_shows_everything_in_its_place(house: BlinkSetup) -> None:
    house.home.usb = "memory_full"
    house.front.status = "offline"
    heard = await house.phone.get(f"/api/v3/accounts/{house.account.id}/homescreen")
    screen = heard.json
    assert heard.headers["Client-Id"] == str(house.account.client_number)
    assert heard.headers["User-Id"] == str(house.account.user_id)
    assert [one["name"] for one in screen["networks"]] == ["Home"]
    assert [(one["name"], one["type"], one["status"]) for one in screen["cameras"]] == [
        ("Front Door", "catalina", "offline")
    ]
    assert [(one["name"], one["type"]) for one in screen["owls"]] == [("Kitchen", "owl"), ("Garden", "superior")]
    assert [(one["name"], one["type"]) for one in screen["doorbells"]] == [("Doorbell", "lotus")]
    assert screen["cameras"][0]["signals"]["temp"] == 68
    assert [(one["network_id"], one["local_storage_status"]) for one in screen["sync_modules"]] == [
        (house.home.id, "memory_full")
    ]
    assert house.sim.surprises == []


async def test_arming_and_motion_settings_are_kept(house: BlinkSetup) -> None:
    base = f"/api/v1/accounts/{house.account.id}/networks/{house.home.id}"
    assert (await house.phone.post(f"{base}/state/arm")).json["command"] == "arm"
    assert house.home.armed
    assert (await house.phone.post(f"{base}/state/disarm")).json["command"] == "disarm"
    assert not house.home.armed
    for camera in (house.front, house.bell):
        assert (await house.phone.post(clip_path(camera, "disable"))).status == 200
    await house.phone.post(clip_path(house.mini, "config"), json={"enabled": False})
    assert [camera.enabled for camera in house.account.cameras] == [False, False, True, False]
    assert house.sim.surprises == []


async def test_arming_without_any_motion_detection_is_told_and_done(house: BlinkSetup) -> None:
    path = f"/api/v1/accounts/{house.account.id}/networks/{house.home.id}/state"
    for camera in house.account.cameras:
        camera.enabled = False
    heard = await house.phone.post(f"{path}/arm")
    assert (heard.status, heard.json) == (200, {"message": "No Cameras Enabled for Motion", "code": 304})
    assert house.home.armed
    assert house.home.commands == []
    assert (await house.phone.post(f"{path}/disarm")).json["command"] == "disarm"
    assert house.sim.surprises == []


async def test_a_setting_that_fails_changes_nothing(house: BlinkSetup) -> None:
    house.home.setting = Behaviour.quick(fail=Failure(status_msg="No", status_code=7))
    path = f"/api/v1/accounts/{house.account.id}/networks/{house.home.id}/state/arm"
    last = (await polled(house, (await house.phone.post(path)).json["id"]))[-1]
    assert (last["complete"], last["status"], last["status_msg"], last["status_code"]) == (True, 1, "No", 7)
    assert not house.home.armed
    house.home.setting, house.front.status = None, "offline"
    last = (await polled(house, (await house.phone.post(clip_path(house.front, "disable"))).json["id"]))[-1]
    assert (last["complete"], last["status"]) == (True, 1)
    assert house.front.enabled


async def test_blinks_clock_may_be_wrong(house: BlinkSetup) -> None:
    house.world.skew = timedelta(hours=-3)
    heard = await house.phone.clip(house.front)
    expected = datetime.now(UTC) - timedelta(hours=3)
    assert abs(datetime.fromisoformat(heard.json["created_at"]) - expected) < timedelta(seconds=5)
    assert abs(parsedate_to_datetime(heard.headers["Date"]) - expected) < timedelta(seconds=5)
    await until(lambda: house.front.videos)
    assert abs(house.front.videos[0].created_at - expected) < timedelta(seconds=5)
