"""The unmodified client that everybody uses finds nothing missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiohttp
import pytest
from blinkpy.auth import Auth, BlinkTwoFARequiredError
from blinkpy.blinkpy import Blink

from simulators.blink import IMMIS, Behaviour, LiveBehaviour, SimBlink, World
from simulators.demo.tls import Authority
from tests.simulators.blink.phone import running
from tests.support.waiting import until

HARDWARE = "6F2C1C2E-7D5B-4C55-9E0B-2C8A53F5A9A1"


@dataclass
class Served:
    world: World
    sim: SimBlink
    session: aiohttp.ClientSession

    def blinkpy(self, tokens: str) -> Blink:
        """blinkpy as its users set it up from a stored session."""
        login: dict[str, Any] = {
            key: unquote(text) for key, _, text in (pair.partition("=") for pair in tokens.split("|"))
        }
        login["expires_in"], login["account_id"] = int(login["expires_in"]), int(login["account_id"])
        login["expiration_date"] = float(login["expiration_date"])
        login["hardware_id"] = HARDWARE
        blink = Blink(session=self.session)
        blink.auth = Auth(login, no_prompt=True, session=self.session)
        return blink


@pytest.fixture
async def served(authority: Authority) -> AsyncIterator[Served]:
    world = World(tiny_videos=True, setting_seconds=0.02)
    async with running(world, authority.server) as (sim, session):
        yield Served(world, sim, session)


async def test_blinkpy_refreshes_lists_records_and_downloads(served: Served, tmp_path: Path) -> None:
    account = served.world.add_account(email="alice@example.com", tier="u011")
    home, cabin = account.add_network("Home"), account.add_network("Cabin")
    quick = Behaviour.quick()
    front = home.add_camera("Front Door", behaviour=quick, temperature=71, status="online")
    mini = home.add_camera("Kitchen", "mini", behaviour=quick)
    bell = cabin.add_camera("Bell", "doorbell", behaviour=quick)
    blink = served.blinkpy(account.blink_tokens("ios"))

    assert await blink.start()
    assert {name: camera.camera_id for name, camera in blink.cameras.items()} == {
        "Front Door": str(front.id),
        "Kitchen": str(mini.id),
        "Bell": str(bell.id),
    }
    assert blink.cameras["Front Door"].temperature == 71
    assert blink.cameras["Front Door"].image_from_cache.startswith(b"\xff\xd8")
    assert blink.client_id == str(account.client_number)
    assert all(module.online for module in blink.sync.values())

    # blinkpy keeps five seconds between two recordings of one process, so the later two wait together
    await asyncio.gather(*(blink.cameras[name].record() for name in ("Front Door", "Kitchen", "Bell")))
    for camera in account.cameras:
        [video] = await until(lambda camera=camera: camera.videos)
        await until(lambda video=video: not video.partial(served.world.clock()))

    assert await blink.refresh()
    for camera in account.cameras:
        path = tmp_path / f"{camera.id}.mp4"
        await blink.cameras[camera.name].video_to_file(str(path))
        assert path.read_bytes() == camera.videos[0].mp4
        assert [len(camera.accepted), len(camera.videos)] == [1, 1]

    assert served.sim.surprises == []
    assert {request.status for request in served.sim.requests} == {200}
    assert len(served.sim.asked("token")) == 1


async def test_blinkpy_arms_and_turns_motion_detection_off(served: Served) -> None:
    served.world.setting_seconds = 0.0
    account = served.world.add_account(email="alice@example.com")
    home = account.add_network("Home")
    for name, kind in (("Front Door", "camera"), ("Kitchen", "mini"), ("Bell", "doorbell")):
        home.add_camera(name, kind, behaviour=Behaviour.quick())
    blink = served.blinkpy(account.blink_tokens("ios"))
    assert await blink.start()
    await blink.sync["Home"].async_arm(True)
    assert home.armed
    for camera in blink.cameras.values():
        await camera.async_arm(False)
    assert [camera.enabled for camera in home.cameras] == [False, False, False]
    await blink.sync["Home"].async_arm(False)
    assert not home.armed
    assert served.sim.surprises == []
    assert {request.status for request in served.sim.requests} == {200}


async def test_blinkpy_reads_and_empties_the_stick(served: Served, tmp_path: Path) -> None:
    served.world.manifest_seconds = served.world.usb_upload_seconds = 0.0
    served.world.thumbnail_form = "old"
    account = served.world.add_account(email="alice@example.com", plan=False)
    home = account.add_network("Home", usb="active")
    front = home.add_camera("Front Door (2)", behaviour=Behaviour.quick(), status="online")
    blink = served.blinkpy(account.blink_tokens("ios"))
    assert await blink.start()
    assert blink.cameras["Front Door (2)"].image_from_cache.startswith(b"\xff\xd8")
    served.world.manifest_pace = 0.0  # blinkpy lists the stick with every refresh
    module = blink.sync["Home"]
    assert module.local_storage

    front.record_clip()
    [video] = await until(lambda: front.usb_videos)
    assert await module.update_local_storage_manifest()
    [item] = module._local_storage["manifest"]
    assert (item.name, item.created_at) == ("Front Door (2)", video.created_at.replace(microsecond=0))
    path = tmp_path / "clip.mp4"
    assert await item.download_video_delete(blink, str(path))
    assert path.read_bytes() == video.mp4
    assert front.usb_videos == []

    assert served.sim.surprises == []
    wanted = ["manifest", "manifest_poll", "usb_clip", "usb_video", "usb_delete"]
    assert [request.route for request in served.sim.asked(*wanted)][-len(wanted) :] == wanted
    assert {request.status for request in served.sim.asked(*wanted)} == {200}


async def test_blinkpy_builds_the_picture_path_from_a_number(served: Served) -> None:
    served.world.thumbnail_form = "timestamp"
    account = served.world.add_account(email="alice@example.com")
    home = account.add_network("Home")
    for name, kind in (("Front Door", "camera"), ("Kitchen", "mini"), ("Bell", "doorbell")):
        home.add_camera(name, kind, behaviour=Behaviour.quick())
    blink = served.blinkpy(account.blink_tokens("ios"))
    assert await blink.start()
    for camera in account.cameras:
        assert blink.cameras[camera.name].image_from_cache == camera.picture.jpeg
    assert served.sim.surprises == []


async def test_blinkpy_finds_its_region_and_refreshes_in_mid_session(served: Served) -> None:
    served.world.expires_in = 30  # blinkpy refreshes a minute early, so each of its calls does
    served.world.any_client = True  # it starts as ios and goes on as android
    account = served.world.add_account(email="alice@example.com", tier="prde")
    blink = served.blinkpy(account.blink_tokens("ios"))
    blink.auth.host = blink.auth.region_id = blink.auth.account_id = None
    await blink.auth.startup()
    blink.setup_urls()
    await blink.setup_networks()
    assert (blink.auth.region_id, blink.account_id) == ("prde", account.id)
    forms = [request.body for request in served.sim.asked("token") if isinstance(request.body, dict)]
    assert [form["client_id"] for form in forms] == ["ios", "android", "android"]
    assert served.sim.surprises == []


async def test_blinkpy_meets_a_dead_session(served: Served) -> None:
    account = served.world.add_account(email="alice@example.com")
    blink = served.blinkpy(account.blink_tokens("ios"))
    account.sign_out()
    # it signs in again with the password that it keeps, and a code is wanted
    with pytest.raises(BlinkTwoFARequiredError):
        await blink.start()
    assert [request.status for request in served.sim.asked("token", "signin")] == [400, 202]
    assert served.sim.surprises == []


async def test_blinkpy_watches_a_live_view(served: Served) -> None:
    served.world.live_pace = 20.0
    account = served.world.add_account(email="alice@example.com")
    home = account.add_network("Home")
    here = IMMIS.replace("{host}:443", f"127.0.0.1:{served.sim.relay.port}")
    patient = Behaviour.quick(live=LiveBehaviour(address=here, silence=600.0))
    front = home.add_camera("Front Door", behaviour=patient, status="online")
    blink = served.blinkpy(account.blink_tokens("ios"))
    assert await blink.start()
    stream = await blink.cameras["Front Door"].init_livestream()
    [session] = served.world.live.of(front)
    await stream.start()
    reader, writer = await asyncio.open_connection(*stream.socket.getsockname())
    feeding = asyncio.create_task(stream.feed())
    try:
        async with asyncio.timeout(20):
            came = await reader.readexactly(10 * 1316)
        assert came == b"".join(session.sent)[: len(came)]
    finally:
        writer.transport.abort()
        await feeding
    assert [frame.kind for frame in session.heard][:2] == [0x0A, 0x12]
    await until(lambda: session.ended == "by the client")
    assert served.sim.surprises == []
    asked = served.sim.asked("live_view", "command", "done")
    assert {(request.route, request.status) for request in asked} == {
        ("live_view", 200),
        ("command", 200),
        ("done", 200),
    }
