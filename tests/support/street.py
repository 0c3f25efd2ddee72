"""A street with one linked person, whose household has one camera of each kind."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from simulators.blink import Account, Behaviour, Camera
from simulators.demo.tls import Authority
from tests.support.databases import Outside, with_tables
from tests.support.house import House, built
from tests.support.postgres import Postgres, Server


@dataclass
class Street:
    """What most end-to-end tests need."""

    house: House
    alice: Any
    account: Account
    front: Camera
    mini: Camera
    bell: Camera


_STAGES = (("rest", "new", 0.02), ("dev", "running", 0.02))
HELD = Behaviour.quick(stages=_STAGES, never_completes=True, video="always")
"""The manners of a camera that records until it is `let_go`."""


def let_go(camera: Camera) -> None:
    """Let a camera complete what it was asked for while it was held."""
    for command in camera.accepted:
        command.behaviour = replace(command.behaviour, stages=(*_STAGES, ("vs", "done", 0.0)), never_completes=False)


on_both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outside | None]:
    """The bot's database, of the kind that a test wants; by default it is none but the bot's own file."""
    match getattr(request, "param", None):
        case "sqlite":
            with with_tables(tmp_path / "bot.db").kept() as database:
                yield database
        case "postgresql":
            server: Server = request.getfixturevalue("postgres_server")
            with Postgres(server.url(server.create(), query="sslmode=require")).kept() as database:
                yield database
        case _:
            yield None


@pytest.fixture
async def street(tmp_path: Path, authority: Authority, database: Outside | None) -> AsyncIterator[Street]:
    async with built(tmp_path, authority, database) as house:
        yield await moved_in(house)


async def moved_in(house: House) -> Street:
    """Add and link the person, and their cameras."""
    alice, account = house.resident("alice")
    home = account.add_network("Home")
    quick = Behaviour.quick(upload_delay=0.05, partial_for=0.05)
    front = home.add_camera("Front Door", behaviour=quick)
    mini = home.add_camera("Kitchen", "mini", behaviour=quick)
    bell = home.add_camera("Doorbell", "doorbell", behaviour=quick)
    await house.link(alice, account)
    return Street(house, alice, account, front, mini, bell)
