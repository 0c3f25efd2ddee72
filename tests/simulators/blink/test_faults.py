"""Faults: every way in which an answer goes wrong, and what was done all the same."""

from __future__ import annotations

import asyncio
from typing import Any, get_args

import aiohttp
import pytest

from simulators.blink import Fault, World
from simulators.blink.faults import RouteName
from simulators.blink.server import ROUTES
from simulators.demo.tls import Authority
from tests.simulators.blink.conftest import BlinkSetup
from tests.simulators.blink.phone import OAUTH, Phone, running, stick_clip, stick_path
from tests.support.waiting import until


async def test_an_answer_is_replaced_and_nothing_is_done(house: BlinkSetup) -> None:
    house.sim.faults.append(Fault("clip", status=503, body="down for maintenance", headers={"Retry-After": "7"}))
    heard = await house.phone.clip(house.front)
    assert (heard.status, heard.raw, heard.headers["Retry-After"]) == (503, b"down for maintenance", "7")
    assert not house.front.accepted
    assert house.sim.faults == []
    assert (await house.phone.clip(house.front)).status == 200
    assert [request.status for request in house.sim.asked("clip")] == [503, 200]


BODIES: list[tuple[Any, bytes, str]] = [
    ({"code": 101}, b'{"code":101}', "application/json"),
    ([], b"[]", "application/json"),
    ("oops", b"oops", "text/plain"),
    (b"\x00\x01", b"\x00\x01", "text/plain"),
]


@pytest.mark.parametrize(("body", "raw", "kind"), BODIES)
async def test_an_answer_may_be_anything(house: BlinkSetup, body: Any, raw: bytes, kind: str) -> None:
    house.sim.faults.append(Fault("homescreen", body=body))
    heard = await house.phone.get(f"/api/v3/accounts/{house.account.id}/homescreen")
    assert (heard.status, heard.raw) == (200, raw)
    assert heard.headers["Content-Type"].startswith(kind)


async def test_a_mere_delay_leaves_the_answer(house: BlinkSetup) -> None:
    house.sim.faults.append(Fault("clip", delay=0.1))
    started = house.world.clock()
    assert (await house.phone.clip(house.front)).status == 200
    assert house.world.clock() - started >= 0.1


async def test_an_answer_may_wait_for_a_word(house: BlinkSetup) -> None:
    go_on = asyncio.Event()
    house.sim.faults.append(Fault("clip", delay=go_on))
    asking = asyncio.create_task(house.phone.clip(house.front))
    await until(lambda: house.sim.asked("clip"))
    assert not house.front.accepted
    go_on.set()
    assert (await asking).status == 200
    assert len(house.front.accepted) == 1


@pytest.mark.parametrize("action", ["reset", "apply-then-reset"])
async def test_the_connection_breaks(house: BlinkSetup, action: Any) -> None:
    house.sim.faults.append(Fault("clip", action=action))
    with pytest.raises(aiohttp.ClientConnectionError):
        await house.phone.clip(house.front)
    assert len(house.front.accepted) == (action == "apply-then-reset")
    assert [request.status for request in house.sim.asked("clip")] == [None]


async def test_the_request_is_done_but_the_answer_is_another(house: BlinkSetup) -> None:
    house.sim.faults.append(Fault("clip", action="apply-then-status"))
    assert (await house.phone.clip(house.front)).status == 500
    assert len(house.front.accepted) == 1


async def test_a_refresh_may_rotate_and_its_answer_be_lost(house: BlinkSetup) -> None:
    house.sim.faults.append(Fault("token", action="apply-then-status", status=502))
    assert (await house.phone.renew()).status == 502
    assert (await house.phone.renew()).json["error"] == "invalid_grant"


async def test_a_video_may_come_by_half(house: BlinkSetup) -> None:
    recording = house.front.record_motion()
    [entry] = await house.phone.media()
    house.sim.faults.append(Fault("video", action="half"))
    with pytest.raises(aiohttp.ClientPayloadError):
        await house.phone.get(entry["media"])
    assert (await house.phone.get(entry["media"])).raw == recording.mp4


@pytest.mark.parametrize("action", ["hang", "stall"])
async def test_an_answer_may_never_come(house: BlinkSetup, action: Any) -> None:
    house.sim.faults.append(Fault("command", action=action))
    command = (await house.phone.clip(house.front)).json["id"]
    waiting = asyncio.create_task(house.phone.poll(house.front, command))
    await until(lambda: house.sim.asked("command"))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    waiting.cancel()
    assert (await house.phone.poll(house.front, command))["media_id"] is None


@pytest.mark.parametrize("action", ["reset", "apply-then-reset", "half"])
async def test_a_connection_breaks_over_tls_too(authority: Authority, action: Any) -> None:
    world = World(tiny_videos=True)
    front = world.add_account(email="alice@example.com").add_network("Home").add_camera("Front Door")
    async with running(world, authority.server) as (sim, session):
        phone = Phone(session, world.accounts[0])
        phone.scheme = "https"
        sim.faults.append(Fault("clip", action=action))
        with pytest.raises((aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)):
            await phone.clip(front)
        assert len(front.accepted) == (action != "reset")
        assert (await phone.get("/networks")).status == 200


async def test_blink_goes_away_and_comes_back(house: BlinkSetup) -> None:
    port = house.sim.port
    await house.sim.close()
    with pytest.raises(aiohttp.ClientConnectionError):
        await house.phone.get("/networks")
    assert await house.sim.start(port=port) == port
    assert (await house.phone.get("/networks")).status == 200


async def test_a_fault_has_a_name_for_every_route() -> None:
    assert {route.name for route in ROUTES} == set(get_args(RouteName))


async def test_a_fault_strikes_the_stick(house: BlinkSetup) -> None:
    house.home.usb = "active"
    video = house.front.record_motion()
    manifest = (await house.phone.manifest(house.home))["manifest_id"]
    paths = {
        "manifest": ("POST", stick_path(house.home, "manifest/request")),
        "manifest_poll": ("GET", stick_path(house.home, "manifest/request/1")),
        "usb_clip": ("POST", stick_clip(house.home, manifest, video.usb_number)),
        "usb_video": ("GET", stick_clip(house.home, manifest, video.usb_number)),
        "usb_delete": ("POST", stick_clip(house.home, manifest, video.usb_number, "delete")),
        "usb_status": ("GET", stick_path(house.home, "status")),
    }
    commands = len(house.home.commands)
    for name, (method, path) in paths.items():
        house.sim.faults.append(Fault(name, status=503))  # type: ignore[arg-type]
        assert (await house.phone.send(method, path)).status == 503
    assert house.sim.faults == []
    assert len(house.home.commands) == commands
    assert house.front.usb_videos == [video]


async def test_a_misspelt_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="clips"):
        Fault("clips")  # type: ignore[arg-type]


async def test_closing_lets_a_hanging_client_go(house: BlinkSetup) -> None:
    house.sim.faults.append(Fault("homescreen", action="hang"))
    waiting = asyncio.create_task(house.phone.get(f"/api/v3/accounts/{house.account.id}/homescreen"))
    await until(lambda: house.sim.asked("homescreen"))
    await house.sim.close()
    with pytest.raises(aiohttp.ClientConnectionError):
        await waiting


async def test_a_fault_strikes_so_many_times_after_so_many(house: BlinkSetup) -> None:
    house.sim.faults.append(Fault("media", status=500, times=2, skip=1))
    path = f"/api/v1/accounts/{house.account.id}/media/changed?since=2026-01-01T00:00:00Z&page=1"
    assert [(await house.phone.get(path)).status for _ in range(5)] == [200, 500, 500, 200, 200]


async def test_a_fault_for_ever_and_for_everything(house: BlinkSetup) -> None:
    house.sim.faults.append(Fault(times=None, action="reset"))
    for _ in range(3):
        with pytest.raises(aiohttp.ClientConnectionError):
            await house.phone.get("/networks")
    with pytest.raises(aiohttp.ClientConnectionError):
        async with house.session.post(f"http://{OAUTH}/oauth/token", data={}):
            pass
    house.sim.faults.clear()
    assert (await house.phone.get("/networks")).status == 200


async def test_a_fault_strikes_one_account_only(house: BlinkSetup) -> None:
    stranger = house.neighbour()
    house.sim.faults.append(Fault("networks", status=403, times=None, account=house.account.id))
    house.sim.faults.append(Fault("token", status=429, times=None, account=house.account.id))
    assert (await house.phone.get("/networks")).status == 403
    assert (await house.phone.renew()).status == 429
    assert (await stranger.get("/networks")).status == 200
    assert (await stranger.renew()).status == 200
