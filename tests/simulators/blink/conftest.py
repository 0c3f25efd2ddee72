"""One household with one of each kind of camera, whose stages take a fiftieth of a second each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from simulators.blink import Account, Behaviour, Camera, Network, SimBlink, World
from simulators.demo.tls import Authority
from tests.simulators.blink.browser import Door, opened
from tests.simulators.blink.phone import Phone, running
from tests.simulators.blink.viewer import PACE, manners


@dataclass
class BlinkSetup:
    """What most tests need."""

    world: World
    sim: SimBlink
    session: aiohttp.ClientSession
    account: Account
    home: Network
    front: Camera
    mini: Camera
    flood: Camera
    bell: Camera
    phone: Phone

    def neighbour(self) -> Phone:
        """Another account with a camera of its own."""
        other = self.world.add_account(email="bob@example.com")
        other.add_network("Cabin").add_camera("Barn", behaviour=Behaviour.quick())
        return Phone(self.session, other)


@pytest.fixture
async def house() -> AsyncIterator[BlinkSetup]:
    world = World(
        tiny_videos=True, setting_seconds=0.0, manifest_seconds=0.02, manifest_pace=0.0, usb_upload_seconds=0.02
    )
    account = world.add_account(email="alice@example.com")
    home, quick = account.add_network("Home"), Behaviour.quick()
    front = home.add_camera("Front Door", behaviour=quick)
    mini = home.add_camera("Kitchen", "mini", behaviour=quick)
    flood = home.add_camera("Garden", "floodlight", behaviour=quick)
    bell = home.add_camera("Doorbell", "doorbell", behaviour=quick)
    async with running(world) as (sim, session):
        yield BlinkSetup(world, sim, session, account, home, front, mini, flood, bell, Phone(session, account))


@pytest.fixture
def patient_house(house: BlinkSetup) -> BlinkSetup:
    """The household with a relay that is quick by itself, and waits long for a client."""
    house.world.live_pace = PACE
    for camera in house.home.cameras:
        camera.behaviour = manners()
    return house


@pytest.fixture
async def door(authority: Authority) -> AsyncIterator[Door]:
    async with opened(authority) as door:
        yield door
