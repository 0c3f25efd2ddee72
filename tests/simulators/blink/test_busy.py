"""A network does one thing at a time, and says so in one of four shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulators.blink import Behaviour
from simulators.blink.behaviour import BusyShape
from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import Phone, clip_path
from tests.support.waiting import until

BODY = {"message": "System is busy, please wait", "error": None, "code": 307}
SHAPES: dict[BusyShape, int] = {"409": 409, "307": 307, "307-location": 307, "200": 200}
FOR_EVER = Behaviour.quick(never_completes=True)


@pytest.mark.parametrize(("shape", "status"), SHAPES.items())
async def test_a_busy_network_turns_a_clip_away(house: BlinkSetup, shape: BusyShape, status: int) -> None:
    house.front.busy_for(60, shape)
    heard = await house.phone.clip(house.front)
    assert (heard.status, heard.json) == (status, BODY)
    assert ("Location" in heard.headers) == (shape == "307-location")
    assert not house.front.accepted
    assert house.sim.surprises == []


async def test_following_the_busy_answer_is_noticed(house: BlinkSetup) -> None:
    house.front.busy_for(60, "307-location")
    heard = await house.phone.clip(house.front)
    again = await house.phone.post(heard.headers["Location"])
    assert again.status == 400
    assert house.sim.surprises == ["clip: unknown query field followed"]


async def test_busy_ends_by_itself(house: BlinkSetup) -> None:
    house.front.busy_for(60)
    assert (await house.phone.clip(house.front)).status == 409
    house.front.busy_for(0.05)
    await until(lambda: house.home.busy(house.front, house.world.clock()) is None)
    assert (await house.phone.clip(house.front)).status == 200


async def test_a_running_clip_occupies_the_whole_network_but_no_other(house: BlinkSetup) -> None:
    cabin = house.account.add_network("Cabin").add_camera("Barn", behaviour=Behaviour.quick())
    house.front.behaviour = FOR_EVER
    command: int = (await house.phone.clip(house.front)).json["id"]
    for path in [
        clip_path(house.front),
        clip_path(house.mini),
        clip_path(house.bell),
        clip_path(house.front, "thumbnail"),
        clip_path(house.front, "disable"),
        f"/api/v1/accounts/{house.account.id}/networks/{house.home.id}/state/arm",
    ]:
        heard = await house.phone.post(path)
        assert (heard.status, heard.json) == (409, BODY), path
    assert (await house.phone.clip(cabin)).status == 200
    assert [len(camera.accepted) for camera in house.account.cameras] == [1, 0, 0, 0, 1]
    assert not house.home.armed
    # busy is nowhere to be read: only the refusal tells
    network = (await house.phone.get(f"/network/{house.home.id}")).json["network"]
    assert network["busy"] is False
    done = await house.phone.post(f"/network/{house.home.id}/command/{command}/done/")
    assert done.json["code"] == 902
    assert (await house.phone.clip(house.mini)).status == 200


async def test_a_finished_clip_frees_the_network(house: BlinkSetup) -> None:
    command: int = (await house.phone.clip(house.front)).json["id"]
    await finished(house.phone, house, command)
    assert (await house.phone.clip(house.mini)).status == 200


async def test_a_command_that_never_completes_lets_go_at_the_end_of_its_lifetime(house: BlinkSetup) -> None:
    house.world.command_lifetime = 0.05
    house.front.behaviour = FOR_EVER
    await house.phone.clip(house.front)
    await until(lambda: house.home.busy(house.front, house.world.clock()) is None)
    assert (await house.phone.clip(house.mini)).status == 200


async def test_a_camera_can_be_busy_at_first_each_time(house: BlinkSetup) -> None:
    house.front.behaviour = Behaviour.quick(busy_first=0.05, busy_shape="200")
    for accepted in (1, 2):
        heard = await house.phone.clip(house.front)
        assert (heard.status, heard.json) == (200, BODY)
        answers: list[Any] = []
        while "id" not in (answers[-1] if answers else {}):
            answers.append((await house.phone.clip(house.front)).json)
        assert len(house.front.accepted) == accepted
        await finished(house.phone, house, answers[-1]["id"])


async def test_the_shape_belongs_to_the_network_unless_the_camera_has_its_own(house: BlinkSetup) -> None:
    house.home.busy_shape = "307"
    house.front.behaviour = FOR_EVER
    house.mini.behaviour = replace(house.mini.behaviour, busy_shape="200")
    await house.phone.clip(house.front)
    assert (await house.phone.clip(house.front)).status == 307
    assert (await house.phone.clip(house.mini)).status == 200
    assert not house.mini.accepted


async def finished(phone: Phone, house: BlinkSetup, command: int) -> None:
    found = next(one for one in house.home.commands if one.id == command)
    await until(lambda: not found.running(house.world.clock()))
    assert (await phone.poll(house.front, command))["complete"]
