"""Starting a live view, how its command stands, its end, and when the next one can begin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulators.blink import RTSPS, Behaviour, Camera
from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import Phone, clip_path
from tests.simulators.blink.viewer import (
    INTENT,
    KEEP_ALIVE,
    PACE,
    STOP,
    Address,
    live_path,
    manners,
    start,
    started,
    viewing,
)
from tests.support.waiting import until

KINDS = ["front", "mini", "flood", "bell"]
FIELDS = {
    "command_id",
    "join_available",
    "join_state",
    "server",
    "duration",
    "extended_duration",
    "continue_interval",
    "continue_warning",
    "polling_interval",
    "submit_logs",
    "new_command",
    "media_id",
    "video_id",
    "options",
    "liveview_token",
    "parent_command_id",
    "player_transaction",
    "first_joiner",
    "is_mclv",
    "type",
}


@pytest.fixture
def house(patient_house: BlinkSetup) -> BlinkSetup:
    return patient_house


async def polled(phone: Phone, camera: Camera, command: int) -> dict[str, Any]:
    """Poll as the app does."""
    network = camera.network
    return (await phone.get(f"/accounts/{network.account.id}/networks/{network.id}/commands/{command}")).json


def stands(answer: dict[str, Any]) -> tuple[Any, ...]:
    return answer["complete"], answer["status"], answer["status_code"]


def done_path(camera: Camera, command: int) -> str:
    network = camera.network
    return f"/accounts/{network.account.id}/networks/{network.id}/commands/{command}/done"


@pytest.mark.parametrize("which", KINDS)
async def test_a_start_answers_with_every_field(house: BlinkSetup, which: str) -> None:
    camera: Camera = getattr(house, which)
    answer = await started(house.phone, camera)
    assert set(answer) == FIELDS
    assert "id" not in answer
    address = Address.of(answer)
    [session] = house.world.live.of(camera)
    assert (answer["command_id"], answer["liveview_token"]) == (session.id, session.token)
    assert (address.host, address.port) == ("192.88.99.204", 443)
    assert address.client not in {camera.id, session.id}
    assert b"_" in address.connection
    assert len(address.token) == 22
    command = (await polled(house.phone, camera, session.id))["commands"][0]
    assert command["transaction"].encode() == address.connection
    assert command["server"] == answer["server"]
    assert house.sim.surprises == []


async def test_a_name_can_stand_for_the_relay(house: BlinkSetup) -> None:
    house.world.relay_host = "lv-e008.immedia-semi.com"
    address = Address.of(await started(house.phone, house.front))
    assert address.host == "lv-e008.immedia-semi.com"
    async with viewing(house.sim, address) as viewer:
        await viewer.watch(1)


async def test_the_fifth_version_of_a_cameras_path_still_answers(house: BlinkSetup) -> None:
    assert (await house.phone.post(live_path(house.front, 5), json=INTENT)).status == 200


@pytest.mark.parametrize(
    ("which", "group", "version"),
    [("mini", "cameras", 6), ("bell", "owls", 2), ("front", "doorbells", 2), ("flood", "doorbells", 2)],
)
async def test_another_kinds_path_is_not_found(house: BlinkSetup, which: str, group: str, version: int) -> None:
    camera: Camera = getattr(house, which)
    path = live_path(camera, version).split("/")
    path[7] = group
    assert (await house.phone.post("/".join(path), json=INTENT)).status == 404
    assert house.world.live.of(camera) == []


async def test_another_intent_is_refused_and_noted(house: BlinkSetup) -> None:
    for body in ({"intent": "extended_liveview"}, {**INTENT, "motion_event_start_time": "2026-11-28T10:00:00Z"}, {}):
        assert (await house.phone.post(live_path(house.front), json=body)).status == 400
    assert len(house.sim.surprises) == 3
    assert (await house.phone.post(live_path(house.front), json={"intent": "liveview"})).status == 200


async def test_a_camera_may_refuse(house: BlinkSetup) -> None:
    house.front.behaviour = manners(start="refused")
    house.mini.behaviour = manners(start="not found")
    house.bell.status = "offline"
    front, mini, bell = [await start(house.phone, camera) for camera in (house.front, house.mini, house.bell)]
    assert [front.status, mini.status, bell.status] == [400, 404, 400]
    assert front.json["message"] == bell.json["message"] == "Camera is offline"
    assert mini.headers["Content-Type"].startswith("text/html")
    assert house.world.live.made == []


async def test_an_answer_may_name_no_relay_or_an_old_one(house: BlinkSetup) -> None:
    house.front.behaviour = manners(address=None, duration=None, release=0.0)
    answer = await started(house.phone, house.front)
    assert "server" not in answer
    assert answer["duration"] is None
    assert (await house.phone.post(done_path(house.front, answer["command_id"]))).status == 200
    house.mini.behaviour = manners(address=RTSPS)
    assert (await started(house.phone, house.mini))["server"].startswith(
        "rtsps://lv-e008-app-u012.immedia-semi.com:443/"
    )


async def test_one_live_view_occupies_the_account_and_its_network(house: BlinkSetup) -> None:
    elsewhere = house.account.add_network("Cabin").add_camera("Barn", behaviour=Behaviour.quick())
    await started(house.phone, house.front)
    for camera in (house.front, house.mini, elsewhere):
        busy = await start(house.phone, camera)
        assert (busy.status, busy.json["code"]) == (409, 307)
    assert (await house.phone.post(clip_path(house.mini))).status == 409
    assert (await house.phone.post(clip_path(elsewhere))).status == 200
    neighbour = house.neighbour()
    assert (await start(neighbour, neighbour.account.cameras[0])).status == 200


async def test_a_command_of_the_network_keeps_it_busy(house: BlinkSetup) -> None:
    house.mini.behaviour = Behaviour.quick(never_completes=True, busy_shape="200")
    assert (await house.phone.clip(house.mini)).status == 200
    assert (await start(house.phone, house.front)).status == 409
    house.front.behaviour = Behaviour.quick(busy_shape="200")
    busy = await start(house.phone, house.front)
    assert (busy.status, busy.json["code"]) == (200, 307)


async def test_it_stays_busy_for_a_while_after_the_end(house: BlinkSetup) -> None:
    house.front.behaviour = manners(release=900.0)
    command = (await started(house.phone, house.front))["command_id"]
    assert (await house.phone.post(done_path(house.front, command))).json["code"] == 902
    [session] = house.world.live.made
    assert session.ended_at
    assert (await start(house.phone, house.mini)).status == 409
    over = session.ended_at + 900 / PACE
    assert session.running(over - 0.1)
    assert not session.running(over + 0.1)
    house.world.live_pace = 1e9
    assert (await start(house.phone, house.mini)).status == 200


async def test_the_command_runs_and_is_ended_once(house: BlinkSetup) -> None:
    command = (await started(house.phone, house.front))["command_id"]
    answer = await polled(house.phone, house.front, command)
    assert stands(answer) == (False, 0, 908)
    assert answer["commands"][0]["command"] == "lv_relay"
    assert answer["commands"][0]["state_condition"] in ("new", "running")
    done = await house.phone.post(done_path(house.front, command))
    assert done.json == {"message": f"Command {command} set to :done", "code": 902}
    answer = await polled(house.phone, house.front, command)
    assert stands(answer) == (True, 0, 902)
    assert answer == await house.phone.poll(house.front, command)
    assert (await house.phone.post(done_path(house.front, command))).status == 404


async def test_a_client_that_stopped_at_the_relay_can_still_say_done(house: BlinkSetup) -> None:
    answer = await started(house.phone, house.front)
    async with viewing(house.sim, Address.of(answer)) as viewer:
        await viewer.watch(1)
        viewer.send(STOP)
        await viewer.until_closed()
    ended = await polled(house.phone, house.front, answer["command_id"])
    assert stands(ended) == (True, 0, 908)
    assert ended["commands"][0]["state_stage"] == "vs"
    assert (await house.phone.post(done_path(house.front, answer["command_id"]))).status == 200
    assert (await house.phone.post(done_path(house.front, answer["command_id"]))).status == 404
    assert house.sim.surprises == []


@pytest.mark.parametrize(
    ("mode", "status", "code"), [("900", 400, 900), ("900 with 200", 200, 900), ("404", 404, None)]
)
async def test_done_may_be_refused(house: BlinkSetup, mode: Any, status: int, code: int | None) -> None:
    house.front.behaviour = replace(manners(), done=mode)
    command = (await started(house.phone, house.front))["command_id"]
    done = await house.phone.post(done_path(house.front, command))
    assert (done.status, done.json["code"]) == (status, code)
    assert not (await polled(house.phone, house.front, command))["complete"]


async def test_of_the_old_paths_only_the_one_with_a_slash_ends_it(house: BlinkSetup) -> None:
    command = (await started(house.phone, house.front))["command_id"]
    path = f"/network/{house.home.id}/command/{command}/done"
    old = await house.phone.post(path)
    assert (old.status, old.json["code"]) == (400, 900)
    assert not (await polled(house.phone, house.front, command))["complete"]
    assert (await house.phone.post(f"{path}/")).json["code"] == 902


async def test_it_fails_if_nobody_connects(house: BlinkSetup) -> None:
    house.front.behaviour = manners(connect_within=4.0)
    command = (await started(house.phone, house.front))["command_id"]
    [session] = house.world.live.made
    assert not session.state(session.started + 4 / PACE - 0.01).complete
    assert session.state(session.started + 4 / PACE + 0.01).complete
    await until(lambda: session.state(house.world.clock()).complete)
    answer = await polled(house.phone, house.front, command)
    assert stands(answer) == (True, 1, 523)
    assert answer["status_msg"] == "Live view failed"
    assert (answer["commands"][0]["state_stage"], answer["commands"][0]["state_condition"]) == ("dev", "error")
    assert (await house.phone.post(done_path(house.front, command))).status == 404


@pytest.mark.parametrize(("fails", "stood"), [(False, (True, 0, 908)), (True, (True, 1, 523))])
async def test_the_command_may_end_while_the_picture_goes_on(
    house: BlinkSetup, fails: bool, stood: tuple[Any, ...]
) -> None:
    house.front.behaviour = manners(command_ends=3.0, command_fails=fails)
    answer = await started(house.phone, house.front)
    [session] = house.world.live.made
    async with viewing(house.sim, Address.of(answer)) as viewer:
        await until(lambda: session.state(house.world.clock()).complete)
        assert stands(await polled(house.phone, house.front, answer["command_id"])) == stood
        viewer.send(KEEP_ALIVE)
        await viewer.watch(len(session.sent) + 10)
        assert (await start(house.phone, house.mini)).status == 409


@pytest.mark.parametrize("listed", [False, True])
async def test_a_live_view_is_listed_only_by_its_mode(house: BlinkSetup, listed: bool) -> None:
    house.account.plan = False
    house.front.behaviour = manners(listed=listed)
    async with viewing(house.sim, Address.of(await started(house.phone, house.front))) as viewer:
        await viewer.watch(1)
        viewer.send(STOP)
        await viewer.until_closed()
    assert await house.phone.media() == []
    heard = await house.phone.post(
        f"/api/v4/accounts/{house.account.id}/media", params={"start_time": "2026-01-01T00:00:00Z"}, json={}
    )
    seen = [(one["event_type"], one["media"], one["no_media_reason"]) for one in heard.json["media"]]
    assert seen == ([("liveview", None, "no_subscription")] if listed else [])
